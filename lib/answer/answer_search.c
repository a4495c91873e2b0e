#include "answer_internal.h"
#include "array.h"
#include "cache_line.h"
#include "clock.h"
#include "date.h"

/* Guesses at what a span and the smaller columns take. */
#define SPAN_BYTES ((size_t)8)
#define ROW_BYTES ((size_t)192)

struct search_options answer_options(const struct answering *a)
{
    static const enum search_show shows[] = {
        [REQUEST_SNIPPET] = SHOW_SNIPPET, [REQUEST_PASSAGE] = SHOW_PASSAGE, [REQUEST_SHOW_NONE] = SHOW_NONE};
    static const enum search_total totals[] = {
        [REQUEST_ESTIMATE] = TOTAL_ESTIMATE, [REQUEST_EXACT] = TOTAL_EXACT, [REQUEST_TOTAL_NONE] = TOTAL_NONE};
    static const enum search_sort sorts[] = {
        [REQUEST_BY_SCORE] = SEARCH_BY_SCORE, [REQUEST_NEWEST] = SEARCH_NEWEST, [REQUEST_OLDEST] = SEARCH_OLDEST};
    static const enum facet_field facets[] = {[REQUEST_AUTHOR] = FACET_AUTHOR,
                                              [REQUEST_YEAR] = FACET_YEAR,
                                              [REQUEST_MONTH] = FACET_MONTH,
                                              [REQUEST_TAG] = FACET_TAG,
                                              [REQUEST_LANG] = FACET_LANG};
    const struct request *r = a->request;
    struct search_options options = {
        .mode = answer_mode(a),
        .rank = answer_rank(a),
        .expand = r->is_expanded,
        .n = r->n,
        .from = r->from,
        .per = r->per,
        .show = shows[r->show],
        .width = r->width,
        .total = totals[r->total],
        .sort = sorts[r->sort],
        .corrects = !r->is_spell_off,
        .stop = a->stop,
    };
    for (size_t i = 0; i < r->n_facets; i++)
        options.facets[options.n_facets++] =
            (struct facet_wanted){.field = facets[r->facets[i].field], .n = r->facets[i].n};
    return options;
}

static enum status put_spans(struct answering *a, struct row *r, const char *name, const struct spans *spans,
                             struct error *e)
{
    enum status st = array_reserve(&a->pairs, &a->pairs_cap, 2 * spans->n, sizeof *a->pairs, SIZE_MAX / 4, e);
    if (st != OK)
        return st;
    for (size_t i = 0; i < spans->n; i++) {
        a->pairs[2 * i] = spans->items[i].start;
        a->pairs[2 * i + 1] = spans->items[i].len;
    }
    row_pairs(r, name, a->pairs, spans->n);
    return OK;
}

static void put_date(struct row *r, int32_t date)
{
    char bytes[16];
    struct buf text = {.data = bytes, .cap = sizeof bytes, .max = sizeof bytes};
    date_put(&text, date);
    put_text(r, "date", buf_slice(&text));
}

static enum status put_hit(struct answering *a, const struct hit *h, uint64_t rank, bool is_shown, struct error *e)
{
    struct row r = row_begin(a->reply, a->request->out);
    row_u64(&r, "rank", rank);
    row_real(&r, "score", h->score, 6);
    enum status st = put_passage_id(&r, h->article.id, h->passage.ordinal, e);
    row_at(&r, "at", h->passage.at, h->passage.at_len);
    if (st == OK)
        st = put_spans(a, &r, "spans", &h->spans, e);
    put_date(&r, h->article.date);
    put_text(&r, "title", h->article.title);
    put_text(&r, "text", h->shown);
    put_text(&r, "author", h->article.author);
    put_text(&r, "url", h->article.url);
    put_text(&r, "lang", h->article.lang);
    if (st == OK)
        st = put_spans(a, &r, "tspans", &h->title_spans, e);
    if (is_shown)
        row_u64(&r, "textat", h->shown_start);
    else
        row_null(&r, "textat");
    put_text(&r, "format", h->article.format);
    put_text(&r, "path", h->article.path);
    row_end(&r);
    return st;
}

