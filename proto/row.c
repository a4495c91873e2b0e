#include "reply.h"

#include "utf8.h"

#include <math.h>

#define SCAN_BYTES 64 /* looked at in one go */
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

/* For the few bytes of a short column or at a long one's end. */
static const unsigned char tsv_specials[256] = {['\\'] = 1, ['\t'] = 1, ['\n'] = 1, ['\r'] = 1};

static unsigned char is_tsv_special(char c)
{
    return (c == '\\') | (c == '\t') | (c == '\n') | (c == '\r');
}

/* What JSON needs anything done about: bytes from 0x80 on may not be UTF-8. */
static unsigned char is_json_special(char c)
{
    return (c < ' ') | (c == '"') | (c == '\\') | (c == 0x7F) | ((unsigned char)c >= 0x80);
}

/* Loops of fixed length without a branch are those that compilers turn into vectors. */
static inline bool has_tsv_special(const char *p)
{
    unsigned char any = 0;
    for (size_t i = 0; i < SCAN_BYTES; i++)
        any |= is_tsv_special(p[i]);
    return any != 0;
}

static inline bool has_json_special(const char *p)
{
    unsigned char any = 0;
    for (size_t i = 0; i < SCAN_BYTES; i++)
        any |= is_json_special(p[i]);
    return any != 0;
}

/* How many bytes at the start of s may be copied as they are. */
static size_t tsv_plain(struct slice s)
{
    size_t i = 0;
    while (s.len - i >= SCAN_BYTES && !has_tsv_special(s.data + i))
        i += SCAN_BYTES;
    while (i < s.len && tsv_specials[(unsigned char)s.data[i]] == 0)
        i++;
    return i;
}

static size_t json_plain(struct slice s)
{
    size_t i = 0;
    while (s.len - i >= SCAN_BYTES && !has_json_special(s.data + i))
        i += SCAN_BYTES;
    while (i < s.len && is_json_special(s.data[i]) == 0)
        i++;
    return i;
}

static void put_tsv(struct buf *b, struct slice s)
{
    for (;;) {
        size_t n = tsv_plain(s);
        buf_put(b, slice_of(s.data, n));
        if (n == s.len)
            return;
        char c = s.data[n];
        buf_put_byte(b, '\\');
        buf_put_byte(b, c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : '\\');
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
        size_t n = json_plain(slice_from(s, at));
        buf_put(b, slice_of(s.data + at, n));
        at += n;
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

void row_u64(struct row *r, const char *name, uint64_t value)
{
    begin_column(r, name);
    buf_put_u64(r->out, value);
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
    char digits[REAL_DECIMALS_MAX];
    for (int i = decimals; i-- > 0; whole /= 10)
        digits[i] = (char)('0' + whole % 10);
    buf_put_u64(b, whole);
    buf_put_byte(b, '.');
    buf_put(b, slice_of(digits, (size_t)decimals));
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
static void put_pair(struct row *r, uint64_t a, uint64_t b)
{
    bool is_json = r->format == OUT_JSON;
    if (is_json)
        buf_put_byte(r->out, '[');
    buf_put_u64(r->out, a);
    buf_put_byte(r->out, is_json ? ',' : '+');
    buf_put_u64(r->out, b);
    if (is_json)
        buf_put_byte(r->out, ']');
}

void row_pairs(struct row *r, const char *name, const uint32_t *pairs, size_t n)
{
    bool is_json = r->format == OUT_JSON;
    begin_column(r, name);
    if (is_json)
        buf_put_byte(r->out, '[');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_put_byte(r->out, ',');
        put_pair(r, pairs[2 * i], pairs[2 * i + 1]);
    }
    if (is_json)
        buf_put_byte(r->out, ']');
}

void row_at(struct row *r, const char *name, uint64_t at, uint64_t len)
{
    begin_column(r, name);
    put_pair(r, at, len);
}

void row_end(struct row *r)
{
    if (r->format == OUT_JSON)
        buf_put_byte(r->out, '}');
    buf_put_byte(r->out, '\n');
}
