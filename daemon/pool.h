/**
 * Worker threads behind one bounded queue. All functions are for the loop's thread, except pool_refresh().
 */
#ifndef QUOTH_POOL_H
#define QUOTH_POOL_H

#include "generations.h"
#include "task.h"

#define POOL_NAP_MS 1 /* an answer waits for others at most */

struct pool;

struct pool_options {
    uint32_t n_workers, queue_max, queue_wait_ms;
};

/** @param wake_fd  an eventfd, borrowed: written to when answered tasks are to be had and the loop sleeps */
enum status pool_start(struct pool **out, const struct pool_options *options, struct generations *g, int wake_fd,
                       struct error *e) CHECK_RESULT;

/** Cancel what runs, end the threads, free all tasks. NULL is allowed. */
void pool_stop(struct pool *p);

/**
 * Queue a task and take it. ERR_BUSY: the queue is full, or its oldest task has waited too long, and the task stays the
 * caller's; *retry_ms then says how long that one has waited.
 */
enum status pool_submit(struct pool *p, struct task *task, uint64_t *retry_ms) CHECK_RESULT;

/** All tasks answered since the last call, in order of their end, linked by next; the caller owns them. */
struct task *pool_take_done(struct pool *p);

/**
 * The loop is about to wait for events, so that the next answer must wake it. False: there are answers already, and it
 * should take those instead.
 */
bool pool_loop_may_sleep(struct pool *p);

/**
 * While the workers have plenty to do, sleep until they have done half of it, or for POOL_NAP_MS, so that the loop
 * wakes once for many requests and answers. False: they have not, and the loop did not sleep.
 */
bool pool_loop_nap(struct pool *p);

/** The loop is at work and will ask for answers before it sleeps: waking it is not needed. */
void pool_loop_is_awake(struct pool *p);

/** The connection is gone: its queued tasks are freed, its running ones asked to stop. */
void pool_cancel(struct pool *p, struct connection_id from);

/** Generations changed: idle workers let go of old ones, too. Any thread. */
void pool_refresh(struct pool *p);

size_t pool_n_queued(struct pool *p);

#endif
