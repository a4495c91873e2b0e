#include "reply.h"

#include "pack.h"
#include "utf8.h"

#include <math.h>

#define WORD_BYTES sizeof(uint64_t) /* looked at in one go */
#define NUMBER_MAX_BYTES 32         /* of 20 digits, or as many as REAL_FAST_MAX has, a point and REAL_DECIMALS_MAX */
#define PAIR_MAX_BYTES 48           /* two numbers, their brackets, commas */
#define PAIRS_AT_ONCE 16
#define REAL_DECIMALS_MAX 6
#define REAL_FAST_MAX 8192.0

struct row row_begin(struct buf *out, enum out_format format)
{
    if (format == OUT_JSON)
        buf_put_byte(out, '{');
    return (struct row){.out = out, .format = format};
}

static void begin_column(struct row *r, const char *name)
{
    bool is_json = r->format == OUT_JSON;
    if (r->n_columns++ > 0)
        buf_put_byte(r->out, is_json ? ',' : '\t');
    if (!is_json)
        return;
    buf_put_byte(r->out, '"');
    buf_put_cstr(r->out, name);
    buf_put(r->out, SLICE("\":"));
}

/* What needs anything done about; of JSON, bytes from 0x80 on too, which may not be UTF-8. */
static inline bool is_special(char c, bool is_json)
{
    if (is_json)
        return (unsigned char)c < ' ' || c == '"' || c == '\\' || (unsigned char)c >= 0x7F;
    return c == '\\' || c == '\t' || c == '\n' || c == '\r';
}

/* Not zero where any of eight bytes is special, or of TSV another control byte, which is rare: then the lowest bit is
 * the topmost of the first such byte, the bytes being those of a little-endian number. */
static inline uint64_t special_bits(uint64_t bytes, bool is_json)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t backslash = bytes ^ ones * '\\';
    uint64_t bits = ((bytes - ones * ' ') & ~bytes) | ((backslash - ones) & ~backslash);
    if (is_json) {
        uint64_t quote = bytes ^ ones * '"';
        bits |= bytes | (bytes + ones) | ((quote - ones) & ~quote); /* 0x7F and one more are 0x80 */
    }
    return bits & ones * 0x80;
}

/* Copies WORD_BYTES bytes; returns how many of them stand before the first special one. */
static inline size_t copy_word(char *out, const char *from, bool is_json)
{
    uint64_t bits = special_bits(get_u64(from), is_json);
    memcpy(out, from, WORD_BYTES);
    return bits == 0 ? WORD_BYTES : (size_t)__builtin_ctzll(bits) / 8;
}

/* Copies s up to its first special byte; returns how many bytes that is. `out` has room for all of s. */
static inline size_t copy_plain(char *out, struct slice s, bool is_json)
{
    size_t i = 0;
    for (size_t n; s.len - i >= WORD_BYTES; i += n)
        if ((n = copy_word(out + i, s.data + i, is_json)) < WORD_BYTES)
            return i + n;
    if (i > 0 && i < s.len) { /* the end, with bytes before it once more: quicker than one by one */
        i = s.len - WORD_BYTES;
        return i + copy_word(out + i, s.data + i, is_json);
    }
    for (; i < s.len && !is_special(s.data[i], is_json); i++)
        out[i] = s.data[i];
    return i;
}

/* The same onto a buffer. */
static inline size_t put_plain(struct buf *b, struct slice s, bool is_json)
{
    if (!buf_has_room(b, s.len))
        return s.len;
    size_t n = copy_plain(b->data + b->len, s, is_json);
    b->len += n;
    return n;
}

static void put_tsv(struct buf *b, struct slice s)
{
    while (s.len > 0) {
        size_t n = put_plain(b, s, false);
        if (n == s.len)
            return;
        char c = s.data[n];
        if (is_special(c, false)) {
            buf_put_byte(b, '\\');
            c = c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : '\\';
        }
        buf_put_byte(b, c);
        s = slice_from(s, n + 1);
    }
}

static void put_json_ascii(struct buf *b, char c)
{
    static const char letters[] = "btnvfr"; /* of 8 to 13; JSON has no \v */
    if (c == '"' || c == '\\') {
        buf_put_byte(b, '\\');
        buf_put_byte(b, c);
    } else if (c >= 8 && c <= 13 && c != 11) {
        buf_put_byte(b, '\\');
        buf_put_byte(b, letters[c - 8]);
    } else if (c < ' ' || c == 0x7F) {
        buf_printf(b, "\\u%04x", (unsigned)c);
    } else {
        buf_put_byte(b, c);
    }
}

