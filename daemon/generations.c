#include "generations.h"

#include "daemon_options.h"

#include <pthread.h>
#include <stdlib.h>

struct generation {
    struct snapshot *snapshot;  /* a reference */
    struct postings_hold *hold; /* of its segments in the cache; may be NULL */
    unsigned n_faults;
};

struct generations {
    pthread_mutex_t lock;
    struct generation items[GENERATIONS_MAX]; /* the current one first */
    size_t n, keep;
    struct postings_cache *cache;
    _Atomic uint64_t epoch, current; /* current: the first one's number; both change under the lock */
    _Atomic unsigned n_faults;       /* of all generations ever, so that none is the common and quick case */
};

enum status generations_new(struct generations **out, size_t keep, struct postings_cache *cache, struct error *e)
{
    *out = NULL;
    struct generations *g = calloc(1, sizeof *g);
    if (g == NULL)
        return error_nomem(e);
    pthread_mutex_init(&g->lock, NULL);
    g->keep = keep < 1 ? 1 : keep > GENERATIONS_MAX ? GENERATIONS_MAX : keep;
    g->cache = cache;
    *out = g;
    return OK;
}

static void let_go(struct generation *item)
{
    postings_hold_free(item->hold);
    snapshot_unref(item->snapshot);
}

struct postings_cache *generations_cache(const struct generations *g)
{
    return g->cache;
}

void generations_free(struct generations *g)
{
    if (g == NULL)
        return;
    for (size_t i = 0; i < g->n; i++)
        let_go(&g->items[i]);
    pthread_mutex_destroy(&g->lock);
    free(g);
}

void generations_publish(struct generations *g, struct snapshot *taken)
{
    struct generation oldest = {0}, fresh = {.snapshot = taken};
    /* Without a hold the lists only go sooner: that is no reason not to serve. */
    if (g->cache != NULL && postings_hold_new(&fresh.hold, g->cache, taken, NULL) != OK)
        fresh.hold = NULL;
    pthread_mutex_lock(&g->lock);
    if (g->n == g->keep)
        oldest = g->items[--g->n];
    memmove(g->items + 1, g->items, g->n * sizeof g->items[0]);
    g->items[0] = fresh;
    g->n++;
    atomic_store(&g->current, snapshot_generation(taken));
    atomic_fetch_add(&g->epoch, 1);
    pthread_mutex_unlock(&g->lock);
    let_go(&oldest); /* may unmap much: not under the lock */
}

struct snapshot *generations_get(struct generations *g, uint64_t number)
{
    struct snapshot *found = NULL;
    pthread_mutex_lock(&g->lock);
    for (size_t i = 0; i < g->n && found == NULL; i++)
        if (snapshot_generation(g->items[i].snapshot) == number)
            found = snapshot_ref(g->items[i].snapshot);
    pthread_mutex_unlock(&g->lock);
    return found;
}

struct snapshot *generations_get_current(struct generations *g)
{
    pthread_mutex_lock(&g->lock);
    struct snapshot *found = g->n == 0 ? NULL : snapshot_ref(g->items[0].snapshot);
    pthread_mutex_unlock(&g->lock);
    return found;
}

uint64_t generations_current(struct generations *g)
{
    return atomic_load(&g->current);
}

uint64_t generations_epoch(struct generations *g)
{
    return atomic_load(&g->epoch);
}

/* NULL: not served. Under the lock. */
static struct generation *find(struct generations *g, const struct snapshot *s)
{
    for (size_t i = 0; i < g->n; i++)
        if (g->items[i].snapshot == s)
            return &g->items[i];
    return NULL;
}

bool generations_serve(struct generations *g, const struct snapshot *s)
{
    pthread_mutex_lock(&g->lock);
    bool is_served = find(g, s) != NULL;
    pthread_mutex_unlock(&g->lock);
    return is_served;
}

void generations_fault(struct generations *g, const struct snapshot *s)
{
    pthread_mutex_lock(&g->lock);
    struct generation *found = find(g, s);
    if (found != NULL)
        found->n_faults++;
    atomic_fetch_add(&g->n_faults, 1);
    pthread_mutex_unlock(&g->lock);
}

bool generations_is_usable(struct generations *g, const struct snapshot *s)
{
    if (atomic_load(&g->n_faults) == 0)
        return true;
    pthread_mutex_lock(&g->lock);
    const struct generation *found = find(g, s);
    bool is_usable = found == NULL || found->n_faults < FAULTS_MAX;
    pthread_mutex_unlock(&g->lock);
    return is_usable;
}
