/* Re-ranking and feedback through search_run, over random articles in several segments with deletions, against the
 * formulas worked out the slow way; and each feature at its limits. */
#include "rank_oracle.h"

#include "rank.h"
#include "score.h"
#include "search.h"

#define N_WORLDS 4
#define N_QUERIES 40
#define HITS_MAX (BRUTE_ARTICLES_MAX * FIXTURE_PASSAGES_MAX)
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

struct dice {
    uint64_t state;
};

static uint32_t roll(struct dice *d, size_t n)
{
    d->state = d->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((d->state >> 33) % n);
}

static const char *const frequent[] = {"storm",   "storms", "surge", "sea",    "seas", "north", "running", "runs",
                                       "compute", "haus",   "banks", "banken", "the",  "of",    "city",    "cities"};
static const char *const rare[] = {"tide", "dike",   "harbour", "pier",    "gale",    "moon",  "1953",
                                   "3.14", "x",      "vessel",  "captain", "lantern", "flood", "floods",
                                   "rope", "barrel", "once",    "gulls",   "mud",     "eel",   "oyster",
                                   "kelp", "sails",  "mast",    "anchor",  "reef",    "shoal"};

struct world {
    struct dice dice;
    struct arena arena;
    struct fixture fixture;
    struct brute brute;
    struct snapshot *snapshot;
    struct searcher *searcher;
    unsigned next_number;
};

static const char *random_words(struct world *w, size_t n, size_t rare_of_ten)
{
    struct buf text;
    buf_init(&text, 1 << 16);
    for (size_t i = 0; i < n; i++) {
        bool is_rare = roll(&w->dice, 10) < rare_of_ten;
        buf_put_cstr(&text, is_rare ? rare[roll(&w->dice, COUNT(rare))] : frequent[roll(&w->dice, COUNT(frequent))]);
        buf_put_byte(&text, ' ');
    }
    const char *copy = arena_copy(&w->arena, buf_slice(&text)).data;
    buf_clear(&text);
    return n == 0 ? "" : copy;
}

static void world_update(struct world *w, size_t n_removed, size_t n_added)
{
    const char *removed[16];
    const struct fixture_article *added[64];
    for (size_t i = 0; i < n_removed; i++) {
        size_t victim = roll(&w->dice, w->brute.n_articles);
        removed[i] = w->brute.articles[victim]->source->id;
        brute_remove(&w->brute, victim);
    }
    for (size_t i = 0; i < n_added; i++) {
        struct fixture_article *a = arena_alloc(&w->arena, sizeof *a);
        char id[32];
        int n = snprintf(id, sizeof id, "a%u", w->next_number++);
        *a = (struct fixture_article){.id = arena_copy(&w->arena, slice_of(id, (size_t)n)).data,
                                      .title = random_words(w, roll(&w->dice, 5), 2),
                                      .lang = roll(&w->dice, 4) == 0 ? "de" : "en",
                                      .date = roll(&w->dice, 2) == 0 ? 20240301 : 0};
        for (size_t p = 0, n_passages = 1 + roll(&w->dice, 5); p < n_passages; p++)
            a->passages[p] =
                p > 0 && roll(&w->dice, 5) == 0 ? a->passages[p - 1] : random_words(w, 1 + roll(&w->dice, 40), 1);
        brute_add(&w->brute, a);
        added[i] = a;
    }
    fixture_update(&w->fixture, removed, n_removed, added, n_added);
}

static void world_open(struct world *w, uint64_t seed)
{
    struct error e = {0};
    *w = (struct world){.dice = {seed}};
    arena_init(&w->arena);
    fixture_init(&w->fixture);
    arena_init(&w->brute.arena);
    w->brute.analyzer = w->fixture.analyzer;
    world_update(w, 0, 20);
    for (size_t i = 0; i < 3; i++)
        world_update(w, 3, 10);
    w->snapshot = fixture_open(&w->fixture);
    fixture_ok(searcher_new(&w->searcher, w->snapshot, NULL, &e), &e);
}

static void world_close(struct world *w)
{
    searcher_free(w->searcher);
    snapshot_unref(w->snapshot);
    brute_clear(&w->brute);
    fixture_clear(&w->fixture);
    arena_clear(&w->arena);
}

