/* search_run and its sisters through the parser, over an index of known articles. */
#include "index_fixture.h"

#include "search.h"

#include <math.h>

#define N_ARTICLES 40

struct service {
    struct fixture fixture;
    struct snapshot *snapshot;
    struct searcher *searcher;
};

static void service_open(struct service *s)
{
    struct error e = {0};
    s->snapshot = fixture_open(&s->fixture);
    fixture_ok(searcher_new(&s->searcher, s->snapshot, NULL, &e), &e);
}

static void service_close(struct service *s)
{
    searcher_free(s->searcher);
    snapshot_unref(s->snapshot);
}

/* Articles "n00" to "n39": each has "common", every second "even", and two passages. */
struct corpus {
    struct fixture_article articles[N_ARTICLES];
    char ids[N_ARTICLES][8], bodies[N_ARTICLES][2][160];
};

static void corpus_fill(struct corpus *c)
{
    for (size_t i = 0; i < N_ARTICLES; i++) {
        snprintf(c->ids[i], sizeof c->ids[i], "n%02zu", i);
        snprintf(c->bodies[i][0], sizeof c->bodies[i][0],
                 "A common tale of storms: the %s wind blew over town %zu, and the storm surge came %s.",
                 i % 2 == 0 ? "even" : "odd", i, i % 3 == 0 ? "again and again" : "once");
        snprintf(c->bodies[i][1], sizeof c->bodies[i][1], "Then it was quiet. Common folk returned; pre%c%c they said.",
                 'a' + (int)(i % 20), 'a' + (int)(i / 20));
        c->articles[i] = (struct fixture_article){.id = c->ids[i],
                                                  .title = i % 5 == 0 ? "The Storm Surge" : "Weather",
                                                  .author = "Ann Lee",
                                                  .date = 20240101 + (int32_t)(i % 3),
                                                  .passages = {c->bodies[i][0], c->bodies[i][1]}};
    }
}

static int setup(void **state)
{
    static struct corpus corpus;
    const struct fixture_article *added[N_ARTICLES];
    struct service *s = calloc(1, sizeof *s);
    assert_non_null(s);
    corpus_fill(&corpus);
    for (size_t i = 0; i < N_ARTICLES; i++)
        added[i] = &corpus.articles[i];
    fixture_init(&s->fixture);
    for (size_t i = 0; i < N_ARTICLES; i += 10)
        fixture_update(&s->fixture, NULL, 0, added + i, 10);
    service_open(s);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct service *s = *state;
    service_close(s);
    fixture_clear(&s->fixture);
    free(s);
    return 0;
}

static struct hits *run(struct service *s, const char *query, const struct search_options *options)
{
    struct error e = {0};
    struct hits *h;
    fixture_ok(search_run(&h, s->searcher, slice_cstr(query), options, &e), &e);
    return h;
}

static void test_search_run__pages_join_up(void **state)
{
    struct search_options all = search_options_default(), page = all;
    all.n = 100;
    page.n = 7;
    struct hits *whole = run(*state, "common surge", &all);
    assert_int_equal(whole->n, 2 * N_ARTICLES);
    assert_int_equal(whole->next, 0);
    size_t seen = 0;
    do {
        struct hits *h = run(*state, "common surge", &page);
        assert_int_equal(h->bound, FOUND_EXACT);
        assert_int_equal(h->found, whole->found);
        for (size_t i = 0; i < h->n; i++, seen++) {
            assert_true(h->items[i].score == whole->items[seen].score);
            assert_true(slice_equal(h->items[i].article.id, whole->items[seen].article.id));
            assert_int_equal(h->items[i].passage.ordinal, whole->items[seen].passage.ordinal);
        }
        page.from = h->next;
        hits_free(h);
    } while (page.from > 0);
    assert_int_equal(seen, whole->n);
    hits_free(whole);
}

