/*
 * Ten thousand hits of real text, asked for in every way the query language has: each hit has a span in its text or its
 * title, spans lie on the boundaries of characters, and read again they are words of the query.
 *
 * The text is corpus/ and, where ../shared/data is beside the source tree, articles of Wikipedia.
 */
#include "index_fixture.h"

#include "query.h"
#include "real_articles.h"
#include "run.h"
#include "search.h"
#include "utf8.h"

#include <unistd.h>

#define N_ARTICLES 150 /* of it */
#define N_HITS 10000

/* A generator of our own, so that every machine sees the same cases. */
static uint32_t roll(uint64_t *state, uint32_t n)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((*state >> 33) % n);
}

struct world {
    struct fixture fixture;
    struct snapshot *snapshot;
    struct searcher *searcher;
    uint64_t dice;
    size_t n_hits, n_queries;
};

static void build(struct world *w)
{
    char articles[600];
    char *argv[] = {"quoth-index", "--quiet", w->fixture.folder, QUOTH_SOURCE_DIR "/corpus", articles};
    int argc = 4;
    struct error e = {0};
    struct indexer_options options;
    struct report report;
    snprintf(articles, sizeof articles, "%s/wikipedia.jsonl", w->fixture.top);
    if (access(WIKIPEDIA, R_OK) == 0) {
        copy_articles(WIKIPEDIA, articles, N_ARTICLES);
        argc++;
    } else {
        print_message("../shared/data is not here: corpus/ alone\n");
    }
    fixture_ok(indexer_options_parse(&options, argc, argv, &e), &e);
    report_init(&report, &options);
    atomic_bool cancel = false;
    fixture_ok(run_update(&report, &cancel, &e), &e);
    indexer_options_clear(&options);
}

static int setup(void **state)
{
    static struct world w = {.dice = 7};
    struct error e = {0};
    fixture_init(&w.fixture);
    build(&w);
    w.snapshot = fixture_open(&w.fixture);
    fixture_ok(searcher_new(&w.searcher, w.snapshot, NULL, &e), &e);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    searcher_free(w->searcher);
    snapshot_unref(w->snapshot);
    fixture_clear(&w->fixture);
    return 0;
}

/* Words of a passage chosen by chance, one after the other. */
static void put_words(struct world *w, struct buf *out, size_t n, const char *between)
{
    const struct segment *s = snapshot_segment(w->snapshot, roll(&w->dice, (uint32_t)snapshot_n_segments(w->snapshot)));
    struct passage_view passage;
    struct error e = {0};
    fixture_ok(segment_passage(s, roll(&w->dice, segment_n_passages(s)), &passage, &e), &e);
    size_t at = utf8_floor(passage.text, roll(&w->dice, (uint32_t)passage.text.len));
    while (at > 0 && passage.text.data[at - 1] != ' ')
        at--;
    for (size_t i = 0; i < n && at < passage.text.len; i++) {
        size_t end = at;
        while (end < passage.text.len && passage.text.data[end] > ' ' && passage.text.data[end] != '"')
            end++;
        buf_put_cstr(out, i > 0 ? between : "");
        buf_put(out, slice_of(passage.text.data + at, end - at));
        at = end + 1;
    }
}

/* The last letters of what was put go, and another takes their place. */
static void misspell(struct world *w, struct buf *out, size_t from)
{
    if (out->len > from + 4 && (unsigned char)out->data[out->len - 2] < 0x80)
        out->data[out->len - 2] = (char)('a' + roll(&w->dice, 26));
}

static void put_query(struct world *w, struct buf *out)
{
    static const char *const openings[] = {"", "+", "=", "\"", "\"", "", "", "(", "title:", "title:\""};
    static const char *const closings[] = {"", "^2", "", "\"", "\"~9", "*", "~1", ")^0.5", "", "\"~20"};
    buf_reset(out);
    for (uint32_t n = 1 + roll(&w->dice, 3); n > 0; n--) {
        uint32_t kind = roll(&w->dice, 10);
        bool is_single = kind == 2 || kind == 5 || kind == 6 || kind == 8;
        buf_put_cstr(out, out->len > 0 ? " " : "");
        buf_put_cstr(out, openings[kind]);
        size_t from = out->len;
        put_words(w, out, is_single ? 1 : 1 + roll(&w->dice, 4), " ");
        if (kind == 6)
            misspell(w, out, from);
        buf_put_cstr(out, closings[kind]);
    }
}

struct reading {
    const struct query_node *leaf;
    bool is_of_query;
};

static enum status on_token(void *ctx, const struct token *t, struct error *e)
{
    struct reading *r = ctx;
    (void)e;
    for (size_t i = 0; i < r->leaf->n_words; i++)
        for (size_t k = 0; k < r->leaf->words[i].n_terms; k++)
            r->is_of_query |= slice_equal(r->leaf->words[i].terms[k], t->term);
    return OK;
}

static bool is_boundary(struct slice text, size_t at)
{
    return utf8_floor(text, at) == at;
}

static void check_spans(struct world *w, const struct hits *h, const struct hit *hit, struct slice text,
                        const struct spans *spans)
{
    struct error e = {0};
    size_t at = 0;
    for (size_t i = 0; i < spans->n; i++) {
        struct span s = spans->items[i];
        assert_true(s.len > 0 && s.start >= at && (size_t)s.start + s.len <= text.len);
        at = (size_t)s.start + s.len;
        assert_true(is_boundary(text, s.start) && is_boundary(text, at));
        struct reading r = {.leaf = h->query->leaves[s.leaf]};
        struct slice marked = slice_of(text.data + s.start, s.len);
        fixture_ok(analyzer_run(w->fixture.analyzer, analyzer_language(hit->article.lang), marked, on_token, &r, &e),
                   &e);
        if (!r.is_of_query)
            fail_msg("\"%.*s\" in %.*s is no word of leaf %u", SLICE_ARG(marked), SLICE_ARG(hit->article.id), s.leaf);
    }
}

static void check_query(struct world *w, struct slice query, enum search_show show)
{
    struct search_options options = search_options_default();
    struct error e = {0};
    struct hits *h;
    options.show = show;
    options.n = 20;
    options.width = 40 + roll(&w->dice, 300);
    enum status st = search_run(&h, w->searcher, query, &options, &e);
    if (st == ERR_QUERY) /* a word of the text may be a sign of the language: "~5", "a*b" */
        return;
    fixture_ok(st, &e);
    w->n_queries++;
    for (size_t i = 0; i < h->n; i++) {
        const struct hit *hit = &h->items[i];
        if (hit->spans.n + hit->title_spans.n == 0) /* every query has a word */
            fail_msg("%.*s: nothing is marked in %.*s#%u", SLICE_ARG(query), SLICE_ARG(hit->article.id),
                     hit->passage.ordinal);
        check_spans(w, h, hit, hit->shown, &hit->spans);
        check_spans(w, h, hit, hit->article.title, &hit->title_spans);
        w->n_hits++;
    }
    hits_free(h);
}

static void test_search_run__spans_of_real_text(void **state)
{
    struct world *w = *state;
    struct buf query;
    buf_init(&query, QUERY_LINE_MAX_BYTES);
    while (w->n_hits < N_HITS) {
        put_query(w, &query);
        assert_int_equal(query.state, OK);
        check_query(w, buf_slice(&query), w->n_queries % 3 == 0 ? SHOW_PASSAGE : SHOW_SNIPPET);
    }
    print_message("%zu hits of %zu queries\n", w->n_hits, w->n_queries);
    buf_clear(&query);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search_run__spans_of_real_text),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
