/**
 * The retrieval kernel: a query tree over the postings of a snapshot -> the best passages by the first stage S1 of
 * docs/RANKING.md, exactly: the same passages, scores and order as scoring every passage by brute force.
 */
#ifndef QUOTH_KERNEL_H
#define QUOTH_KERNEL_H

#include "query.h"
#include "snapshot.h"

struct candidate {
    double score;
    size_t segment;
    uint32_t passage;
};

struct candidates {
    struct candidate *items;
    size_t n, cap;
    uint64_t found;      /* live passages that match */
    uint64_t n_articles; /* articles they are in; only where the options asked */
};

struct kernel_options {
    size_t k;            /* best passages wanted; 0: only count */
    uint32_t per;        /* passages of one article at most; 0 no limit */
    bool count_articles;
    struct stop stop;
};

/**
 * @param[out] out  best first; ties: newer date, then smaller xxh64 of the article's id, then id, then ordinal.
 *                  candidates_clear() frees it
 * @param[out] cut  names of prefixes that were cut to QUERY_EXPANSION_MAX forms are appended ("comput*"), may be NULL
 */
enum status kernel_run(struct candidates *out, struct index_reader *r, const struct query *q,
                       const struct kernel_options *options, struct buf *cut, struct error *e) CHECK_RESULT;
void candidates_clear(struct candidates *c);

#endif
