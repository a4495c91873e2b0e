#include "postings_cache.h"

#include "array.h"
#include "cache_line.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define LISTS_MAX ((size_t)1 << 32)   /* in the cache at a time */
#define SWEEP_ROUNDS 2                /* of the hand, for one list: the first clears the marks of use */
#define SCRATCH_MAX ((size_t)1 << 20) /* postings that there stays room for when a list is made */

typedef _Atomic(struct entry *) slot;

/* A list in the cache. */
struct entry {
    struct posting_list list; /* first: one look finds both */
    slot *home;
    uint64_t epoch; /* when it was evicted */
    atomic_bool is_used;
};

/* A segment that somebody holds. */
struct cached_segment {
    char id[64];
    uint32_t n_terms;
    unsigned n_holds;
    slot *slots; /* by term */
};

/* Of one reader: 0, or the epoch that it entered in. Each on a cache line of its own. */
struct presence {
    _Alignas(CACHE_LINE_BYTES) _Atomic uint64_t epoch;
    _Atomic uint64_t hits, misses;
    bool is_taken;
};

struct postings_cache {
    pthread_mutex_t lock; /* all but slots, epoch and presences */
    size_t max_bytes, bytes;
    struct cached_segment **segments;
    size_t n_segments, segments_cap;
    struct entry **entries; /* the clock's face, in no order */
    size_t n_entries, entries_cap, hand;
    struct entry **gone; /* evicted, perhaps still read */
    size_t n_gone, gone_cap;
    uint64_t evictions, old_hits, old_misses;
    _Atomic uint64_t epoch;
    struct presence *presences;
};

struct postings_hold {
    struct postings_cache *cache;
    struct cached_segment **segments;
    size_t n;
};

struct postings_reader {
    struct postings_cache *cache; /* NULL: none */
    struct snapshot *snapshot;
    struct postings_hold *hold;
    struct presence *presence;
    struct postings decoded; /* scratch */
};

enum status postings_cache_new(struct postings_cache **out, size_t max_bytes, struct error *e)
{
    *out = NULL;
    struct postings_cache *c = calloc(1, sizeof *c);
    if (c == NULL)
        return error_nomem(e);
    c->presences = aligned_alloc(CACHE_LINE_BYTES, POSTINGS_CACHE_READERS_MAX * sizeof *c->presences);
    if (c->presences == NULL) {
        free(c);
        return error_nomem(e);
    }
    memset(c->presences, 0, POSTINGS_CACHE_READERS_MAX * sizeof *c->presences);
    pthread_mutex_init(&c->lock, NULL);
    atomic_init(&c->epoch, 1);
    c->max_bytes = max_bytes;
    *out = c;
    return OK;
}

static size_t entry_bytes(const struct entry *entry)
{
    return entry->list.n_bytes;
}

static void free_entry(struct postings_cache *c, struct entry *entry)
{
    c->bytes -= entry_bytes(entry);
    free(entry);
}

void postings_cache_free(struct postings_cache *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < c->n_entries; i++)
        free_entry(c, c->entries[i]);
    for (size_t i = 0; i < c->n_gone; i++)
        free_entry(c, c->gone[i]);
    for (size_t i = 0; i < c->n_segments; i++) {
        free(c->segments[i]->slots);
        free(c->segments[i]);
    }
    free(c->segments);
    free(c->entries);
    free(c->gone);
    free(c->presences);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

void postings_cache_stats(struct postings_cache *c, struct postings_cache_stats *out)
{
    pthread_mutex_lock(&c->lock);
    *out = (struct postings_cache_stats){.max_bytes = c->max_bytes,
                                         .bytes = c->bytes,
                                         .n_lists = c->n_entries,
                                         .hits = c->old_hits,
                                         .misses = c->old_misses,
                                         .evictions = c->evictions};
    for (size_t i = 0; i < POSTINGS_CACHE_READERS_MAX; i++) {
        out->hits += atomic_load_explicit(&c->presences[i].hits, memory_order_relaxed);
        out->misses += atomic_load_explicit(&c->presences[i].misses, memory_order_relaxed);
    }
    pthread_mutex_unlock(&c->lock);
}

/* Free what no reader can hold any more. Under the lock. */
static void free_gone(struct postings_cache *c)
{
    uint64_t oldest = UINT64_MAX;
    for (size_t i = 0; i < POSTINGS_CACHE_READERS_MAX; i++) {
        uint64_t epoch = atomic_load(&c->presences[i].epoch);
        oldest = epoch != 0 && epoch < oldest ? epoch : oldest;
    }
    size_t n = 0;
    for (size_t i = 0; i < c->n_gone; i++) {
        if (c->gone[i]->epoch < oldest)
            free_entry(c, c->gone[i]);
        else
            c->gone[n++] = c->gone[i];
    }
    c->n_gone = n;
}

/* Take the entry at place i off the clock; a reader that came later cannot see it. Room in `gone` is there. */
static void evict(struct postings_cache *c, size_t i)
{
    struct entry *entry = c->entries[i];
    atomic_store(entry->home, NULL);
    entry->epoch = atomic_fetch_add(&c->epoch, 1);
    c->gone[c->n_gone++] = entry;
    c->entries[i] = c->entries[--c->n_entries];
    c->evictions++;
}

