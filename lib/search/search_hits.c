#include "search_internal.h"
#include "snippet.h"

#include <stdlib.h>

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

/* The text column: a window of the passage, or all of it, with its spans. */
static enum status fill_shown(struct hit *h, struct searcher *s, const struct query *q, const char *lang,
                              const struct candidates *found, const struct search_options *options, struct error *e)
{
    struct slice text = h->passage.text;
    uint32_t len = (uint32_t)text.len;
    if (options->show == SHOW_NONE)
        return OK;
    enum status st = match_spans(&h->spans, q, s->analyzer, lang, text, FIELD_ANY, e);
    if (st != OK)
        return st;
    if (options->show == SHOW_SNIPPET)
        snippet_choose(text, &h->spans, found->leaf_weights, found->n_leaves, options->width, &h->shown_start, &len);
    h->shown = slice_of(text.data + h->shown_start, len);
    cut_spans(&h->spans, h->shown_start, len);
    return OK;
}

static enum status fill_hit(struct hit *h, struct searcher *s, const struct query *q, const struct candidate *c,
                            const struct candidates *found, const struct search_options *options, struct error *e)
{
    const struct segment *segment = snapshot_segment(s->snapshot, c->segment);
    h->score = c->score;
    h->segment = c->segment;
    h->passage_number = c->passage;
    enum status st = segment_passage(segment, c->passage, &h->passage, e);
    if (st == OK)
        st = segment_article(segment, h->passage.article, &h->article, e);
    if (st != OK)
        return st;
    const char *lang = analyzer_language(h->article.lang);
    st = fill_shown(h, s, q, lang, found, options, e);
    return st == OK ? match_spans(&h->title_spans, q, s->analyzer, lang, h->article.title, FIELD_TITLE, e) : st;
}

enum status hits_fill(struct hits *out, struct searcher *s, const struct candidates *found,
                      const struct search_options *options, struct error *e)
{
    size_t n = found->n > options->from ? found->n - options->from : 0;
    n = n > options->n ? options->n : n;
    out->items = calloc(n + 1, sizeof *out->items);
    if (out->items == NULL)
        return error_nomem(e);
    enum status st = OK;
    while (st == OK && out->n < n) {
        const struct candidate *c = &found->items[options->from + out->n];
        st = stop_check(&options->stop, e);
        if (st == OK)
            st = fill_hit(&out->items[out->n++], s, out->query, c, found, options, e);
    }
    return st;
}

void hits_free(struct hits *h)
{
    if (h == NULL)
        return;
    for (size_t i = 0; i < h->n; i++) {
        spans_clear(&h->items[i].spans);
        spans_clear(&h->items[i].title_spans);
    }
    free(h->items);
    query_free(h->query);
    arena_clear(&h->arena);
    buf_clear(&h->ignored);
    buf_clear(&h->cut);
    buf_clear(&h->spelled);
    buf_clear(&h->expanded);
    free(h);
}
