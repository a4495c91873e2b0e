/**
 * Sets of passages of one segment, as bits.
 */
#ifndef QUOTH_KERNEL_SET_H
#define QUOTH_KERNEL_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** 64-bit words that hold n bits. */
static inline size_t set_words(uint32_t n)
{
    return ((size_t)n + 63) / 64;
}

static inline bool set_has(const uint64_t *set, uint32_t i)
{
    return (set[i / 64] >> (i % 64) & 1) != 0;
}

static inline void set_add(uint64_t *set, uint32_t i)
{
    set[i / 64] |= UINT64_C(1) << (i % 64);
}

static inline void set_remove(uint64_t *set, uint32_t i)
{
    set[i / 64] &= ~(UINT64_C(1) << (i % 64));
}

static inline void set_zero(uint64_t *set, size_t n_words)
{
    memset(set, 0, n_words * sizeof *set);
}

static inline void set_copy(uint64_t *to, const uint64_t *from, size_t n_words)
{
    memcpy(to, from, n_words * sizeof *to);
}

static inline void set_and(uint64_t *to, const uint64_t *with, size_t n_words)
{
    for (size_t i = 0; i < n_words; i++)
        to[i] &= with[i];
}

static inline void set_and_not(uint64_t *to, const uint64_t *without, size_t n_words)
{
    for (size_t i = 0; i < n_words; i++)
        to[i] &= ~without[i];
}

static inline void set_or(uint64_t *to, const uint64_t *with, size_t n_words)
{
    for (size_t i = 0; i < n_words; i++)
        to[i] |= with[i];
}

static inline bool set_is_empty(const uint64_t *set, size_t n_words)
{
    for (size_t i = 0; i < n_words; i++)
        if (set[i] != 0)
            return false;
    return true;
}

static inline uint64_t set_count(const uint64_t *set, size_t n_words)
{
    uint64_t n = 0;
    for (size_t i = 0; i < n_words; i++)
        n += (uint64_t)__builtin_popcountll(set[i]);
    return n;
}

/** The smallest member not below `from`; UINT32_MAX: none. Walk: for (i = set_next(s, n, 0); i != UINT32_MAX; …i + 1).
 */
static inline uint32_t set_next(const uint64_t *set, size_t n_words, uint32_t from)
{
    size_t w = from / 64;
    if (w >= n_words)
        return UINT32_MAX;
    uint64_t bits = set[w] & ~UINT64_C(0) << (from % 64);
    while (bits == 0) {
        if (++w == n_words)
            return UINT32_MAX;
        bits = set[w];
    }
    return (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(bits);
}

#endif