/* As search_run() should answer it. */
static size_t expected(struct world *w, const char *line, const struct search_options *options, struct brute_hit *hits)
{
    static const char *const langs[] = {"de", "en"};
    struct query_parser_options parser = {.mode = MODE_PLAIN, .langs = langs, .n_langs = 2};
    struct error e = {0};
    struct query *q;
    fixture_ok(query_parse(&q, slice_cstr(line), &parser, w->fixture.analyzer, &e), &e);
    size_t n = q->root == NULL ? 0 : brute_search(&w->brute, q, hits);
    if (options->rank == RANK_FULL) {
        struct oracle_query words = oracle_query_of(&w->brute, line);
        oracle_rank(&words, hits, n);
    }
    query_free(q);
    return oracle_limit(hits, n, options->per);
}

static void check_hits(const struct hits *h, const struct brute_hit *want, size_t n, const char *line,
                       const struct search_options *options)
{
    size_t end = n > options->from + options->n ? options->from + options->n : n;
    size_t n_shown = end > options->from ? end - options->from : 0;
    if (h->n != n_shown)
        fail_msg("%s: %zu hits, not %zu", line, h->n, n_shown);
    for (size_t i = 0; i < n_shown; i++) {
        const struct brute_hit *wanted = &want[options->from + i];
        const struct hit *got = &h->items[i];
        bool is_same = slice_equal(got->article.id, slice_cstr(wanted->article->source->id)) &&
                       got->passage.ordinal == wanted->ordinal && fabs(got->score - wanted->score) < 1e-9;
        /* Sums in another order may differ in the last bit, and so may the order of what is all but equal. */
        bool is_tied = fabs(got->score - wanted->score) < 1e-9;
        if (!is_same && !is_tied)
            fail_msg("%s (per %u, from %u): %zu. is %.*s#%u %.12f, not %s#%u %.12f", line, options->per, options->from,
                     i + 1, SLICE_ARG(got->article.id), got->passage.ordinal, got->score, wanted->article->source->id,
                     wanted->ordinal, wanted->score);
    }
}

static void test_rank__as_the_formulas(void **state)
{
    static struct brute_hit hits[HITS_MAX];
    (void)state;
    size_t n_deep = 0;
    for (uint64_t seed = 1; seed <= N_WORLDS; seed++) {
        struct world w;
        world_open(&w, seed);
        for (size_t i = 0; i < N_QUERIES; i++) {
            const char *line = random_words(&w, 1 + roll(&w.dice, 7), 3);
            struct search_options options = search_options_default();
            struct error e = {0};
            struct hits *h;
            options.mode = MODE_PLAIN;
            options.rank = i % 8 == 0 ? RANK_FIRST : RANK_FULL;
            options.per = roll(&w.dice, 3);
            options.n = 1 + roll(&w.dice, 60);
            options.from = roll(&w.dice, 3) * 20;
            size_t n = expected(&w, line, &options, hits);
            fixture_ok(search_run(&h, w.searcher, slice_cstr(line), &options, &e), &e);
            check_hits(h, hits, n, line, &options);
            assert_int_equal(h->next, n > options.from + options.n ? options.from + options.n : 0);
            n_deep += options.rank == RANK_FULL && h->found > RANK_DEPTH;
            hits_free(h);
        }
        world_close(&w);
    }
    assert_true(n_deep > N_WORLDS * N_QUERIES / 4);
}

