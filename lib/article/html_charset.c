#include "html_charset.h"

#define CHARSET_HEAD_BYTES 4096

static bool is_charset_char(char c)
{
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == ':' ||
           c == '.';
}

/* The value behind `key` and '=' from byte `at` on. */
static struct slice value_after(struct slice head, size_t at, struct slice key)
{
    at += key.len;
    while (at < head.len && (head.data[at] == ' ' || head.data[at] == '='))
        at++;
    if (at < head.len && (head.data[at] == '"' || head.data[at] == '\''))
        at++;
    size_t start = at;
    while (at < head.len && is_charset_char(head.data[at]))
        at++;
    return slice_of(head.data + start, at - start);
}

struct slice html_declared_charset(struct slice html)
{
    struct slice head = slice_of(html.data, html.len < CHARSET_HEAD_BYTES ? html.len : CHARSET_HEAD_BYTES);
    bool is_xml = slice_starts(head, SLICE("<?xml"));
    for (size_t at = 0; at < head.len; at++) {
        struct slice rest = slice_from(head, at), found = {0};
        if (rest.len >= 8 && slice_equal_ascii_case(slice_of(rest.data, 7), SLICE("charset")))
            found = value_after(head, at, SLICE("charset"));
        else if (is_xml && at < 200 && slice_starts(rest, SLICE("encoding=")))
            found = value_after(head, at, SLICE("encoding"));
        /* Bytes in which this could be read are not UTF-16, whatever they say. */
        if (found.len >= 3 &&
            !(found.len >= 5 && slice_equal_ascii_case(slice_of(found.data, 4), SLICE("utf-")) && found.data[4] != '8'))
            return found;
    }
    return (struct slice){0};
}
