/**
 * The forms of a segment that a word of a query stands for: what verifies phrases and what marks hits look for these.
 */
#ifndef QUOTH_WORD_FORMS_H
#define QUOTH_WORD_FORMS_H

#include "query.h"
#include "segment.h"

/** A growing list of form ids; zero is empty, free(items) ends it. */
struct form_ids {
    uint32_t *items;
    size_t n, cap;
};

/**
 * Append the forms of the word's terms, distinct and ascending from where the list ended.
 *
 * @param only_spelt  only those that are spelt like the word
 */
enum status word_forms_add(struct form_ids *ids, const struct segment *s, const struct query_word *w, bool only_spelt,
                           struct error *e) CHECK_RESULT;

#endif