static void put_facet(struct answering *a, const struct facet_line *line)
{
    struct row r = row_begin(a->reply, a->request->out);
    row_text(&r, "facet", SLICE("facet"));
    row_text(&r, "field", slice_cstr(facet_name(line->field)));
    row_text(&r, "value", line->value);
    row_u64(&r, "articles", line->n_articles);
    row_end(&r);
}

static void put_status(struct answering *a, const struct hits *h)
{
    static const char *const bounds[] = {
        [FOUND_EXACT] = "exact", [FOUND_ESTIMATE] = "estimate", [FOUND_LOWER] = "lower"};
    struct buf *out = a->reply;
    reply_ok(out, a->request->tag, h->n + h->n_facets);
    reply_key_u64(out, "hits", h->n);
    if (a->request->n_facets > 0)
        reply_key_u64(out, "facets", h->n_facets);
    if (a->request->total != REQUEST_TOTAL_NONE) {
        reply_key_u64(out, "found", h->found);
        reply_key(out, "bound", slice_cstr(bounds[h->bound]));
    }
    reply_key_u64(out, "gen", snapshot_generation(searcher_snapshot(a->searcher)));
    reply_key_u64(out, "us", clock_us() - a->started_us);
    if (h->next > 0)
        reply_key_u64(out, "next", h->next);
    if (h->ignored.len > 0)
        reply_key(out, "ignored", buf_slice(&h->ignored));
    if (h->expanded.len > 0)
        reply_key(out, "expanded", buf_slice(&h->expanded));
    if (h->cut.len > 0)
        reply_key(out, "cut", buf_slice(&h->cut));
    if (h->spelled.len > 0)
        reply_key(out, "spelled", buf_slice(&h->spelled));
    if (a->n_authored > 0)
        reply_key_u64(out, "authored", a->n_authored);
    reply_end(out);
}

/* Room for the rows, near enough, so that what is written is not moved again and again; and what goes into them. */
static void prepare_rows(struct answering *a, const struct hits *h)
{
    size_t n = 0;
    for (size_t i = 0; i < h->n; i++) {
        const struct hit *hit = &h->items[i];
        /* They lie in a mapped file and are seldom in a cache: memory fetches those of all hits at once. */
        cache_fetch(hit->article.id.data, hit->article.id.len);
        cache_fetch(hit->article.title.data, hit->article.title.len);
        cache_fetch(hit->article.path.data, hit->article.path.len);
        n += hit->shown.len + hit->article.title.len + hit->article.id.len + hit->article.path.len +
             SPAN_BYTES * (hit->spans.n + hit->title_spans.n) + ROW_BYTES;
    }
    n += n / 16; /* escapes */
    if (n < REPLY_MAX_BYTES)
        buf_reserve(a->reply, n);
}

enum status answer_hits(struct answering *a, const struct hits *h, struct error *e)
{
    put_status(a, h);
    prepare_rows(a, h);
    bool is_shown = a->request->show != REQUEST_SHOW_NONE;
    enum status st = OK;
    for (size_t i = 0; st == OK && i < h->n; i++)
        st = put_hit(a, &h->items[i], (uint64_t)a->request->from + i + 1, is_shown, e);
    for (size_t i = 0; i < h->n_facets; i++)
        put_facet(a, &h->facets[i]);
    return st;
}

enum status answer_search(struct answering *a, struct error *e)
{
    struct search_options options = answer_options(a);
    struct hits *h;
    enum status st = search_run(&h, a->searcher, a->request->text, &options, e);
    if (st == OK && ((h->n == 0 && options.from == 0) || h->spelled.len > 0))
        st = answer_count_authored(a, &a->n_authored, e);
    if (st == OK)
        st = answer_hits(a, h, e);
    hits_free(h);
    return st;
}

enum status answer_count(struct answering *a, struct error *e)
{
    uint64_t n_passages, n_articles;
    enum status st = search_count(a->searcher, a->request->text, answer_mode(a), &a->stop, &n_passages, &n_articles, e);
    if (st != OK)
        return st;
    reply_ok(&a->status, a->request->tag, 0);
    reply_key_u64(&a->status, "passages", n_passages);
    reply_key_u64(&a->status, "articles", n_articles);
    reply_end(&a->status);
    return OK;
}