static void test_search_run__per_article(void **state)
{
    struct search_options options = search_options_default();
    options.n = N_ARTICLES;
    options.per = 1;
    struct hits *h = run(*state, "common", &options);
    assert_int_equal(h->n, N_ARTICLES);
    assert_int_equal(h->found, 2 * N_ARTICLES);
    assert_int_equal(h->next, 0);
    for (size_t i = 0; i < h->n; i++)
        for (size_t k = 0; k < i; k++)
            assert_false(slice_equal(h->items[i].article.id, h->items[k].article.id));
    hits_free(h);
}

/* Is what a span covers one of these? */
static bool is_one_of(struct slice text, const char *const *wanted)
{
    for (size_t i = 0; wanted[i] != NULL; i++)
        if (slice_equal_ascii_case(text, slice_cstr(wanted[i])))
            return true;
    return false;
}

static void check_spans(struct slice text, const struct spans *spans, const char *const *wanted)
{
    for (size_t i = 0; i < spans->n; i++) {
        assert_true((size_t)spans->items[i].start + spans->items[i].len <= text.len);
        struct slice marked = slice_of(text.data + spans->items[i].start, spans->items[i].len);
        if (!is_one_of(marked, wanted))
            fail_msg("\"%.*s\" is marked", SLICE_ARG(marked));
    }
}

static void test_search_run__shows_what_matched(void **state)
{
    static const char *const wanted[] = {"storms", "storm", "surge", "even", NULL};
    static const enum search_show shows[] = {SHOW_SNIPPET, SHOW_PASSAGE, SHOW_NONE};
    for (size_t s = 0; s < 3; s++) {
        struct search_options options = search_options_default();
        options.show = shows[s];
        options.width = 30;
        struct hits *h = run(*state, "storm surge even -odd title:weather", &options);
        assert_int_equal(h->n, 10);
        for (size_t i = 0; i < h->n; i++) {
            const struct hit *hit = &h->items[i];
            assert_true(hit->shown_start + hit->shown.len <= hit->passage.text.len);
            assert_true(shows[s] == SHOW_NONE || hit->spans.n > 0);
            assert_true(shows[s] != SHOW_NONE || (hit->shown.len == 0 && hit->spans.n == 0));
            assert_true(shows[s] != SHOW_SNIPPET || hit->shown.len <= 30);
            assert_true(shows[s] != SHOW_PASSAGE || slice_equal(hit->shown, hit->passage.text));
            check_spans(hit->shown, &hit->spans, wanted);
        }
        hits_free(h);
    }
}

static void test_search_run__notes(void **state)
{
    struct search_options options = search_options_default();
    struct hits *h = run(*state, "the storm of", &options);
    assert_true(slice_equal(buf_slice(&h->ignored), SLICE("the,of")));
    assert_int_equal(h->cut.len, 0);
    hits_free(h);
    h = run(*state, "", &options);
    assert_true(h->n == 0 && h->found == 0 && h->next == 0);
    hits_free(h);
}

/* 300 distinct words, the common ones last: 256 stay, and of those that are dropped the common ones go. */
static void test_search_run__plain_keeps_the_rarest(void **state)
{
    struct buf line;
    buf_init(&line, 1 << 16);
    for (int i = 0; i < 298; i++)
        buf_printf(&line, "w%cq%cx ", 'a' + i / 26, 'a' + i % 26);
    buf_put_cstr(&line, "common quiet");
    struct search_options options = search_options_default();
    struct error e = {0};
    struct hits *h;
    options.mode = MODE_PLAIN;
    fixture_ok(search_run(&h, ((struct service *)*state)->searcher, buf_slice(&line), &options, &e), &e);
    assert_int_equal(h->found, 0);
    assert_true(slice_equal(buf_slice(&h->cut), SLICE("44")));
    assert_int_equal(h->query->n_leaves, QUERY_PLAIN_WORDS_MAX);
    hits_free(h);
    buf_clear(&line);
}