/* Is there room for so many bytes, after evicting? Under the lock. */
static bool make_room(struct postings_cache *c, size_t need)
{
    if (need > c->max_bytes)
        return false;
    size_t freed = 0, steps = SWEEP_ROUNDS * c->n_entries;
    if (c->bytes + need > c->max_bytes)
        free_gone(c);
    while (c->bytes - freed + need > c->max_bytes && steps-- > 0 && c->n_entries > 0) {
        c->hand = c->hand >= c->n_entries ? 0 : c->hand;
        struct entry *entry = c->entries[c->hand];
        if (atomic_exchange_explicit(&entry->is_used, false, memory_order_relaxed)) {
            c->hand++;
        } else {
            freed += entry_bytes(entry);
            evict(c, c->hand);
        }
    }
    if (freed > 0)
        free_gone(c);
    return c->bytes + need <= c->max_bytes;
}

static struct cached_segment *find_segment(const struct postings_cache *c, const struct segment *s)
{
    for (size_t i = 0; i < c->n_segments; i++)
        if (strcmp(c->segments[i]->id, segment_id(s)) == 0)
            return c->segments[i];
    return NULL;
}

static enum status hold_segment(struct postings_cache *c, const struct segment *s, struct cached_segment **out,
                                struct error *e)
{
    *out = find_segment(c, s);
    if (*out == NULL) {
        enum status st = array_reserve(&c->segments, &c->segments_cap, c->n_segments + 1, sizeof(void *), SIZE_MAX, e);
        if (st != OK)
            return st;
        struct cached_segment *made = calloc(1, sizeof *made);
        slot *slots = calloc((size_t)segment_n_terms(s) + 1, sizeof *slots);
        if (made == NULL || slots == NULL) {
            free(made);
            free(slots);
            return error_nomem(e);
        }
        strncpy(made->id, segment_id(s), sizeof made->id - 1);
        made->n_terms = segment_n_terms(s);
        made->slots = slots;
        c->segments[c->n_segments++] = *out = made;
    }
    (*out)->n_holds++;
    return OK;
}

/* Nobody holds it: its lists go, and at once, for nobody reads them either. */
static void drop_segment(struct postings_cache *c, struct cached_segment *s)
{
    const slot *end = s->slots + s->n_terms;
    size_t n = 0;
    for (size_t i = 0; i < c->n_entries; i++) {
        if (c->entries[i]->home >= s->slots && c->entries[i]->home < end)
            free_entry(c, c->entries[i]);
        else
            c->entries[n++] = c->entries[i];
    }
    c->n_entries = n;
    for (size_t i = 0; i < c->n_segments; i++)
        if (c->segments[i] == s)
            c->segments[i] = c->segments[c->n_segments - 1];
    c->n_segments--;
    free(s->slots);
    free(s);
}

enum status postings_hold_new(struct postings_hold **out, struct postings_cache *c, struct snapshot *s, struct error *e)
{
    *out = NULL;
    struct postings_hold *h = calloc(1, sizeof *h);
    if (h == NULL)
        return error_nomem(e);
    h->cache = c;
    h->segments = calloc(snapshot_n_segments(s) + 1, sizeof(struct cached_segment *));
    enum status st = h->segments == NULL ? error_nomem(e) : OK;
    pthread_mutex_lock(&c->lock);
    for (; st == OK && h->n < snapshot_n_segments(s); h->n += st == OK)
        st = hold_segment(c, snapshot_segment(s, h->n), &h->segments[h->n], e);
    pthread_mutex_unlock(&c->lock);
    if (st != OK) {
        postings_hold_free(h);
        return st;
    }
    *out = h;
    return OK;
}

void postings_hold_free(struct postings_hold *h)
{
    if (h == NULL)
        return;
    pthread_mutex_lock(&h->cache->lock);
    for (size_t i = 0; i < h->n; i++)
        if (--h->segments[i]->n_holds == 0)
            drop_segment(h->cache, h->segments[i]);
    pthread_mutex_unlock(&h->cache->lock);
    free(h->segments);
    free(h);
}

static enum status take_presence(struct postings_cache *c, struct presence **out, struct error *e)
{
    *out = NULL;
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < POSTINGS_CACHE_READERS_MAX && *out == NULL; i++)
        if (!c->presences[i].is_taken)
            *out = &c->presences[i];
    if (*out != NULL)
        (*out)->is_taken = true;
    pthread_mutex_unlock(&c->lock);
    return *out != NULL ? OK : error_set(e, ERR_LIMIT, "more than %d readers of one cache", POSTINGS_CACHE_READERS_MAX);
}

static void give_presence_back(struct postings_cache *c, struct presence *p)
{
    pthread_mutex_lock(&c->lock);
    c->old_hits += atomic_exchange(&p->hits, 0);
    c->old_misses += atomic_exchange(&p->misses, 0);
    p->is_taken = false;
    pthread_mutex_unlock(&c->lock);
}

