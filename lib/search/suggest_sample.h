/**
 * A few hundred passages to learn from: the best of a term, or some of all. Used by suggest.c. Which of
 * equals they are is decided by a hash of their names, so that the same articles give the same sample, however they lie
 * in segments.
 */
#ifndef QUOTH_SUGGEST_SAMPLE_H
#define QUOTH_SUGGEST_SAMPLE_H

#include "search.h"

#define SAMPLE_BEST 256          /* passages of a term at most, those with the greatest impacts */
#define SAMPLE_SPREAD 1024       /* passages of the whole index */
#define SAMPLE_DECODED_MAX 16384 /* postings: a commoner term is looked for in passages of the whole index */

struct sampled {
    uint32_t segment, passage;
    uint8_t impact;
    uint64_t key; /* where it was needed */
};

/** Live passages, by segment, then passage. */
struct sample {
    struct sampled *items;
    size_t n, cap;
    struct postings scratch;
};

void sample_clear(struct sample *s);

/** Add the best `wanted` passages of a term that is in at most SAMPLE_DECODED_MAX of them. */
enum status sample_add_best(struct sample *out, struct searcher *s, struct slice term, size_t wanted,
                            const struct stop *stop, struct error *e) CHECK_RESULT;

/** What sample_add_spread() keeps with a searcher: its choice, which takes a look at each passage. */
struct sample_spread;
void sample_spread_free(struct sample_spread *s);

/** Add passages of the whole index. */
enum status sample_add_spread(struct sample *out, struct searcher *s, const struct stop *stop,
                              struct error *e) CHECK_RESULT;

/** Put them in order, each once. */
void sample_sort(struct sample *s);

#endif
