/**
 * The postings of a query's terms in the segment at hand. A term that several leaves name, or that is matched first and
 * scored later, is decoded once, as long as the lists kept stay within a budget. One thread at a time.
 */
#ifndef QUOTH_KERNEL_LISTS_H
#define QUOTH_KERNEL_LISTS_H

#include "kernel_plan.h"
#include "snapshot.h"

#define LISTS_MAX_BYTES                                                                                                \
    ((size_t)256 << 20) /* kept at a time; past it lists are decoded again when they are needed again */

struct kernel_lists {
    struct index_reader *reader;
    const struct plan *plan;
    const struct stop *stop;
    size_t segment;
    struct postings *items; /* of each term of the plan */
    bool *is_decoded;
    size_t bytes;
};

/** Arguments are borrowed until lists_clear(). */
enum status lists_init(struct kernel_lists *l, struct index_reader *reader, const struct plan *plan,
                       const struct stop *stop, struct error *e) CHECK_RESULT;
void lists_clear(struct kernel_lists *l);

/** Go on to another segment. */
void lists_segment(struct kernel_lists *l, size_t segment);

/** The postings of a term of the plan, ascending; *out stays until the next call. Errors as index_reader_postings(). */
enum status lists_get(struct kernel_lists *l, uint32_t term, const struct postings **out, struct error *e) CHECK_RESULT;

#endif