enum status postings_reader_new(struct postings_reader **out, struct postings_cache *c, struct snapshot *s,
                                struct error *e)
{
    *out = NULL;
    struct postings_reader *p = calloc(1, sizeof *p);
    if (p == NULL)
        return error_nomem(e);
    p->cache = c;
    p->snapshot = s;
    enum status st = c == NULL ? OK : take_presence(c, &p->presence, e);
    if (st == OK && c != NULL)
        st = postings_hold_new(&p->hold, c, s, e);
    if (st != OK) {
        postings_reader_free(p);
        return st;
    }
    *out = p;
    return OK;
}

struct snapshot *postings_reader_snapshot(const struct postings_reader *r)
{
    return r->snapshot;
}

struct postings_cache *postings_reader_cache(const struct postings_reader *r)
{
    return r->cache;
}

void postings_reader_free(struct postings_reader *r)
{
    if (r == NULL)
        return;
    postings_reader_leave(r);
    postings_hold_free(r->hold);
    if (r->presence != NULL)
        give_presence_back(r->cache, r->presence);
    postings_clear(&r->decoded);
    free(r);
}

/*
 * Sequentially consistent, like evict() and free_gone(): either the evictor sees this epoch, or this reader sees the
 * slots without what was evicted.
 */
void postings_reader_enter(struct postings_reader *r)
{
    if (r->presence != NULL)
        atomic_store(&r->presence->epoch, atomic_load(&r->cache->epoch));
}

void postings_reader_leave(struct postings_reader *r)
{
    if (r->presence != NULL)
        atomic_store(&r->presence->epoch, 0);
}

/* The slot of a term's list; NULL: it is not kept. */
static slot *home_of(const struct postings_reader *r, size_t segment, uint32_t term)
{
    return r->cache == NULL || term == TERM_NONE ? NULL : &r->hold->segments[segment]->slots[term];
}

void postings_reader_expect(const struct postings_reader *r, size_t segment, uint32_t term)
{
    __builtin_prefetch(home_of(r, segment, term));
}

const struct posting_list *postings_reader_peek(const struct postings_reader *r, size_t segment, uint32_t term)
{
    slot *home = home_of(r, segment, term);
    const struct entry *entry = home == NULL ? NULL : atomic_load(home);
    return entry == NULL ? NULL : &entry->list;
}

static void count(_Atomic uint64_t *counter)
{
    /* One thread adds, others only look. */
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + 1, memory_order_relaxed);
}

static const struct posting_list *use(struct entry *entry)
{
    if (!atomic_load_explicit(&entry->is_used, memory_order_relaxed))
        atomic_store_explicit(&entry->is_used, true, memory_order_relaxed);
    return &entry->list;
}

/* Put a new list into its slot. NULL: there is no room, and the list stays the caller's. */
static const struct posting_list *keep(struct postings_cache *c, slot *home, struct entry *entry)
{
    const struct posting_list *kept = NULL;
    entry->home = home;
    atomic_init(&entry->is_used, true);
    pthread_mutex_lock(&c->lock);
    struct entry *other = atomic_load(home);
    if (other != NULL) {
        /* Another thread has decoded it meanwhile; what this reader entered keeps it alive. */
        kept = use(other);
        free(entry);
    } else if (array_reserve(&c->entries, &c->entries_cap, c->n_entries + 1, sizeof(void *), LISTS_MAX, NULL) == OK &&
               array_reserve(&c->gone, &c->gone_cap, c->n_gone + c->n_entries + 1, sizeof(void *), LISTS_MAX, NULL) ==
                   OK &&
               make_room(c, entry_bytes(entry))) {
        kept = &entry->list;
        c->bytes += entry_bytes(entry);
        c->entries[c->n_entries++] = entry;
        atomic_store(home, entry);
    }
    pthread_mutex_unlock(&c->lock);
    return kept;
}

static enum status decode(struct postings_reader *r, size_t segment, struct slice text, const struct stop *stop,
                          struct entry **out, struct error *e)
{
    *out = NULL;
    const struct segment *s = snapshot_segment(r->snapshot, segment);
    enum status st = segment_postings(s, text, stop, &r->decoded, e);
    if (st != OK)
        return st;
    *out = (struct entry *)posting_list_new(&r->decoded, segment_n_passages(s), sizeof **out);
    if (r->decoded.cap > SCRATCH_MAX)
        postings_clear(&r->decoded);
    return *out != NULL ? OK : error_nomem(e);
}

enum status postings_reader_get(struct postings_reader *r, size_t segment, uint32_t term, struct slice text,
                                const struct stop *stop, const struct posting_list **out, bool *is_own, struct error *e)
{
    *is_own = false;
    *out = NULL;
    slot *home = home_of(r, segment, term);
    struct entry *entry = home == NULL ? NULL : atomic_load(home);
    if (entry != NULL) {
        count(&r->presence->hits);
        *out = use(entry);
        return OK;
    }
    enum status st = decode(r, segment, text, stop, &entry, e);
    if (st != OK)
        return st;
    if (home != NULL) {
        count(&r->presence->misses);
        *out = keep(r->cache, home, entry);
    }
    *is_own = *out == NULL;
    if (*is_own)
        *out = &entry->list;
    return OK;
}
