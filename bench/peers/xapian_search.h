/**
 * libxapian's own search as its documentation uses it, Enquire with BM25, over the index that xapian_bench builds. Of
 * two users: its driver, and quothd_xapian, which is quothd with this search in its workers. One thread at a time.
 */
#ifndef QUOTH_BENCH_XAPIAN_SEARCH_H
#define QUOTH_BENCH_XAPIAN_SEARCH_H

#include "driver.h"

#ifdef __cplusplus
extern "C" {
#endif

struct xapian_search;

/** NULL, with a message on stderr, where it cannot be opened. */
struct xapian_search *xapian_search_open(const char *index);
void xapian_search_close(struct xapian_search *s);

struct xapian_hit {
    unsigned document;
    double score;
    const char *text; /* for the time of the call */
    size_t text_len;
};

/** The best BENCH_TOP, best first, with their texts. false, with a message on stderr: it failed. */
bool xapian_search_run(struct xapian_search *s, const struct bench_query *q,
                       void (*on_hit)(void *ctx, const struct xapian_hit *hit), void *ctx);

/** How many match. */
bool xapian_search_count(struct xapian_search *s, const struct bench_query *q, uint64_t *found);

#ifdef __cplusplus
}
#endif

#endif
