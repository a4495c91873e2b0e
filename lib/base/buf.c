#include "buf.h"

#include <stdio.h>
#include <stdlib.h>

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max};
}

void buf_clear(struct buf *b)
{
    free(b->data);
    buf_init(b, b->max);
}

void buf_reset(struct buf *b)
{
    b->len = 0;
    b->state = OK;
}

bool buf_reserve(struct buf *b, size_t n)
{
    if (b->state != OK)
        return false;
    if (n > b->max - b->len) {
        b->state = ERR_LIMIT;
        return false;
    }
    size_t need = b->len + n;
    if (need <= b->cap)
        return true;
    size_t cap = b->cap < 64 ? 64 : b->cap;
    while (cap < need)
        cap = cap > b->max / 2 ? b->max : cap * 2;
    char *data = realloc(b->data, cap);
    if (data == NULL) {
        b->state = ERR_NOMEM;
        return false;
    }
    b->data = data;
    b->cap = cap;
    return true;
}

void buf_put_cstr(struct buf *b, const char *text)
{
    buf_put(b, slice_cstr(text));
}

void buf_put_u64(struct buf *b, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    buf_put(b, slice_of(digits + at, sizeof digits - at));
}

void buf_printf(struct buf *b, const char *format, ...)
{
    char small[256];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (n < 0) {
        b->state = ERR_LIMIT;
    } else if ((size_t)n < sizeof small) {
        buf_put(b, slice_of(small, (size_t)n));
    } else {
        /* vsnprintf also writes a NUL, which is not counted. */
        char *large = malloc((size_t)n + 1);
        if (large == NULL) {
            b->state = ERR_NOMEM;
        } else {
            vsnprintf(large, (size_t)n + 1, format, again);
            buf_put(b, slice_of(large, (size_t)n));
            free(large);
        }
    }
    va_end(again);
}

void buf_truncate(struct buf *b, size_t len)
{
    if (len < b->len)
        b->len = len;
}

struct slice buf_slice(const struct buf *b)
{
    return slice_of(b->data, b->len);
}

enum status buf_status(const struct buf *b, struct error *e)
{
    if (b->state == ERR_LIMIT)
        return error_set(e, ERR_LIMIT, "more than %zu bytes", b->max);
    return b->state == OK ? OK : error_nomem(e);
}
