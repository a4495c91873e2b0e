/*
 * The best k of many passages with few scores between them, so that dates and ids decide, against sorting all of them.
 */
#include "index_fixture.h"
#include "kernel_top.h"
#include "rounds.h"

#define N_ARTICLES 300
#define N_SEGMENTS 3
#define N_ROUNDS 60
#define N_PASSAGES_MAX (N_ARTICLES * FIXTURE_PASSAGES_MAX)

/* A passage, and all that it is sorted by, found out in the slow way. */
struct offered {
    double score;
    size_t segment;
    uint32_t passage, ordinal;
    int32_t date;
    uint64_t hash;
    struct slice id;
};

struct world {
    uint64_t dice;
    struct fixture fixture;
    struct snapshot *snapshot;
    struct offered all[N_PASSAGES_MAX];
    size_t n;
};

static uint32_t roll(struct world *w, size_t n)
{
    w->dice = w->dice * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((w->dice >> 33) % n);
}

static void read_passages(struct world *w)
{
    struct error e = {0};
    for (size_t i = 0; i < snapshot_n_segments(w->snapshot); i++) {
        const struct segment *s = snapshot_segment(w->snapshot, i);
        for (uint32_t p = 0; p < segment_n_passages(s); p++) {
            struct passage_view passage;
            struct article_view article;
            fixture_ok(segment_passage(s, p, &passage, &e), &e);
            fixture_ok(segment_article(s, passage.article, &article, &e), &e);
            w->all[w->n++] = (struct offered){.segment = i,
                                              .passage = p,
                                              .ordinal = passage.ordinal,
                                              .date = article.date,
                                              .hash = slice_hash(article.id),
                                              .id = article.id};
        }
    }
}

static int set_up(void **state)
{
    /* Of each two, the first halves of their hashes are equal. */
    static const char *const alike[] = {"c91381", "c110949", "c40112", "c379640", "c46050", "c129253"};
    static const int32_t dates[] = {20240327, 20240301, 20240300, 20240000, 19991231, 0};
    static struct world w;
    static struct fixture_article articles[N_ARTICLES];
    static char ids[N_ARTICLES][16];
    const struct fixture_article *added[N_ARTICLES];
    w = (struct world){.dice = 5};
    fixture_init(&w.fixture);
    for (size_t i = 0; i < N_ARTICLES; i++) {
        bool is_alike = i < sizeof alike / sizeof *alike;
        snprintf(ids[i], sizeof ids[i], is_alike ? "%s" : "a%s%zu", is_alike ? alike[i] : "", i);
        articles[i] = (struct fixture_article){.id = ids[i], .title = "", .date = is_alike ? 0 : dates[roll(&w, 6)]};
        for (size_t p = 0; p <= i % (FIXTURE_PASSAGES_MAX - 1); p++)
            articles[i].passages[p] = "sea";
        added[i] = &articles[i];
    }
    for (size_t i = 0; i < sizeof alike / sizeof *alike; i += 2)
        assert_int_equal(slice_hash(slice_cstr(alike[i])) >> 32, slice_hash(slice_cstr(alike[i + 1])) >> 32);
    /* The first segment ends between two that are alike. */
    static const size_t ends[N_SEGMENTS + 1] = {0, 5, 40, N_ARTICLES};
    for (size_t i = 0; i < N_SEGMENTS; i++)
        fixture_update(&w.fixture, NULL, 0, added + ends[i], ends[i + 1] - ends[i]);
    w.snapshot = fixture_open(&w.fixture);
    assert_int_equal(snapshot_n_segments(w.snapshot), N_SEGMENTS);
    read_passages(&w);
    *state = &w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    snapshot_unref(w->snapshot);
    fixture_clear(&w->fixture);
    return 0;
}

static int by_score(const struct offered *a, const struct offered *b)
{
    return a->score != b->score ? (a->score > b->score ? -1 : 1) : 0;
}

static int by_id(const struct offered *a, const struct offered *b)
{
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    int ids = slice_compare(a->id, b->id);
    return ids != 0 ? ids : (a->ordinal > b->ordinal) - (a->ordinal < b->ordinal);
}

static int newest(const struct offered *a, const struct offered *b)
{
    return a->date != b->date ? (a->date > b->date ? -1 : 1) : 0;
}

static int order_by_score(const void *a, const void *b)
{
    int score = by_score(a, b), date = newest(a, b);
    return score != 0 ? score : date != 0 ? date : by_id(a, b);
}

static int order_newest(const void *a, const void *b)
{
    int date = newest(a, b), score = by_score(a, b);
    return date != 0 ? date : score != 0 ? score : by_id(a, b);
}

static int order_oldest(const void *a, const void *b)
{
    const struct offered *x = a, *y = b;
    int date = x->date == 0 || y->date == 0 ? newest(a, b) : -newest(a, b), score = by_score(a, b);
    return date != 0 ? date : score != 0 ? score : by_id(a, b);
}

static void shuffle(struct world *w, size_t n_scores)
{
    for (size_t i = w->n; i > 1; i--) {
        size_t other = roll(w, i);
        struct offered o = w->all[other];
        w->all[other] = w->all[i - 1];
        w->all[i - 1] = o;
    }
    for (size_t i = 0; i < w->n; i++)
        w->all[i].score = roll(w, n_scores) / 3.0;
}

static void test_top_take__is_the_head_of_all_in_order(void **state)
{
    static const size_t ks[] = {0, 1, 2, 11, 51, 300, 1000, N_PASSAGES_MAX};
    static const size_t scores[] = {1, 2, 3, 10, 1000};
    static int (*const orders[])(const void *, const void *) = {
        [SORT_SCORE] = order_by_score, [SORT_NEWEST] = order_newest, [SORT_OLDEST] = order_oldest};
    struct world *w = *state;
    uint64_t n_rounds = test_rounds(N_ROUNDS);
    for (uint64_t round = 0; round < n_rounds; round++) {
        struct error e = {0};
        struct top top;
        struct candidates got = {0};
        size_t k = ks[roll(w, 8)];
        enum kernel_sort sort = roll(w, 2) == 0 ? SORT_SCORE : (enum kernel_sort)roll(w, 3);
        shuffle(w, scores[roll(w, 5)]);
        top_init(&top, w->snapshot, k, &e);
        top.sort = sort;
        for (size_t i = 0; i < w->n; i++)
            top_offer(&top, w->all[i].score, w->all[i].segment, w->all[i].passage);
        fixture_ok(top_take(&top, &got, &e), &e);
        top_clear(&top);
        qsort(w->all, w->n, sizeof w->all[0], orders[sort]);
        assert_int_equal(got.n, k < w->n ? k : w->n);
        for (size_t i = 0; i < got.n; i++) {
            assert_true(got.items[i].score == w->all[i].score);
            assert_int_equal(got.items[i].segment, w->all[i].segment);
            assert_int_equal(got.items[i].passage, w->all[i].passage);
        }
        candidates_clear(&got);
    }
}

static void test_top_take__a_passage_that_is_not_there(void **state)
{
    struct world *w = *state;
    struct error e = {0};
    struct top top;
    struct candidates got = {0};
    top_init(&top, w->snapshot, 2, &e);
    top_offer(&top, 1, 0, 0);
    top_offer(&top, 1, 0, UINT32_MAX);
    assert_int_equal(top_take(&top, &got, &e), ERR_INDEX);
    assert_int_equal(got.n, 0);
    assert_int_equal(e.code, ERR_INDEX);
    top_clear(&top);
    candidates_clear(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_top_take__is_the_head_of_all_in_order),
        cmocka_unit_test(test_top_take__a_passage_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
