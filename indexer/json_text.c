#include "json_text.h"

#include "utf8.h"

void json_put_string(struct buf *b, struct slice s)
{
    buf_put_byte(b, '"');
    for (size_t at = 0; at < s.len;) {
        uint32_t c = utf8_next(s, &at, NULL);
        if (c < 0x20 || c == 0x7F) {
            buf_printf(b, "\\u%04x", (unsigned)c);
            continue;
        }
        if (c == '"' || c == '\\')
            buf_put_byte(b, '\\');
        utf8_put(b, c);
    }
    buf_put_byte(b, '"');
}
