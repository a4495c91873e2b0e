/**
 * Postings of very many lists, gathered in any order of the lists: each list is a chain of slices that double in size,
 * all in one run of blocks (Büttcher, Clarke, Cormack, "Information Retrieval", 4.5, describe the idea). One thread at
 * a time.
 */
#ifndef QUOTH_POSTING_POOL_H
#define QUOTH_POSTING_POOL_H

#include "slice.h"
#include "status.h"

struct posting_pool;

enum status posting_pool_new(struct posting_pool **out, struct error *e) CHECK_RESULT;
void posting_pool_free(struct posting_pool *p);

/** Append to a list (any number; lists begin empty); documents of a list ascend, from 1. */
enum status posting_pool_add(struct posting_pool *p, uint32_t list, uint32_t document, uint8_t wdf,
                             struct error *e) CHECK_RESULT;

/** Number and sum of wdfs of a list's postings. */
uint32_t posting_pool_count(const struct posting_pool *p, uint32_t list);
uint64_t posting_pool_sum(const struct posting_pool *p, uint32_t list);

/** Walks a list from its beginning; no posting may be added meanwhile. */
struct posting_cursor {
    const struct posting_pool *pool;
    uint64_t at, slice_end;
    uint32_t slice_bytes, n_left, document;
    uint8_t wdf;
};
struct posting_cursor posting_pool_walk(const struct posting_pool *p, uint32_t list);
/** False at the end; else document and wdf are set. */
bool posting_cursor_next(struct posting_cursor *c);

size_t posting_pool_memory(const struct posting_pool *p);

#endif
