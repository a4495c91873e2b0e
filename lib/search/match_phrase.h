/**
 * The core of phrase matching: sets of ids against a sequence of ids, whatever the ids stand for (forms of a segment,
 * terms of a text). Pure functions; they allocate nothing.
 */
#ifndef QUOTH_MATCH_PHRASE_H
#define QUOTH_MATCH_PHRASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PHRASE_NONE SIZE_MAX

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

bool id_set_has(const struct id_set *set, uint32_t id);

/** The first index >= from at which the phrase begins in tokens[0, n); PHRASE_NONE: there is none. */
size_t phrase_find(const struct phrase *p, const uint32_t *tokens, size_t n, size_t from);

#endif