/* A deadline that has passed ends each way into a search, a long plain text's too. */
static void test_search_run__deadline(void **state)
{
    struct searcher *s = ((struct service *)*state)->searcher;
    struct search_options options = search_options_default();
    struct hits *h;
    uint64_t n_passages, n_articles;
    struct explanation *x;
    struct error e;
    struct buf line;
    buf_init(&line, QUERY_LINE_MAX_BYTES);
    for (unsigned i = 0; i < QUERY_PLAIN_WORDS_MAX * 2; i++)
        buf_printf(&line, "word%u ", i);
    options.stop.deadline_us = 1;
    assert_int_equal(search_run(&h, s, SLICE("storm"), &options, &e), ERR_DEADLINE);
    assert_null(h);
    assert_int_equal(search_count(s, SLICE("storm"), MODE_QUERY, &options.stop, &n_passages, &n_articles, &e),
                     ERR_DEADLINE);
    assert_int_equal(search_explain(&x, s, SLICE("storm"), MODE_QUERY, RANK_FULL, SLICE("none"), 1, &options.stop, &e),
                     ERR_NONE);
    options.mode = MODE_PLAIN;
    assert_int_equal(search_run(&h, s, buf_slice(&line), &options, &e), ERR_DEADLINE);
    buf_clear(&line);
}

static void test_search_run__limits(void **state)
{
    static const struct {
        const char *name;
        uint32_t n, from, width;
        enum status want;
    } rows[] = {
        {"most", SEARCH_N_MAX, SEARCH_DEPTH_MAX - SEARCH_N_MAX, SEARCH_WIDTH_MAX, OK},
        {"no n", 0, 0, 240, ERR_OPTION},
        {"n above", SEARCH_N_MAX + 1, 0, 240, ERR_OPTION},
        {"deepest", 1, SEARCH_DEPTH_MAX - 1, 240, OK},
        {"too deep", 1, SEARCH_DEPTH_MAX, 240, ERR_OPTION},
        {"wraps", 1, UINT32_MAX, 240, ERR_OPTION},
        {"no width", 1, 0, 0, ERR_OPTION},
        {"narrowest", 1, 0, 1, OK},
        {"too wide", 1, 0, SEARCH_WIDTH_MAX + 1, ERR_OPTION},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct search_options options = search_options_default();
        struct hits *h;
        options.n = rows[i].n;
        options.from = rows[i].from;
        options.width = rows[i].width;
        enum status st = search_run(&h, ((struct service *)*state)->searcher, SLICE("storm"), &options, NULL);
        if (st != rows[i].want)
            fail_msg("%s: status %d", rows[i].name, (int)st);
        hits_free(h);
    }
}

static void test_search_run__query_error(void **state)
{
    struct search_options options = search_options_default();
    struct error e = {0};
    struct hits *h;
    assert_int_equal(search_run(&h, ((struct service *)*state)->searcher, SLICE("storm \"surge"), &options, &e),
                     ERR_QUERY);
    assert_int_equal(e.at, 6);
    assert_null(h);
}

static void test_search_explain__as_the_search(void **state)
{
    static const char *const queries[] = {"storm surge", "\"storm surge\" even", "+common quiet -odd", "pre* again",
                                          "(storm AND again) OR quiet"};
    struct service *s = *state;
    struct stop stop = {0};
    struct error e = {0};
    for (size_t q = 0; q < sizeof queries / sizeof queries[0]; q++) {
        struct search_options options = search_options_default();
        options.n = 100;
        struct hits *h = run(s, queries[q], &options);
        assert_true(h->n > 0);
        for (size_t i = 0; i < h->n; i++) {
            struct explanation *x;
            fixture_ok(search_explain(&x, s->searcher, slice_cstr(queries[q]), MODE_QUERY, options.rank,
                                      h->items[i].article.id, h->items[i].passage.ordinal, &stop, &e),
                       &e);
            assert_true(x->is_match);
            assert_string_equal(x->rows[x->n_rows - 1].part, "sum");
            assert_true(x->rows[x->n_rows - 1].value == h->items[i].score);
            explanation_free(x);
        }
        hits_free(h);
    }
}

