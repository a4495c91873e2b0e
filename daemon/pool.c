#include "pool.h"

#include "clock.h"
#include "log.h"
#include "worker.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct thread {
    struct pool *pool;
    pthread_t id;
    sem_t work;               /* for this one alone: whoever is woken has something to do */
    struct thread *next_idle; /* this and what follows under the pool's lock */
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
    atomic_bool loop_sleeps;
    pthread_mutex_t lock;
    sem_t nap; /* ends the loop's */
    /* Under the lock: the queue, a ring of queue_max places, and the idle threads, the last to go idle first, since its
     * caches are the warmest. */
    struct task **queue;
    size_t first;
    size_t n_queued;
    bool loop_naps;
    size_t nap_until; /* the queue's length that ends it */
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

static void push_done(struct pool *p, struct task *task)
{
    struct task *before = atomic_load(&p->done);
    do
        task->next = before;
    while (!atomic_compare_exchange_weak(&p->done, &before, task));
}

static void wake_loop(struct pool *p)
{
    const uint64_t one = 1;
    if (atomic_load(&p->loop_sleeps) && atomic_exchange(&p->loop_sleeps, false) &&
        write(p->wake_fd, &one, sizeof one) != sizeof one)
        log_line(LOG_ERROR, "pool", "eventfd: %s", strerror(errno));
}

bool pool_loop_may_sleep(struct pool *p)
{
    atomic_store(&p->loop_sleeps, true); /* before the look: a worker adds first and looks then */
    if (atomic_load(&p->done) == NULL)
        return true;
    atomic_store(&p->loop_sleeps, false);
    return false;
}

static struct timespec time_in(uint32_t ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_nsec += (long)ms * 1000000;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}

bool pool_loop_nap(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    bool is_plenty = p->n_queued >= p->n_threads;
    p->loop_naps = is_plenty;
    if (is_plenty)
        p->nap_until = (p->n_queued - 1) / 2;
    pthread_mutex_unlock(&p->lock);
    if (!is_plenty)
        return false;
    const struct timespec until = time_in(POOL_NAP_MS);
    sem_clockwait(&p->nap, CLOCK_MONOTONIC, &until); /* too short where the last one ended just when its time was up */
    pthread_mutex_lock(&p->lock);
    p->loop_naps = false;
    pthread_mutex_unlock(&p->lock);
    return true;
}

void pool_loop_is_awake(struct pool *p)
{
    if (atomic_load_explicit(&p->loop_sleeps, memory_order_relaxed))
        atomic_store_explicit(&p->loop_sleeps, false, memory_order_relaxed);
}

/* Under the lock, which is open while the thread sleeps. */
static void wait_for_work(struct thread *self)
{
    struct pool *p = self->pool;
    self->next_idle = p->idle;
    p->idle = self;
    pthread_mutex_unlock(&p->lock);
    while (sem_wait(&self->work) != 0)
        ; /* a signal came between */
    pthread_mutex_lock(&p->lock);
}

/* Under the lock: the thread to wake once it is let go; NULL: none is idle. */
static struct thread *take_idle(struct pool *p)
{
    struct thread *t = p->idle;
    if (t != NULL)
        p->idle = t->next_idle;
    return t;
}

static void wake_all(struct pool *p)
{
    for (struct thread *t; (t = take_idle(p)) != NULL;)
        sem_post(&t->work);
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
        bool ends_nap = p->loop_naps && p->n_queued <= p->nap_until;
        p->loop_naps = p->loop_naps && !ends_nap;
        pthread_mutex_unlock(&p->lock);
        if (ends_nap)
            sem_post(&p->nap);
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
    sem_init(&p->nap, 0, 0);
    for (; p->n_threads < options->n_workers; p->n_threads++) {
        struct thread *t = &p->threads[p->n_threads];
        t->pool = p;
        sem_init(&t->work, 0, 0);
        int failed = pthread_create(&t->id, NULL, thread_main, t);
        if (failed != 0) {
            sem_destroy(&t->work);
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
        sem_destroy(&p->threads[i].work);
    }
    for (struct task *task; (task = pop(p)) != NULL;)
        task_free(task);
    free_list(pool_take_done(p));
    sem_destroy(&p->nap);
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
        sem_post(&idle->work); /* now that it gets the lock */
    *retry_ms = age_ms;
    return is_busy ? ERR_BUSY : OK;
}

struct task *pool_take_done(struct pool *p)
{
    if (atomic_load(&p->done) == NULL)
        return NULL;
    struct task *list = NULL;
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
    pthread_mutex_lock(&p->lock);
    size_t n = p->n_queued;
    pthread_mutex_unlock(&p->lock);
    return n;
}
