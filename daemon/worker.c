#include "worker.h"

#include "answer.h"
#include "clock.h"
#include "guard.h"
#include "log.h"

_Static_assert(WORKERS_MAX *(GENERATIONS_MAX + 1) < POSTINGS_CACHE_READERS_MAX,
               "a reader for each searcher, and one for the thread that fills the cache");

void worker_init(struct worker *w, struct generations *g)
{
    *w = (struct worker){.generations = g};
}

static void drop(struct worker *w, size_t i)
{
    if (w->recent == w->searchers[i].snapshot)
        w->recent = NULL;
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

static enum status searcher_of(struct worker *w, struct snapshot *s, struct searcher **out, struct error *e)
{
    *out = NULL;
    for (size_t i = 0; i < w->n_searchers; i++) {
        if (w->searchers[i].snapshot == s) {
            *out = w->searchers[i].searcher;
            return OK;
        }
    }
    if (w->n_searchers == sizeof w->searchers / sizeof w->searchers[0])
        worker_clear(w); /* only where generations come faster than this worker looks */
    enum status st = searcher_new(out, s, generations_cache(w->generations), e);
    if (st == OK)
        w->searchers[w->n_searchers++] = (struct worker_searcher){.searcher = *out, .snapshot = snapshot_ref(s)};
    return st;
}

/* The generation that a task is to be answered from, with a reference; NULL: it asks for one that is not served.
 * task->epoch says as of when. */
static struct snapshot *snapshot_for(struct worker *w, struct task *task)
{
    const struct request *r = &task->request;
    task->epoch = generations_epoch(w->generations); /* before the look: what is published after it is news */
    if (!r->is_gen_chosen && w->recent != NULL && w->recent_gen == task->gen && w->recent_epoch == task->epoch)
        return snapshot_ref(w->recent);
    struct snapshot *s = generations_get(w->generations, r->is_gen_chosen ? r->gen : task->gen);
    if (s == NULL && !r->is_gen_chosen) {
        s = generations_get_current(w->generations);
        task->gen = snapshot_generation(s);
    }
    return s;
}

struct attempt {
    struct worker *worker;
    struct task *task;
    const atomic_bool *cancel;
    struct snapshot *snapshot; /* what is answered from; a reference of its own, not touched by the guarded part */
};

struct preparing {
    struct worker *worker;
    struct snapshot *snapshot;
};

static void prepare_guarded(void *ctx)
{
    struct preparing *p = ctx;
    struct searcher *searcher;
    struct error e;
    if (searcher_of(p->worker, p->snapshot, &searcher, &e) != OK)
        log_line(LOG_DEBUG, "prepare", "%s", e.text);
}

static void remember(struct worker *w, struct snapshot *s, const struct task *task)
{
    w->recent = s;
    w->recent_gen = task->gen;
    w->recent_epoch = task->epoch;
}

/* Runs under the guard: both opening a searcher and searching read mapped files. */
static void answer_guarded(void *ctx)
{
    struct attempt *a = ctx;
    struct task *task = a->task;
    struct searcher *searcher;
    struct error e;
    task->status = searcher_of(a->worker, a->snapshot, &searcher, &e);
    if (task->status == OK && !task->request.is_gen_chosen)
        remember(a->worker, a->snapshot, task);
    if (task->status == OK)
        task->status = answer(&task->reply, searcher, &task->request, task->started_us, a->cancel);
    else
        reply_error(&task->reply, task->request.tag, wire_code(task->status), -1, e.text);
}

static void refuse_damaged(struct task *task)
{
    buf_reset(&task->reply);
    task->status = ERR_INDEX;
    reply_error(&task->reply, task->request.tag, wire_code(ERR_INDEX), -1,
                "a file of the index cannot be read; quoth-index --check tells which");
}

/* A fault ended the search in the middle: what it worked with is not used again. */
static void retire_damaged(struct worker *w, const struct snapshot *s)
{
    for (size_t i = w->n_searchers; i-- > 0;)
        if (w->searchers[i].snapshot == s)
            drop(w, i);
    generations_fault(w->generations, s);
    log_line(LOG_ERROR, "index-fault", "gen=%llu a file of the index cannot be read or has shrunk",
             (unsigned long long)snapshot_generation(s));
}

static void refuse_generation(struct worker *w, struct task *task)
{
    struct error e;
    task->status = answer_other_generation(task->request.gen, generations_current(w->generations), &e);
    reply_error(&task->reply, task->request.tag, wire_code(task->status), -1, e.text);
}

/* Its time ran out while it waited for a worker: that is our load, not its query. */
static bool is_too_late(struct task *task, uint64_t now_us)
{
    uint64_t waited_ms = (now_us - task->started_us) / 1000;
    if (waited_ms < task->request.deadline_ms)
        return false;
    task_refuse_busy(task, waited_ms);
    return true;
}

static void answer_from(struct worker *w, struct task *task, const atomic_bool *cancel)
{
    struct attempt a = {.worker = w, .task = task, .cancel = cancel, .snapshot = snapshot_for(w, task)};
    if (a.snapshot == NULL) {
        refuse_generation(w, task);
    } else if (!generations_is_usable(w->generations, a.snapshot)) {
        refuse_damaged(task);
    } else if (!guard_run(answer_guarded, &a)) {
        retire_damaged(w, a.snapshot);
        refuse_damaged(task);
    }
    snapshot_unref(a.snapshot);
}

void worker_answer(struct worker *w, struct task *task, const atomic_bool *cancel)
{
    if (!is_too_late(task, clock_us()))
        answer_from(w, task, cancel);
    struct error e;
    if (buf_status(&task->reply, &e) != OK) {
        buf_reset(&task->reply);
        task->status = ERR_INTERNAL;
        reply_error(&task->reply, task->request.tag, "internal", -1,
                    "the reply became too large; ask for less at a time");
    }
    task->us = clock_us() - task->started_us;
}

void worker_prepare(struct worker *w)
{
    struct preparing p = {.worker = w, .snapshot = generations_get_current(w->generations)};
    if (p.snapshot != NULL && generations_is_usable(w->generations, p.snapshot) && !guard_run(prepare_guarded, &p))
        retire_damaged(w, p.snapshot);
    snapshot_unref(p.snapshot);
}
