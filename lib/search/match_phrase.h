/**
 * The core of matching phrases and words near each other: sets of ids against a sequence of ids, whatever the ids stand
 * for (forms of a segment, terms of a text). Pure functions; they allocate nothing.
 */
#ifndef QUOTH_MATCH_PHRASE_H
#define QUOTH_MATCH_PHRASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PHRASE_NONE SIZE_MAX
#define NEAR_WORDS_MAX 16

/** Distinct ids, ascending. No set holds UINT32_MAX, which marks a position without a token. */
struct id_set {
    const uint32_t *ids;
    size_t n;
};

/** A word at each offset: sets[i] stands offsets[i] positions behind sets[0]; ascending from 0. */
struct phrase {
    const struct id_set *sets;
    const uint32_t *offsets;
    size_t n; /* at least 1 */
};

/** Is an id between a set's first and last one of it? */
bool id_set_holds(const struct id_set *set, uint32_t id);

static inline bool id_set_has(const struct id_set *set, uint32_t id)
{
    return set->n > 0 && id >= set->ids[0] && id <= set->ids[set->n - 1] && id_set_holds(set, id);
}

/** Words in any order, the first and the last at most `distance` tokens apart. */
struct near {
    const struct id_set *sets;
    size_t n; /* at least 1 */
    size_t distance;
};

/** Where each word of a near stood last; all zero before the first token. */
struct near_walk {
    size_t last[NEAR_WORDS_MAX]; /* index + 1; 0: not yet */
};

/**
 * Tell the walk of token number i, in order of the numbers. True where it is one of the words and every word has stood
 * within the distance before it, so all of them stand in tokens[i - distance, i].
 */
bool near_step(struct near_walk *walk, const struct near *near, size_t i, uint32_t token);

/** Is the token one of the words? */
bool near_has(const struct near *near, uint32_t token);

/** The first index >= from at which the phrase begins in tokens[0, n); PHRASE_NONE: there is none. */
size_t phrase_find(const struct phrase *p, const uint32_t *tokens, size_t n, size_t from);

#endif
