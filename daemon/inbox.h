/**
 * What a peer has sent and nobody has read yet, as lines.
 *
 * A buffer to receive into is lent by the owner of all connections and given back as soon as all of it has been read,
 * which is nearly always: only peers in the middle of a line, or ahead of their replies, hold one.
 */
#ifndef QUOTH_INBOX_H
#define QUOTH_INBOX_H

#include "bounds.h"
#include "buf.h"

#include <sys/types.h>

#define RECEIVE_BYTES 16384 /* a call */
#define INBOX_MAX_BYTES (LINE_CLOSE_BYTES + 2 * RECEIVE_BYTES)

struct inbox {
    struct buf bytes;
    size_t at;      /* what lies before has been read */
    size_t scanned; /* bytes behind `at` that are known to hold no LF */
};

void inbox_clear(struct inbox *in);

/**
 * One recv(): how many bytes came, 0 at the peer's end, -1 with errno.
 *
 * @param spare  an empty buffer to take where the inbox has none; it may have no memory yet
 */
ssize_t inbox_receive(struct inbox *in, struct buf *spare, int fd);

size_t inbox_len(const struct inbox *in);

/** All that is there, until the next call. */
struct slice inbox_slice(const struct inbox *in);

/** Take the next line, without its LF; it is valid until inbox_tidy(). False: no line has ended yet. */
bool inbox_take_line(struct inbox *in, struct slice *line);

/** Forget what was taken: an inbox that is empty gives its buffer back to *spare. */
void inbox_tidy(struct inbox *in, struct buf *spare);

/** Throw everything away. */
void inbox_drop(struct inbox *in, struct buf *spare);

#endif
