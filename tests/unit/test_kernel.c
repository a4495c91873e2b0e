/* Random trees over random indexes of several segments with deletions: the kernel against brute force, to the last bit.
 */
#include "random_world.h"

#include "kernel_top.h"
#include "query_build.h"
#include "rounds.h"

#define N_ROUNDS 5
#define N_QUERIES 800
#define HITS_MAX (BRUTE_ARTICLES_MAX * FIXTURE_PASSAGES_MAX)

/* The model needs the terms of prefixes and fuzzy words; the kernel finds them itself. */
static void expand_leaves(const struct brute *b, struct query *q, bool on)
{
    for (size_t i = 0; i < q->n_leaves; i++) {
        if (!query_node_is_expanded(q->leaves[i]))
            continue;
        q->leaves[i]->words[0].n_terms = 0;
        q->leaves[i]->words[0].terms = NULL;
        q->leaves[i]->words[0].factors = NULL;
        if (on)
            brute_expand(b, q->leaves[i], &q->arena);
    }
}

/* Passages of one article past the first `per` go; the order stays. */
static size_t limit_per_article(struct brute_hit *hits, size_t n, uint32_t per)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t before = 0;
        for (size_t k = 0; k < kept; k++)
            before += hits[k].article == hits[i].article;
        if (per == 0 || before < per)
            hits[kept++] = hits[i];
    }
    return kept;
}

static size_t count_articles(const struct brute_hit *hits, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        bool is_first = true;
        for (size_t k = 0; k < i; k++)
            is_first &= hits[k].article != hits[i].article;
        count += is_first;
    }
    return count;
}

static void fail_query(const struct query *q, const char *what, double got, double want)
{
    struct buf text;
    buf_init(&text, 1 << 16);
    query_print(&text, q);
    fail_msg("%s: got %.17g, want %.17g in %.*s", what, got, want, SLICE_ARG(text));
}

static void compare_hit(const struct world *w, const struct query *q, const struct candidate *c,
                        const struct brute_hit *want)
{
    struct error e = {0};
    struct passage_view passage;
    struct article_view article;
    const struct segment *s = snapshot_segment(w->snapshot, c->segment);
    fixture_ok(segment_passage(s, c->passage, &passage, &e), &e);
    fixture_ok(segment_article(s, passage.article, &article, &e), &e);
    if (c->score != want->score)
        fail_query(q, "score", c->score, want->score);
    if (!slice_equal(article.id, slice_cstr(want->article->source->id)) || passage.ordinal != want->ordinal)
        fail_query(q, "order", passage.ordinal, want->ordinal);
}

static void compare_explanation(struct world *w, struct query *q, const struct candidate *c)
{
    struct error e = {0};
    struct arena arena;
    struct passage_score score;
    struct stop stop = {0};
    arena_init(&arena);
    fixture_ok(kernel_explain(&score, &arena, w->kernel, q, c->segment, c->passage, &stop, &e), &e);
    double sum = 0;
    for (size_t i = 0; i < score.n_words; i++) {
        assert_true(score.words[i].value == score.words[i].weight * score.words[i].impact / 127);
        sum += score.words[i].value;
    }
    assert_true(score.is_match);
    if (sum != c->score || score.sum != c->score)
        fail_query(q, "explanation", sum, c->score);
    arena_clear(&arena);
}

static bool has_author(const struct fixture_article *a, struct slice value)
{
    return slice_equal(slice_cstr(a->author), value);
}

static bool has_year(const struct fixture_article *a, struct slice value)
{
    char year[8];
    snprintf(year, sizeof year, "%04d", a->date / 10000);
    return a->date != 0 && slice_equal(slice_cstr(year), value);
}

static bool has_month(const struct fixture_article *a, struct slice value)
{
    char month[16];
    snprintf(month, sizeof month, "%04d-%02d", a->date / 10000, a->date / 100 % 100);
    return a->date / 100 % 100 != 0 && slice_equal(slice_cstr(month), value);
}