static void test_search_count__as_the_search(void **state)
{
    struct service *s = *state;
    struct stop stop = {0};
    struct error e = {0};
    uint64_t n_passages, n_articles;
    fixture_ok(search_count(s->searcher, SLICE("common"), MODE_QUERY, &stop, &n_passages, &n_articles, &e), &e);
    assert_int_equal(n_passages, 2 * N_ARTICLES);
    assert_int_equal(n_articles, N_ARTICLES);
    fixture_ok(search_count(s->searcher, SLICE("\"the storm surge\""), MODE_QUERY, &stop, &n_passages, &n_articles, &e),
               &e);
    assert_int_equal(n_articles, N_ARTICLES);
    fixture_ok(
        search_count(s->searcher, SLICE("title:\"storm surge\""), MODE_QUERY, &stop, &n_passages, &n_articles, &e), &e);
    assert_int_equal(n_articles, N_ARTICLES / 5);
    assert_int_equal(n_passages, 2 * N_ARTICLES / 5);
}

static void test_search_find__table(void **state)
{
    static const struct {
        const char *id;
        uint32_t ordinal;
        enum status want;
    } rows[] = {{"n00", 0, OK}, {"n00", 2, OK},       {"n00", 3, ERR_NONE},
                {"n39", 1, OK}, {"n40", 1, ERR_NONE}, {"", 0, ERR_NONE}};
    struct article_view article;
    struct passage_view passage;
    size_t segment;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum status st = search_find(((struct service *)*state)->searcher, slice_cstr(rows[i].id), rows[i].ordinal,
                                     &article, &passage, &segment, NULL);
        if (st != rows[i].want)
            fail_msg("%s#%u: status %d", rows[i].id, rows[i].ordinal, (int)st);
        assert_int_equal(passage.ordinal, st == OK ? rows[i].ordinal : 0);
    }
}

/* In one update and backwards, after a detour over articles that went again: the same answers to the last bit. */
static void test_search_run__however_the_articles_came(void **state)
{
    static const char *const queries[] = {"storm surge again", "\"storm surge\" common", "pre*", "author:ann",
                                          "pr* quiet"};
    static const struct fixture_article extra = {.id = "x", .passages = {"storm preaa preaa", "surge prezz common"}};
    static struct corpus corpus;
    static const char *const removed[] = {"x"};
    const struct fixture_article *added[N_ARTICLES + 1];
    struct service other = {0};
    corpus_fill(&corpus);
    for (size_t i = 0; i < N_ARTICLES; i++)
        added[i] = &corpus.articles[N_ARTICLES - 1 - i];
    added[N_ARTICLES] = &extra;
    fixture_init(&other.fixture);
    fixture_update(&other.fixture, NULL, 0, added, N_ARTICLES + 1);
    fixture_update(&other.fixture, removed, 1, NULL, 0);
    service_open(&other);
    for (size_t q = 0; q < sizeof queries / sizeof queries[0]; q++) {
        struct search_options options = search_options_default();
        options.n = 100;
        struct hits *a = run(*state, queries[q], &options), *b = run(&other, queries[q], &options);
        assert_int_equal(a->n, b->n);
        assert_int_equal(a->found, b->found);
        for (size_t i = 0; i < a->n; i++) {
            assert_true(a->items[i].score == b->items[i].score);
            assert_true(slice_equal(a->items[i].article.id, b->items[i].article.id));
            assert_true(slice_equal(a->items[i].shown, b->items[i].shown));
            assert_int_equal(a->items[i].passage.ordinal, b->items[i].passage.ordinal);
        }
        hits_free(a);
        hits_free(b);
    }
    service_close(&other);
    fixture_clear(&other.fixture);
}

