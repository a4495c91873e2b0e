/**
 * The postings of a query's terms in the segment at hand: out of the cache, or, where that has no room for them, held
 * by the query itself until it goes on to the next segment. One thread at a time.
 */
#ifndef QUOTH_KERNEL_LISTS_H
#define QUOTH_KERNEL_LISTS_H

#include "kernel_plan.h"
#include "postings_cache.h"

#define LISTS_MAX_BYTES                                                                                                \
    ((size_t)256 << 20) /* held by a query at a time; past it lists are decoded again when they are needed again */

struct kernel_lists {
    struct postings_reader *reader;
    const struct plan *plan;
    const struct stop *stop;
    size_t segment;
    const struct posting_list **items; /* of each term of the plan; NULL: not asked for yet */
    bool *is_own;                      /* items[i] is this query's to free */
    size_t own_bytes, max_bytes;
};

/**
 * Arguments are borrowed until lists_clear().
 *
 * @param max_bytes  LISTS_MAX_BYTES, in tests less
 */
enum status lists_init(struct kernel_lists *l, struct postings_reader *reader, struct plan *plan, size_t max_bytes,
                       const struct stop *stop, struct error *e) CHECK_RESULT;
void lists_clear(struct kernel_lists *l);

/** Go on to another segment: what was handed out is gone. */
void lists_segment(struct kernel_lists *l, size_t segment);

/**
 * The postings of a term of the plan; never NULL when OK. They stay until lists_segment(), or, after more than
 * LISTS_MAX_BYTES that are not in the cache, until the next call of lists_trim(). Errors as segment_postings().
 */
enum status lists_get(struct kernel_lists *l, uint32_t term, const struct posting_list **out,
                      struct error *e) CHECK_RESULT;

/** Free what this query holds itself, if that is too much: for callers that are done with all lists they were given. */
void lists_trim(struct kernel_lists *l);

#endif
