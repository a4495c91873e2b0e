#include "inbox.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

void inbox_clear(struct inbox *in)
{
    free(in->bytes.data);
    *in = (struct inbox){0};
}

ssize_t inbox_receive(struct inbox *in, struct buf *spare, int fd)
{
    if (in->bytes.data == NULL) {
        in->bytes = *spare;
        in->bytes.max = INBOX_MAX_BYTES;
        buf_init(spare, INBOX_MAX_BYTES);
    }
    if (!buf_reserve(&in->bytes, RECEIVE_BYTES)) {
        errno = ENOMEM;
        return -1;
    }
    ssize_t n = recv(fd, in->bytes.data + in->bytes.len, RECEIVE_BYTES, 0);
    if (n > 0)
        in->bytes.len += (size_t)n;
    return n;
}

size_t inbox_len(const struct inbox *in)
{
    return in->bytes.len - in->at;
}

struct slice inbox_slice(const struct inbox *in)
{
    return slice_from(buf_slice(&in->bytes), in->at);
}

bool inbox_take_line(struct inbox *in, struct slice *line)
{
    struct slice all = inbox_slice(in), fresh = slice_from(all, in->scanned);
    const char *end = fresh.len == 0 ? NULL : memchr(fresh.data, '\n', fresh.len);
    if (end == NULL) {
        in->scanned = all.len;
        return false;
    }
    *line = slice_of(all.data, (size_t)(end - all.data));
    in->at += line->len + 1;
    in->scanned = 0;
    return true;
}

void inbox_tidy(struct inbox *in, struct buf *spare)
{
    size_t rest = inbox_len(in);
    if (rest == 0) {
        inbox_drop(in, spare);
    } else if (in->at > 0) {
        memmove(in->bytes.data, in->bytes.data + in->at, rest);
        in->bytes.len = rest;
        in->at = 0;
    }
}

void inbox_drop(struct inbox *in, struct buf *spare)
{
    if (in->bytes.data == NULL)
        return;
    if (spare->data == NULL && in->bytes.cap <= 2 * RECEIVE_BYTES) {
        buf_reset(&in->bytes);
        *spare = in->bytes;
        *in = (struct inbox){0};
    } else {
        inbox_clear(in);
    }
}
