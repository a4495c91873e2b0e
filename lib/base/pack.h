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

static inline uint32_t get_u24(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16;
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

static inline void set_u16(char *p, uint16_t v)
{
    p[0] = (char)v;
    p[1] = (char)(v >> 8);
}

static inline void set_u24(char *p, uint32_t v)
{
    set_u16(p, (uint16_t)v);
    p[2] = (char)(v >> 16);
}

static inline void set_u32(char *p, uint32_t v)
{
    set_u16(p, (uint16_t)v);
    set_u16(p + 2, (uint16_t)(v >> 16));
}

static inline void set_u64(char *p, uint64_t v)
{
    set_u32(p, (uint32_t)v);
    set_u32(p + 4, (uint32_t)(v >> 32));
}

static inline void put_u16(struct buf *b, uint16_t v)
{
    char bytes[2];
    set_u16(bytes, v);
    buf_put(b, slice_of(bytes, sizeof bytes));
}

static inline void put_u32(struct buf *b, uint32_t v)
{
    char bytes[4];
    set_u32(bytes, v);
    buf_put(b, slice_of(bytes, sizeof bytes));
}

static inline void put_u64(struct buf *b, uint64_t v)
{
    put_u32(b, (uint32_t)v);
    put_u32(b, (uint32_t)(v >> 32));
}

#endif
