#include "pool.h"

#include "clock.h"
#include "log.h"
#include "worker.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

struct thread {
    struct pool *pool;
    pthread_t id;
    bool is_running; /* with `running` under the pool's lock */
    struct connection_id running;
    atomic_bool cancel;
};

struct pool {
    struct generations *generations;
    int wake_fd;
    uint32_t queue_max, queue_wait_ms;
    pthread_mutex_t lock;
    pthread_cond_t work;
    /* Under the lock: the queue, a ring of queue_max places, and the answered tasks. */
    struct task **queue;
    size_t first, n_queued;
    struct task *done, **done_end;
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
    bool was_empty = p->done == NULL;
    task->next = NULL;
    *p->done_end = task;
    p->done_end = &task->next;
    const uint64_t one = 1;
    if (was_empty && write(p->wake_fd, &one, sizeof one) != sizeof one)
        log_line(LOG_ERROR, "pool", "eventfd: %s", strerror(errno));
}

static void *thread_main(void *arg)
{
    struct thread *self = arg;
    struct pool *p = self->pool;
    struct worker worker;
    uint64_t epoch = generations_epoch(p->generations);
    worker_init(&worker, p->generations);
    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (!p->is_stopping && p->n_queued == 0 && epoch == generations_epoch(p->generations))
            pthread_cond_wait(&p->work, &p->lock);
        if (p->is_stopping)
            break;
        struct task *task = pop(p);
        if (task != NULL) {
            self->running = task->from;
            atomic_store(&self->cancel, false);
        }
        self->is_running = task != NULL;
        pthread_mutex_unlock(&p->lock);
        uint64_t now = generations_epoch(p->generations);
        if (now != epoch)
            worker_retire(&worker);
        epoch = now;
        if (task != NULL)
            worker_answer(&worker, task, &self->cancel);
        pthread_mutex_lock(&p->lock);
        self->is_running = false;
        if (task != NULL)
            push_done(p, task);
    }
    pthread_mutex_unlock(&p->lock);
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
    p->done_end = &p->done;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->work, NULL);
    for (; p->n_threads < options->n_workers; p->n_threads++) {
        struct thread *t = &p->threads[p->n_threads];
        t->pool = p;
        int failed = pthread_create(&t->id, NULL, thread_main, t);
        if (failed != 0) {
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
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    for (size_t i = 0; i < p->n_threads; i++)
        pthread_join(p->threads[i].id, NULL);
    for (struct task *task; (task = pop(p)) != NULL;)
        task_free(task);
    free_list(p->done);
    pthread_cond_destroy(&p->work);
    pthread_mutex_destroy(&p->lock);
    free(p->queue);
    free(p);
}

enum status pool_submit(struct pool *p, struct task *task, uint64_t *retry_ms)
{
    pthread_mutex_lock(&p->lock);
    uint64_t age_ms = p->n_queued == 0 ? 0 : (task->started_us - p->queue[p->first]->started_us) / 1000;
    bool is_busy = p->n_queued == p->queue_max || age_ms > p->queue_wait_ms;
    if (!is_busy) {
        p->queue[(p->first + p->n_queued) % p->queue_max] = task;
        p->n_queued++;
        pthread_cond_signal(&p->work);
    }
    pthread_mutex_unlock(&p->lock);
    *retry_ms = age_ms;
    return is_busy ? ERR_BUSY : OK;
}

struct task *pool_take_done(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    struct task *list = p->done;
    p->done = NULL;
    p->done_end = &p->done;
    pthread_mutex_unlock(&p->lock);
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
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
}

size_t pool_n_queued(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    size_t n = p->n_queued;
    pthread_mutex_unlock(&p->lock);
    return n;
}
