#include "encoding.h"

#include "charset.h"
#include "utf8.h"

#include <string.h>

#define LOW_BITS 0x0101010101010101u
#define HIGH_BITS 0x8080808080808080u

/* A byte order mark and the charset it announces; the longer ones first, for UTF-16's begins UTF-32's. */
static const struct {
    struct slice mark;
    const char *charset; /* NULL: UTF-8 */
} marks[] = {
    {{"\xEF\xBB\xBF", 3}, NULL},   {{"\xFF\xFE\0\0", 4}, "UTF-32LE"}, {{"\0\0\xFE\xFF", 4}, "UTF-32BE"},
    {{"\xFF\xFE", 2}, "UTF-16LE"}, {{"\xFE\xFF", 2}, "UTF-16BE"},
};
#define N_MARKS (sizeof marks / sizeof *marks)

/* Windows-1252 from 0x80 to 0x9F; 0: no character. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

static bool is_plain(char c)
{
    return c != 0 && ((unsigned char)c & 0x80) == 0;
}

/** The first byte from `at` on that is not plain ASCII, NUL included; s.len where all are. */
static size_t skip_ascii(struct slice s, size_t at)
{
    while (s.len - at >= 8) {
        uint64_t v;
        memcpy(&v, s.data + at, sizeof v);
        if (((v | (v - LOW_BITS)) & HIGH_BITS) != 0)
            break;
        at += 8;
    }
    while (at < s.len && is_plain(s.data[at]))
        at++;
    return at;
}

/** Well-formed UTF-8 without NUL: it can be used as it is. */
static bool is_clean(struct slice s)
{
    bool is_bad = false;
    size_t at = skip_ascii(s, 0);
    while (at < s.len) {
        if (s.data[at] == 0)
            return false;
        utf8_next(s, &at, &is_bad);
        if (is_bad)
            return false;
        if (at < s.len && is_plain(s.data[at]))
            at = skip_ascii(s, at);
    }
    return true;
}

/**
 * Is this UTF-8 with some damage, rather than a charset of single bytes? Such a charset hardly ever gives well-formed
 * characters of several bytes, so these must clearly outnumber the damaged ones.
 */
static bool is_mostly_utf8(struct slice s)
{
    size_t n_good = 0, n_bad = 0;
    for (size_t at = skip_ascii(s, 0); at < s.len; at = skip_ascii(s, at)) {
        if (s.data[at] == 0) {
            at++;
            continue;
        }
        bool is_bad = false;
        utf8_next(s, &at, &is_bad);
        n_bad += is_bad;
        n_good += !is_bad;
    }
    return n_bad == 0 || n_good / 4 >= n_bad;
}

static uint32_t next_windows_1252(struct slice s, size_t *at, bool *is_bad)
{
    unsigned char byte = (unsigned char)s.data[(*at)++];
    uint32_t c = byte >= 0x80 && byte < 0xA0 ? windows_1252[byte - 0x80] : byte;
    *is_bad = c == 0 && byte != 0;
    return *is_bad ? UTF8_REPLACEMENT : c;
}

static uint32_t next_utf8(struct slice s, size_t *at, bool *is_bad)
{
    *is_bad = false;
    return utf8_next(s, at, is_bad);
}

/** One pass over raw from byte `at` on, character by character; sink->out NULL: only the length is found. */
static enum status decode_bytes(struct utf8_sink *sink, struct slice raw, size_t at, const char *charset,
                                struct error *e)
{
    uint32_t (*next)(struct slice, size_t *, bool *) = charset == NULL ? next_utf8 : next_windows_1252;
    enum status st = OK;
    while (at < raw.len && st == OK) {
        size_t end = skip_ascii(raw, at);
        if (end > at) {
            st = sink_ascii(sink, slice_of(raw.data + at, end - at), at, e);
        } else {
            bool is_bad;
            uint32_t c = next(raw, &end, &is_bad);
            st = sink_char(sink, c, at, end - at, is_bad, e);
        }
        at = end;
    }
    return st;
}

