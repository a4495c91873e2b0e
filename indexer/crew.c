#include "crew.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define TICK_NS 100000000

struct waiting {
    struct job *jobs[CREW_WAITING_MAX];
    size_t first, n;
};

struct crew {
    pthread_mutex_t mutex;
    pthread_cond_t changed;  /* anything below */
    struct waiting *waiting; /* of each thread */
    size_t n_threads;
    uint64_t n_jobs, turn; /* handed out; whose turn it is */
    size_t n_open, in_flight, in_flight_max;
    bool is_closed, is_over;
    const atomic_bool *cancel;
    enum status status;
    struct error error;
};

enum status crew_new(struct crew **out, size_t n_threads, size_t in_flight_max, const atomic_bool *cancel,
                     struct error *e)
{
    *out = NULL;
    struct crew *c = calloc(1, sizeof *c);
    if (c == NULL)
        return error_nomem(e);
    c->waiting = calloc(n_threads, sizeof *c->waiting);
    if (c->waiting == NULL) {
        free(c);
        return error_nomem(e);
    }
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&c->mutex, NULL);
    pthread_cond_init(&c->changed, &attr);
    pthread_condattr_destroy(&attr);
    c->n_threads = n_threads;
    c->in_flight_max = in_flight_max;
    c->cancel = cancel;
    *out = c;
    return OK;
}

void crew_free(struct crew *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < c->n_threads; i++)
        for (struct waiting *w = &c->waiting[i]; w->n > 0; w->n--)
            job_free(w->jobs[(w->first + w->n - 1) % CREW_WAITING_MAX]);
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->mutex);
    free(c->waiting);
    free(c);
}

/** The mutex is held. */
static void end_with(struct crew *c, enum status st, const struct error *e)
{
    if (c->status == OK) {
        c->status = st;
        if (e != NULL)
            c->error = *e;
    }
    c->is_over = true;
    pthread_cond_broadcast(&c->changed);
}

/** Wait for a change, a tenth of a second at most; the mutex is held before and after. */
static void wait_and_tick(struct crew *c, void (*tick)(void *), void *ctx)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += TICK_NS;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_cond_timedwait(&c->changed, &c->mutex, &until);
    if (atomic_load(c->cancel) && !c->is_over) {
        struct error e;
        end_with(c, error_set(&e, ERR_CANCELLED, "stopped; nothing was published"), &e);
    }
    if (tick != NULL) {
        pthread_mutex_unlock(&c->mutex);
        tick(ctx);
        pthread_mutex_lock(&c->mutex);
    }
}

static enum status outcome(const struct crew *c, struct error *e)
{
    if (c->status != OK && e != NULL)
        *e = c->error;
    return c->status;
}

bool crew_runs_alone(const struct crew *c, size_t cost)
{
    return cost > c->in_flight_max;
}

size_t crew_n_threads(const struct crew *c)
{
    return c->n_threads;
}

enum status crew_push(struct crew *c, struct job *job, void (*tick)(void *), void *ctx, struct error *e)
{
    pthread_mutex_lock(&c->mutex);
    struct waiting *w = &c->waiting[c->n_jobs % c->n_threads];
    while (!c->is_over && (w->n == CREW_WAITING_MAX || (c->n_open > 0 && c->in_flight + job->cost > c->in_flight_max)))
        wait_and_tick(c, tick, ctx);
    if (!c->is_over) {
        job->number = c->n_jobs++;
        w->jobs[(w->first + w->n++) % CREW_WAITING_MAX] = job;
        c->n_open++;
        c->in_flight += job->cost;
        job = NULL;
        pthread_cond_broadcast(&c->changed);
    }
    enum status st = outcome(c, e);
    pthread_mutex_unlock(&c->mutex);
    job_free(job);
    return st;
}

enum status crew_close(struct crew *c, void (*tick)(void *), void *ctx, struct error *e)
{
    pthread_mutex_lock(&c->mutex);
    c->is_closed = true;
    pthread_cond_broadcast(&c->changed);
    while (!c->is_over && c->n_open > 0)
        wait_and_tick(c, tick, ctx);
    enum status st = outcome(c, e);
    pthread_mutex_unlock(&c->mutex);
    return st;
}

struct job *crew_take(struct crew *c, size_t thread)
{
    struct job *job = NULL;
    pthread_mutex_lock(&c->mutex);
    struct waiting *w = &c->waiting[thread];
    while (!c->is_over && w->n == 0 && !c->is_closed)
        pthread_cond_wait(&c->changed, &c->mutex);
    if (!c->is_over && w->n > 0) {
        job = w->jobs[w->first];
        w->first = (w->first + 1) % CREW_WAITING_MAX;
        w->n--;
        pthread_cond_broadcast(&c->changed);
    }
    pthread_mutex_unlock(&c->mutex);
    return job;
}

bool crew_wait_turn(struct crew *c, const struct job *job)
{
    pthread_mutex_lock(&c->mutex);
    while (!c->is_over && c->turn != job->number)
        pthread_cond_wait(&c->changed, &c->mutex);
    bool is_on = !c->is_over;
    pthread_mutex_unlock(&c->mutex);
    return is_on;
}

bool crew_is_over(struct crew *c)
{
    pthread_mutex_lock(&c->mutex);
    bool is_over = c->is_over;
    pthread_mutex_unlock(&c->mutex);
    return is_over;
}

void crew_pass_turn(struct crew *c, const struct job *job)
{
    pthread_mutex_lock(&c->mutex);
    c->turn = job->number + 1;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->mutex);
}

void crew_done(struct crew *c, struct job *job)
{
    pthread_mutex_lock(&c->mutex);
    c->n_open--;
    c->in_flight -= job->cost;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->mutex);
    job_free(job);
}

void crew_fail(struct crew *c, enum status st, const struct error *e)
{
    pthread_mutex_lock(&c->mutex);
    end_with(c, st, e);
    pthread_mutex_unlock(&c->mutex);
}
