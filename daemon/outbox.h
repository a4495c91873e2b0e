/**
 * Replies on their way to a peer, in order: they go out from where they were written, many with one call.
 */
#ifndef QUOTH_OUTBOX_H
#define QUOTH_OUTBOX_H

#include "task.h"

#define SEND_MAX_BYTES 262144 /* a call; then it is the other connections' turn */
#define SEND_MAX_REPLIES 64   /* the same */

struct outbox {
    struct task *first, *last; /* linked by next; NULL: empty */
    size_t sent;               /* bytes of the first that have gone */
    size_t held_bytes;         /* of memory: short replies are not free */
};

/** Frees what was not sent. */
void outbox_clear(struct outbox *o);

bool outbox_is_empty(const struct outbox *o);

/** Add a task with its reply, and take it. */
void outbox_put(struct outbox *o, struct task *task);

/**
 * One call of the kernel at most; what has gone is freed.
 *
 * @param[out] n_sent  bytes that left
 * @return false: the connection is broken
 */
bool outbox_send(struct outbox *o, int fd, size_t *n_sent);

#endif
