#include "posting_pool.h"

#include "array.h"

#include <assert.h>
#include <stdlib.h>

#define BLOCK_BITS 20
#define BLOCK_BYTES ((uint64_t)1 << BLOCK_BITS)
#define UNIT 16u /* slices begin at multiples of it */
#define SLICE_FIRST 64u
#define SLICE_LARGEST 16384u
#define LINK_BYTES 4u /* at a slice's end: where the next begins, in units */
#define BLOCKS_MAX ((size_t)UINT32_MAX / (BLOCK_BYTES / UNIT))
#define POSTING_MAX_BYTES 6 /* the gap as a varint, the wdf as a byte */
#define LIST_BYTES 64       /* a cache line */
#define NEWEST_BYTES 44
#define GROUP_BITS 10
#define GROUP_LISTS ((size_t)1 << GROUP_BITS)
#define GROUPS_MAX (((size_t)UINT32_MAX >> GROUP_BITS) + 1)
#define AHEAD 8 /* postings whose lists are fetched before they are needed */

struct list {
    uint32_t n, last;
    uint32_t first_slice, slice; /* in units; 0: none yet */
    uint16_t used;               /* bytes of the last slice */
    uint8_t n_doubled;           /* how often its size was doubled */
    uint8_t n_newest;
    unsigned char newest[NEWEST_BYTES];
};

struct posting_pool {
    unsigned char **blocks;
    size_t n_blocks, blocks_cap;
    uint64_t used; /* bytes of all blocks that were handed out */
    struct list **groups;
    size_t n_groups, groups_cap;
};

enum status posting_pool_new(struct posting_pool **out, struct error *e)
{
    static_assert(sizeof(struct list) == LIST_BYTES, "a list is a cache line");
    *out = calloc(1, sizeof **out);
    return *out == NULL ? error_nomem(e) : OK;
}

void posting_pool_free(struct posting_pool *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->n_blocks; i++)
        free(p->blocks[i]);
    for (size_t i = 0; i < p->n_groups; i++)
        free(p->groups[i]);
    free(p->blocks);
    free(p->groups);
    free(p);
}

static unsigned char *slice_at(const struct posting_pool *p, uint32_t slice)
{
    uint64_t at = (uint64_t)slice * UNIT;
    return p->blocks[at >> BLOCK_BITS] + (at & (BLOCK_BYTES - 1));
}

static uint32_t slice_bytes(unsigned doubled)
{
    return SLICE_FIRST << doubled;
}

/* A slice never straddles two blocks: where the last block has no room for it, its rest stays unused. */
static enum status new_slice(struct posting_pool *p, uint32_t bytes, uint32_t *slice, struct error *e)
{
    *slice = 0;
    if ((uint64_t)p->n_blocks * BLOCK_BYTES - p->used < bytes) {
        enum status st = array_reserve(&p->blocks, &p->blocks_cap, p->n_blocks + 1, sizeof *p->blocks, BLOCKS_MAX, e);
        if (st != OK)
            return st;
        unsigned char *block = malloc(BLOCK_BYTES);
        if (block == NULL)
            return error_nomem(e);
        /* The very first unit is no slice: its number means none. */
        p->used = p->n_blocks == 0 ? UNIT : (uint64_t)p->n_blocks * BLOCK_BYTES;
        p->blocks[p->n_blocks++] = block;
    }
    *slice = (uint32_t)(p->used / UNIT);
    p->used += bytes;
    return OK;
}

static enum status extend(struct posting_pool *p, struct list *l, struct error *e)
{
    uint32_t slice;
    unsigned doubled = l->n_doubled;
    if (l->slice != 0 && slice_bytes(doubled) < SLICE_LARGEST)
        doubled++;
    enum status st = new_slice(p, slice_bytes(doubled), &slice, e);
    if (st != OK)
        return st;
    if (l->slice == 0)
        l->first_slice = slice;
    else
        memcpy(slice_at(p, l->slice) + l->used, &slice, LINK_BYTES);
    l->slice = slice;
    l->used = 0;
    l->n_doubled = (uint8_t)doubled;
    return OK;
}

