#include "word_spool.h"

#include "file.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define CHUNK_BYTES ((size_t)1 << 18)

struct word_spool {
    int fd;
    struct buf pending;
    size_t taken; /* bytes of pending that were read, once it is read */
};

enum status word_spool_new(struct word_spool **out, const char *folder, struct error *e)
{
    *out = NULL;
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/words-XXXXXX", folder) >= (int)sizeof path)
        return error_set(e, ERR_LIMIT, "%s: the path is too long", folder);
    struct word_spool *s = calloc(1, sizeof *s);
    if (s == NULL)
        return error_nomem(e);
    buf_init(&s->pending, CHUNK_BYTES);
    s->fd = mkostemp(path, O_CLOEXEC);
    if (s->fd < 0) {
        enum status st = error_errno(e, ERR_IO, "%s", path);
        word_spool_free(s);
        return st;
    }
    unlink(path);
    *out = s;
    return OK;
}

void word_spool_free(struct word_spool *s)
{
    if (s == NULL)
        return;
    if (s->fd >= 0)
        close(s->fd);
    buf_clear(&s->pending);
    free(s);
}

static enum status flush(struct word_spool *s, struct error *e)
{
    enum status st = buf_status(&s->pending, e);
    if (st == OK)
        st = file_write_all(s->fd, buf_slice(&s->pending), "scratch file of words", e);
    buf_reset(&s->pending);
    return st;
}

enum status word_spool_add(struct word_spool *s, const uint32_t *words, size_t n, struct error *e)
{
    struct slice bytes = slice_of((const char *)words, n * sizeof *words);
    while (bytes.len > 0) {
        if (s->pending.len == CHUNK_BYTES) {
            enum status st = flush(s, e);
            if (st != OK)
                return st;
        }
        size_t room = CHUNK_BYTES - s->pending.len;
        size_t now = bytes.len < room ? bytes.len : room;
        buf_put(&s->pending, slice_of(bytes.data, now));
        bytes = slice_from(bytes, now);
    }
    return buf_status(&s->pending, e);
}

enum status word_spool_rewind(struct word_spool *s, struct error *e)
{
    enum status st = flush(s, e);
    if (st == OK && lseek(s->fd, 0, SEEK_SET) < 0)
        st = error_errno(e, ERR_IO, "scratch file of words");
    return st;
}

/* Read the next chunk in place of the one that was taken. */
static enum status refill(struct word_spool *s, struct error *e)
{
    buf_reset(&s->pending);
    s->taken = 0;
    if (!buf_reserve(&s->pending, CHUNK_BYTES))
        return buf_status(&s->pending, e);
    ssize_t n;
    do
        n = read(s->fd, s->pending.data, CHUNK_BYTES);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return error_errno(e, ERR_IO, "scratch file of words");
    if (n == 0)
        return error_set(e, ERR_INTERNAL, "the scratch file of words has too few");
    s->pending.len = (size_t)n;
    return OK;
}

enum status word_spool_take(struct word_spool *s, uint32_t *words, size_t n, struct error *e)
{
    char *to = (char *)words;
    for (size_t left = n * sizeof *words; left > 0;) {
        if (s->taken == s->pending.len) {
            enum status st = refill(s, e);
            if (st != OK)
                return st;
        }
        size_t there = s->pending.len - s->taken;
        size_t now = left < there ? left : there;
        memcpy(to, s->pending.data + s->taken, now);
        s->taken += now;
        to += now;
        left -= now;
    }
    return OK;
}
