/*
 * The cache of decoded postings: lists as they are decoded, many threads at once while lists are evicted, the bound,
 * and what outlives a reader.
 */
#include "index_fixture.h"
#include "postings_cache.h"

#include <pthread.h>

#define N_ARTICLES 40
#define N_THREADS 4
#define N_ROUNDS 400
#define TINY_BYTES 3000
#define LARGE_BYTES ((size_t)1 << 20)

struct world {
    struct fixture fixture;
    struct arena arena;
    struct snapshot *snapshot;
};

static void open_world(struct world *w)
{
    static const char *const words[] = {"storm", "surge", "north", "tide", "delta", "dike", "flood", "ship"};
    static struct fixture_article articles[N_ARTICLES];
    const struct fixture_article *added[N_ARTICLES];
    arena_init(&w->arena);
    fixture_init(&w->fixture);
    for (size_t i = 0; i < N_ARTICLES; i++) {
        char id[16], text[512] = "";
        snprintf(id, sizeof id, "a%zu", i);
        for (size_t k = 0; k < 20; k++)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s ", words[(i * k + k * k) % 8],
                     k % 3 == 0 ? id : "");
        articles[i] = (struct fixture_article){.id = arena_copy(&w->arena, slice_cstr(id)).data,
                                               .title = "",
                                               .passages = {arena_copy(&w->arena, slice_cstr(text)).data, "storm"}};
        added[i] = &articles[i];
    }
    fixture_update(&w->fixture, NULL, 0, added, N_ARTICLES / 2);
    fixture_update(&w->fixture, NULL, 0, added + N_ARTICLES / 2, N_ARTICLES / 2);
    w->snapshot = fixture_open(&w->fixture);
}

static void close_world(struct world *w)
{
    snapshot_unref(w->snapshot);
    fixture_clear(&w->fixture);
    arena_clear(&w->arena);
}

/* Is the list what decoding says, posting by posting, walked and probed? */
static bool is_as_decoded(const struct posting_list *l, const struct postings *p)
{
    uint32_t at = 0;
    size_t i = 0;
    for (uint32_t passage = posting_list_next(l, &at); passage != UINT32_MAX; passage = posting_list_next(l, &at), i++)
        if (i >= p->n || passage != p->passages[i] || posting_list_last_impact(l, at) != p->impacts[i] ||
            posting_list_impact(l, passage) != p->impacts[i])
            return false;
    size_t next = 0;
    for (uint32_t passage = 0; passage < l->n_passages; passage++) {
        if (next < p->n && p->passages[next] == passage)
            next++;
        else if (posting_list_impact(l, passage) != 0)
            return false;
        if (l->passages != NULL && posting_list_seek(l, passage + 1) != next)
            return false;
    }
    return i == p->n && l->n == p->n;
}

struct visitor {
    const struct world *world;
    struct postings_cache *cache;
    unsigned seed;
    bool is_right;
};

/* A few lists at a time, as a query holds them. */
static void *visit(void *ctx)
{
    struct visitor *v = ctx;
    struct postings_reader *r;
    struct postings direct = {0};
    v->is_right = postings_reader_new(&r, v->cache, v->world->snapshot, NULL) == OK;
    for (unsigned round = 0; v->is_right && round < N_ROUNDS; round++) {
        postings_reader_enter(r);
        for (unsigned i = 0; v->is_right && i < 3; i++) {
            v->seed = v->seed * 1103515245u + 12345u;
            size_t segment = (v->seed >> 8) % 2;
            const struct segment *s = snapshot_segment(v->world->snapshot, segment);
            uint32_t term = (v->seed >> 9) % segment_n_terms(s);
            struct slice text;
            struct term_view view;
            const struct posting_list *list;
            bool is_own;
            v->is_right = segment_term(s, term, &text, &view, NULL) == OK &&
                          segment_postings(s, text, NULL, &direct, NULL) == OK &&
                          postings_reader_get(r, segment, term, text, NULL, &list, &is_own, NULL) == OK &&
                          is_as_decoded(list, &direct);
            if (v->is_right && is_own)
                free((void *)(uintptr_t)list);
        }
        postings_reader_leave(r);
    }
    postings_clear(&direct);
    postings_reader_free(r);
    return NULL;
}

static void check_visits(const struct world *w, size_t max_bytes, struct postings_cache_stats *stats)
{
    struct postings_cache *cache;
    struct visitor visitors[N_THREADS];
    pthread_t threads[N_THREADS];
    struct postings_hold *hold;
    assert_int_equal(postings_cache_new(&cache, max_bytes, NULL), OK);
    assert_int_equal(postings_hold_new(&hold, cache, w->snapshot, NULL), OK);
    for (unsigned i = 0; i < N_THREADS; i++) {
        visitors[i] = (struct visitor){.world = w, .cache = cache, .seed = i + 1};
        assert_int_equal(pthread_create(&threads[i], NULL, visit, &visitors[i]), 0);
    }
    for (unsigned i = 0; i < N_THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_true(visitors[i].is_right);
    }
    postings_cache_stats(cache, stats);
    assert_true(stats->bytes <= max_bytes);
    assert_int_equal(stats->hits + stats->misses, N_THREADS * N_ROUNDS * 3);
    postings_hold_free(hold);
    struct postings_cache_stats after;
    postings_cache_stats(cache, &after);
    assert_int_equal(after.n_lists, 0);
    postings_cache_free(cache);
}

