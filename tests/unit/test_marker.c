/*
 * What the marker says of texts in a segment against match_spans(), which analyses them: random queries of every kind
 * over corpus/ (and articles of Wikipedia, where ../shared/data is beside the source tree), and over random texts of
 * two languages in several segments.
 */
#include "random_world.h"

#include "marker.h"
#include "query_build.h"
#include "real_articles.h"
#include "run.h"
#include "search.h"
#include "utf8.h"

#include <unistd.h>

#define N_ARTICLES 60 /* of it */
#define N_QUERIES 4000

static void check_same(const struct spans *got, const struct spans *want, struct slice text)
{
    bool is_same = got->n == want->n;
    for (size_t i = 0; is_same && i < got->n; i++)
        is_same = got->items[i].start == want->items[i].start && got->items[i].len == want->items[i].len &&
                  got->items[i].leaf == want->items[i].leaf;
    if (is_same)
        return;
    for (size_t i = 0; i < got->n; i++)
        print_message("got %u+%u leaf %u\n", got->items[i].start, got->items[i].len, got->items[i].leaf);
    for (size_t i = 0; i < want->n; i++)
        print_message("want %u+%u leaf %u\n", want->items[i].start, want->items[i].len, want->items[i].leaf);
    fail_msg("in \"%.*s\"", SLICE_ARG(text));
}

/* One passage and its title. Returns the number of spans. */
static size_t check_passage(struct marker *m, const struct query *q, struct analyzer *analyzer,
                            const struct snapshot *s, size_t segment, uint32_t number)
{
    struct error e = {0};
    struct passage_view passage;
    struct article_view article;
    struct spans *got, want = {0};
    fixture_ok(segment_passage(snapshot_segment(s, segment), number, &passage, &e), &e);
    fixture_ok(segment_article(snapshot_segment(s, segment), passage.article, &article, &e), &e);
    const char *lang = analyzer_language(article.lang);
    fixture_ok(marker_passage(m, segment, number, &passage, article.lang, &got, &e), &e);
    fixture_ok(match_spans(&want, q, analyzer, lang, passage.text, FIELD_ANY, &e), &e);
    check_same(got, &want, passage.text);
    size_t n = got->n;
    fixture_ok(marker_title(m, segment, passage.article, &article, &got, &e), &e);
    fixture_ok(match_spans(&want, q, analyzer, lang, article.title, FIELD_TITLE, &e), &e);
    check_same(got, &want, article.title);
    n += got->n;
    spans_clear(&want);
    return n;
}

static void test_marker__random_texts(void **state)
{
    (void)state;
    struct error e = {0};
    size_t n_spans = 0;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct world w;
        struct marker *m;
        world_init(&w, seed);
        fixture_ok(marker_new(&m, w.fixture.analyzer, &e), &e);
        for (int i = 0; i < 250; i++) {
            struct query q = {0};
            struct kernel_options options = {.k = 5};
            struct candidates found;
            arena_init(&q.arena);
            q.root = random_node(&w, &q, ROLE_SHOULD, 0);
            fixture_ok(query_number_leaves(&q, &e), &e);
            bool has_run = roll(&w.dice, 8) != 0; /* else its prefixes are told by their forms */
            if (has_run) {
                fixture_ok(kernel_run(&found, w.kernel, &q, &options, NULL, &e), &e);
                candidates_clear(&found);
            }
            fixture_ok(marker_begin(m, &q, w.snapshot, &e), &e);
            for (size_t k = 0; k < 12; k++) {
                size_t segment = roll(&w.dice, snapshot_n_segments(w.snapshot));
                uint32_t n = segment_n_passages(snapshot_segment(w.snapshot, segment));
                if (n > 0)
                    n_spans += check_passage(m, &q, w.fixture.analyzer, w.snapshot, segment, roll(&w.dice, n));
            }
            arena_clear(&q.arena);
        }
        marker_free(m);
        world_clear(&w);
    }
    assert_true(n_spans > 5000);
}

struct real {
    struct fixture fixture;
    struct snapshot *snapshot;
    struct searcher *searcher;
    struct marker *marker;
    struct dice dice;
};

/* Words of other scripts, and all that joins or parts words. */
static const char mixed[] =
    "{\"id\":\"m1\",\"title\":\"日本語の文書 O'Brien's U.S. Häuser\",\"text\":\"日本語の文書を検索する。日本の本。 The "
    "U.S. "
    "didn't re-elect O’Brien's 1,000 men; 3.14 e.g. häuser HÄUSER naïve café cafe\\u0301 rock'n'roll dogs' "
    "สวัสดีครับ ภาษาไทย word word ﬁne İstanbul 東京都 京都 storm-surge storm_surge A.B.C. U.S.'s the end\"}\n"
    "{\"id\":\"m2\",\"lang\":\"de\",\"title\":\"Die Häuser der Stadt\",\"text\":\"Das Haus und die Häuser, ein "
    "Häuschen; "
    "naïve U.S. 東京都 京都 1,000 O'Brien's word ภาษาไทย\"}\n";

