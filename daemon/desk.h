/**
 * What the loop answers itself, without a worker: HELLO, PING, HELP, STATS, QUIT, the greeting.
 */
#ifndef QUOTH_DESK_H
#define QUOTH_DESK_H

#include "generations.h"
#include "task.h"
#include "daemon_options.h"
#include "pool.h"
#include "results.h"
#include "stats.h"

struct desk {
    const struct daemon_options *options;
    struct generations *generations;
    struct pool *pool;
    struct stats *stats;
    struct results *results;       /* NULL: none are kept */
    const uint32_t *n_connections; /* open now; borrowed */
};

/** Is the verb one for workers? */
bool desk_needs_worker(enum verb verb);

/** The line that greets a peer and answers HELLO. */
void desk_greet(const struct desk *d, struct buf *reply, const char *tag);

/** Answer a parsed request into task->reply. */
void desk_answer(const struct desk *d, struct task *task);

/** Answer a request for workers, if the same was answered before. */
bool desk_answer_again(const struct desk *d, struct task *task);

/** An error reply, counted. */
void desk_refuse(const struct desk *d, struct task *task, const char *code, const char *message);

#endif
