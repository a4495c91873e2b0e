/**
 * The forms of a segment that a word of a query stands for: what verifies phrases and what marks hits look for these.
 */
#ifndef QUOTH_WORD_FORMS_H
#define QUOTH_WORD_FORMS_H

#include "query.h"
#include "segment.h"
#include "term_memo.h"

/** A growing list of form ids; zero is empty, free(items) ends it. */
struct form_ids {
    uint32_t *items;
    size_t n, cap;
};

/**
 * Append the forms of the word's terms, distinct and ascending from where the list ended.
 *
 * @param memo        where terms are asked for first, those of the segment's number; NULL: there is none
 * @param only_spelt  only those that are spelt like the word
 */
enum status word_forms_add(struct form_ids *ids, const struct segment *s, const struct term_memo *memo, size_t number,
                           const struct query_word *w, bool only_spelt, struct error *e) CHECK_RESULT;

#endif
