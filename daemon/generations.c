#include "generations.h"

#include "daemon_options.h"

#include <pthread.h>
#include <stdlib.h>

struct generations {
    pthread_mutex_t lock;
    struct snapshot *items[GENERATIONS_MAX]; /* the current one first */
    size_t n, keep;
    _Atomic uint64_t epoch;
};

enum status generations_new(struct generations **out, size_t keep, struct error *e)
{
    *out = NULL;
    struct generations *g = calloc(1, sizeof *g);
    if (g == NULL)
        return error_nomem(e);
    pthread_mutex_init(&g->lock, NULL);
    g->keep = keep < 1 ? 1 : keep > GENERATIONS_MAX ? GENERATIONS_MAX : keep;
    *out = g;
    return OK;
}

void generations_free(struct generations *g)
{
    if (g == NULL)
        return;
    for (size_t i = 0; i < g->n; i++)
        snapshot_unref(g->items[i]);
    pthread_mutex_destroy(&g->lock);
    free(g);
}

void generations_publish(struct generations *g, struct snapshot *taken)
{
    struct snapshot *oldest = NULL;
    pthread_mutex_lock(&g->lock);
    if (g->n == g->keep)
        oldest = g->items[--g->n];
    memmove(g->items + 1, g->items, g->n * sizeof g->items[0]);
    g->items[0] = taken;
    g->n++;
    atomic_fetch_add(&g->epoch, 1);
    pthread_mutex_unlock(&g->lock);
    snapshot_unref(oldest); /* may unmap much: not under the lock */
}

struct snapshot *generations_get(struct generations *g, uint64_t number)
{
    struct snapshot *found = NULL;
    pthread_mutex_lock(&g->lock);
    for (size_t i = 0; i < g->n && found == NULL; i++)
        if (snapshot_generation(g->items[i]) == number)
            found = snapshot_ref(g->items[i]);
    pthread_mutex_unlock(&g->lock);
    return found;
}

struct snapshot *generations_get_current(struct generations *g)
{
    pthread_mutex_lock(&g->lock);
    struct snapshot *found = g->n == 0 ? NULL : snapshot_ref(g->items[0]);
    pthread_mutex_unlock(&g->lock);
    return found;
}

uint64_t generations_current(struct generations *g)
{
    pthread_mutex_lock(&g->lock);
    uint64_t number = g->n == 0 ? 0 : snapshot_generation(g->items[0]);
    pthread_mutex_unlock(&g->lock);
    return number;
}

uint64_t generations_epoch(struct generations *g)
{
    return atomic_load(&g->epoch);
}

bool generations_serve(struct generations *g, const struct snapshot *s)
{
    bool is_served = false;
    pthread_mutex_lock(&g->lock);
    for (size_t i = 0; i < g->n; i++)
        is_served = is_served || g->items[i] == s;
    pthread_mutex_unlock(&g->lock);
    return is_served;
}
