/*
 * The kernel against libxapian's own matcher on the same segments: the same passages with the same scores, for words
 * joined by OR and by AND, over several segments with deletions.
 */
#include "enquire_oracle.h"
#include "index_fixture.h"
#include "rounds.h"
#include "score.h"
#include "search.h"

#include <limits.h>
#include <math.h>

#define N_ARTICLES 120
#define N_QUERIES 400
#define ORACLE_HITS_MAX 2048
#define WORDS_MAX 6

static const char *const words[] = {"storm", "surge", "north", "tide",  "delta", "works", "barrier", "dike",
                                    "water", "level", "night", "flood", "ship",  "light", "coast",   "wind"};
#define N_WORDS (sizeof words / sizeof *words)

struct dice {
    unsigned seed;
};

static unsigned roll(struct dice *d, unsigned below)
{
    d->seed = d->seed * 1103515245u + 12345u;
    return (d->seed >> 8) % below;
}

/* Text of n words, the first of the list the commonest. */
static char *make_text(struct dice *d, struct arena *a, unsigned n)
{
    struct buf b;
    buf_init(&b, 65536);
    for (unsigned i = 0; i < n; i++)
        buf_printf(&b, "%s ", words[roll(d, 1 + roll(d, N_WORDS))]);
    buf_put_byte(&b, '\0');
    char *text = (char *)(uintptr_t)arena_copy(a, buf_slice(&b)).data;
    buf_clear(&b);
    return text;
}

/* Three updates: each adds articles, the later ones remove every fifth of those before. */
static void build(struct fixture *f, struct dice *d, struct arena *a)
{
    static struct fixture_article articles[N_ARTICLES];
    const struct fixture_article *added[N_ARTICLES];
    const char *removed[N_ARTICLES];
    for (unsigned i = 0; i < N_ARTICLES; i++) {
        char id[16];
        snprintf(id, sizeof id, "a%u", i);
        articles[i] = (struct fixture_article){.id = arena_copy(a, slice_of(id, strlen(id) + 1)).data,
                                               .title = make_text(d, a, roll(d, 5)),
                                               .author = "",
                                               .tags = "",
                                               .url = ""};
        for (unsigned p = 0; p < 1 + roll(d, 4); p++)
            articles[i].passages[p] = make_text(d, a, 1 + roll(d, 60));
    }
    for (unsigned step = 0; step < 3; step++) {
        size_t n_added = 0, n_removed = 0;
        for (unsigned i = step * N_ARTICLES / 3; i < (step + 1) * N_ARTICLES / 3; i++)
            added[n_added++] = &articles[i];
        for (unsigned i = step; step > 0 && i < step * N_ARTICLES / 3; i += 5)
            if (i < (step - 1) * N_ARTICLES / 3 + N_ARTICLES / 3 && i >= (step - 1) * N_ARTICLES / 3)
                removed[n_removed++] = articles[i].id;
        fixture_update(f, removed, n_removed, added, n_added);
    }
}

struct query_words {
    const char *texts[WORDS_MAX];
    size_t n;
};

static void roll_query(struct dice *d, struct query_words *q)
{
    q->n = 0;
    size_t n = 1 + roll(d, WORDS_MAX);
    for (size_t i = 0; i < n; i++) {
        const char *word = words[roll(d, N_WORDS)];
        bool is_new = true;
        for (size_t k = 0; k < q->n; k++)
            is_new = is_new && q->texts[k] != word;
        if (is_new)
            q->texts[q->n++] = word;
    }
}

static enum status keep_term(void *ctx, const struct token *t, struct error *e)
{
    (void)e;
    char *out = ctx;
    memcpy(out, t->term.data, t->term.len);
    out[t->term.len] = '\0';
    return OK;
}

struct expected {
    double score;
    size_t segment;
    uint32_t passage;
};

static int compare_expected(const void *a, const void *b)
{
    const struct expected *x = a, *y = b;
    return x->score > y->score ? -1 : x->score < y->score;
}

