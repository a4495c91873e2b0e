/**
 * How often the terms of the passage at hand occur in its body and in its article's title. One thread at a time.
 */
#ifndef QUOTH_TALLY_H
#define QUOTH_TALLY_H

#include "dictionary.h"
#include "posting_pool.h"
#include "snapshot.h"

struct term_count {
    uint32_t of[2]; /* body, title */
};

/** Zero it to begin; empty between two passages. */
struct tally {
    struct term_count *counts; /* by term */
    size_t counts_cap;
    uint32_t *terms; /* those that are not zero, in order of appearance */
    size_t n, cap;
};

void tally_clear(struct tally *t);
size_t tally_memory(const struct tally *t);

/** Count words (WORD_GAP: none) in the dictionary as well; *n_tokens: how many there were, gaps not counted. */
enum status tally_body(struct tally *t, struct dictionary *d, uint32_t passage, const uint32_t *words, size_t n,
                       uint32_t *n_tokens, struct error *e) CHECK_RESULT;
enum status tally_title(struct tally *t, struct dictionary *d, uint32_t passage, const uint32_t *words, size_t n,
                        uint32_t *n_tokens, struct error *e) CHECK_RESULT;

/** The tally becomes postings with impacts, room for t->n of them; it is empty afterwards. */
void tally_take(struct tally *t, const struct index_settings *settings, uint32_t n_body, uint32_t n_title,
                struct pool_posting *postings);

#endif