/* Bytes that are not UTF-8 become U+FFFD, since JSON knows no other text. */
static void put_json(struct buf *b, struct slice s)
{
    buf_put_byte(b, '"');
    for (size_t at = 0; at < s.len;) {
        at += put_plain(b, slice_from(s, at), true);
        if (at == s.len)
            break;
        if ((unsigned char)s.data[at] < 0x80)
            put_json_ascii(b, s.data[at++]);
        else
            utf8_put(b, utf8_next(s, &at, NULL));
    }
    buf_put_byte(b, '"');
}

void row_text(struct row *r, const char *name, struct slice value)
{
    begin_column(r, name);
    if (r->format == OUT_JSON)
        put_json(r->out, value);
    else
        put_tsv(r->out, value);
}

/* Numbers are written from their end; returns where they begin. */
static inline char *digits_before(char *end, uint64_t value)
{
    do {
        *--end = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    return end;
}

static void put_between(struct buf *b, const char *from, const char *to)
{
    buf_put(b, slice_of(from, (size_t)(to - from)));
}

void row_u64(struct row *r, const char *name, uint64_t value)
{
    char bytes[NUMBER_MAX_BYTES], *end = bytes + sizeof bytes;
    begin_column(r, name);
    put_between(r->out, digits_before(end, value), end);
}

/* value with `decimals` digits, where that can be told from value * 10^decimals without doubt: as printf rounds, which
 * is exact. False: nothing was written. */
static bool put_real_fast(struct buf *b, double value, int decimals)
{
    uint64_t scale = 1;
    if (decimals < 1 || decimals > REAL_DECIMALS_MAX || signbit(value) || value >= REAL_FAST_MAX)
        return false;
    for (int i = 0; i < decimals; i++)
        scale *= 10;
    double scaled = value * (double)scale; /* below 2^33, so off by less than 2^-20 */
    uint64_t whole = (uint64_t)scaled;
    double rest = scaled - (double)whole;
    if (fabs(rest - 0.5) < 1e-5)
        return false;
    whole += rest > 0.5 ? 1 : 0;
    char bytes[NUMBER_MAX_BYTES], *end = bytes + sizeof bytes, *at = end;
    for (int i = 0; i < decimals; i++, whole /= 10)
        *--at = (char)('0' + whole % 10);
    *--at = '.';
    put_between(b, digits_before(at, whole), end);
    return true;
}

void row_real(struct row *r, const char *name, double value, int decimals)
{
    if (!isfinite(value)) {
        row_null(r, name);
        return;
    }
    begin_column(r, name);
    if (!put_real_fast(r->out, value, decimals))
        buf_printf(r->out, "%.*f", decimals, value);
}

void row_exact(struct row *r, const char *name, double value)
{
    if (!isfinite(value)) {
        row_null(r, name);
        return;
    }
    begin_column(r, name);
    buf_printf(r->out, "%.17g", value);
}

void row_null(struct row *r, const char *name)
{
    begin_column(r, name);
    if (r->format == OUT_JSON)
        buf_put(r->out, SLICE("null"));
}

/* 12+3; JSON [12,3] */
static inline char *pair_before(char *end, bool is_json, uint64_t a, uint64_t b)
{
    if (is_json)
        *--end = ']';
    end = digits_before(end, b);
    *--end = is_json ? ',' : '+';
    end = digits_before(end, a);
    if (is_json)
        *--end = '[';
    return end;
}

void row_pairs(struct row *r, const char *name, const uint32_t *pairs, size_t n)
{
    bool is_json = r->format == OUT_JSON;
    begin_column(r, name);
    if (is_json)
        buf_put_byte(r->out, '[');
    for (size_t from = 0, to; from < n; from = to) {
        char bytes[PAIRS_AT_ONCE * PAIR_MAX_BYTES], *end = bytes + sizeof bytes, *at = end;
        to = n - from < PAIRS_AT_ONCE ? n : from + PAIRS_AT_ONCE;
        for (size_t i = to; i-- > from;) {
            at = pair_before(at, is_json, pairs[2 * i], pairs[2 * i + 1]);
            if (i > 0)
                *--at = ',';
        }
        put_between(r->out, at, end);
    }
    if (is_json)
        buf_put_byte(r->out, ']');
}

void row_at(struct row *r, const char *name, uint64_t at, uint64_t len)
{
    char bytes[PAIR_MAX_BYTES], *end = bytes + sizeof bytes;
    begin_column(r, name);
    put_between(r->out, pair_before(end, r->format == OUT_JSON, at, len), end);
}

void row_end(struct row *r)
{
    if (r->format == OUT_JSON)
        buf_put_byte(r->out, '}');
    buf_put_byte(r->out, '\n');
}
