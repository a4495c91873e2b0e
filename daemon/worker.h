/**
 * What one worker thread has: a searcher for each generation that it was asked for and that is still served. One thread
 * at a time.
 */
#ifndef QUOTH_WORKER_H
#define QUOTH_WORKER_H

#include "generations.h"
#include "task.h"
#include "daemon_options.h"

struct searcher;

struct worker_searcher {
    struct searcher *searcher;
    struct snapshot *snapshot; /* our reference */
};

struct worker {
    struct generations *generations;
    struct worker_searcher searchers[GENERATIONS_MAX + 1]; /* one may be on its way out */
    size_t n_searchers;
    /* What the last request of the then current generation was answered from: as long as nothing is published, the next
     * is, too, and no lock is taken to find out. */
    struct snapshot *recent; /* NULL: nothing; one of `searchers` holds it */
    uint64_t recent_gen, recent_epoch;
};

void worker_init(struct worker *w, struct generations *g);
void worker_clear(struct worker *w);

/** Let go of generations that are no longer served. */
void worker_retire(struct worker *w);

/** Open the searcher of the current generation before anybody asks. That it failed is told to whoever asks. */
void worker_prepare(struct worker *w);

/** Answer a task: its reply, status and us are filled in any case. */
void worker_answer(struct worker *w, struct task *task, const atomic_bool *cancel);

#endif
