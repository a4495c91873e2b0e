/**
 * Letters and digits of ASCII, eight at a time.
 */
#ifndef QUOTH_ASCII_WORD_H
#define QUOTH_ASCII_WORD_H

#include "word_cache.h"

#define EACH_BYTE(b) ((uint64_t)(b)*0x0101010101010101u)

/** The first bytes of a text as a word: its key, and how many of WORD_KEY_BYTES are letters or digits. */
struct ascii_word {
    struct word_key key; /* zeros behind the word */
    size_t len;
};

/** Eight bytes, the first the lowest. */
static inline uint64_t load_8_bytes(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

/** The high bit of each byte that is neither an ASCII letter nor a digit; the other bits are 0. */
static inline uint64_t not_alphanumeric(uint64_t v)
{
    const uint64_t high = EACH_BYTE(0x80);
    uint64_t low = v & ~high, lower = low | EACH_BYTE(0x20);
    uint64_t letter = (lower + EACH_BYTE(0x80 - 'a')) & ~(lower + EACH_BYTE(0x80 - 'z' - 1));
    uint64_t digit = (low + EACH_BYTE(0x80 - '0')) & ~(low + EACH_BYTE(0x80 - '9' - 1));
    return (~(letter | digit) | v) & high;
}

/** The word at `at`, which is below text.len; a length of WORD_KEY_BYTES says that it may go on. */
static inline struct ascii_word ascii_word_at(struct slice text, size_t at)
{
    char tail[WORD_KEY_BYTES];
    const char *p = text.data + at;
    size_t left = text.len - at;
    if (left < WORD_KEY_BYTES) {
        memset(tail, 0, sizeof tail);
        memcpy(tail, p, left);
        p = tail;
    }
    struct ascii_word w = {.key = {load_8_bytes(p), load_8_bytes(p + 8)}};
    uint64_t ends = not_alphanumeric(w.key.low);
    if (ends != 0) {
        w.len = (size_t)__builtin_ctzll(ends) / 8;
        w.key.low &= ((uint64_t)1 << (w.len * 8)) - 1;
        w.key.high = 0;
        return w;
    }
    ends = not_alphanumeric(w.key.high);
    if (ends == 0) {
        w.len = WORD_KEY_BYTES;
        return w;
    }
    size_t n = (size_t)__builtin_ctzll(ends) / 8;
    w.len = 8 + n;
    w.key.high &= ((uint64_t)1 << (n * 8)) - 1;
    return w;
}

#endif
