#include "pool.h"

#include "clock.h"
#include "log.h"
#include "worker.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define WAKE_BATCH 4 /* answers that wake the loop although there is plenty to do */

struct thread {
    struct pool *pool;
    pthread_t id;
    pthread_cond_t work; /* for this one alone: whoever is woken has something to do */
    bool is_idle;        /* this and what follows under the pool's lock */
    struct thread *next_idle;
    bool is_running;
    struct connection_id running;
    atomic_bool cancel;
};

struct pool {
    struct generations *generations;
    int wake_fd;
    uint32_t queue_max, queue_wait_ms;
    /* Answered tasks, the last first: any worker adds, the loop takes all. */
    _Atomic(struct task *) done;
    _Atomic size_t n_done; /* about as many */
    atomic_bool loop_sleeps;
    pthread_mutex_t lock;
    /* Under the lock: the queue, a ring of queue_max places, and the idle threads, the last to go idle first, since its
     * caches are the warmest. */
    struct task **queue;
    size_t first;
    _Atomic size_t n_queued; /* changed under the lock, read without */
    struct thread *idle;
    bool is_stopping;
    size_t n_threads;
    struct thread threads[];
};

static bool is_same(struct connection_id a, struct connection_id b)
{
    return a.index == b.index && a.generation == b.generation;
}

static struct task *pop(struct pool *p)
{
    if (p->n_queued == 0)
        return NULL;
    struct task *task = p->queue[p->first];
    p->first = (p->first + 1) % p->queue_max;
    p->n_queued--;
    return task;
}

static bool is_plenty(const struct pool *p)
{
    return atomic_load(&p->n_queued) >= p->n_threads;
}

static void push_done(struct pool *p, struct task *task)
{
    struct task *before = atomic_load(&p->done);
    do
        task->next = before;
    while (!atomic_compare_exchange_weak(&p->done, &before, task));
    atomic_fetch_add(&p->n_done, 1);
}

/* As long as the workers have plenty to do, an answer may wait for a few others to wake the loop once for all. The loop
 * does not count on being woken then: POOL_DEFER_MS. */
static void wake_loop(struct pool *p)
{
    const uint64_t one = 1;
    if (!atomic_load(&p->loop_sleeps) || (is_plenty(p) && atomic_load(&p->n_done) < WAKE_BATCH))
        return;
    if (atomic_exchange(&p->loop_sleeps, false) && write(p->wake_fd, &one, sizeof one) != sizeof one)
        log_line(LOG_ERROR, "pool", "eventfd: %s", strerror(errno));
}

bool pool_loop_may_sleep(struct pool *p, bool *is_brief)
{
    *is_brief = is_plenty(p);
    atomic_store(&p->loop_sleeps, true); /* before the look: a worker adds first and looks then */
    if (atomic_load(&p->done) == NULL)
        return true;
    atomic_store(&p->loop_sleeps, false);
    return false;
}

void pool_loop_is_awake(struct pool *p)
{
    if (atomic_load_explicit(&p->loop_sleeps, memory_order_relaxed))
        atomic_store_explicit(&p->loop_sleeps, false, memory_order_relaxed);
}

/* Under the lock. */
static void wait_for_work(struct thread *self)
{
    struct pool *p = self->pool;
    self->is_idle = true;
    self->next_idle = p->idle;
    p->idle = self;
    while (self->is_idle)
        pthread_cond_wait(&self->work, &p->lock);
}

/* Under the lock: the thread to signal once it is let go; NULL: none is idle. */
static struct thread *take_idle(struct pool *p)
{
    struct thread *t = p->idle;
    if (t != NULL) {
        p->idle = t->next_idle;
        t->is_idle = false;
    }
    return t;
}

static void wake_all(struct pool *p)
{
    for (struct thread *t; (t = take_idle(p)) != NULL;)
        pthread_cond_signal(&t->work);
}

/* The next task, or NULL where generations changed; false: the pool stops. Under the lock. */
static bool next_task(struct thread *self, uint64_t epoch, struct task **task)
{
    struct pool *p = self->pool;
    self->is_running = false;
    while (!p->is_stopping && p->n_queued == 0 && epoch == generations_epoch(p->generations))
        wait_for_work(self);
    *task = p->is_stopping ? NULL : pop(p);
    if (*task != NULL) {
        self->running = (*task)->from;
        self->is_running = true;
        atomic_store(&self->cancel, false);
    }
    return !p->is_stopping;
}

