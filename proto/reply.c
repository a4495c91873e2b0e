#include "reply.h"

#include "percent.h"
#include "utf8.h"
#include "verbs.h"

void reply_tag(struct buf *b, const char *tag)
{
    if (tag != NULL && tag[0] != '\0') {
        buf_put_byte(b, '@');
        buf_put_cstr(b, tag);
        buf_put_byte(b, ' ');
    }
}

void reply_ok(struct buf *b, const char *tag, uint64_t n_lines)
{
    reply_tag(b, tag);
    buf_put(b, SLICE("OK "));
    buf_put_u64(b, n_lines);
}

static void put_key(struct buf *b, const char *key)
{
    buf_put_byte(b, ' ');
    buf_put_cstr(b, key);
    buf_put_byte(b, '=');
}

void reply_key(struct buf *b, const char *key, struct slice value)
{
    put_key(b, key);
    percent_encode(b, value, "");
}

void reply_key_u64(struct buf *b, const char *key, uint64_t value)
{
    put_key(b, key);
    buf_put_u64(b, value);
}

void reply_end(struct buf *b)
{
    buf_put_byte(b, '\n');
}

/* One line of UTF-8 (a path in it need not be), and none whose first word a client would take for a key: the '=' of
 * such a word is moved away from it. */
static void put_message(struct buf *b, const char *message)
{
    struct slice text = slice_trim(slice_cstr(message));
    size_t key_len = key_length(text);
    buf_put_byte(b, ' ');
    for (size_t at = 0; at < text.len;) {
        if (key_len > 0 && at == key_len)
            buf_put_byte(b, ' ');
        uint32_t c = utf8_next(text, &at, NULL);
        utf8_put(b, c < ' ' || c == 0x7F ? ' ' : c);
    }
    buf_put_byte(b, '\n');
}

static void put_error(struct buf *b, const char *tag, const char *code)
{
    reply_tag(b, tag);
    buf_printf(b, "ERR %s", code);
}

void reply_error(struct buf *b, const char *tag, const char *code, int64_t at, const char *message)
{
    put_error(b, tag, code);
    if (at >= 0)
        reply_key_u64(b, "at", (uint64_t)at);
    put_message(b, message);
}

void reply_error_key(struct buf *b, const char *tag, const char *code, const char *key, uint64_t value,
                     const char *message)
{
    put_error(b, tag, code);
    reply_key_u64(b, key, value);
    put_message(b, message);
}
