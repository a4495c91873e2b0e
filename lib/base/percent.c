#include "percent.h"

#include "utf8.h"

static void put_hex(struct buf *b, unsigned char c)
{
    static const char digits[] = "0123456789ABCDEF";
    char out[3] = {'%', digits[c >> 4], digits[c & 15]};
    buf_put(b, slice_of(out, 3));
}

static bool is_encoded(unsigned char c, const char *also)
{
    if ((unsigned char)((c | 0x20) - 'a') < 26) /* as nearly all are */
        return false;
    if (c <= ' ' || c == 0x7F || c == '%')
        return true;
    for (; *also != '\0'; also++)
        if ((unsigned char)*also == c)
            return true;
    return false;
}

void percent_encode(struct buf *b, struct slice s, const char *also)
{
    size_t from = 0; /* of what can be copied in one go */
    for (size_t i = 0; i < s.len; i++) {
        if (!is_encoded((unsigned char)s.data[i], also))
            continue;
        buf_put(b, slice_of(s.data + from, i - from));
        put_hex(b, (unsigned char)s.data[i]);
        from = i + 1;
    }
    buf_put(b, slice_from(s, from));
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