/* More equal passages than are ranked again, in two segments: dates and ids decide, in either stage. */
static void test_rank__equals_as_in_the_first_stage(void **state)
{
    enum { N_EQUAL = RANK_DEPTH + 30 };
    static const int32_t dates[] = {0, 20240301, 20190000};
    static struct fixture_article articles[N_EQUAL];
    static char ids[N_EQUAL][8];
    const struct fixture_article *added[N_EQUAL];
    struct fixture f;
    struct searcher *s;
    struct hits *first, *full;
    struct error e = {0};
    (void)state;
    fixture_init(&f);
    for (size_t i = 0; i < N_EQUAL; i++) {
        snprintf(ids[i], sizeof ids[i], "a%zu", i);
        articles[i] = (struct fixture_article){
            .id = ids[i], .date = dates[i % COUNT(dates)], .passages = {"storm surge", "storm surge"}};
        added[i] = &articles[i];
    }
    fixture_update(&f, NULL, 0, added, N_EQUAL / 2);
    fixture_update(&f, NULL, 0, added + N_EQUAL / 2, N_EQUAL - N_EQUAL / 2);
    struct snapshot *snapshot = fixture_open(&f);
    fixture_ok(searcher_new(&s, snapshot, NULL, &e), &e);
    struct search_options options = search_options_default();
    options.n = 2 * N_EQUAL;
    for (uint32_t n = 1; n <= options.n; n += n < 12 ? 1 : 37) {
        struct search_options some = options;
        some.n = n;
        some.rank = RANK_FULL;
        fixture_ok(search_run(&full, s, SLICE("storm"), &some, &e), &e);
        some.rank = RANK_FIRST;
        fixture_ok(search_run(&first, s, SLICE("storm"), &some, &e), &e);
        assert_int_equal(full->n, first->n);
        for (size_t i = 0; i < full->n; i++) {
            assert_true(slice_equal(full->items[i].article.id, first->items[i].article.id));
            assert_int_equal(full->items[i].passage.ordinal, first->items[i].passage.ordinal);
        }
        hits_free(first);
        hits_free(full);
    }
    searcher_free(s);
    snapshot_unref(snapshot);
    fixture_clear(&f);
}

/* The second search: every passage that has a word of the query or of the feedback. */
static size_t search_again(struct world *w, const char *line, const struct oracle_term *terms, size_t n_terms,
                           struct brute_hit *hits)
{
    static const char *const langs[] = {"de", "en"};
    struct query_parser_options parser = {.mode = MODE_PLAIN, .langs = langs, .n_langs = 2};
    struct error e = {0};
    struct query *q;
    fixture_ok(query_parse(&q, slice_cstr(line), &parser, w->fixture.analyzer, &e), &e);
    double qtf = 0;
    for (size_t i = 0; i < q->n_leaves; i++)
        qtf = q->leaves[i]->qtf > qtf ? q->leaves[i]->qtf : qtf;
    size_t n = 0;
    for (size_t i = 0; i < w->brute.n_articles; i++) {
        const struct brute_article *a = w->brute.articles[i];
        for (size_t p = 0; p < a->n_passages; p++) {
            struct brute_hit hit = {.article = a, .ordinal = (uint32_t)p + 1};
            brute_score(&w->brute, a, p, q->root, &hit.score);
            for (size_t t = 0; t < n_terms; t++)
                hit.score += qtf * terms[t].share * brute_idf(&w->brute, terms[t].text) *
                             brute_impact(a, p, terms[t].text) / 127;
            if (hit.score > 0)
                hits[n++] = hit;
        }
    }
    query_free(q);
    qsort(hits, n, sizeof *hits, brute_compare_hits);
    return n;
}

/* As search_run() should answer it with expand=on. */
static size_t expected_again(struct world *w, const char *line, struct brute_hit *hits)
{
    struct search_options options = {.rank = RANK_FULL};
    struct oracle_term terms[256];
    size_t n = expected(w, line, &options, hits);
    if (n == 0)
        return 0;
    struct brute_hit first = hits[0];
    size_t n_terms = oracle_feedback(&w->brute, hits, n, terms, COUNT(terms));
    n = search_again(w, line, terms, n_terms, hits);
    struct oracle_query words = oracle_query_of(&w->brute, line);
    oracle_rank(&words, hits, n);
    size_t at = 0;
    while (hits[at].article != first.article || hits[at].ordinal != first.ordinal)
        at++;
    first = hits[at];
    memmove(hits + 1, hits, at * sizeof *hits);
    hits[0] = first;
    return n;
}