static void build(struct real *r)
{
    char articles[600], others[600];
    char *argv[] = {"quoth-index", "--quiet", r->fixture.folder, QUOTH_SOURCE_DIR "/corpus", others, articles};
    int argc = 5;
    struct error e = {0};
    struct indexer_options options;
    struct report report;
    snprintf(articles, sizeof articles, "%s/wikipedia.jsonl", r->fixture.top);
    snprintf(others, sizeof others, "%s/mixed.jsonl", r->fixture.top);
    FILE *file = fopen(others, "wb");
    assert_true(file != NULL && fputs(mixed, file) >= 0 && fclose(file) == 0);
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

/* Words of a text chosen by chance, one after the other. */
static void put_words(struct real *r, struct buf *out, struct slice text, size_t n)
{
    size_t at = utf8_floor(text, roll(&r->dice, text.len));
    while (at > 0 && text.data[at - 1] != ' ')
        at--;
    for (size_t i = 0; i < n && at < text.len; i++) {
        size_t end = at;
        while (end < text.len && text.data[end] > ' ' && text.data[end] != '"')
            end++;
        buf_put_cstr(out, i > 0 ? " " : "");
        buf_put(out, slice_of(text.data + at, end - at));
        at = end + 1;
    }
}

/* A passage or a title chosen by chance; every other time of the articles with other scripts, the last ones. */
static struct slice choose_text(struct real *r)
{
    const struct segment *s = snapshot_segment(r->snapshot, 0);
    struct passage_view passage;
    struct article_view article;
    struct error e = {0};
    uint32_t n = segment_n_passages(s), number = roll(&r->dice, n);
    if (roll(&r->dice, 2) == 0) {
        size_t segment;
        const char *id = roll(&r->dice, 3) > 0 ? "m1" : "m2";
        assert_true(snapshot_find_article(r->snapshot, slice_cstr(id), &segment, &number));
        fixture_ok(segment_article(snapshot_segment(r->snapshot, segment), number, &article, &e), &e);
        number = article.first_passage;
        s = snapshot_segment(r->snapshot, segment);
    }
    fixture_ok(segment_passage(s, number, &passage, &e), &e);
    fixture_ok(segment_article(s, passage.article, &article, &e), &e);
    return roll(&r->dice, 5) == 0 && article.title.len > 0 ? article.title : passage.text;
}

static void put_query(struct real *r, struct buf *out)
{
    static const char *const openings[] = {"", "+", "=", "\"", "\"", "", "", "(", "title:", "title:\"", "title:="};
    static const char *const closings[] = {"", "^2", "", "\"", "\"~9", "*", "~1", ")^0.5", "", "\"~20", ""};
    buf_reset(out);
    for (uint32_t n = 1 + roll(&r->dice, 4); n > 0; n--) {
        uint32_t kind = roll(&r->dice, COUNT(openings));
        bool is_single = kind == 2 || kind == 5 || kind == 6 || kind == 8 || kind == 10;
        buf_put_cstr(out, out->len > 0 ? " " : "");
        buf_put_cstr(out, openings[kind]);
        struct slice text = choose_text(r);
        if (text.len > 0)
            put_words(r, out, text, is_single ? 1 : 1 + roll(&r->dice, 4));
        buf_put_cstr(out, closings[kind]);
    }
}

/* Each hit of the query as search_run() marked it: without a snippet nothing is cut. */
static size_t check_hits(struct real *r, struct slice line)
{
    struct search_options options = search_options_default();
    options.show = SHOW_PASSAGE;
    options.corrects = roll(&r->dice, 4) == 0;
    options.expand = roll(&r->dice, 8) == 0;
    options.rank = roll(&r->dice, 2) == 0 ? RANK_FULL : RANK_FIRST;
    struct hits *h;
    struct error e = {0};
    struct spans want = {0};
    if (search_run(&h, r->searcher, line, &options, &e) != OK) {
        assert_int_equal(e.code, ERR_QUERY);
        return 0;
    }
    for (size_t i = 0; i < h->n; i++) {
        const struct hit *hit = &h->items[i];
        const char *lang = analyzer_language(hit->article.lang);
        fixture_ok(match_spans(&want, h->query, r->fixture.analyzer, lang, hit->passage.text, FIELD_ANY, &e), &e);
        check_same(&hit->spans, &want, hit->passage.text);
        fixture_ok(match_spans(&want, h->query, r->fixture.analyzer, lang, hit->article.title, FIELD_TITLE, &e), &e);
        check_same(&hit->title_spans, &want, hit->article.title);
    }
    size_t n = h->n;
    spans_clear(&want);
    hits_free(h);
    return n;
}

static void test_marker__real_texts(void **state)
{
    (void)state;
    struct real r = {.dice = {9}};
    struct error e = {0};
    fixture_init(&r.fixture);
    build(&r);
    r.snapshot = fixture_open(&r.fixture);
    fixture_ok(searcher_new(&r.searcher, r.snapshot, NULL, &e), &e);
    struct buf line;
    buf_init(&line, QUERY_LINE_MAX_BYTES);
    size_t n_hits = 0;
    for (int i = 0; i < N_QUERIES; i++) {
        put_query(&r, &line);
        if (buf_status(&line, NULL) == OK)
            n_hits += check_hits(&r, buf_slice(&line));
    }
    assert_true(n_hits > 5000);
    buf_clear(&line);
    searcher_free(r.searcher);
    snapshot_unref(r.snapshot);
    fixture_clear(&r.fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_marker__random_texts),
        cmocka_unit_test(test_marker__real_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
