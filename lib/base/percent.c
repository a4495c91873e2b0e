#include "percent.h"

#include "utf8.h"

static void put_hex(struct buf *b, unsigned char c)
{
    static const char digits[] = "0123456789ABCDEF";
    char out[3] = {'%', digits[c >> 4], digits[c & 15]};
    buf_put(b, slice_of(out, 3));
}

void percent_encode(struct buf *b, struct slice s, const char *also)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.data[i];
        if (c <= ' ' || c == 0x7F || c == '%' || strchr(also, c) != NULL)
            put_hex(b, c);
        else
            buf_put_byte(b, (char)c);
    }
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void percent_decode(struct buf *b, struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        int high = s.data[i] == '%' && s.len - i > 2 ? hex_value(s.data[i + 1]) : -1;
        int low = high >= 0 ? hex_value(s.data[i + 2]) : -1;
        if (low >= 0) {
            buf_put_byte(b, (char)(high << 4 | low));
            i += 2;
        } else {
            buf_put_byte(b, s.data[i]);
        }
    }
}

void percent_encode_damage(struct buf *b, struct slice s)
{
    for (size_t at = 0; at < s.len;) {
        bool is_bad = false;
        size_t start = at;
        utf8_next(s, &at, &is_bad);
        if (!is_bad) {
            buf_put(b, slice_of(s.data + start, at - start));
            continue;
        }
        for (; start < at; start++)
            put_hex(b, (unsigned char)s.data[start]);
    }
}