/* Tags of the fixtures are no parts of each other but for whole words. */
static bool has_tag(const struct fixture_article *a, struct slice value)
{
    struct slice all = slice_cstr(a->tags);
    for (size_t at = 0; at < all.len; at++) {
        struct slice rest = slice_from(all, at);
        bool is_start = at == 0 || all.data[at - 1] == '\n';
        if (is_start && slice_starts(rest, value) && (rest.len == value.len || rest.data[value.len] == '\n'))
            return true;
    }
    return false;
}

static bool has_lang(const struct fixture_article *a, struct slice value)
{
    return slice_equal(slice_cstr(a->lang), value);
}

static void compare_facets(const struct world *w, const struct query *q, const struct facets *facets,
                           const struct brute_hit *hits, size_t n_hits)
{
    static bool (*const has[])(const struct fixture_article *, struct slice) = {[FACET_AUTHOR] = has_author,
                                                                                [FACET_YEAR] = has_year,
                                                                                [FACET_MONTH] = has_month,
                                                                                [FACET_TAG] = has_tag,
                                                                                [FACET_LANG] = has_lang};
    struct error e = {0};
    struct arena arena;
    struct facet_line *lines;
    size_t n;
    arena_init(&arena);
    fixture_ok(facets_take(facets, &arena, &lines, &n, &e), &e);
    for (size_t i = 0; i < n; i++) {
        uint64_t want = brute_count_articles(&w->brute, hits, n_hits, has[lines[i].field], lines[i].value);
        if (lines[i].n_articles != want || want == 0)
            fail_query(q, "facet", (double)lines[i].n_articles, (double)want);
        bool is_same = i > 0 && lines[i].field == lines[i - 1].field;
        assert_true(
            !is_same || lines[i].n_articles < lines[i - 1].n_articles ||
            (lines[i].n_articles == lines[i - 1].n_articles && slice_compare(lines[i].value, lines[i - 1].value) > 0));
    }
    /* Every article has a language, so none is missing there. */
    uint64_t n_of_langs = 0, n_found = 0;
    for (size_t i = 0; i < n; i++)
        n_of_langs += lines[i].field == FACET_LANG ? lines[i].n_articles : 0;
    for (size_t i = 0; i < 2; i++)
        n_found += brute_count_articles(&w->brute, hits, n_hits, has_lang, i == 0 ? SLICE("de") : SLICE("en"));
    assert_int_equal(n_of_langs, n_found);
    arena_clear(&arena);
}

