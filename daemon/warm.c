#include "warm.h"

#include "clock.h"
#include "guard.h"
#include "log.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define WARM_NICE 10 /* to run where nobody else wants to */

struct warm {
    struct generations *generations;
    atomic_bool cancel; /* changed under the lock */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_stopping;
    uint64_t seen; /* the generations' epoch that is being, or was, warmed; 0: before the first publication */
};

/* One generation's turn; what is open is here, not in the guarded function, so that it is closed after a fault, too. */
struct turn {
    struct warm *warm;
    struct snapshot *snapshot;
    struct postings_reader *lists;
};

static void warm_guarded(void *ctx)
{
    struct turn *t = ctx;
    struct error e;
    const struct stop stop = {.cancel = &t->warm->cancel};
    uint64_t from = clock_us();
    enum status st = postings_reader_new(&t->lists, generations_cache(t->warm->generations), t->snapshot, &e);
    if (st == OK)
        st = postings_reader_warm(t->lists, &stop, &e);
    if (st == OK)
        log_line(LOG_DEBUG, "warm", "gen=%llu us=%llu", (unsigned long long)snapshot_generation(t->snapshot),
                 (unsigned long long)(clock_us() - from));
    else if (st != ERR_CANCELLED)
        log_line(LOG_WARNING, "warm", "gen=%llu failed: %s", (unsigned long long)snapshot_generation(t->snapshot),
                 e.text);
}

static void take_turn(struct warm *w)
{
    struct turn t = {.warm = w, .snapshot = generations_get_current(w->generations)};
    if (t.snapshot != NULL && generations_is_usable(w->generations, t.snapshot) && !guard_run(warm_guarded, &t)) {
        generations_fault(w->generations, t.snapshot);
        log_line(LOG_ERROR, "index-fault", "gen=%llu a file of the index cannot be read or has shrunk",
                 (unsigned long long)snapshot_generation(t.snapshot));
    }
    postings_reader_free(t.lists);
    snapshot_unref(t.snapshot);
}

static void *warm_main(void *arg)
{
    struct warm *w = arg;
    if (setpriority(PRIO_PROCESS, (id_t)gettid(), WARM_NICE) != 0) /* of Linux's threads each has its own */
        log_line(LOG_DEBUG, "warm", "setpriority: %s", strerror(errno));
    for (;;) {
        pthread_mutex_lock(&w->lock);
        while (!w->is_stopping && w->seen == generations_epoch(w->generations))
            pthread_cond_wait(&w->changed, &w->lock);
        bool is_stopping = w->is_stopping;
        w->seen = generations_epoch(w->generations);
        if (!is_stopping)
            atomic_store(&w->cancel, false);
        pthread_mutex_unlock(&w->lock);
        if (is_stopping)
            return NULL;
        take_turn(w);
    }
}

enum status warm_start(struct warm **out, struct generations *g, struct error *e)
{
    *out = NULL;
    struct warm *w = calloc(1, sizeof *w);
    if (w == NULL)
        return error_nomem(e);
    w->generations = g;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->changed, NULL);
    int failed = pthread_create(&w->thread, NULL, warm_main, w);
    if (failed != 0) {
        pthread_cond_destroy(&w->changed);
        pthread_mutex_destroy(&w->lock);
        free(w);
        errno = failed;
        return error_errno(e, ERR_IO, "cannot start a thread");
    }
    *out = w;
    return OK;
}

static void interrupt(struct warm *w, bool stops)
{
    pthread_mutex_lock(&w->lock);
    if (stops || w->seen != generations_epoch(w->generations))
        atomic_store(&w->cancel, true);
    w->is_stopping |= stops;
    pthread_cond_signal(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

void warm_refresh(struct warm *w)
{
    if (w != NULL)
        interrupt(w, false);
}

void warm_stop(struct warm *w)
{
    if (w == NULL)
        return;
    interrupt(w, true);
    pthread_join(w->thread, NULL);
    pthread_cond_destroy(&w->changed);
    pthread_mutex_destroy(&w->lock);
    free(w);
}