/* One query line: it is refused as a query, or search, count and explanation agree on it. */
static void check_agreement(struct service *s, struct slice line, enum query_mode mode)
{
    struct search_options options = search_options_default();
    struct stop stop = {0};
    struct error e = {0};
    struct hits *h;
    uint64_t n_passages, n_articles;
    options.mode = mode;
    options.corrects = false;
    enum status st = search_run(&h, s->searcher, line, &options, &e);
    if (st == ERR_QUERY && mode == MODE_QUERY) {
        assert_true(e.at >= 0 && (size_t)e.at <= line.len);
        return;
    }
    fixture_ok(st, &e);
    fixture_ok(search_count(s->searcher, line, mode, &stop, &n_passages, &n_articles, &e), &e);
    assert_int_equal(h->found, n_passages);
    assert_int_equal(h->n, n_passages < options.n ? n_passages : options.n);
    for (size_t i = 0; i < h->n && i < 2; i++) {
        struct explanation *x;
        fixture_ok(search_explain(&x, s->searcher, line, mode, options.rank, h->items[i].article.id,
                                  h->items[i].passage.ordinal, &stop, &e),
                   &e);
        assert_true(x->is_match && x->rows[x->n_rows - 1].value == h->items[i].score);
        explanation_free(x);
    }
    hits_free(h);
}

static void test_search_run__lines_of_chance(void **state)
{
    static const char *const parts[] = {"storm",    "surge ", "common",  "even",
                                        " ",        "\"",     "(",       ")",
                                        "+",        "-",      " AND ",   " OR ",
                                        " NOT ",    "title:", "author:", "tag:",
                                        "date:",    "2024",   "2024-01", "..",
                                        ">=",       "pre*",   "*",       "ann",
                                        "\xc3\xa9", "\xff",   "the",     "\"storm surge\"",
                                        ":",        "~8",     "^2",      "="};
    uint64_t dice = 12345;
    for (size_t i = 0; i < 3000; i++) {
        struct buf line;
        buf_init(&line, 4096);
        size_t n_parts = 1 + i % 12;
        for (size_t k = 0; k < n_parts; k++) {
            dice = dice * 6364136223846793005u + 1442695040888963407u;
            buf_put_cstr(&line, parts[(dice >> 33) % (sizeof parts / sizeof parts[0])]);
        }
        check_agreement(*state, buf_slice(&line), i % 4 == 0 ? MODE_PLAIN : MODE_QUERY);
        buf_clear(&line);
    }
}

static void test_searcher_new__empty_index(void **state)
{
    (void)state;
    struct service s = {0};
    struct search_options options = search_options_default();
    fixture_init(&s.fixture);
    fixture_update(&s.fixture, NULL, 0, NULL, 0);
    service_open(&s);
    struct hits *h = run(&s, "storm \"surge of\" pre* -x date:2024", &options);
    assert_true(h->n == 0 && h->found == 0);
    hits_free(h);
    service_close(&s);
    fixture_clear(&s.fixture);
}

static void test_searcher_new__another_analyzer(void **state)
{
    (void)state;
    static const struct fixture_article article = {.id = "a", .passages = {"sea"}};
    const struct fixture_article *const added[] = {&article};
    struct fixture f;
    struct error e = {0};
    struct searcher *searcher;
    fixture_init(&f);
    f.settings.analyzer_signature ^= 1;
    fixture_update(&f, NULL, 0, added, 1);
    struct snapshot *snapshot = fixture_open(&f);
    assert_int_equal(searcher_new(&searcher, snapshot, NULL, &e), ERR_SIGNATURE);
    assert_null(searcher);
    snapshot_unref(snapshot);
    fixture_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search_run__pages_join_up),
        cmocka_unit_test(test_search_run__per_article),
        cmocka_unit_test(test_search_run__shows_what_matched),
        cmocka_unit_test(test_search_run__notes),
        cmocka_unit_test(test_search_run__plain_keeps_the_rarest),
        cmocka_unit_test(test_search_run__deadline),
        cmocka_unit_test(test_search_run__limits),
        cmocka_unit_test(test_search_run__query_error),
        cmocka_unit_test(test_search_explain__as_the_search),
        cmocka_unit_test(test_search_count__as_the_search),
        cmocka_unit_test(test_search_find__table),
        cmocka_unit_test(test_search_run__however_the_articles_came),
        cmocka_unit_test(test_search_run__lines_of_chance),
        cmocka_unit_test(test_searcher_new__empty_index),
        cmocka_unit_test(test_searcher_new__another_analyzer),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
