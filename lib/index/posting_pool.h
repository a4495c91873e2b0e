/**
 * Postings of very many lists, gathered in any order of the lists. A list's newest bytes stand in its own cache line,
 * older ones in a chain of slices that double in size, all in one run of blocks (Büttcher, Clarke, Cormack,
 * "Information Retrieval", 4.5, describe the idea). One thread at a time.
 */
#ifndef QUOTH_POSTING_POOL_H
#define QUOTH_POSTING_POOL_H

#include "buf.h"

#define POOL_WDF_MAX 127 /* one byte of a varint */

/** What a passage says of a list. */
struct pool_posting {
    uint32_t list;
    uint8_t wdf; /* at most POOL_WDF_MAX */
};

struct posting_pool;

enum status posting_pool_new(struct posting_pool **out, struct error *e) CHECK_RESULT;
void posting_pool_free(struct posting_pool *p);

/** Append one document to n lists (any numbers; lists begin empty); documents of a list ascend, from 1. */
enum status posting_pool_add(struct posting_pool *p, uint32_t document, const struct pool_posting *postings, size_t n,
                             struct error *e) CHECK_RESULT;

/** Number of a list's postings, and the document of the last. */
uint32_t posting_pool_count(const struct posting_pool *p, uint32_t list);
uint32_t posting_pool_last(const struct posting_pool *p, uint32_t list);

/**
 * A list's postings as bytes: for each, LEB128 of its document less the one before (0 at first) less 1, then its wdf.
 *
 * @param scratch  is used where the list is not in one piece
 * @param out      until the next posting_pool_add(), or change of scratch
 */
enum status posting_pool_bytes(const struct posting_pool *p, uint32_t list, struct buf *scratch, struct slice *out,
                               struct error *e) CHECK_RESULT;

size_t posting_pool_memory(const struct posting_pool *p);

/** A LEB128 of at most 32 bits that is known to be whole; the next byte. */
static inline const unsigned char *pool_read_gap(const unsigned char *p, uint32_t *gap)
{
    *gap = *p & 0x7Fu;
    for (unsigned shift = 7; (*p++ & 0x80) != 0; shift += 7)
        *gap |= (*p & 0x7Fu) << shift;
    return p;
}

#endif
