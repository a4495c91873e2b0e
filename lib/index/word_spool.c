#include "word_spool.h"

#include "file.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define CHUNK_BYTES ((size_t)1 << 18)

struct word_spool {
    int fd;
    struct buf pending;
    uint64_t written; /* bytes */
    void *map;
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
    if (s->map != NULL)
        munmap(s->map, s->written);
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
    s->written += s->pending.len;
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

enum status word_spool_read(struct word_spool *s, const uint32_t **words, size_t *n, struct error *e)
{
    *words = NULL;
    *n = 0;
    enum status st = flush(s, e);
    if (st != OK || s->written == 0)
        return st;
    void *map = mmap(NULL, s->written, PROT_READ, MAP_SHARED, s->fd, 0);
    if (map == MAP_FAILED)
        return error_errno(e, ERR_IO, "scratch file of words");
    s->map = map;
    *words = map;
    *n = s->written / sizeof **words;
    return OK;
}
