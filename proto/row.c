#include "reply.h"

#include "utf8.h"

#include <math.h>

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

static void put_tsv(struct buf *b, struct slice s)
{
    size_t from = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.data[i];
        if (c != '\\' && c != '\t' && c != '\n' && c != '\r')
            continue;
        buf_put(b, slice_of(s.data + from, i - from));
        buf_put_byte(b, '\\');
        buf_put_byte(b, c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : '\\');
        from = i + 1;
    }
    buf_put(b, slice_from(s, from));
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
    buf_printf(r->out, "%llu", (unsigned long long)value);
}

void row_real(struct row *r, const char *name, double value, int decimals)
{
    if (!isfinite(value)) {
        row_null(r, name);
        return;
    }
    begin_column(r, name);
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

void row_pairs(struct row *r, const char *name, const uint32_t *pairs, size_t n)
{
    bool is_json = r->format == OUT_JSON;
    begin_column(r, name);
    if (is_json)
        buf_put_byte(r->out, '[');
    for (size_t i = 0; i < n; i++)
        buf_printf(r->out, is_json ? "%s[%u,%u]" : "%s%u+%u", i > 0 ? "," : "", pairs[2 * i], pairs[2 * i + 1]);
    if (is_json)
        buf_put_byte(r->out, ']');
}

void row_at(struct row *r, const char *name, uint64_t at, uint64_t len)
{
    begin_column(r, name);
    buf_printf(r->out, r->format == OUT_JSON ? "[%llu,%llu]" : "%llu+%llu", (unsigned long long)at,
               (unsigned long long)len);
}

void row_end(struct row *r)
{
    if (r->format == OUT_JSON)
        buf_put_byte(r->out, '}');
    buf_put_byte(r->out, '\n');
}
