#include "posting_pool.h"

#include "array.h"

#include <stdlib.h>

#define BLOCK_BITS 20
#define BLOCK_BYTES ((uint64_t)1 << BLOCK_BITS)
#define SLICE_FIRST 16
#define SLICE_LARGEST 16384
#define LINK_BYTES 8 /* at a slice's end: where the next begins */
#define LISTS_MAX ((size_t)UINT32_MAX - 1)
#define BLOCKS_MAX ((size_t)1 << 24)
#define POSTING_MAX_BYTES 6 /* the gap as a varint, the wdf as a byte */

struct list {
    uint64_t first;   /* of its first slice */
    uint64_t at, end; /* the next byte to write; where the slice's link is */
    uint64_t sum;
    uint32_t slice_bytes, n, last;
};

struct posting_pool {
    unsigned char **blocks;
    size_t n_blocks, blocks_cap;
    uint64_t used; /* bytes of all blocks that were handed out */
    struct list *lists;
    size_t n_lists, lists_cap;
};

enum status posting_pool_new(struct posting_pool **out, struct error *e)
{
    *out = calloc(1, sizeof **out);
    return *out == NULL ? error_nomem(e) : OK;
}

void posting_pool_free(struct posting_pool *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->n_blocks; i++)
        free(p->blocks[i]);
    free(p->blocks);
    free(p->lists);
    free(p);
}

static unsigned char *byte_at(const struct posting_pool *p, uint64_t at)
{
    return p->blocks[at >> BLOCK_BITS] + (at & (BLOCK_BYTES - 1));
}

/* A slice never straddles two blocks: where the last block has no room for it, its rest stays unused. */
static enum status new_slice(struct posting_pool *p, uint32_t bytes, uint64_t *at, struct error *e)
{
    *at = 0;
    uint64_t left = (uint64_t)p->n_blocks * BLOCK_BYTES - p->used;
    if (left < bytes) {
        enum status st = array_reserve(&p->blocks, &p->blocks_cap, p->n_blocks + 1, sizeof *p->blocks, BLOCKS_MAX, e);
        if (st != OK)
            return st;
        unsigned char *block = malloc(BLOCK_BYTES);
        if (block == NULL)
            return error_nomem(e);
        p->used = (uint64_t)p->n_blocks * BLOCK_BYTES;
        p->blocks[p->n_blocks++] = block;
    }
    *at = p->used;
    p->used += bytes;
    return OK;
}

static void write_link(struct posting_pool *p, uint64_t at, uint64_t target)
{
    memcpy(byte_at(p, at), &target, LINK_BYTES);
}

static uint64_t read_link(const struct posting_pool *p, uint64_t at)
{
    uint64_t target;
    memcpy(&target, byte_at(p, at), LINK_BYTES);
    return target;
}

static uint32_t next_slice_bytes(uint32_t bytes)
{
    return bytes == 0 ? SLICE_FIRST : bytes < SLICE_LARGEST ? bytes * 2 : bytes;
}

static enum status extend(struct posting_pool *p, struct list *l, struct error *e)
{
    uint64_t at;
    uint32_t bytes = next_slice_bytes(l->slice_bytes);
    enum status st = new_slice(p, bytes, &at, e);
    if (st != OK)
        return st;
    if (l->slice_bytes == 0)
        l->first = at;
    else
        write_link(p, l->end, at);
    l->slice_bytes = bytes;
    l->at = at;
    l->end = at + bytes - LINK_BYTES;
    return OK;
}

static enum status list_of(struct posting_pool *p, uint32_t number, struct list **out, struct error *e)
{
    enum status st = OK;
    if (number >= p->n_lists) {
        st = array_reserve(&p->lists, &p->lists_cap, (size_t)number + 1, sizeof *p->lists, LISTS_MAX, e);
        if (st != OK)
            return st;
        memset(p->lists + p->n_lists, 0, ((size_t)number + 1 - p->n_lists) * sizeof *p->lists);
        p->n_lists = (size_t)number + 1;
    }
    *out = &p->lists[number];
    return OK;
}

enum status posting_pool_add(struct posting_pool *p, uint32_t list, uint32_t document, uint8_t wdf, struct error *e)
{
    struct list *l;
    enum status st = list_of(p, list, &l, e);
    if (st != OK)
        return st;
    unsigned char bytes[POSTING_MAX_BYTES];
    size_t n = 0;
    uint32_t gap = document - l->last - 1;
    for (; gap >= 128; gap >>= 7)
        bytes[n++] = (unsigned char)(gap | 0x80);
    bytes[n++] = (unsigned char)gap;
    bytes[n++] = wdf;
    for (size_t i = 0; i < n; i++) {
        if (l->at == l->end) {
            st = extend(p, l, e);
            if (st != OK)
                return st;
        }
        *byte_at(p, l->at++) = bytes[i];
    }
    l->last = document;
    l->sum += wdf;
    l->n++;
    return OK;
}

uint32_t posting_pool_count(const struct posting_pool *p, uint32_t list)
{
    return list < p->n_lists ? p->lists[list].n : 0;
}

uint64_t posting_pool_sum(const struct posting_pool *p, uint32_t list)
{
    return list < p->n_lists ? p->lists[list].sum : 0;
}

struct posting_cursor posting_pool_walk(const struct posting_pool *p, uint32_t list)
{
    struct posting_cursor c = {.pool = p, .n_left = posting_pool_count(p, list)};
    if (c.n_left > 0) {
        c.slice_bytes = SLICE_FIRST;
        c.at = p->lists[list].first;
        c.slice_end = c.at + SLICE_FIRST - LINK_BYTES;
    }
    return c;
}

static unsigned next_byte(struct posting_cursor *c)
{
    if (c->at == c->slice_end) {
        c->at = read_link(c->pool, c->slice_end);
        c->slice_bytes = next_slice_bytes(c->slice_bytes);
        c->slice_end = c->at + c->slice_bytes - LINK_BYTES;
    }
    return *byte_at(c->pool, c->at++);
}

bool posting_cursor_next(struct posting_cursor *c)
{
    if (c->n_left == 0)
        return false;
    uint32_t gap = 0;
    unsigned shift = 0, byte;
    do {
        byte = next_byte(c);
        gap |= (uint32_t)(byte & 0x7F) << shift;
        shift += 7;
    } while (byte & 0x80);
    c->document += gap + 1;
    c->wdf = (uint8_t)next_byte(c);
    c->n_left--;
    return true;
}

size_t posting_pool_memory(const struct posting_pool *p)
{
    return p->n_blocks * BLOCK_BYTES + p->lists_cap * sizeof *p->lists;
}
