/**
 * The lines in which a processor's cache takes memory. A processor with others is served as correctly, and a little
 * slower.
 */
#ifndef QUOTH_CACHE_LINE_H
#define QUOTH_CACHE_LINE_H

#include <stddef.h>

#define CACHE_LINE_BYTES 64

/** Fetch n bytes into the processor's cache, line by line; only a hint, so that the address may be any. */
static inline void cache_fetch(const void *from, size_t n)
{
    for (size_t at = 0; at < n; at += CACHE_LINE_BYTES)
        __builtin_prefetch((const char *)from + at);
}

#endif
