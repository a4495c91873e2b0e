/**
 * A borrowed run of bytes. It owns nothing; whoever hands one out says until when the bytes stay.
 * Bytes are not terminated by NUL and may hold any value.
 */
#ifndef QUOTH_SLICE_H
#define QUOTH_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

struct slice {
    const char *data; /* may be NULL only where len is 0 */
    size_t len;
};

/** A slice of a string literal. */
#define SLICE(literal) ((struct slice){"" literal, sizeof(literal) - 1})

/** For printf's "%.*s". */
#define SLICE_ARG(s) (int)(s).len, (s).data

static inline struct slice slice_of(const char *data, size_t len)
{
    struct slice s = {data, len};
    return s;
}

static inline struct slice slice_cstr(const char *text)
{
    return slice_of(text, text == NULL ? 0 : strlen(text));
}

static inline bool slice_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool slice_starts(struct slice s, struct slice prefix)
{
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.data, prefix.data, prefix.len) == 0);
}

static inline bool slice_ends(struct slice s, struct slice suffix)
{
    return s.len >= suffix.len &&
           (suffix.len == 0 || memcmp(s.data + s.len - suffix.len, suffix.data, suffix.len) == 0);
}

/** From byte `from` (cut to the end) to the end. */
static inline struct slice slice_from(struct slice s, size_t from)
{
    size_t skipped = from < s.len ? from : s.len;
    return slice_of(s.data == NULL ? NULL : s.data + skipped, s.len - skipped);
}

/** Order of bytes, a shorter prefix first: below, at or above 0. */
int slice_compare(struct slice a, struct slice b);

/** Equal but for the case of ASCII letters. */
bool slice_equal_ascii_case(struct slice a, struct slice b);

/** Without ASCII white space at both ends. */
struct slice slice_trim(struct slice s);

/** XXH64 with seed 0: the hash that ties and tables use; stable across machines. */
uint64_t slice_hash(struct slice s);

/** Strict decimal: digits only, no sign, no space, at most `max`. False: not such a number. */
bool slice_to_u64(struct slice s, uint64_t max, uint64_t *out);

/** The same as a size in bytes, with K, M or G (of 1,024, in either case) behind it where that is shorter: "512M". */
bool slice_to_size(struct slice s, uint64_t max, uint64_t *out);

#ifdef __cplusplus
}
#endif

#endif
