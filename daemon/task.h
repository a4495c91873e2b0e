/**
 * One request on its way from a connection through a worker and back. It is owned by one side at a time: the loop hands
 * it to the pool, the pool hands it back with its reply. It names its connection by an id, never by a pointer.
 */
#ifndef QUOTH_TASK_H
#define QUOTH_TASK_H

#include "request.h"

#define RETRY_MIN_MS 10
#define TASK_LINE_BYTES 512         /* longer lines get a task of their own size */
#define TASKS_KEPT 64               /* by a store */
#define TASK_REPLY_KEPT_BYTES 65536 /* of a task that is kept */

struct connection_id {
    uint32_t index;
    uint32_t generation; /* of that place in the table: a later connection there has another */
};

/** Tasks to be used again, with the memory of their replies. Belongs to the loop's thread. */
struct task_store {
    struct task *kept; /* linked by next */
    size_t n_kept;
};

struct task {
    struct connection_id from;
    uint64_t sequence; /* of the request within its connection */
    uint64_t gen; /* the generation that was current when it was handed out, or the one that answered in its place */
    uint64_t started_us;    /* when it was handed out */
    struct request request; /* its slices point into line */
    /* Filled by whoever answers. */
    uint64_t epoch; /* of the generations, before they were asked for the one that answered */
    struct buf reply;
    enum status status;
    uint64_t us;
    struct task *next;
    struct task_store *home; /* where it goes when it is freed; NULL: nowhere */
    size_t line_len, line_cap;
    char line[]; /* without LF */
};

/** A task with its own copy of a line, not parsed yet; NULL when memory ends. @param store  may be NULL */
struct task *task_new(struct task_store *store, struct slice line);

/** What a finished task takes while it waits for its peer: all of it, for memory that is used again is often much more
 * than what is in it. */
size_t task_memory(const struct task *task);

/** Back to its store. In the loop's thread only; NULL is allowed. */
void task_free(struct task *task);

void task_store_clear(struct task_store *store);

/** The reply ERR busy: nothing was done, and the peer should try again after retry_ms, or RETRY_MIN_MS if that is more.
 */
void task_refuse_busy(struct task *task, uint64_t retry_ms);

#endif