static void compare(struct world *w, struct query *q, struct brute_hit *want, size_t k, uint32_t per)
{
    static const struct facet_wanted wanted[] = {
        {FACET_TAG, 10}, {FACET_YEAR, 10}, {FACET_MONTH, 2}, {FACET_LANG, 10}, {FACET_AUTHOR, 1}};
    struct error e = {0};
    struct candidates got;
    struct kernel_options options = {.k = k, .per = per, .sort = (enum kernel_sort)roll(&w->dice, 3)};
    /* Queries of all shapes are sorted by score most often. */
    if (roll(&w->dice, 2) == 0)
        options.sort = SORT_SCORE;
    options.total = roll(&w->dice, 2) == 0 ? TOTAL_EXACT : TOTAL_ESTIMATE;
    /* These worlds are small: else nothing would ever be passed over. */
    w->kernel->count_max = w->kernel->lead_count_max = roll(&w->dice, 3) == 0 ? UINT32_MAX : 0;
    bool has_facets = roll(&w->dice, 4) == 0;
    if (has_facets)
        fixture_ok(facets_new(&options.facets, wanted, COUNT(wanted), &e), &e);
    struct buf cut;
    buf_init(&cut, 1 << 16);
    expand_leaves(&w->brute, q, true);
    size_t found = brute_search(&w->brute, q, want);
    if (options.sort != SORT_SCORE)
        brute_sort(want, found, options.sort == SORT_NEWEST);
    size_t n_articles = count_articles(want, found);
    expand_leaves(&w->brute, q, false);
    fixture_ok(kernel_run(&got, w->kernel, q, &options, &cut, &e), &e);
    if (has_facets)
        compare_facets(w, q, options.facets, want, found);
    facets_free(options.facets);
    size_t n = limit_per_article(want, found, per);
    if (got.bound == FOUND_EXACT ? got.found != found : got.found < got.n)
        fail_query(q, "found", (double)got.found, (double)found);
    if (got.bound != FOUND_EXACT && options.total == TOTAL_EXACT)
        fail_query(q, "bound", got.bound, FOUND_EXACT);
    w->n_estimated += got.bound == FOUND_ESTIMATE;
    bool needs_articles = has_facets || per > 0 || k == 0 || options.sort != SORT_SCORE;
    if (got.n_articles != (needs_articles ? n_articles : 0))
        fail_query(q, "articles", (double)got.n_articles, (double)n_articles);
    assert_int_equal(got.n, n < k ? n : k);
    assert_int_equal(got.n_leaves, q->n_leaves);
    for (size_t i = 0; i < got.n; i++)
        compare_hit(w, q, &got.items[i], &want[i]);
    for (size_t i = 0; i < got.n && i < 3; i++)
        compare_explanation(w, q, &got.items[i]);
    w->n_matched += found > 0;
    w->n_cut += cut.len > 0;
    w->n_tied += got.n > 1 && got.items[0].score == got.items[1].score && got.items[0].score > 0;
    buf_clear(&cut);
    candidates_clear(&got);
}

static void compare_queries(struct world *w, size_t n, struct brute_hit *hits)
{
    static const size_t ks[] = {0, 1, 3, 10, HITS_MAX};
    static const uint32_t pers[] = {0, 0, 1, 2};
    for (size_t i = 0; i < n; i++) {
        struct query q = {0};
        struct error e = {0};
        arena_init(&q.arena);
        q.root = random_node(w, &q, ROLE_SHOULD, 0);
        fixture_ok(query_number_leaves(&q, &e), &e);
        compare(w, &q, hits, ks[roll(&w->dice, COUNT(ks))], pers[roll(&w->dice, COUNT(pers))]);
        arena_clear(&q.arena);
    }
}

static void test_kernel_run__as_brute_force(void **state)
{
    (void)state;
    struct brute_hit *hits = calloc(HITS_MAX, sizeof *hits);
    size_t n_cut = 0, n_tied = 0, n_estimated = 0;
    assert_non_null(hits);
    for (uint64_t round = 0; round < test_rounds(N_ROUNDS); round++) {
        struct world w;
        world_init(&w, round + 1);
        assert_true(snapshot_n_segments(w.snapshot) > 1);
        compare_queries(&w, N_QUERIES, hits);
        assert_true(w.n_matched > N_QUERIES / 2);
        n_cut += w.n_cut;
        n_tied += w.n_tied;
        n_estimated += w.n_estimated;
        world_compact(&w);
        assert_int_equal(snapshot_n_segments(w.snapshot), 1);
        compare_queries(&w, N_QUERIES / 4, hits);
        world_clear(&w);
    }
    assert_true(n_cut > 0);
    assert_true(n_tied > 0);
    assert_true(n_estimated > 0);
    free(hits);
}

/* A query of one word, as the tests below want it. */
static void one_word(struct query *q, struct query_node *node, struct query_word *word, struct slice *term)
{
    struct error e = {0};
    *q = (struct query){.root = node};
    arena_init(&q->arena);
    *word = (struct query_word){.form = *term, .terms = term, .n_terms = 1, .position = 1};
    *node = (struct query_node){.kind = NODE_WORD, .words = word, .n_words = 1, .boost = 1, .qtf = 1};
    fixture_ok(query_number_leaves(q, &e), &e);
}