static void *thread_main(void *arg)
{
    struct thread *self = arg;
    struct pool *p = self->pool;
    struct worker worker;
    /* Nothing is prepared at the start: with many workers that would keep the first answer waiting. */
    uint64_t epoch = generations_epoch(p->generations);
    worker_init(&worker, p->generations);
    for (;;) {
        struct task *task;
        pthread_mutex_lock(&p->lock);
        bool goes_on = next_task(self, epoch, &task);
        pthread_mutex_unlock(&p->lock);
        if (!goes_on)
            break;
        uint64_t now = generations_epoch(p->generations);
        if (now != epoch) {
            worker_retire(&worker);
            worker_prepare(&worker);
        }
        epoch = now;
        if (task != NULL) {
            worker_answer(&worker, task, &self->cancel);
            push_done(p, task);
            wake_loop(p);
        }
    }
    worker_clear(&worker);
    return NULL;
}

enum status pool_start(struct pool **out, const struct pool_options *options, struct generations *g, int wake_fd,
                       struct error *e)
{
    *out = NULL;
    struct pool *p = calloc(1, sizeof *p + options->n_workers * sizeof p->threads[0]);
    struct task **queue = calloc(options->queue_max, sizeof(struct task *));
    if (p == NULL || queue == NULL) {
        free(p);
        free(queue);
        return error_nomem(e);
    }
    p->generations = g;
    p->wake_fd = wake_fd;
    p->queue = queue;
    p->queue_max = options->queue_max;
    p->queue_wait_ms = options->queue_wait_ms;
    pthread_mutex_init(&p->lock, NULL);
    for (; p->n_threads < options->n_workers; p->n_threads++) {
        struct thread *t = &p->threads[p->n_threads];
        t->pool = p;
        pthread_cond_init(&t->work, NULL);
        int failed = pthread_create(&t->id, NULL, thread_main, t);
        if (failed != 0) {
            pthread_cond_destroy(&t->work);
            pool_stop(p);
            errno = failed;
            return error_errno(e, ERR_IO, "cannot start a worker");
        }
    }
    *out = p;
    return OK;
}

static void free_list(struct task *list)
{
    while (list != NULL) {
        struct task *next = list->next;
        task_free(list);
        list = next;
    }
}

void pool_stop(struct pool *p)
{
    if (p == NULL)
        return;
    pthread_mutex_lock(&p->lock);
    p->is_stopping = true;
    for (size_t i = 0; i < p->n_threads; i++)
        atomic_store(&p->threads[i].cancel, true);
    wake_all(p);
    pthread_mutex_unlock(&p->lock);
    for (size_t i = 0; i < p->n_threads; i++) {
        pthread_join(p->threads[i].id, NULL);
        pthread_cond_destroy(&p->threads[i].work);
    }
    for (struct task *task; (task = pop(p)) != NULL;)
        task_free(task);
    free_list(pool_take_done(p));
    pthread_mutex_destroy(&p->lock);
    free(p->queue);
    free(p);
}

enum status pool_submit(struct pool *p, struct task *task, uint64_t *retry_ms)
{
    pthread_mutex_lock(&p->lock);
    uint64_t age_ms = p->n_queued == 0 ? 0 : (task->started_us - p->queue[p->first]->started_us) / 1000;
    struct thread *idle = NULL;
    bool is_busy = p->n_queued == p->queue_max || age_ms > p->queue_wait_ms;
    if (!is_busy) {
        p->queue[(p->first + p->n_queued) % p->queue_max] = task;
        p->n_queued++;
        idle = take_idle(p);
    }
    pthread_mutex_unlock(&p->lock);
    if (idle != NULL)
        pthread_cond_signal(&idle->work); /* now that it gets the lock */
    *retry_ms = age_ms;
    return is_busy ? ERR_BUSY : OK;
}

struct task *pool_take_done(struct pool *p)
{
    if (atomic_load(&p->done) == NULL)
        return NULL;
    struct task *list = NULL;
    atomic_store(&p->n_done, 0);
    for (struct task *task = atomic_exchange(&p->done, NULL), *next; task != NULL; task = next) {
        next = task->next;
        task->next = list;
        list = task;
    }
    return list;
}

void pool_cancel(struct pool *p, struct connection_id from)
{
    pthread_mutex_lock(&p->lock);
    size_t n = p->n_queued;
    for (size_t i = 0; i < n; i++) { /* once around the ring: what stays is queued again in order */
        struct task *task = pop(p);
        if (is_same(task->from, from))
            task_free(task);
        else
            p->queue[(p->first + p->n_queued++) % p->queue_max] = task;
    }
    for (size_t i = 0; i < p->n_threads; i++)
        if (p->threads[i].is_running && is_same(p->threads[i].running, from))
            atomic_store(&p->threads[i].cancel, true);
    pthread_mutex_unlock(&p->lock);
}

void pool_refresh(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    wake_all(p);
    pthread_mutex_unlock(&p->lock);
}

size_t pool_n_queued(struct pool *p)
{
    return atomic_load(&p->n_queued);
}