static void test_feedback__as_the_formulas(void **state)
{
    static struct brute_hit hits[HITS_MAX];
    (void)state;
    size_t n_expanded = 0;
    for (uint64_t seed = 11; seed < 11 + N_WORLDS; seed++) {
        struct world w;
        world_open(&w, seed);
        for (size_t i = 0; i < N_QUERIES / 4; i++) {
            const char *line = random_words(&w, 1 + roll(&w.dice, 5), 6);
            struct search_options options = search_options_default();
            struct error e = {0};
            struct hits *h;
            options.mode = MODE_PLAIN;
            options.expand = true;
            options.n = 1000;
            size_t n = expected_again(&w, line, hits);
            fixture_ok(search_run(&h, w.searcher, slice_cstr(line), &options, &e), &e);
            check_hits(h, hits, n, line, &options);
            assert_int_equal(h->found, n);
            n_expanded += h->expanded.len > 0;
            hits_free(h);
        }
        world_close(&w);
    }
    assert_true(n_expanded > 0);
}

/* What was demanded stays so; alternatives become more. */
static void test_feedback__structures(void **state)
{
    static const struct {
        const char *line;
        bool finds_more;
    } rows[] = {
        {"dike", true},
        {"dike pier", true},
        {"dike -x", false},
        {"+dike pier", false},
        {"\"sea storm\"", false},
        {"dik*", false},
        {"(dike OR pier) -eel", true},
        {"dike AND sea", false},
        {"=dike", false},
        {"pier dike date:2024", true},
        {"date:2024", false},
    };
    struct world w;
    (void)state;
    world_open(&w, 77);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct search_options options = search_options_default();
        struct error e = {0};
        struct hits *plain, *expanded;
        fixture_ok(search_run(&plain, w.searcher, slice_cstr(rows[i].line), &options, &e), &e);
        options.expand = true;
        fixture_ok(search_run(&expanded, w.searcher, slice_cstr(rows[i].line), &options, &e), &e);
        if ((expanded->found > plain->found) != rows[i].finds_more || expanded->found < plain->found || plain->n == 0)
            fail_msg("%s: %zu found, expanded %zu", rows[i].line, (size_t)plain->found, (size_t)expanded->found);
        assert_true(slice_equal(plain->items[0].article.id, expanded->items[0].article.id));
        assert_int_equal(plain->items[0].passage.ordinal, expanded->items[0].passage.ordinal);
        hits_free(plain);
        hits_free(expanded);
    }
    world_close(&w);
}

/* One passage of one article among others that make its words rare. */
struct lone {
    struct fixture fixture;
    struct snapshot *snapshot;
    struct ranker *ranker;
};

static void lone_open(struct lone *l, const char *title, const char *text)
{
    struct error e = {0};
    const struct fixture_article one = {.id = "one", .title = title, .passages = {text}};
    const struct fixture_article other = {.id = "two", .passages = {"aa bb cc dd ee", "f", "f", "f", "f", "f", "f"}};
    const struct fixture_article *first[] = {&one}, *second[] = {&other};
    fixture_init(&l->fixture);
    fixture_update(&l->fixture, NULL, 0, first, 1);
    fixture_update(&l->fixture, NULL, 0, second, 1);
    l->snapshot = fixture_open(&l->fixture);
    fixture_ok(ranker_new(&l->ranker, l->snapshot, NULL, &e), &e);
}

static void lone_close(struct lone *l)
{
    ranker_free(l->ranker);
    snapshot_unref(l->snapshot);
    fixture_clear(&l->fixture);
}

/* The features as multiples of one word's idf. */
static void features_of(double out[N_RANK_FEATURES], const char *title, const char *text, const char *line)
{
    struct lone l;
    struct query_parser_options options = {.mode = MODE_QUERY};
    struct error e = {0};
    struct query *q;
    size_t segment;
    uint32_t article;
    lone_open(&l, title, text);
    fixture_ok(query_parse(&q, slice_cstr(line), &options, l.fixture.analyzer, &e), &e);
    assert_true(snapshot_find_article(l.snapshot, SLICE("one"), &segment, &article));
    fixture_ok(rank_passage_features(out, l.ranker, q, segment, 0, &e), &e);
    double idf = score_idf(PROFILE_DEFAULT, 8, 2);
    for (size_t f = 0; f < N_RANK_FEATURES; f++)
        out[f] /= idf;
    query_free(q);
    lone_close(&l);
}

