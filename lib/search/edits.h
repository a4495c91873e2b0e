/**
 * How many edits lie between two words: for fuzzy~ and for the correction of spelling.
 *
 * An edit inserts, deletes or replaces one code point, or swaps two that stand side by side and are not edited again
 * (optimal string alignment; Damerau 1964, Levenshtein 1966). Pure functions; they allocate nothing.
 */
#ifndef QUOTH_EDITS_H
#define QUOTH_EDITS_H

#include "slice.h"

#define EDITS_CHARS_MAX 64 /* code points; the index cuts words to as many bytes */

/** A word as code points, read once for many comparisons. */
struct edits_word {
    uint32_t chars[EDITS_CHARS_MAX];
    size_t n;
};

/** False where the word has more than EDITS_CHARS_MAX code points; ill-formed bytes are U+FFFD each. */
bool edits_read(struct edits_word *out, struct slice word);

/** What tells two words apart at a glance: their lengths and the sets of their letters, in one number. */
uint64_t edits_letters(struct slice word);

#define EDITS_LETTER_BITS 55           /* of edits_letters(): code points by their remainder, */
#define EDITS_WIDE (UINT64_C(1) << 55) /* some are not ASCII, */
#define EDITS_LENGTH_SHIFT 56          /* and bytes, at most EDITS_LENGTH_MAX */
#define EDITS_LENGTH_MAX 255u

/** Can words with these letters be within max edits of each other? False: they are not. Called for every form there is.
 */
static inline bool edits_may_be_within(uint64_t a, uint64_t b, unsigned max)
{
    unsigned a_len = (unsigned)(a >> EDITS_LENGTH_SHIFT), b_len = (unsigned)(b >> EDITS_LENGTH_SHIFT);
    unsigned per_edit = ((a | b) & EDITS_WIDE) == 0 ? 1 : 4; /* bytes */
    if ((a_len > b_len ? a_len - b_len : b_len - a_len) > max * per_edit)
        return a_len == EDITS_LENGTH_MAX || b_len == EDITS_LENGTH_MAX || max >= EDITS_CHARS_MAX;
    /* An edit changes at most two of the letters: one that goes, one that comes. */
    uint64_t changed = (a ^ b) & (EDITS_WIDE - 1);
    for (unsigned i = 0; i < 2 * max && changed != 0; i++)
        changed &= changed - 1;
    return changed == 0;
}

/** A word that many others are compared with. */
struct edits_pattern {
    struct edits_word word;
    uint64_t letters; /* edits_letters() of it */
};

/** False where the word has more than EDITS_CHARS_MAX code points; ill-formed bytes are U+FFFD each. */
bool edits_pattern_set(struct edits_pattern *out, struct slice word);

/** As edits_between(), where most words are turned away by their length and letters before they are compared. */
unsigned edits_from(const struct edits_pattern *from, struct slice to, unsigned max);

/** The edits between two words where there are at most max; else max + 1. */
unsigned edits_between(const struct edits_word *a, const struct edits_word *b, unsigned max);

/** The same of slices; max + 1, too, where one is over EDITS_CHARS_MAX code points and they are not equal. */
unsigned edits_within(struct slice a, struct slice b, unsigned max);

#endif