static void test_kernel_run__stopped_midway_then_again(void **state)
{
    (void)state;
    struct world w;
    struct query q;
    struct query_node node;
    struct query_word word;
    struct slice term = SLICE("storm");
    struct candidates got, again;
    atomic_bool cancel = true;
    struct kernel_options options = {.k = 5}, cancelled = {.k = 5, .stop = {.cancel = &cancel}},
                          late = {.k = 5, .stop = {.deadline_us = 1}};
    world_init(&w, 99);
    one_word(&q, &node, &word, &term);
    assert_int_equal(kernel_run(&got, w.kernel, &q, &options, NULL, NULL), OK);
    assert_true(got.n == 5);
    assert_int_equal(kernel_run(&again, w.kernel, &q, &cancelled, NULL, NULL), ERR_CANCELLED);
    assert_true(again.n == 0 && again.items == NULL && again.found == 0);
    assert_int_equal(kernel_run(&again, w.kernel, &q, &late, NULL, NULL), ERR_DEADLINE);
    assert_int_equal(kernel_run(&again, w.kernel, &q, &options, NULL, NULL), OK);
    assert_int_equal(again.n, got.n);
    for (size_t i = 0; i < got.n; i++)
        assert_true(again.items[i].score == got.items[i].score && again.items[i].passage == got.items[i].passage &&
                    again.items[i].segment == got.items[i].segment);
    candidates_clear(&got);
    candidates_clear(&again);
    arena_clear(&q.arena);
    world_clear(&w);
}

static void test_kernel_run__nothing_to_search(void **state)
{
    (void)state;
    struct world w;
    struct query empty = {0};
    struct candidates got;
    struct kernel_options options = {.k = 5};
    world_init(&w, 7);
    assert_int_equal(kernel_run(&got, w.kernel, &empty, &options, NULL, NULL), OK);
    assert_true(got.n == 0 && got.found == 0 && got.n_articles == 0);
    candidates_clear(&got);
    world_clear(&w);
}

/* Of a passage that does not match, the parts say what each word would bring. */
static void test_kernel_explain__no_match(void **state)
{
    (void)state;
    static const struct fixture_article article = {.id = "a", .passages = {"north sea"}};
    const struct fixture_article *const added[] = {&article};
    struct fixture f;
    struct error e = {0};
    struct slice terms[] = {SLICE("sea"), SLICE("surg")};
    struct query q;
    struct query_node root, nodes[2], *children[] = {&nodes[0], &nodes[1]};
    struct query_word words_of[2];
    struct kernel *kernel;
    struct passage_score score;
    struct stop stop = {0};
    fixture_init(&f);
    fixture_update(&f, NULL, 0, added, 1);
    struct snapshot *s = fixture_open(&f);
    fixture_ok(kernel_new(&kernel, s, NULL, &e), &e);
    for (size_t i = 0; i < 2; i++) {
        one_word(&q, &nodes[i], &words_of[i], &terms[i]);
        arena_clear(&q.arena);
        nodes[i].role = ROLE_MUST;
    }
    root = (struct query_node){.kind = NODE_AND, .children = children, .n_children = 2, .boost = 1};
    q = (struct query){.root = &root};
    arena_init(&q.arena);
    fixture_ok(query_number_leaves(&q, &e), &e);
    fixture_ok(kernel_explain(&score, &q.arena, kernel, &q, 0, 0, &stop, &e), &e);
    assert_false(score.is_match);
    assert_int_equal(score.n_words, 2);
    assert_true(score.words[0].impact > 0 && score.words[0].df == 1 && score.sum == score.words[0].value);
    assert_true(score.words[1].impact == 0 && score.words[1].df == 0 && score.words[1].value == 0);
    arena_clear(&q.arena);
    kernel_free(kernel);
    snapshot_unref(s);
    fixture_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kernel_run__as_brute_force),
        cmocka_unit_test(test_kernel_run__stopped_midway_then_again),
        cmocka_unit_test(test_kernel_run__nothing_to_search),
        cmocka_unit_test(test_kernel_explain__no_match),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
