/*
 * Flat queries over segments of many ranges, with dense and sparse lists, against the same queries by way of sets
 * (which test_kernel.c compares with brute force): the same passages, scores and order, whatever is passed over, and
 * with a cache that holds all, next to nothing, or that is not there.
 */
#include "facets.h"
#include "index_fixture.h"
#include "kernel_flat.h"
#include "query.h"

#define N_ARTICLES 640
#define N_SECOND 120 /* of them in the second segment */
#define N_WORDS 400
#define N_UNEVEN 40 /* articles, all but the first in the second segment */
#define N_QUERIES 1500
#define WORD_BYTES 8
#define SMALL_CACHE_BYTES 40000

struct dice {
    uint64_t state;
};

static uint32_t roll(struct dice *d, size_t n)
{
    d->state = d->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((d->state >> 33) % n);
}

/* Words that no stemmer touches: "kaboq", …; small numbers come most often. */
static const char *word(struct dice *d, char out[WORD_BYTES])
{
    static const char consonants[] = "bdfgklmnpr", vowels[] = "aou";
    uint32_t n = roll(d, N_WORDS);
    for (int i = 0; i < 2; i++)
        n = roll(d, n + 1);
    snprintf(out, WORD_BYTES, "%c%c%c%cq", consonants[n % 10], vowels[n / 10 % 3], consonants[n / 30 % 10],
             vowels[n / 300 % 3]);
    return out;
}

static const char *text(struct dice *d, struct arena *arena, size_t n_words)
{
    struct buf b;
    char made[WORD_BYTES];
    buf_init(&b, 65536);
    for (size_t i = 0; i < n_words; i++)
        buf_printf(&b, "%s ", word(d, made));
    const char *out = arena_copy(arena, buf_slice(&b)).data;
    buf_clear(&b);
    return out;
}

static const struct fixture_article *article(struct dice *d, struct arena *arena, unsigned number)
{
    struct fixture_article *a = arena_alloc(arena, sizeof *a);
    char id[16];
    int n = snprintf(id, sizeof id, "a%u", number);
    a->id = arena_copy(arena, slice_of(id, (size_t)n)).data;
    a->title = roll(d, 3) == 0 ? text(d, arena, 2) : "";
    a->author = roll(d, 5) == 0 ? "Ann" : "Bo";
    a->date = roll(d, 2) == 0 ? 20240301 : 20230101;
    for (size_t i = 0; i < FIXTURE_PASSAGES_MAX - 1; i++)
        a->passages[i] = text(d, arena, 3 + roll(d, 40));
    return a;
}

struct world {
    struct dice dice;
    struct arena arena;
    struct fixture fixture;
    struct snapshot *snapshot;
    struct kernel *kernel;
};

static void world_init(struct world *w)
{
    static const struct fixture_article *added[N_ARTICLES];
    const char *removed[N_ARTICLES / 16];
    struct error e = {0};
    *w = (struct world){.dice = {77}};
    arena_init(&w->arena);
    fixture_init(&w->fixture);
    for (unsigned i = 0; i < N_ARTICLES; i++)
        added[i] = article(&w->dice, &w->arena, i);
    fixture_update(&w->fixture, NULL, 0, added, N_ARTICLES - N_SECOND);
    for (size_t i = 0; i < N_ARTICLES / 16; i++)
        removed[i] = added[i * 7]->id;
    fixture_update(&w->fixture, removed, N_ARTICLES / 16, added + N_ARTICLES - N_SECOND, N_SECOND);
    w->snapshot = fixture_open(&w->fixture);
    assert_true(segment_n_passages(snapshot_segment(w->snapshot, 0)) > 4 * POSTING_RANGE);
    fixture_ok(kernel_new(&w->kernel, w->snapshot, NULL, &e), &e);
}

static void world_clear(struct world *w)
{
    kernel_free(w->kernel);
    snapshot_unref(w->snapshot);
    fixture_clear(&w->fixture);
    arena_clear(&w->arena);
}

