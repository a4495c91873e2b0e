#include "text_line.h"

#include "utf8.h"

#include <unicode/uchar.h>

static bool is_ascii_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct slice text_trim(struct slice s)
{
    static const struct slice nbsp = {"\xC2\xA0", 2};
    for (;;) {
        s = slice_trim(s);
        if (slice_starts(s, nbsp)) {
            s = slice_from(s, 2);
        } else if (slice_ends(s, nbsp)) {
            s.len -= 2;
        } else {
            return s;
        }
    }
}

#define WINDOW_BYTES ((size_t)1024)

/** The first LF or CR from `at` on. In windows, so that a text with only one of them is not searched to its end each
 * time. */
static size_t line_end(struct slice text, size_t at)
{
    while (at < text.len) {
        size_t n = text.len - at < WINDOW_BYTES ? text.len - at : WINDOW_BYTES;
        const char *from = text.data + at, *lf = memchr(from, '\n', n);
        n = lf == NULL ? n : (size_t)(lf - from);
        const char *cr = memchr(from, '\r', n);
        if (cr != NULL)
            return (size_t)(cr - text.data);
        at += n;
        if (lf != NULL)
            return at;
    }
    return text.len;
}

bool text_line_next(struct slice text, size_t *at, struct text_line *line)
{
    if (*at >= text.len)
        return false;
    size_t from = *at, end = line_end(text, from);
    *at = end + 1;
    if (end + 1 < text.len && text.data[end] == '\r' && text.data[end + 1] == '\n')
        *at = end + 2;
    line->s = text_trim(slice_of(text.data + from, end - from));
    line->indent = (uint32_t)(line->s.data - (text.data + from));
    line->start = (uint32_t)(from + line->indent);
    return true;
}

size_t text_count_chars(struct slice s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.data[i] & 0xC0) != 0x80;
    return n;
}

size_t text_count_words(struct slice s, size_t max)
{
    size_t n = 0, at = 0;
    while (n <= max && text_word(s, &at).len > 0)
        n++;
    return n;
}

struct slice text_word(struct slice s, size_t *at)
{
    while (*at < s.len && is_ascii_space(s.data[*at]))
        ++*at;
    size_t from = *at;
    while (*at < s.len && !is_ascii_space(s.data[*at]))
        ++*at;
    return slice_of(s.data + from, *at - from);
}

static bool is_closing(uint32_t c)
{
    return c == '"' || c == '\'' || c == ')' || c == ']' || c == 0x2019 || c == 0x201D || c == 0xBB || c == 0x203A;
}

/** What one character adds to the shape of its line. */
static void shape_add(struct text_shape *shape, uint32_t c, bool *in_word)
{
    bool is_ascii = c < 0x80;
    bool is_space = is_ascii ? is_ascii_space((char)c) : u_isUWhiteSpace((UChar32)c);
    bool is_lower = is_ascii ? c >= 'a' && c <= 'z' : u_islower((UChar32)c);
    bool is_upper = is_ascii ? c >= 'A' && c <= 'Z' : u_isupper((UChar32)c);
    shape->n_chars++;
    shape->n_words += !is_space && !*in_word;
    *in_word = !is_space;
    if (!is_space && !is_closing(c))
        shape->last = c;
    shape->has_lower |= is_lower;
    shape->has_upper |= is_upper;
    shape->has_letter |= is_lower || is_upper || (!is_ascii && u_isalpha((UChar32)c));
}

struct text_shape text_shape(struct slice s)
{
    struct text_shape shape = {0};
    bool in_word = false;
    for (size_t at = 0; at < s.len;) {
        uint32_t c = utf8_next(s, &at, NULL);
        if (shape.n_chars == 0)
            shape.first = c;
        shape_add(&shape, c, &in_word);
    }
    uint32_t last = shape.last;
    shape.is_stop = last == '.' || last == 0x3002 || last == 0xFF0E;
    shape.is_sentence = shape.is_stop || last == '!' || last == '?' || last == 0x2026 || last == 0xFF01 ||
                        last == 0xFF1F || last == 0x061F || last == 0x0964;
    shape.is_open = last == ',' || last == ';' || last == ':' || last == 0x2013 || last == 0x2014 || last == 0xFF0C ||
                    last == 0x060C;
    return shape;
}

bool text_is_rule(struct slice s)
{
    if (s.len < 3 || strchr("=-_*~#", s.data[0]) == NULL || s.data[0] == 0)
        return false;
    for (size_t i = 1; i < s.len; i++)
        if (s.data[i] != s.data[0] && s.data[i] != ' ')
            return false;
    return true;
}

size_t text_item_marker(struct slice s)
{
    static const struct slice bullets[] = {
        {"- ", 2},           {"* ", 2}, {"+ ", 2}, {"\xE2\x80\xA2 ", 4}, {"\xC2\xB7 ", 3}, {"\xE2\x80\xA2\t", 4},
        {"\xE2\x80\x93 ", 4}};
    for (size_t i = 0; i < sizeof bullets / sizeof *bullets; i++)
        if (slice_starts(s, bullets[i]))
            return bullets[i].len;
    size_t n = 0;
    while (n < s.len && n < 3 && s.data[n] >= '0' && s.data[n] <= '9')
        n++;
    bool is_number = n > 0 && n + 1 < s.len && (s.data[n] == '.' || s.data[n] == ')') && is_ascii_space(s.data[n + 1]);
    return is_number ? n + 2 : 0;
}

bool text_starts(struct slice s, const char *prefix)
{
    size_t n = strlen(prefix);
    return s.len >= n && slice_equal_ascii_case(slice_of(s.data, n), slice_of(prefix, n));
}

size_t text_find(struct slice s, const char *needle)
{
    for (size_t at = 0; at < s.len; at++)
        if (text_starts(slice_from(s, at), needle))
            return at;
    return s.len;
}