#define K(len) (0.45 + 0.0045 * (len))

#define E(offset) exp(-(offset) / 50.0)

/* aa, bb, cc, dd and ee are equally rare, so every iw is a multiple of the same idf. */
static void test_rank__features_at_their_limits(void **state)
{
    const struct {
        const char *name, *title, *text, *line;
        double want[N_RANK_FEATURES];
    } rows[] = {
        {"a word", "", "aa", "aa", {0, 1 / (1 + K(1)), 1, 1, 0}},
        {"not there", "", "xx", "aa", {0, 0, 0, 0, 0}},
        {"another form", "", "yy aas", "aa", {0, 0, E(1), 1, 0}},
        {"in the title", "aa", "yy aa", "aa", {0, 2 / (2 + K(4)), 1, 1, 0}},
        {"7 apart", "", "aa y y y y y y bb", "aa bb", {1 / (1 + K(8)), 2 / (1 + K(8)), 1 + E(7), 2, 0}},
        {"8 apart", "", "aa y y y y y y y bb", "bb aa", {0, 2 / (1 + K(9)), 1 + E(8), 2, 0}},
        {"11 apart", "", "aa y y y y y y y y y y bb", "aa bb", {0, 2 / (1 + K(12)), 1 + E(11), 2, 0}},
        {"12 apart", "", "aa y y y y y y y y y y y bb", "aa bb", {0, 2 / (1 + K(13)), 1 + E(12), 1, 0}},
        {"title and body are far apart", "aa", "bb", "aa bb", {0, 2 / (1 + K(3)), 2, 1, 0}},
        {"twice in the query", "", "aa", "aa aa", {0, 2 / (1 + K(1)), 2, 2, 0}},
        {"three in order", "", "aa bb cc", "aa bb cc", {2 / (1 + K(3)), 3 / (1 + K(3)), 1 + E(1) + E(2), 3, 1}},
        {"another order", "", "bb aa cc", "aa bb cc", {2 / (1 + K(3)), 3 / (1 + K(3)), 1 + E(1) + E(2), 3, 0}},
        {"a gap the query has not",
         "",
         "aa y bb cc",
         "aa bb cc",
         {2 / (1 + K(4)), 3 / (1 + K(4)), 1 + E(2) + E(3), 3, 0}},
        {"a gap of stopwords",
         "",
         "aa y bb cc",
         "aa the bb cc",
         {2 / (1 + K(4)), 3 / (1 + K(4)), 1 + E(2) + E(3), 3, 1}},
        {"a word that no passage has is left out",
         "",
         "aa y bb",
         "aa zz bb",
         {1 / (1 + K(3)), 2 / (1 + K(3)), 1 + E(2), 2, 0}},
        {"its places in the query", "", "bb aa", "aa bb aa cc", {3 / (1 + K(2)), 3 / (1 + K(2)), 1 + 2 * E(1), 3, 0}},
        {"positive words of a structure, in the order of the text",
         "dd",
         "aa bb cc",
         "+cc \"aa bb\" title:dd author:ee -ee date:2024",
         {2 / (1 + K(5)), 3 / (1 + K(5)), 1 + E(1) + E(2), 3, 0}},
        {"brackets",
         "",
         "aa bb ee cc",
         "(aa AND (bb OR cc)) OR NOT ee AND dd*",
         {2 / (1 + K(4)), 3 / (1 + K(4)), 1 + E(1) + E(3), 3, 0}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        double got[N_RANK_FEATURES];
        features_of(got, rows[i].title, rows[i].text, rows[i].line);
        for (size_t f = 0; f < N_RANK_FEATURES; f++)
            if (fabs(got[f] - rows[i].want[f]) > 1e-9)
                fail_msg("%s: %s is %.12f, not %.12f", rows[i].name, rank_feature_name((enum rank_feature)f), got[f],
                         rows[i].want[f]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rank__as_the_formulas),
        cmocka_unit_test(test_rank__equals_as_in_the_first_stage),
        cmocka_unit_test(test_feedback__as_the_formulas),
        cmocka_unit_test(test_feedback__structures),
        cmocka_unit_test(test_rank__features_at_their_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
