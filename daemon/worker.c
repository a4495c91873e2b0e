#include "worker.h"

#include "answer.h"
#include "clock.h"
#include "guard.h"
#include "log.h"

#include <stdio.h>

#define RETRY_MIN_MS 10

void worker_init(struct worker *w, struct generations *g)
{
    *w = (struct worker){.generations = g};
}

static void drop(struct worker *w, size_t i)
{
    searcher_free(w->searchers[i].searcher);
    snapshot_unref(w->searchers[i].snapshot);
    w->searchers[i] = w->searchers[--w->n_searchers];
}

void worker_clear(struct worker *w)
{
    while (w->n_searchers > 0)
        drop(w, w->n_searchers - 1);
}

void worker_retire(struct worker *w)
{
    for (size_t i = w->n_searchers; i-- > 0;)
        if (!generations_serve(w->generations, w->searchers[i].snapshot))
            drop(w, i);
}

/* The searcher of a snapshot; takes the reference. */
static enum status searcher_of(struct worker *w, struct snapshot *taken, struct searcher **out, struct error *e)
{
    *out = NULL;
    for (size_t i = 0; i < w->n_searchers; i++) {
        if (w->searchers[i].snapshot == taken) {
            snapshot_unref(taken);
            *out = w->searchers[i].searcher;
            return OK;
        }
    }
    if (w->n_searchers == sizeof w->searchers / sizeof w->searchers[0])
        worker_clear(w); /* only where generations come faster than this worker looks */
    enum status st = searcher_new(out, taken, e);
    if (st != OK) {
        snapshot_unref(taken);
        return st;
    }
    w->searchers[w->n_searchers++] = (struct worker_searcher){.searcher = *out, .snapshot = taken};
    return OK;
}

/* The generation that a job is to be answered from, with a reference; NULL: it asks for one that is not served. */
static struct snapshot *snapshot_for(struct worker *w, const struct job *job)
{
    if (job->request.is_gen_chosen)
        return generations_get(w->generations, job->request.gen);
    struct snapshot *s = generations_get(w->generations, job->gen);
    return s != NULL ? s : generations_get_current(w->generations);
}

struct attempt {
    struct worker *worker;
    struct job *job;
    const atomic_bool *cancel;
    struct snapshot *snapshot; /* what is answered from; a reference of its own, not touched by the guarded part */
};

/* Runs under the guard: both opening a searcher and searching read mapped files. */
static void answer_guarded(void *ctx)
{
    struct attempt *a = ctx;
    struct job *job = a->job;
    struct searcher *searcher;
    struct error e;
    job->status = searcher_of(a->worker, snapshot_ref(a->snapshot), &searcher, &e);
    if (job->status == OK)
        job->status = answer(&job->reply, searcher, &job->request, job->started_us, a->cancel);
    else
        reply_error(&job->reply, job->request.tag, wire_code(job->status), -1, e.text);
}

static void retire_damaged(struct worker *w, struct job *job, const struct snapshot *s)
{
    for (size_t i = w->n_searchers; i-- > 0;)
        if (w->searchers[i].snapshot == s)
            drop(w, i);
    log_line(LOG_ERROR, "index-fault", "gen=%llu a file of the index cannot be read or has shrunk",
             (unsigned long long)snapshot_generation(s));
    buf_reset(&job->reply);
    job->status = ERR_INDEX;
    reply_error(&job->reply, job->request.tag, wire_code(ERR_INDEX), -1,
                "a file of the index cannot be read; quoth-index --check tells which");
}

static void refuse_generation(struct worker *w, struct job *job)
{
    char message[128];
    snprintf(message, sizeof message, "generation %llu is not served, the current one is %llu",
             (unsigned long long)job->request.gen, (unsigned long long)generations_current(w->generations));
    job->status = ERR_GEN;
    reply_error(&job->reply, job->request.tag, "gen", -1, message);
}

/* Its time ran out while it waited for a worker: that is our load, not its query. */
static bool is_too_late(struct job *job, uint64_t now_us)
{
    uint64_t waited_ms = (now_us - job->started_us) / 1000;
    if (waited_ms < job->request.deadline_ms)
        return false;
    job->status = ERR_BUSY;
    reply_error_key(&job->reply, job->request.tag, "busy", "retry_ms",
                    waited_ms < RETRY_MIN_MS ? RETRY_MIN_MS : waited_ms, "the server has too much to do");
    return true;
}

void worker_answer(struct worker *w, struct job *job, const atomic_bool *cancel)
{
    if (!is_too_late(job, clock_us())) {
        struct attempt a = {.worker = w, .job = job, .cancel = cancel, .snapshot = snapshot_for(w, job)};
        if (a.snapshot == NULL)
            refuse_generation(w, job);
        else if (!guard_run(answer_guarded, &a))
            retire_damaged(w, job, a.snapshot);
        snapshot_unref(a.snapshot);
    }
    struct error e;
    if (buf_status(&job->reply, &e) != OK) {
        buf_reset(&job->reply);
        job->status = ERR_INTERNAL;
        reply_error(&job->reply, job->request.tag, "internal", -1, "the reply became too large");
    }
    job->us = clock_us() - job->started_us;
}