/* "kaboq", "+kaboq baduq", "\"kaboq baduq\" -dumoq", "kaboq baduq author:ann", … */
static void roll_line(struct dice *d, struct buf *out)
{
    static const char *const forms[] = {"%s ", "%s ", "%s^3 ", "+%s ", "+%s ", "-%s ", "\"%s "};
    static const char *const filters[] = {"author:ann", "date:2023", "-author:bo", "title:kabaq"};
    char made[WORD_BYTES], other[WORD_BYTES];
    bool is_and = roll(d, 2) == 0;
    size_t n = 1 + roll(d, 5);
    buf_reset(out);
    for (size_t i = 0; i < n; i++) {
        size_t form = is_and ? 3 + roll(d, 4) : i == 0 ? 0 : roll(d, 4) == 0 ? 5 : roll(d, 3);
        if (i == 0 && form == 5)
            form = 3;
        buf_printf(out, forms[form], word(d, made));
        if (form == 6)
            buf_printf(out, "%s\" ", word(d, other));
    }
    if (roll(d, 4) == 0)
        buf_printf(out, "%s", filters[roll(d, 4)]);
}

static void run(struct world *w, struct kernel *k, struct slice line, const struct kernel_options *options,
                struct candidates *out)
{
    static const char *const langs[] = {"en"};
    struct query_parser_options parsing = {.mode = MODE_QUERY, .langs = langs, .n_langs = 1};
    struct query *q;
    struct error e = {0};
    fixture_ok(query_parse(&q, line, &parsing, w->fixture.analyzer, &e), &e);
    fixture_ok(kernel_run(out, k, q, options, NULL, &e), &e);
    query_free(q);
}

static void compare(const struct candidates *got, const struct candidates *want, struct slice line)
{
    bool is_same = got->n == want->n;
    for (size_t i = 0; is_same && i < got->n; i++)
        is_same = got->items[i].passage == want->items[i].passage && got->items[i].segment == want->items[i].segment &&
                  got->items[i].score == want->items[i].score;
    if (got->bound == FOUND_EXACT)
        is_same &= got->found == want->found;
    else
        is_same &= got->found >= got->n;
    if (!is_same)
        fail_msg("%.*s: %zu hits of %llu instead of %zu of %llu", (int)line.len, line.data, got->n,
                 (unsigned long long)got->found, want->n, (unsigned long long)want->found);
}

static void test_kernel_run__passes_over_nothing_that_counts(void **state)
{
    static const size_t ks[] = {1, 10, 11, 50, 1000};
    static const struct facet_wanted facet = {FACET_LANG, 1};
    struct world *w = *state;
    struct postings_cache *caches[2];
    struct kernel *kernels[3] = {w->kernel};
    struct error e = {0};
    struct buf line;
    size_t n_estimated = 0, n_matched = 0;
    buf_init(&line, 4096);
    for (int i = 0; i < 2; i++) {
        fixture_ok(postings_cache_new(&caches[i], i == 0 ? SMALL_CACHE_BYTES : POSTINGS_CACHE_DEFAULT_BYTES, &e), &e);
        fixture_ok(kernel_new(&kernels[i + 1], w->snapshot, caches[i], &e), &e);
    }
    for (size_t i = 0; i < N_QUERIES; i++) {
        struct kernel_options options = {.k = ks[roll(&w->dice, 5)]}, with_sets = options;
        struct candidates want, got;
        roll_line(&w->dice, &line);
        fixture_ok(facets_new(&with_sets.facets, &facet, 1, &e), &e);
        run(w, w->kernel, buf_slice(&line), &with_sets, &want);
        facets_free(with_sets.facets);
        for (size_t k = 0; k < 3; k++) {
            options.total = roll(&w->dice, 4) == 0 ? TOTAL_EXACT : TOTAL_ESTIMATE;
            kernels[k]->lists_max =
                roll(&w->dice, 4) == 0 ? roll(&w->dice, 2) * SMALL_CACHE_BYTES / 4 : LISTS_MAX_BYTES;
            kernels[k]->count_max = roll(&w->dice, 2) == 0 ? 0 : 2000;
            kernels[k]->lead_count_max = roll(&w->dice, 2) == 0 ? 0 : 100;
            run(w, kernels[k], buf_slice(&line), &options, &got);
            compare(&got, &want, buf_slice(&line));
            n_estimated += got.bound == FOUND_ESTIMATE;
            candidates_clear(&got);
        }
        n_matched += want.n > 0;
        candidates_clear(&want);
    }
    assert_true(n_matched > N_QUERIES / 2);
    assert_true(n_estimated > N_QUERIES / 4);
    struct postings_cache_stats stats;
    postings_cache_stats(caches[0], &stats);
    assert_true(stats.evictions > 0 && stats.bytes <= SMALL_CACHE_BYTES);
    postings_cache_stats(caches[1], &stats);
    assert_true(stats.hits > stats.misses && stats.evictions == 0);
    for (int i = 0; i < 2; i++) {
        kernel_free(kernels[i + 1]);
        postings_cache_free(caches[i]);
    }
    buf_clear(&line);
}

