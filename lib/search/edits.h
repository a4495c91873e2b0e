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

/** Can words with these letters be within max edits of each other? False: they are not. */
bool edits_may_be_within(uint64_t a, uint64_t b, unsigned max);

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
