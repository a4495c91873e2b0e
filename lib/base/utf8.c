#include "utf8.h"

uint32_t utf8_next(struct slice s, size_t *at, bool *is_bad)
{
    const unsigned char *p = (const unsigned char *)s.data + *at;
    size_t left = s.len - *at;
    uint32_t c = p[0];
    if (c < 0x80) {
        *at += 1;
        return c;
    }
    size_t n_more = 0;
    unsigned char low = 0x80, high = 0xBF; /* what the second byte may be */
    if (c >= 0xC2 && c <= 0xDF) {
        n_more = 1;
        c &= 0x1F;
    } else if (c >= 0xE0 && c <= 0xEF) {
        n_more = 2;
        low = c == 0xE0 ? 0xA0 : 0x80;
        high = c == 0xED ? 0x9F : 0xBF;
        c &= 0x0F;
    } else if (c >= 0xF0 && c <= 0xF4) {
        n_more = 3;
        low = c == 0xF0 ? 0x90 : 0x80;
        high = c == 0xF4 ? 0x8F : 0xBF;
        c &= 0x07;
    }
    size_t i = 1;
    for (; i <= n_more && i < left; i++) {
        if (p[i] < low || p[i] > high)
            break;
        c = c << 6 | (p[i] & 0x3Fu);
        low = 0x80;
        high = 0xBF;
    }
    *at += i;
    if (n_more == 0 || i <= n_more) {
        if (is_bad != NULL)
            *is_bad = true;
        return UTF8_REPLACEMENT;
    }
    return c;
}

bool utf8_is_valid(struct slice s)
{
    bool is_bad = false;
    for (size_t at = 0; at < s.len && !is_bad;)
        utf8_next(s, &at, &is_bad);
    return !is_bad;
}

size_t utf8_floor(struct slice s, size_t at)
{
    if (at >= s.len)
        return s.len;
    size_t limit = at < 3 ? at : 3;
    for (size_t back = 0; back <= limit; back++)
        if (((unsigned char)s.data[at - back] & 0xC0) != 0x80)
            return at - back;
    return at;
}

void utf8_put(struct buf *b, uint32_t c)
{
    if ((c >= 0xD800 && c <= 0xDFFF) || c > 0x10FFFF)
        c = UTF8_REPLACEMENT;
    if (c < 0x80) {
        buf_put_byte(b, (char)c);
        return;
    }
    char bytes[4];
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--) {
        bytes[i] = (char)(0x80 | (c & 0x3F));
        c >>= 6;
    }
    bytes[0] = (char)((0xF00u >> n & 0xF0u) | c);
    buf_put(b, slice_of(bytes, n));
}

size_t utf8_length(struct slice s)
{
    size_t n = 0, at = 0;
    while (at < s.len) {
        if (utf8_is_ascii_run(s, at)) {
            at += UTF8_RUN_BYTES;
            n += UTF8_RUN_BYTES;
            continue;
        }
        if ((unsigned char)s.data[at] < 0x80)
            at++;
        else
            utf8_next(s, &at, NULL);
        n++;
    }
    return n;
}
