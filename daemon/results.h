/**
 * Replies that are kept to be given again: the result cache. Belongs to the loop's thread, so that a request that was
 * answered before needs no worker and no lock.
 *
 * Only what the index alone decides is kept: whole replies without an error, of requests that say the same but for
 * their tag and deadline. A publication of the index (the generations' epoch) makes the cache forget everything; gen=
 * is part of what a request says. When there is no more room the replies that were not asked for longest go.
 */
#ifndef QUOTH_RESULTS_H
#define QUOTH_RESULTS_H

#include "task.h"

struct results;

struct results_counts {
    uint64_t bytes, replies; /* now: keys and all overhead included */
    uint64_t hits, misses, evictions;
};

/** @param max_bytes  of all memory of the cache; one reply may take an eighth of it */
enum status results_new(struct results **out, size_t max_bytes, struct error *e) CHECK_RESULT;
void results_free(struct results *r);

/**
 * Answer a parsed request from the cache, if it can: task->reply is whole then, with cached=1 and the time that this
 * took since now_us for us=.
 *
 * @param epoch  generations_epoch(), read before task->gen was set to generations_current()
 */
bool results_answer(struct results *r, struct task *task, uint64_t epoch, uint64_t now_us);

/** Keep a task's reply, unless it is one that is not kept. @param epoch  now */
void results_keep(struct results *r, const struct task *task, uint64_t epoch);

struct results_counts results_counts(const struct results *r);

#endif
