#include "json_line.h"

#include "utf8.h"

#include <stdlib.h>

#define EACH_BYTE(b) ((uint64_t)(b)*0x0101010101010101u)
#define INTEGER_MAX_DIGITS 18 /* so many fit whatever they are */
#define NESTED_MAX_DEPTH 64
#define STORE_BYTES 8 /* strings are copied so many bytes at a time, and may write as many behind their end */

/* ---- escapes ---- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The value of \uXXXX at the beginning of s, or -1. */
static int32_t escape_at(struct slice s)
{
    if (s.len < 6 || s.data[0] != '\\' || s.data[1] != 'u')
        return -1;
    int32_t value = 0;
    for (size_t i = 2; i < 6; i++) {
        int digit = hex_digit(s.data[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

static bool is_high_surrogate(int32_t c)
{
    return c >= 0xD800 && c <= 0xDBFF;
}

static bool is_low_surrogate(int32_t c)
{
    return c >= 0xDC00 && c <= 0xDFFF;
}

/* What jansson refuses, \u0000 and surrogates without their other half, becomes \ufffd, in a copy made when the first
 * is met. */
static enum status mend_escapes(struct slice *line, struct article *a, struct error *e)
{
    char *copy = NULL;
    struct slice s = *line;
    size_t at = 0;
    while (at < s.len) {
        const char *backslash = memchr(s.data + at, '\\', s.len - at);
        if (backslash == NULL)
            break;
        at = (size_t)(backslash - s.data);
        int32_t c = escape_at(slice_from(s, at));
        if (c < 0) {
            at += 2;
            continue;
        }
        if (is_high_surrogate(c) && is_low_surrogate(escape_at(slice_from(s, at + 6)))) {
            at += 12;
            continue;
        }
        if (c == 0 || is_high_surrogate(c) || is_low_surrogate(c)) {
            if (copy == NULL)
                copy = (char *)arena_copy(&a->arena, s).data;
            if (copy == NULL)
                return error_nomem(e);
            memcpy(copy + at, "\\ufffd", 6);
            a->n_damaged++;
        }
        at += 6;
    }
    if (copy != NULL)
        line->data = copy;
    return OK;
}

/* ---- the scanner ---- */

/* Every function but scan_line() returns false where it gives up: then jansson reads the line. */
struct scan {
    const char *p, *end;
    char *out; /* where the next string goes */
    uint64_t n_damaged;
    struct json_line *line;
};

static struct slice rest_of(const struct scan *s)
{
    return slice_of(s->p, (size_t)(s->end - s->p));
}

static void skip_space(struct scan *s)
{
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\n' || *s->p == '\r'))
        s->p++;
}

static bool skip_byte(struct scan *s, char c)
{
    skip_space(s);
    if (s->p == s->end || *s->p != c)
        return false;
    s->p++;
    return true;
}

static void put_char(struct scan *s, uint32_t c)
{
    char bytes[4];
    struct buf one = {.data = bytes, .cap = sizeof bytes, .max = sizeof bytes};
    utf8_put(&one, c);
    memcpy(s->out, bytes, one.len);
    s->out += one.len;
}

static bool take_unicode(struct scan *s)
{
    int32_t c = escape_at(rest_of(s));
    if (c < 0)
        return false;
    s->p += 6;
    if (is_high_surrogate(c)) {
        int32_t low = escape_at(rest_of(s));
        if (is_low_surrogate(low)) {
            s->p += 6;
            put_char(s, 0x10000 + ((uint32_t)(c - 0xD800) << 10) + (uint32_t)(low - 0xDC00));
            return true;
        }
    }
    bool is_bad = c == 0 || is_high_surrogate(c) || is_low_surrogate(c);
    s->n_damaged += is_bad;
    put_char(s, is_bad ? UTF8_REPLACEMENT : (uint32_t)c);
    return true;
}

/* An escape, its backslash at s->p. */
static bool take_escape(struct scan *s)
{
    static const char letters[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    if (s->end - s->p < 2)
        return false;
    if (s->p[1] == 'u')
        return take_unicode(s);
    const char *letter = memchr(letters, s->p[1], sizeof letters - 1);
    if (letter == NULL)
        return false;
    *s->out++ = values[letter - letters];
    s->p += 2;
    return true;
}

/* The high bit of the first byte that is a quote, a backslash or a control character; of those behind it, maybe. */
static uint64_t special_bytes(uint64_t v)
{
    uint64_t quote = v ^ EACH_BYTE('"'), backslash = v ^ EACH_BYTE('\\');
    return (((v - EACH_BYTE(0x20)) & ~v) | ((quote - EACH_BYTE(1)) & ~quote) |
            ((backslash - EACH_BYTE(1)) & ~backslash)) &
           EACH_BYTE(0x80);
}

/* Copy up to what is special, or to where less than eight bytes are left. */
static void copy_plain(struct scan *s)
{
    const char *from = s->p;
    char *to = s->out;
    uint64_t special = 0;
    while (s->end - from >= STORE_BYTES && special == 0) {
        uint64_t v;
        memcpy(&v, from, sizeof v);
        memcpy(to, &v, sizeof v);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        v = __builtin_bswap64(v);
#endif
        special = special_bytes(v);
        size_t n = special == 0 ? STORE_BYTES : (size_t)__builtin_ctzll(special) / 8;
        from += n;
        to += n;
    }
    s->p = from;
    s->out = to;
}

static bool take_string(struct scan *s, struct slice *out)
{
    if (!skip_byte(s, '"'))
        return false;
    const char *start = s->out;
    for (;;) {
        copy_plain(s);
        if (s->p == s->end || (unsigned char)*s->p < 0x20)
            return false;
        if (*s->p == '"')
            break;
        if (*s->p != '\\')
            *s->out++ = *s->p++;
        else if (!take_escape(s))
            return false;
    }
    s->p++;
    *out = slice_of(start, (size_t)(s->out - start));
    *s->out++ = '\0';
    return true;
}

static bool take_tree(struct scan *s, size_t len, size_t flags, struct json_item *out)
{
    json_error_t error;
    out->kind = ITEM_OTHER;
    out->tree = json_loadb(s->p, len, flags, &error);
    s->p += len;
    return out->tree != NULL;
}

/* An array or object: where it ends is found by its brackets, the rest is jansson's. */
static bool take_nested(struct scan *s, struct json_item *out)
{
    size_t depth = 0;
    bool is_string = false;
    for (const char *p = s->p; p < s->end; p++) {
        if (is_string) {
            if (*p == '\\')
                p++;
            else
                is_string = *p != '"';
            continue;
        }
        is_string = *p == '"';
        depth += *p == '[' || *p == '{';
        depth -= *p == ']' || *p == '}';
        if (depth > NESTED_MAX_DEPTH)
            return false;
        if (depth == 0)
            return take_tree(s, (size_t)(p + 1 - s->p), 0, out);
    }
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool take_number(struct scan *s, struct json_item *out)
{
    const char *digits = s->p + (*s->p == '-'), *p = digits;
    json_int_t value = 0;
    for (; p < s->end && is_digit(*p) && p - digits < INTEGER_MAX_DIGITS; p++)
        value = value * 10 + (*p - '0');
    if (p == digits || (p < s->end && is_digit(*p)) || (*digits == '0' && p - digits > 1))
        return false;
    if (p < s->end && (*p == '.' || *p == 'e' || *p == 'E')) {
        while (p < s->end && memchr("0123456789.eE+-", *p, 15) != NULL)
            p++;
        return take_tree(s, (size_t)(p - s->p), JSON_DECODE_ANY, out);
    }
    *out = (struct json_item){.kind = ITEM_INTEGER, .integer = digits > s->p ? -value : value};
    s->p = p;
    return true;
}

static bool take_literal(struct scan *s, struct slice literal, enum json_item_kind kind, struct json_item *out)
{
    if (!slice_starts(rest_of(s), literal))
        return false;
    s->p += literal.len;
    out->kind = kind;
    return true;
}

static bool take_value(struct scan *s, struct json_item *out)
{
    *out = (struct json_item){.kind = ITEM_ABSENT};
    skip_space(s);
    switch (s->p < s->end ? *s->p : '\0') {
    case '"':
        out->kind = ITEM_STRING;
        return take_string(s, &out->text);
    case '[':
    case '{':
        return take_nested(s, out);
    case 'n':
        return take_literal(s, SLICE("null"), ITEM_NULL, out);
    case 't':
        return take_literal(s, SLICE("true"), ITEM_OTHER, out);
    case 'f':
        return take_literal(s, SLICE("false"), ITEM_OTHER, out);
    default:
        return s->p < s->end && (*s->p == '-' || is_digit(*s->p)) && take_number(s, out);
    }
}

static bool take_object(struct scan *s)
{
    struct json_line *l = s->line;
    if (!skip_byte(s, '{'))
        return false;
    bool is_empty = skip_byte(s, '}');
    while (!is_empty) {
        if (l->n == JSON_LINE_FIELDS_MAX || !take_string(s, &l->keys[l->n]) || !skip_byte(s, ':'))
            return false;
        bool is_taken = take_value(s, &l->items[l->n]);
        l->n++;
        if (!is_taken)
            return false;
        if (!skip_byte(s, ','))
            break;
    }
    if (!is_empty && !skip_byte(s, '}'))
        return false;
    skip_space(s);
    return s->p == s->end;
}

static void forget_fields(struct json_line *l)
{
    for (size_t i = 0; i < l->n; i++)
        json_decref((json_t *)l->items[i].tree); /* takes NULL */
    l->n = 0;
}

/* *is_read false: the line is jansson's. */
static enum status scan_line(struct json_line *out, struct article *a, struct slice line, bool *is_read,
                             struct error *e)
{
    *is_read = false;
    if (line.len == 0)
        return OK;
    /* No string is longer decoded than it is written, quotes and all, with a NUL behind it. */
    struct scan s = {.p = line.data, .end = line.data + line.len, .line = out};
    s.out = arena_take(&a->arena, line.len + STORE_BYTES);
    if (s.out == NULL)
        return error_nomem(e);
    *is_read = take_object(&s);
    if (*is_read)
        a->n_damaged += s.n_damaged;
    else
        forget_fields(out);
    out->is_kept = *is_read;
    return OK;
}

/* ---- jansson ---- */

static enum status load(struct json_line *out, struct slice line, struct error *e)
{
    json_error_t error;
    json_t *object = json_loadb(line.data == NULL ? "" : line.data, line.len, 0, &error);
    if (object == NULL && json_error_code(&error) == json_error_numeric_overflow)
        object = json_loadb(line.data, line.len, JSON_DECODE_INT_AS_REAL, &error);
    out->object = object;
    if (object == NULL && json_error_code(&error) == json_error_out_of_memory)
        return error_nomem(e);
    if (object == NULL)
        return error_set(e, ERR_FORMAT, "not JSON: %s (byte %d)", error.text, error.position);
    return json_is_object(object) ? OK : error_set(e, ERR_FORMAT, "not a JSON object");
}

enum status json_line_load(struct json_line *out, struct article *a, struct slice line, struct error *e)
{
    out->n = 0;
    out->object = NULL;
    out->is_kept = false;
    enum status status = mend_escapes(&line, a, e);
    return status == OK ? load(out, line, e) : status;
}

enum status json_line_read(struct json_line *out, struct article *a, struct slice line, struct error *e)
{
    out->n = 0;
    out->object = NULL;
    bool is_read;
    enum status status = scan_line(out, a, line, &is_read, e);
    return status != OK || is_read ? status : json_line_load(out, a, line, e);
}

void json_line_clear(struct json_line *l)
{
    forget_fields(l);
    json_decref(l->object);
    l->object = NULL;
}

struct json_item json_item_of(const json_t *value)
{
    struct json_item item = {.kind = ITEM_ABSENT};
    if (json_is_string(value)) {
        item.kind = ITEM_STRING;
        item.text = slice_of(json_string_value(value), json_string_length(value));
    } else if (json_is_integer(value)) {
        item.kind = ITEM_INTEGER;
        item.integer = json_integer_value(value);
    } else if (value != NULL) {
        item.kind = json_is_null(value) ? ITEM_NULL : ITEM_OTHER;
        item.tree = value;
    }
    return item;
}

struct json_item json_line_get(const struct json_line *l, const char *key)
{
    if (l->object != NULL)
        return json_item_of(json_object_get(l->object, key));
    struct slice wanted = slice_cstr(key);
    for (size_t i = l->n; i > 0; i--)
        if (slice_equal(l->keys[i - 1], wanted))
            return l->items[i - 1];
    return (struct json_item){.kind = ITEM_ABSENT};
}

void json_line_keys(const struct json_line *l, void (*fn)(void *ctx, struct slice key), void *ctx)
{
    for (size_t i = 0; i < l->n; i++) {
        bool is_first = true;
        for (size_t k = 0; k < i && is_first; k++)
            is_first = !slice_equal(l->keys[k], l->keys[i]);
        if (is_first)
            fn(ctx, l->keys[i]);
    }
    const char *key;
    json_t *value;
    json_object_foreach(l->object, key, value)
    {
        fn(ctx, slice_cstr(key));
    }
}