/* The newest bytes go to the slices. */
static enum status push_newest(struct posting_pool *p, struct list *l, struct error *e)
{
    for (size_t done = 0; done < l->n_newest;) {
        size_t room = l->slice == 0 ? 0 : slice_bytes(l->n_doubled) - LINK_BYTES - l->used;
        if (room == 0) {
            enum status st = extend(p, l, e);
            if (st != OK)
                return st;
            continue;
        }
        size_t now = l->n_newest - done < room ? l->n_newest - done : room;
        memcpy(slice_at(p, l->slice) + l->used, l->newest + done, now);
        l->used = (uint16_t)(l->used + now);
        done += now;
    }
    l->n_newest = 0;
    return OK;
}

static enum status new_group(struct posting_pool *p, struct error *e)
{
    enum status st = array_reserve(&p->groups, &p->groups_cap, p->n_groups + 1, sizeof *p->groups, GROUPS_MAX, e);
    if (st != OK)
        return st;
    struct list *group = aligned_alloc(LIST_BYTES, GROUP_LISTS * sizeof *group);
    if (group == NULL)
        return error_nomem(e);
    memset(group, 0, GROUP_LISTS * sizeof *group);
    p->groups[p->n_groups++] = group;
    return OK;
}

static struct list *list_at(const struct posting_pool *p, uint32_t number)
{
    return &p->groups[number >> GROUP_BITS][number & (GROUP_LISTS - 1)];
}

static bool has_list(const struct posting_pool *p, uint32_t number)
{
    return number >> GROUP_BITS < p->n_groups;
}

static enum status add(struct posting_pool *p, struct list *l, uint32_t document, uint8_t wdf, struct error *e)
{
    if (l->n_newest + POSTING_MAX_BYTES > NEWEST_BYTES) {
        enum status st = push_newest(p, l, e);
        if (st != OK)
            return st;
    }
    unsigned char *to = l->newest + l->n_newest;
    uint32_t gap = document - l->last - 1;
    for (; gap >= 128; gap >>= 7)
        *to++ = (unsigned char)(gap | 0x80);
    *to++ = (unsigned char)gap;
    *to++ = wdf;
    l->n_newest = (uint8_t)(to - l->newest);
    l->last = document;
    l->n++;
    return OK;
}

enum status posting_pool_add(struct posting_pool *p, uint32_t document, const struct pool_posting *postings, size_t n,
                             struct error *e)
{
    enum status st = OK;
    for (size_t i = 0; i < n && st == OK; i++)
        while (!has_list(p, postings[i].list) && st == OK)
            st = new_group(p, e);
    for (size_t i = 0; i < n && st == OK; i++) {
        assert(postings[i].wdf <= POOL_WDF_MAX);
        if (i + AHEAD < n)
            __builtin_prefetch(list_at(p, postings[i + AHEAD].list), 1);
        st = add(p, list_at(p, postings[i].list), document, postings[i].wdf, e);
    }
    return st;
}

uint32_t posting_pool_count(const struct posting_pool *p, uint32_t list)
{
    return has_list(p, list) ? list_at(p, list)->n : 0;
}

uint32_t posting_pool_last(const struct posting_pool *p, uint32_t list)
{
    return has_list(p, list) ? list_at(p, list)->last : 0;
}

enum status posting_pool_bytes(const struct posting_pool *p, uint32_t list, struct buf *scratch, struct slice *out,
                               struct error *e)
{
    *out = SLICE("");
    if (!has_list(p, list))
        return OK;
    const struct list *l = list_at(p, list);
    struct slice newest = slice_of((const char *)l->newest, l->n_newest);
    if (l->slice == 0) {
        *out = newest;
        return OK;
    }
    buf_reset(scratch);
    uint32_t slice = l->first_slice;
    for (unsigned doubled = 0; slice != l->slice; doubled++) {
        const unsigned char *bytes = slice_at(p, slice);
        size_t n = slice_bytes(doubled < l->n_doubled ? doubled : l->n_doubled) - LINK_BYTES;
        buf_put(scratch, slice_of((const char *)bytes, n));
        memcpy(&slice, bytes + n, LINK_BYTES);
    }
    buf_put(scratch, slice_of((const char *)slice_at(p, slice), l->used));
    buf_put(scratch, newest);
    *out = buf_slice(scratch);
    return buf_status(scratch, e);
}

size_t posting_pool_memory(const struct posting_pool *p)
{
    return p->n_blocks * BLOCK_BYTES + p->n_groups * GROUP_LISTS * sizeof(struct list) +
           p->blocks_cap * sizeof *p->blocks + p->groups_cap * sizeof *p->groups;
}