/* Many long passages of the second segment match too, and not one of them is good enough to be looked at. */
static void open_uneven(struct world *w)
{
    static struct fixture_article articles[N_UNEVEN];
    const struct fixture_article *added[N_UNEVEN];
    char *far = strcpy(arena_alloc(&w->arena, 4096), "kaboq baduq ");
    struct error e = {0};
    fixture_init(&w->fixture);
    for (size_t i = 0; i < 150; i++)
        strcat(far, i % 2 == 0 ? "and " : "or ");
    for (size_t i = 0; i < N_UNEVEN; i++) {
        char id[16];
        snprintf(id, sizeof id, "u%zu", i);
        articles[i] = (struct fixture_article){.id = arena_copy(&w->arena, slice_cstr(id)).data, .title = ""};
        added[i] = &articles[i];
        for (size_t k = 0; k < FIXTURE_PASSAGES_MAX - 1; k++)
            articles[i].passages[k] = i == 0 ? "kaboq baduq" : far;
    }
    fixture_update(&w->fixture, NULL, 0, added, 1);
    fixture_update(&w->fixture, NULL, 0, added + 1, N_UNEVEN - 1);
    w->snapshot = fixture_open(&w->fixture);
    assert_int_equal(snapshot_n_segments(w->snapshot), 2);
    fixture_ok(kernel_new(&w->kernel, w->snapshot, NULL, &e), &e);
    w->kernel->count_max = w->kernel->lead_count_max = 0;
}

static void test_kernel_run__says_how_exactly_it_counted(void **state)
{
    static const char *const lines[] = {"+kaboq +baduq", "\"kaboq baduq\"", "kaboq baduq", "+kabo* +baduq"};
    static const uint64_t n_all = N_UNEVEN * (FIXTURE_PASSAGES_MAX - 1);
    struct world w = {0};
    (void)state;
    arena_init(&w.arena);
    open_uneven(&w);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const struct {
            size_t k;
            enum search_total total;
            enum found_bound bound;
            uint64_t found;
        } cases[] = {{1, TOTAL_EXACT, FOUND_EXACT, n_all},
                     {1, TOTAL_ESTIMATE, FOUND_ESTIMATE, n_all},
                     {1, TOTAL_NONE, FOUND_LOWER, 1},
                     {n_all, TOTAL_ESTIMATE, FOUND_ESTIMATE, n_all},
                     {n_all + 1, TOTAL_ESTIMATE, FOUND_EXACT, n_all},
                     {n_all + 1, TOTAL_NONE, FOUND_EXACT, n_all}};
        for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
            struct candidates got;
            const struct kernel_options options = {.k = cases[c].k, .total = cases[c].total};
            run(&w, w.kernel, slice_cstr(lines[i]), &options, &got);
            assert_int_equal(got.found, cases[c].found);
            /* What turned out to be all is no estimate. */
            assert_true(got.bound == cases[c].bound || (got.bound == FOUND_EXACT && got.found == n_all));
            if (c == 1 || c == 2)
                assert_int_equal(got.bound, cases[c].bound);
            candidates_clear(&got);
        }
    }
    world_clear(&w);
}

/* Of common words most passages cannot come among the best, and are dropped after some of the words. */
static void test_kernel_run__estimates_common_words(void **state)
{
    static const char *const lines[] = {"+dabaq +fabaq",       "+fabaq +gabaq",        "+dabaq +fabaq +gabaq",
                                        "+babaq +kabaq",       "+dabaq +gabaq +kabaq", "+kabaq +labaq",
                                        "+babaq +dabaq +labaq"};
    struct world *w = *state;
    w->kernel->lead_count_max = 0;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct candidates exact, got;
        const struct kernel_options all = {.k = 1, .total = TOTAL_EXACT}, some = {.k = 1};
        run(w, w->kernel, slice_cstr(lines[i]), &all, &exact);
        run(w, w->kernel, slice_cstr(lines[i]), &some, &got);
        assert_int_equal(got.bound, FOUND_ESTIMATE);
        assert_true(got.found > exact.found * 2 / 3 && got.found < exact.found * 3 / 2);
        candidates_clear(&exact);
        candidates_clear(&got);
    }
    w->kernel->lead_count_max = FLAT_LEAD_COUNT_MAX;
}