/* What Enquire finds in all segments, the dead left out, best first. */
static size_t ask_oracle(const struct fixture *f, struct snapshot *s, const struct query_words *q, bool is_and,
                         struct expected *out)
{
    static struct oracle_hit hits[ORACLE_HITS_MAX];
    char texts[WORDS_MAX][80];
    struct oracle_term terms[WORDS_MAX];
    struct error e;
    for (size_t i = 0; i < q->n; i++) {
        fixture_ok(analyzer_run(f->analyzer, "en", slice_cstr(q->texts[i]), keep_term, texts[i], &e), &e);
        uint64_t df = snapshot_df(s, slice_cstr(texts[i]));
        double idf = score_idf(PROFILE_DEFAULT, snapshot_n_passages(s), df);
        terms[i] = (struct oracle_term){texts[i], strlen(texts[i]), idf / IMPACT_MAX};
    }
    size_t n_out = 0;
    for (size_t i = 0; i < snapshot_n_segments(s); i++) {
        char folder[PATH_MAX];
        const struct segment *segment = snapshot_segment(s, i);
        snprintf(folder, sizeof folder, "%s/segments/%s", f->folder, segment_id(segment));
        size_t n = oracle_search(folder, terms, q->n, is_and, hits, ORACLE_HITS_MAX);
        assert_true(n <= ORACLE_HITS_MAX);
        for (size_t k = 0; k < n; k++)
            if (!segment_passage_is_dead(segment, hits[k].document - 1))
                out[n_out++] = (struct expected){hits[k].score, i, hits[k].document - 1};
    }
    qsort(out, n_out, sizeof *out, compare_expected);
    return n_out;
}

static double score_of(const struct expected *all, size_t n, size_t segment, uint32_t passage)
{
    for (size_t i = 0; i < n; i++)
        if (all[i].segment == segment && all[i].passage == passage)
            return all[i].score;
    fail_msg("Enquire does not find passage %u of segment %zu", passage, segment);
    return 0;
}

static void compare(const struct fixture *f, struct searcher *s, const struct query_words *q, bool is_and)
{
    static struct expected want[3 * ORACLE_HITS_MAX];
    struct search_options options = search_options_default();
    struct hits *hits;
    struct error e;
    struct buf line;
    buf_init(&line, 1024);
    for (size_t i = 0; i < q->n; i++)
        buf_printf(&line, "%s%s ", is_and ? "+" : "", q->texts[i]);
    size_t n = ask_oracle(f, searcher_snapshot(s), q, is_and, want);
    options.n = SEARCH_N_MAX;
    options.rank = RANK_FIRST;
    fixture_ok(search_run(&hits, s, buf_slice(&line), &options, &e), &e);
    assert_int_equal(hits->found, n);
    for (size_t i = 0; i < hits->n; i++) {
        double score = score_of(want, n, hits->items[i].segment, hits->items[i].passage_number);
        assert_true(fabs(hits->items[i].score - score) < 1e-9 * (1 + score));
        /* Ties may stand in another order, scores may not. */
        assert_true(fabs(hits->items[i].score - want[i].score) < 1e-9 * (1 + score));
    }
    hits_free(hits);
    buf_clear(&line);
}

static void compare_world(unsigned seed)
{
    struct fixture f;
    struct dice d = {seed};
    struct arena a;
    struct snapshot *s;
    struct searcher *searcher;
    struct error e;
    arena_init(&a);
    fixture_init(&f);
    build(&f, &d, &a);
    fixture_ok(snapshot_open(&s, f.folder, &e), &e);
    assert_int_equal(snapshot_n_segments(s), 3);
    assert_true(segment_n_dead_passages(snapshot_segment(s, 0)) > 0);
    fixture_ok(searcher_new(&searcher, s, NULL, &e), &e);
    for (int i = 0; i < N_QUERIES; i++) {
        struct query_words q;
        roll_query(&d, &q);
        compare(&f, searcher, &q, i % 2 == 1);
    }
    searcher_free(searcher);
    snapshot_unref(s);
    fixture_clear(&f);
    arena_clear(&a);
}

static void test_search__finds_and_scores_as_enquire_does(void **state)
{
    (void)state;
    for (unsigned round = 0; round < test_rounds(1); round++)
        compare_world(17 + round);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search__finds_and_scores_as_enquire_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
