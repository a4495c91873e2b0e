/**
 * Little-endian integers in files. The caller has checked the bounds.
 */
#ifndef QUOTH_PACK_H
#define QUOTH_PACK_H

#include "buf.h"

static inline uint16_t get_u16(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    return (uint16_t)(b[0] | b[1] << 8);
}

static inline uint32_t get_u32(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static inline uint64_t get_u64(const char *p)
{
    return (uint64_t)get_u32(p) | (uint64_t)get_u32(p + 4) << 32;
}

static inline void put_u16(struct buf *b, uint16_t v)
{
    char bytes[2] = {(char)v, (char)(v >> 8)};
    buf_put(b, slice_of(bytes, 2));
}

static inline void put_u32(struct buf *b, uint32_t v)
{
    char bytes[4] = {(char)v, (char)(v >> 8), (char)(v >> 16), (char)(v >> 24)};
    buf_put(b, slice_of(bytes, 4));
}

static inline void put_u64(struct buf *b, uint64_t v)
{
    put_u32(b, (uint32_t)v);
    put_u32(b, (uint32_t)(v >> 32));
}

#endif
