/**
 * UTF-8 as The Unicode Standard (table 3-7) has it: no surrogates, nothing above U+10FFFF, shortest form only.
 */
#ifndef QUOTH_UTF8_H
#define QUOTH_UTF8_H

#include "buf.h"

#define UTF8_REPLACEMENT 0xFFFDu

/**
 * Decode the character at *at (below s.len) and move *at behind it. Malformed bytes give U+FFFD for each maximal
 * ill-formed part, and *is_bad (may be NULL) is set.
 */
uint32_t utf8_next(struct slice s, size_t *at, bool *is_bad);

#define UTF8_RUN_BYTES ((size_t)8)

/** Are the UTF8_RUN_BYTES bytes of s from `at` on there, and all ASCII? What walks over characters passes them at once.
 */
static inline bool utf8_is_ascii_run(struct slice s, size_t at)
{
    uint64_t bytes;
    if (s.len - at < sizeof bytes)
        return false;
    memcpy(&bytes, s.data + at, sizeof bytes);
    return (bytes & 0x8080808080808080u) == 0;
}

/** Is all of s well formed? */
bool utf8_is_valid(struct slice s);

/** The largest offset not above `at` (cut to s.len) that is a character's first byte, or s.len. */
size_t utf8_floor(struct slice s, size_t at);

/** Append a character (a surrogate or one past U+10FFFF becomes U+FFFD). */
void utf8_put(struct buf *b, uint32_t c);

/** Characters in s (ill-formed parts count as one each). */
size_t utf8_length(struct slice s);

#endif