/** charset NULL: UTF-8; "windows-1252"; else a name for ICU. */
static enum status decode(struct utf8_sink *sink, struct slice raw, size_t at, const char *charset, struct error *e)
{
    enum status st = charset == NULL || strcmp(charset, CHARSET_FALLBACK) == 0
                         ? decode_bytes(sink, raw, at, charset, e)
                         : charset_decode(sink, raw, at, charset, e);
    return st == OK ? sink_end(sink, e) : st;
}

static enum status convert(struct slice *out, struct article *a, struct slice raw, size_t at, const char *charset,
                           struct error *e)
{
    struct utf8_sink sink = {.article = a};
    enum status st = decode(&sink, raw, at, charset, e);
    if (st != OK)
        return st;
    sink = (struct utf8_sink){.article = a, .cap = sink.len};
    sink.out = arena_alloc(&a->arena, sink.cap + 1);
    if (sink.out == NULL)
        return error_nomem(e);
    st = decode(&sink, raw, at, charset, e);
    if (st == OK)
        *out = slice_of(sink.out, sink.len);
    return st;
}

/** UTF-8 from byte `at` on; raw itself where it is clean. */
static enum status from_utf8(struct slice *out, struct article *a, struct slice raw, size_t at, bool is_clean_utf8,
                             struct error *e)
{
    if (!is_clean_utf8)
        return convert(out, a, raw, at, NULL, e);
    *out = slice_from(raw, at);
    struct offset_run run = {.text_len = (uint32_t)out->len, .src = (uint32_t)at, .src_len = (uint32_t)out->len};
    return at == 0 || out->len == 0 ? OK : article_add_run(a, run, e);
}

const char *encoding_sniff_wide(struct slice head, size_t *mark_len)
{
    for (size_t i = 0; i < N_MARKS; i++)
        if (slice_starts(head, marks[i].mark) && marks[i].charset != NULL) {
            *mark_len = marks[i].mark.len;
            return marks[i].charset;
        }
    *mark_len = 0;
    /* Without a mark: in most languages UTF-16 has a NUL in many a second byte, and always on the same side. */
    size_t n_nul[2] = {0, 0}, n = head.len < 4096 ? head.len & ~(size_t)1 : 4096;
    if (n < 16 || memchr(head.data, 0, n) == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++)
        n_nul[i % 2] += head.data[i] == 0;
    if (n_nul[0] == 0 && n_nul[1] > n / 16)
        return "UTF-16LE";
    return n_nul[1] == 0 && n_nul[0] > n / 16 ? "UTF-16BE" : NULL;
}

enum status encoding_to_utf8(struct slice *out, struct article *a, struct slice raw, struct slice declared,
                             struct error *e)
{
    *out = slice_of("", 0);
    if (raw.len == 0)
        return OK;
    if (raw.len > ARTICLE_MAX_BYTES)
        return error_set(e, ERR_LIMIT, "more than %zu bytes", ARTICLE_MAX_BYTES);
    if (slice_starts(raw, marks[0].mark))
        return from_utf8(out, a, raw, marks[0].mark.len, is_clean(slice_from(raw, marks[0].mark.len)), e);
    size_t mark_len;
    const char *wide = encoding_sniff_wide(raw, &mark_len);
    if (wide != NULL)
        return convert(out, a, raw, mark_len, wide, e);
    char name[CHARSET_NAME_MAX];
    bool is_clean_utf8 = is_clean(raw);
    if (charset_find(declared, name))
        return convert(out, a, raw, 0, name, e);
    if (is_clean_utf8 || charset_is_utf8(declared) || is_mostly_utf8(raw))
        return from_utf8(out, a, raw, 0, is_clean_utf8, e);
    return convert(out, a, raw, 0, CHARSET_FALLBACK, e);
}
