/*
 * What SEARCH's options sort=, facet= and lang= ask of the search: orders over all matches, whatever the page; facets
 * of all that matches, whatever is listed.
 */
#include "search_fixture.h"

static const struct fixture_article articles[] = {
    {.id = "day",
     .date = 20240327,
     .author = "Ann Lee, Bo Marsh",
     .tags = "sea\nweather",
     .passages = {"storm one", "storm storm"}},
    {.id = "month", .date = 20240300, .author = "Ann Lee", .tags = "sea", .passages = {"storm of the month"}},
    {.id = "year", .date = 20240000, .author = "Bo Marsh", .passages = {"a storm in some year"}},
    {.id = "old", .date = 19530201, .tags = "sea", .lang = "de", .passages = {"storm flood, storm, storm"}},
    {.id = "never", .author = "Ann Lee", .tags = "weather", .passages = {"undated storm"}},
    {.id = "other", .date = 20230101, .tags = "sea", .passages = {"calm"}},
};
#define N_ARTICLES (sizeof articles / sizeof articles[0])

static int setup(void **state)
{
    static struct service s;
    service_init(&s, articles, N_ARTICLES, 3);
    *state = &s;
    return 0;
}

/* The hits as "day#2 day#1 …", a page after the other. */
static void assert_order(struct service *s, struct search_options options, const char *want)
{
    struct buf got;
    buf_init(&got, 1024);
    for (;;) {
        struct error e = {0};
        struct hits *h;
        fixture_ok(search_run(&h, s->searcher, SLICE("storm"), &options, &e), &e);
        for (size_t i = 0; i < h->n; i++)
            buf_printf(&got, "%s%.*s#%u", got.len > 0 ? " " : "", SLICE_ARG(h->items[i].article.id),
                       h->items[i].passage.ordinal);
        options.from = h->next;
        hits_free(h);
        if (options.from == 0)
            break;
    }
    if (!slice_equal(buf_slice(&got), slice_cstr(want)))
        fail_msg("got %.*s, want %s", SLICE_ARG(buf_slice(&got)), want);
    buf_clear(&got);
}

static void test_search_run__by_date(void **state)
{
    struct search_options options = search_options_default();
    for (uint32_t n = 1; n < 8; n += 3) {
        options.n = n;
        options.per = 0;
        options.sort = SEARCH_NEWEST;
        assert_order(*state, options, "day#2 day#1 month#1 year#1 old#1 never#1");
        options.sort = SEARCH_OLDEST;
        assert_order(*state, options, "old#1 year#1 month#1 day#2 day#1 never#1");
        options.per = 1;
        assert_order(*state, options, "old#1 year#1 month#1 day#2 never#1");
        options.expand = true; /* does nothing to an order by date */
        assert_order(*state, options, "old#1 year#1 month#1 day#2 never#1");
        options.expand = false;
    }
}

static void put_facets(struct buf *out, const struct hits *h)
{
    for (size_t i = 0; i < h->n_facets; i++)
        buf_printf(out, "%s%s=%.*s:%llu", i > 0 ? " " : "", facet_name(h->facets[i].field),
                   SLICE_ARG(h->facets[i].value), (unsigned long long)h->facets[i].n_articles);
}

static void test_search_run__facets(void **state)
{
    static const struct {
        const char *query, *want;
        struct facet_wanted facets[N_FACETS];
        size_t n;
    } cases[] = {
        {"storm", "", {{0}}, 0},
        {"storm", "author=Ann Lee:3 author=Bo Marsh:2", {{FACET_AUTHOR, 10}}, 1},
        {"storm", "tag=sea:3", {{FACET_TAG, 1}}, 1},
        {"storm", "year=2024:3 year=1953:1", {{FACET_YEAR, 9}}, 1},
        {"storm", "month=2024-03:2 month=1953-02:1 lang=en:4 lang=de:1", {{FACET_MONTH, 2}, {FACET_LANG, 2}}, 2},
        {"storm -tag:weather", "tag=sea:2 year=2024:2 year=1953:1", {{FACET_TAG, 9}, {FACET_YEAR, 9}}, 2},
        {"tag:sea", "tag=sea:4 tag=weather:1", {{FACET_TAG, 9}}, 1},
        {"zeppelin", "", {{FACET_TAG, 9}}, 1},
        {"", "", {{FACET_TAG, 9}}, 1},
    };
    struct service *s = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct search_options options = search_options_default();
        struct error e = {0};
        struct hits *h;
        struct buf got;
        buf_init(&got, 1024);
        memcpy(options.facets, cases[i].facets, sizeof options.facets);
        options.n_facets = cases[i].n;
        options.n = options.per = 1; /* limits of what is listed are none of theirs */
        fixture_ok(search_run(&h, s->searcher, slice_cstr(cases[i].query), &options, &e), &e);
        put_facets(&got, h);
        if (!slice_equal(buf_slice(&got), slice_cstr(cases[i].want)))
            fail_msg("%s: got %.*s", cases[i].query, SLICE_ARG(buf_slice(&got)));
        buf_clear(&got);
        hits_free(h);
    }
}

static void test_facets_new__too_many(void **state)
{
    (void)state;
    struct facet_wanted wanted[N_FACETS + 1] = {{0}};
    struct facets *f;
    assert_int_equal(facets_new(&f, wanted, N_FACETS + 1, NULL), ERR_OPTION);
    assert_null(f);
    facets_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search_run__by_date),
        cmocka_unit_test(test_search_run__facets),
        cmocka_unit_test(test_facets_new__too_many),
    };
    return cmocka_run_group_tests(tests, setup, service_teardown);
}
