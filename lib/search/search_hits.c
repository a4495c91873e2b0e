#include "search_internal.h"
#include "snippet.h"

#include <stdlib.h>

#define EXPECTED_MAX 32 /* hits fetched ahead */

/* Keep what lies in the window, measured from its beginning. */
static void cut_spans(struct spans *spans, uint32_t start, uint32_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < spans->n; i++) {
        struct span s = spans->items[i];
        uint64_t from = s.start, to = (uint64_t)s.start + s.len, end = (uint64_t)start + len;
        from = from < start ? start : from;
        to = to > end ? end : to;
        if (from >= to)
            continue;
        s.start = (uint32_t)(from - start);
        s.len = (uint32_t)(to - from);
        spans->items[n++] = s;
    }
    spans->n = n;
}

/* What the filling of hits works on. */
struct filling {
    struct hits *out;
    struct searcher *searcher;
    const struct candidates *found;
    const struct search_options *options;
};

/* A copy that lives as long as the hits. */
static enum status keep_spans(struct spans *out, struct filling *f, const struct spans *spans, struct error *e)
{
    if (spans->n == 0)
        return OK;
    out->items = arena_alloc(&f->out->query->arena, spans->n * sizeof *out->items);
    if (out->items == NULL)
        return error_nomem(e);
    memcpy(out->items, spans->items, spans->n * sizeof *out->items);
    out->n = out->cap = spans->n;
    return OK;
}

/* The text column: a window of the passage, or all of it, with its spans. */
static enum status fill_shown(struct hit *h, struct filling *f, struct error *e)
{
    const struct search_options *options = f->options;
    struct slice text = h->passage.text;
    struct spans *spans;
    uint32_t len = (uint32_t)text.len;
    if (options->show == SHOW_NONE)
        return OK;
    enum status st =
        marker_passage(f->searcher->marker, h->segment, h->passage_number, &h->passage, h->article.lang, &spans, e);
    if (st != OK)
        return st;
    if (options->show == SHOW_SNIPPET) {
        snippet_choose(text, spans, f->found->leaf_weights, f->found->n_leaves, options->width, &h->shown_start, &len);
        cut_spans(spans, h->shown_start, len);
    }
    h->shown = slice_of(text.data + h->shown_start, len);
    return keep_spans(&h->spans, f, spans, e);
}

/* The text, where it is to be shown; what had to be decompressed is kept with the hits. */
static enum status fill_text(struct hit *h, struct filling *f, const struct segment *segment, struct error *e)
{
    if (f->options->show == SHOW_NONE || h->passage.text.data != NULL)
        return OK;
    struct slice text;
    enum status st = text_room_read(&f->searcher->texts, segment, h->passage_number, &text, e);
    if (st != OK)
        return st;
    h->passage.text = arena_copy(&f->out->query->arena, text);
    return h->passage.text.data == NULL ? error_nomem(e) : OK;
}

static enum status fill_hit(struct hit *h, struct filling *f, const struct candidate *c, struct error *e)
{
    const struct segment *segment = snapshot_segment(f->searcher->snapshot, c->segment);
    struct spans *spans;
    *h = (struct hit){.score = c->score, .segment = c->segment, .passage_number = c->passage};
    enum status st = segment_passage(segment, c->passage, &h->passage, e);
    if (st == OK)
        st = segment_article(segment, h->passage.article, &h->article, e);
    if (st == OK) {
        __builtin_prefetch(h->article.id.data); /* whoever prints the hit begins there */
        st = fill_text(h, f, segment, e);
    }
    if (st == OK)
        st = fill_shown(h, f, e);
    if (st == OK)
        st = marker_title(f->searcher->marker, c->segment, h->passage.article, &h->article, &spans, e);
    return st == OK ? keep_spans(&h->title_spans, f, spans, e) : st;
}

static bool is_first_of_segment(const struct candidate *items, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (items[k].segment == items[i].segment)
            return false;
    return true;
}

/* Hits of one segment one after the other, since the query's forms are looked up anew in each. */
static enum status fill_all(struct filling *f, const struct candidate *items, struct error *e)
{
    enum status st = OK;
    for (size_t i = 0; st == OK && i < f->out->n; i++) {
        if (!is_first_of_segment(items, i))
            continue;
        for (size_t k = i; st == OK && k < f->out->n; k++) {
            if (items[k].segment != items[i].segment)
                continue;
            st = stop_check(&f->options->stop, e);
            if (st == OK)
                st = fill_hit(&f->out->items[k], f, &items[k], e);
        }
    }
    return st;
}

/*
 * What filling the first hits will look at, fetched side by side rather than one after the other. The texts also where
 * they are not shown: whoever gets the hits reads them.
 */
static void expect(const struct filling *f, const struct candidate *items)
{
    const struct snapshot *snapshot = f->searcher->snapshot;
    bool is_shown = f->options->show != SHOW_NONE;
    size_t n = f->out->n < EXPECTED_MAX ? f->out->n : EXPECTED_MAX;
    for (size_t i = 0; i < n; i++) {
        const struct segment *s = snapshot_segment(snapshot, items[i].segment);
        segment_prefetch_passage(s, items[i].passage, PREFETCH_RECORD);
        if (is_shown)
            segment_prefetch_tokens(s, items[i].passage, PREFETCH_PLACES);
    }
    for (size_t i = 0; i < n; i++) {
        const struct segment *s = snapshot_segment(snapshot, items[i].segment);
        segment_prefetch_passage(s, items[i].passage, PREFETCH_ARTICLE);
        segment_prefetch_passage(s, items[i].passage, PREFETCH_TEXT);
        if (is_shown)
            segment_prefetch_tokens(s, items[i].passage, PREFETCH_BODY);
    }
}

enum status hits_fill(struct hits *out, struct searcher *s, const struct candidates *found,
                      const struct search_options *options, struct error *e)
{
    struct filling f = {.out = out, .searcher = s, .found = found, .options = options};
    size_t n = found->n > options->from ? found->n - options->from : 0;
    n = n > options->n ? options->n : n;
    if (n == 0)
        return OK;
    out->items = arena_take(&out->query->arena, n * sizeof *out->items);
    if (out->items == NULL)
        return error_nomem(e);
    out->n = n;
    expect(&f, found->items + options->from);
    enum status st = marker_begin(s->marker, out->query, s->snapshot, e);
    return st == OK ? fill_all(&f, found->items + options->from, e) : st;
}

void hits_free(struct hits *h)
{
    if (h == NULL)
        return;
    query_free(h->query);
    buf_clear(&h->ignored);
    buf_clear(&h->cut);
    buf_clear(&h->spelled);
    buf_clear(&h->expanded);
    free(h);
}