/* So many passages, a word in all of them, others in some, one in the last alone. */
static void open_sized(struct world *w, size_t n)
{
    static const char *const texts[] = {"kaboq baduq dumoq", "kaboq dumoq", "kaboq baduq", "kaboq kaboq"};
    const size_t an_article = FIXTURE_PASSAGES_MAX - 1;
    size_t n_articles = (n + an_article - 1) / an_article;
    struct fixture_article *articles = arena_alloc(&w->arena, n_articles * sizeof *articles);
    const struct fixture_article **added = arena_alloc(&w->arena, n_articles * sizeof(struct fixture_article *));
    struct error e = {0};
    fixture_init(&w->fixture);
    for (size_t i = 0; i < n; i++) {
        struct fixture_article *a = &articles[i / an_article];
        char id[16];
        int len = snprintf(id, sizeof id, "s%05zu", i / an_article);
        added[i / an_article] = a;
        if (i % an_article == 0)
            *a = (struct fixture_article){.id = arena_copy(&w->arena, slice_of(id, (size_t)len)).data, .title = ""};
        a->passages[i % an_article] = i == n - 1 ? "kaboq lasuq baduq" : texts[i % 97 == 0 ? 0 : 1 + i % 3];
    }
    fixture_update(&w->fixture, NULL, 0, added, n_articles);
    w->snapshot = fixture_open(&w->fixture);
    assert_int_equal(snapshot_n_passages(w->snapshot), n);
    fixture_ok(kernel_new(&w->kernel, w->snapshot, NULL, &e), &e);
    w->kernel->count_max = w->kernel->lead_count_max = 0;
}

static void test_kernel_run__at_the_edges_of_ranges(void **state)
{
    static const size_t sizes[] = {1, 63, 64, 65, POSTING_RANGE - 1, POSTING_RANGE, POSTING_RANGE + 1, 8192, 8193};
    static const size_t ks[] = {1, 10, 1000, SIZE_MAX};
    static const char *const lines[] = {"lasuq",
                                        "kaboq lasuq",
                                        "+kaboq +lasuq",
                                        "+kaboq lasuq",
                                        "baduq lasuq",
                                        "+baduq +kaboq dumoq",
                                        "\"lasuq baduq\"",
                                        "\"kaboq baduq\"",
                                        "dumoq -baduq",
                                        "+lasuq +dumoq",
                                        "nowhereq kaboq",
                                        "+nowhereq +kaboq",
                                        "+kab* +(la* du*)",
                                        "+lasuq -dumoq",
                                        "ba* la* nowhereq"};
    static const struct facet_wanted facet = {FACET_LANG, 1};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct world w = {0};
        struct error e = {0};
        arena_init(&w.arena);
        open_sized(&w, sizes[i]);
        for (size_t c = 0; c < sizeof lines / sizeof *lines * (sizeof ks / sizeof *ks); c++) {
            const char *line = lines[c / (sizeof ks / sizeof *ks)];
            struct kernel_options options = {.k = ks[c % (sizeof ks / sizeof *ks)]}, with_sets = options;
            struct candidates want, got;
            fixture_ok(facets_new(&with_sets.facets, &facet, 1, &e), &e);
            run(&w, w.kernel, slice_cstr(line), &with_sets, &want);
            run(&w, w.kernel, slice_cstr(line), &options, &got);
            facets_free(with_sets.facets);
            compare(&got, &want, slice_cstr(line));
            candidates_clear(&want);
            candidates_clear(&got);
        }
        world_clear(&w);
    }
}

static int setup(void **state)
{
    static struct world w;
    world_init(&w);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    world_clear(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kernel_run__passes_over_nothing_that_counts),
        cmocka_unit_test(test_kernel_run__says_how_exactly_it_counted),
        cmocka_unit_test(test_kernel_run__estimates_common_words),
        cmocka_unit_test(test_kernel_run__at_the_edges_of_ranges),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