static void test_postings_cache__many_threads(void **state)
{
    static const struct {
        size_t max_bytes;
        bool keeps, evicts;
    } cases[] = {{0, false, false}, {TINY_BYTES, true, true}, {LARGE_BYTES, true, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct postings_cache_stats stats;
        check_visits(*state, cases[i].max_bytes, &stats);
        assert_int_equal(stats.n_lists > 0, cases[i].keeps);
        assert_int_equal(stats.evictions > 0, cases[i].evicts);
        assert_int_equal(stats.hits > 0, cases[i].keeps);
    }
}

static void test_postings_reader_warm__fills_half(void **state)
{
    const struct world *w = *state;
    struct postings_cache *cache;
    struct postings_cache_stats stats;
    struct postings_reader *r;
    struct stop stop = {0}, late = {.deadline_us = 1};
    assert_int_equal(postings_cache_new(&cache, LARGE_BYTES, NULL), OK);
    assert_int_equal(postings_reader_new(&r, cache, w->snapshot, NULL), OK);
    assert_int_equal(postings_reader_warm(r, &late, NULL), ERR_DEADLINE);
    assert_int_equal(postings_reader_warm(r, &stop, NULL), OK);
    postings_cache_stats(cache, &stats);
    /* Small as the segments are, every term is common enough. */
    assert_int_equal(stats.n_lists, segment_n_terms(snapshot_segment(w->snapshot, 0)) +
                                        segment_n_terms(snapshot_segment(w->snapshot, 1)));
    postings_reader_free(r);
    postings_cache_free(cache);
}

/* A look ahead finds what is there, decodes nothing and does not count. */
static void test_postings_reader_peek(void **state)
{
    const struct world *w = *state;
    struct postings_cache *cache;
    struct postings_cache_stats stats;
    struct postings_reader *r;
    struct stop stop = {0};
    assert_int_equal(postings_cache_new(&cache, LARGE_BYTES, NULL), OK);
    assert_int_equal(postings_reader_new(&r, cache, w->snapshot, NULL), OK);
    postings_reader_expect(r, 1, 0);
    postings_reader_expect(r, 1, TERM_NONE);
    assert_null(postings_reader_peek(r, 1, 0));
    assert_null(postings_reader_peek(r, 1, TERM_NONE));
    assert_int_equal(postings_reader_warm(r, &stop, NULL), OK);
    postings_reader_enter(r);
    postings_cache_stats(cache, &stats);
    uint64_t hits = stats.hits;
    const struct posting_list *seen = postings_reader_peek(r, 1, 0), *list;
    bool is_own;
    assert_non_null(seen);
    assert_int_equal((uintptr_t)seen % CACHE_LINE_BYTES, 0);
    assert_int_equal(postings_reader_get(r, 1, 0, SLICE(""), &stop, &list, &is_own, NULL), OK);
    assert_ptr_equal(list, seen);
    assert_false(is_own);
    postings_cache_stats(cache, &stats);
    assert_int_equal(stats.hits, hits + 1);
    postings_reader_free(r);
    postings_cache_free(cache);
}

/* Readers are bounded, and a place that is given back is used again. */
static void test_postings_reader_new__too_many(void **state)
{
    static struct postings_reader *readers[POSTINGS_CACHE_READERS_MAX];
    const struct world *w = *state;
    struct postings_reader *one_more;
    struct postings_cache *cache;
    assert_int_equal(postings_cache_new(&cache, LARGE_BYTES, NULL), OK);
    for (size_t i = 0; i < POSTINGS_CACHE_READERS_MAX; i++)
        assert_int_equal(postings_reader_new(&readers[i], cache, w->snapshot, NULL), OK);
    assert_int_equal(postings_reader_new(&one_more, cache, w->snapshot, NULL), ERR_LIMIT);
    postings_reader_free(readers[7]);
    assert_int_equal(postings_reader_new(&readers[7], cache, w->snapshot, NULL), OK);
    for (size_t i = 0; i < POSTINGS_CACHE_READERS_MAX; i++)
        postings_reader_free(readers[i]);
    postings_cache_free(cache);
}

static int setup(void **state)
{
    static struct world w;
    open_world(&w);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    close_world(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_postings_cache__many_threads),
        cmocka_unit_test(test_postings_reader_warm__fills_half),
        cmocka_unit_test(test_postings_reader_peek),
        cmocka_unit_test(test_postings_reader_new__too_many),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
