/**
 * Where things of a file begin that stand one after the other: a u32 each, counted from a u64 base for every 256. A
 * place is found in constant time, and takes four bytes.
 */
#ifndef QUOTH_PLACES_H
#define QUOTH_PLACES_H

#include "pack.h"
#include "status.h"

#define PLACES_A_BASE 256

/** What n places take in the bases' section. */
static inline size_t places_bases_bytes(size_t n)
{
    return (n + PLACES_A_BASE - 1) / PLACES_A_BASE * sizeof(uint64_t);
}

/** The base of place i; the section holds it. */
static inline uint64_t places_base(struct slice bases, uint32_t i)
{
    return get_u64(bases.data + (size_t)(i / PLACES_A_BASE) * sizeof(uint64_t));
}

/** Are these the sections of n places? */
static inline bool places_fit(struct slice at, struct slice bases, size_t n)
{
    return at.len == n * sizeof(uint32_t) && bases.len == places_bases_bytes(n);
}

/** Place i of them. */
static inline uint64_t places_get(struct slice at, struct slice bases, uint32_t i)
{
    return places_base(bases, i) + get_u32(at.data + (size_t)i * sizeof(uint32_t));
}

/**
 * The next place as it will stand behind its base, which is appended to `bases` where one begins.
 *
 * @param i  its number; `bases` holds those of all before it
 * @retval ERR_LIMIT  more than 4 Gi behind its base: whoever cuts files ends them long before
 */
static inline enum status places_add(struct buf *bases, uint64_t i, uint64_t place, uint32_t *out, struct error *e)
{
    *out = 0;
    if (i % PLACES_A_BASE == 0)
        put_u64(bases, place);
    enum status st = buf_status(bases, e);
    if (st != OK)
        return st;
    uint64_t behind = place - get_u64(bases->data + bases->len - sizeof(uint64_t));
    if (behind > UINT32_MAX)
        return error_set(e, ERR_LIMIT, "%d passages of more than 4 GiB", PLACES_A_BASE);
    *out = (uint32_t)behind;
    return OK;
}

#endif
