/**
 * A growing run of bytes that was told at birth how large it may become.
 *
 * Writes never return a status: the first failure (memory, or the bound) sticks, later writes do nothing, and
 * buf_status() tells at the end. So a writer of forty fields has one check.
 */
#ifndef QUOTH_BUF_H
#define QUOTH_BUF_H

#include "slice.h"
#include "status.h"

struct buf {
    char *data; /* NULL while nothing was written; not terminated */
    size_t len, cap;
    size_t max;        /* bytes; len never passes it */
    enum status state; /* OK, ERR_NOMEM or ERR_LIMIT */
};

/** An empty buffer that may grow to max bytes. */
void buf_init(struct buf *b, size_t max);

/** Free the bytes; the buffer is empty, its bound stays. */
void buf_clear(struct buf *b);

/** Forget the bytes and any failure, keep the memory. */
void buf_reset(struct buf *b);

/** Room for n more bytes; false when that fails (and sticks). */
bool buf_reserve(struct buf *b, size_t n);

/* Nearly always there is room, and what is written is short: so these two are not called but inlined. */
static inline bool buf_has_room(struct buf *b, size_t n)
{
    return (b->state == OK && n <= b->cap - b->len) || buf_reserve(b, n);
}

static inline void buf_put(struct buf *b, struct slice s)
{
    if (s.len == 0 || !buf_has_room(b, s.len))
        return;
    memcpy(b->data + b->len, s.data, s.len);
    b->len += s.len;
}

static inline void buf_put_byte(struct buf *b, char c)
{
    if (buf_has_room(b, 1))
        b->data[b->len++] = c;
}

void buf_put_cstr(struct buf *b, const char *text);
void buf_put_u64(struct buf *b, uint64_t value); /* decimal */
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Cut to len bytes (not more than there are). */
void buf_truncate(struct buf *b, size_t len);

/** What was written, until the next write. */
struct slice buf_slice(const struct buf *b);

/** OK, or the first failure with its line in e. */
enum status buf_status(const struct buf *b, struct error *e) CHECK_RESULT;

#endif
