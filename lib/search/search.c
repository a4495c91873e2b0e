#include "search_internal.h"

#include "lexicon.h"
#include "suggest_sample.h"

#include <stdlib.h>

/* Of the lists "the,of" and "comput*,re*": a query line holds no more words than this. */
#define NAMES_MAX_BYTES ((size_t)1 << 20)
#define STOP_EVERY_WORDS 64 /* looked up in every segment, between two looks at the clock */

struct search_options search_options_default(void)
{
    return (struct search_options){
        .mode = MODE_QUERY,
        .n = 10,
        .show = SHOW_SNIPPET,
        .width = 240,
        .total = TOTAL_ESTIMATE,
        .corrects = true,
    };
}

static enum status check_analyzer(const struct searcher *s, struct error *e)
{
    uint64_t signature;
    enum status st = analyzer_signature(s->analyzer, &signature, e);
    return st == OK ? snapshot_check_analyzer(s->snapshot, signature, e) : st;
}

enum status searcher_new(struct searcher **out, struct snapshot *snapshot, struct postings_cache *cache,
                         struct error *e)
{
    *out = NULL;
    struct searcher *s = calloc(1, sizeof *s);
    if (s == NULL)
        return error_nomem(e);
    s->snapshot = snapshot_ref(snapshot);
    for (size_t i = 0; i < snapshot_n_langs(snapshot) && i < LANGS_MAX; i++)
        s->langs[s->n_langs++] = snapshot_lang(snapshot, i);
    bool is_parity = snapshot_settings(snapshot)->profile == PROFILE_PARITY;
    enum status st = analyzer_new(&s->analyzer, is_parity ? ANALYZER_PARITY : ANALYZER_DEFAULT, e);
    if (st == OK)
        st = check_analyzer(s, e);
    if (st == OK)
        st = marker_new(&s->marker, s->analyzer, e);
    if (st == OK)
        st = kernel_new(&s->kernel, snapshot, cache, e);
    if (st == OK)
        st = ranker_new(&s->ranker, snapshot, kernel_memo(s->kernel), e);
    if (st != OK) {
        searcher_free(s);
        return st;
    }
    *out = s;
    return OK;
}

void searcher_free(struct searcher *s)
{
    if (s == NULL)
        return;
    ranker_free(s->ranker);
    lexicon_letters_free(s->letters);
    sample_spread_free(s->spread);
    kernel_free(s->kernel);
    marker_free(s->marker);
    text_room_clear(&s->texts);
    analyzer_free(s->analyzer);
    snapshot_unref(s->snapshot);
    free(s);
}

struct snapshot *searcher_snapshot(const struct searcher *s)
{
    return s->snapshot;
}

void searcher_use_language(struct searcher *s, const char *lang)
{
    s->only_lang = lang;
}

/* A word is as common as its commonest stem. */
static uint64_t leaf_df(const struct searcher *s, const struct query_node *leaf)
{
    uint64_t greatest = 0;
    for (size_t w = 0; w < leaf->n_words; w++) {
        for (size_t t = 0; t < leaf->words[w].n_terms; t++) {
            uint64_t df = snapshot_df(s->snapshot, leaf->words[w].terms[t]);
            greatest = df > greatest ? df : greatest;
        }
    }
    return greatest;
}

static enum status keep_rarest(struct searcher *s, struct query *q, const struct stop *stop, struct error *e)
{
    if (q->n_leaves <= QUERY_PLAIN_WORDS_MAX)
        return OK;
    uint64_t *df = calloc(q->n_leaves, sizeof *df);
    if (df == NULL)
        return error_nomem(e);
    enum status st = OK;
    for (size_t i = 0; st == OK && i < q->n_leaves; i++) {
        df[i] = leaf_df(s, q->leaves[i]);
        st = i % STOP_EVERY_WORDS == 0 ? stop_check(stop, e) : OK;
    }
    if (st == OK)
        query_keep_rarest(q, df);
    free(df);
    return st;
}

enum status searcher_parse(struct searcher *s, struct slice line, enum query_mode mode, const struct stop *stop,
                           struct query **out, struct error *e)
{
    struct query_parser_options options = {.mode = mode, .langs = s->langs, .n_langs = s->n_langs};
    if (s->only_lang != NULL) {
        options.langs = &s->only_lang;
        options.n_langs = 1;
    }
    enum status st = query_parse(out, line, &options, s->analyzer, e);
    if (st != OK || mode != MODE_PLAIN)
        return st;
    st = keep_rarest(s, *out, stop, e);
    if (st != OK) {
        query_free(*out);
        *out = NULL;
    }
    return st;
}

static void put_notes(struct hits *h)
{
    const struct query *q = h->query;
    for (size_t i = 0; i < q->n_ignored; i++) {
        if (i > 0)
            buf_put_byte(&h->ignored, ',');
        buf_put(&h->ignored, q->ignored[i]);
    }
    if (q->n_cut > 0)
        buf_printf(&h->cut, "%zu", q->n_cut);
}

static void set_page(struct hits *h, const struct candidates *found, const struct search_options *options)
{
    uint64_t end = (uint64_t)options->from + options->n;
    h->found = found->found;
    h->bound = found->bound;
    h->next = found->n > end && end < SEARCH_DEPTH_MAX ? (uint32_t)end : 0;
}

static enum status check_options(const struct search_options *o, struct error *e)
{
    if (o->n < 1 || o->n > SEARCH_N_MAX)
        return error_set(e, ERR_OPTION, "n is 1 to %d", SEARCH_N_MAX);
    if ((uint64_t)o->from + o->n > SEARCH_DEPTH_MAX)
        return error_set(e, ERR_OPTION, "from + n is at most %d", SEARCH_DEPTH_MAX);
    if (o->width < 1 || o->width > SEARCH_WIDTH_MAX)
        return error_set(e, ERR_OPTION, "width is 1 to %d", SEARCH_WIDTH_MAX);
    return OK;
}

/* Walk once more over what matches: re-ranking, corrections and limits of articles are none of its business. */
static enum status count_facets(struct hits *h, struct searcher *s, const struct search_options *options,
                                struct error *e)
{
    struct candidates found;
    struct kernel_options counting = {.k = 0, .stop = options->stop};
    if (options->n_facets == 0)
        return OK;
    enum status st = facets_new(&counting.facets, options->facets, options->n_facets, e);
    if (st == OK)
        st = kernel_run(&found, s->kernel, h->query, &counting, NULL, e);
    if (st == OK) {
        candidates_clear(&found);
        st = facets_take(counting.facets, &h->query->arena, &h->facets, &h->n_facets, e);
    }
    facets_free(counting.facets);
    return st;
}

static enum status run_line(struct hits *h, struct searcher *s, struct slice line, const struct search_options *options,
                            struct candidates *found, struct error *e)
{
    struct searcher_notes notes = {.cut = &h->cut, .expanded = &h->expanded};
    enum status st = searcher_parse(s, line, options->mode, &options->stop, &h->query, e);
    return st == OK ? searcher_best(found, s, h->query, options, &notes, e) : st;
}

/* The line has found nothing: correct it, where it can be, and run that. */
static enum status run_corrected(struct hits *h, struct searcher *s, struct slice line,
                                 const struct search_options *options, struct candidates *found, struct error *e)
{
    enum status st = searcher_correct(&h->spelled, s, h->query, line, &options->stop, e);
    if (st != OK || h->spelled.len == 0)
        return st;
    candidates_clear(found);
    query_free(h->query);
    h->query = NULL;
    return run_line(h, s, buf_slice(&h->spelled), options, found, e);
}

static enum status run(struct hits *h, struct searcher *s, struct slice line, const struct search_options *options,
                       struct error *e)
{
    struct candidates found = {0};
    enum status st = run_line(h, s, line, options, &found, e);
    if (st == OK && found.n == 0 && options->corrects && options->mode == MODE_QUERY)
        st = run_corrected(h, s, line, options, &found, e);
    if (st == OK) {
        put_notes(h);
        set_page(h, &found, options);
        st = hits_fill(h, s, &found, options, e);
    }
    if (st == OK)
        st = count_facets(h, s, options, e);
    if (st == OK)
        st = buf_status(&h->ignored, e);
    if (st == OK)
        st = buf_status(&h->cut, e);
    if (st == OK)
        st = buf_status(&h->expanded, e);
    candidates_clear(&found);
    return st;
}

enum status hits_new(struct hits **out, const struct search_options *options, struct error *e)
{
    *out = NULL;
    enum status st = check_options(options, e);
    if (st != OK)
        return st;
    struct hits *h = malloc(sizeof *h);
    if (h == NULL)
        return error_nomem(e);
    *h = (struct hits){.n = 0};
    buf_init(&h->ignored, NAMES_MAX_BYTES);
    buf_init(&h->cut, NAMES_MAX_BYTES);
    buf_init(&h->expanded, NAMES_MAX_BYTES);
    buf_init(&h->spelled, NAMES_MAX_BYTES);
    *out = h;
    return OK;
}

enum status search_run(struct hits **out, struct searcher *s, struct slice query, const struct search_options *options,
                       struct error *e)
{
    *out = NULL;
    struct hits *h;
    enum status st = hits_new(&h, options, e);
    if (st != OK)
        return st;
    st = run(h, s, query, options, e);
    if (st != OK) {
        hits_free(h);
        return st;
    }
    *out = h;
    return OK;
}

enum status search_count(struct searcher *s, struct slice line, enum query_mode mode, const struct stop *stop,
                         uint64_t *n_passages, uint64_t *n_articles, struct error *e)
{
    *n_passages = *n_articles = 0;
    struct query *q;
    enum status st = searcher_parse(s, line, mode, stop, &q, e);
    if (st != OK)
        return st;
    struct candidates found;
    struct kernel_options options = {.k = 0, .stop = *stop};
    st = kernel_run(&found, s->kernel, q, &options, NULL, e);
    if (st == OK) {
        *n_passages = found.found;
        *n_articles = found.n_articles;
        candidates_clear(&found);
    }
    query_free(q);
    return st;
}

enum status search_find(struct searcher *s, struct slice article_id, uint32_t ordinal, struct article_view *article,
                        struct passage_view *passage, size_t *segment, struct error *e)
{
    *article = (struct article_view){0};
    *passage = (struct passage_view){0};
    *segment = 0;
    uint32_t number;
    if (!snapshot_find_article(s->snapshot, article_id, segment, &number))
        return error_set(e, ERR_NONE, "no such article; an id is written as the passages of SEARCH show it");
    const struct segment *in = snapshot_segment(s->snapshot, *segment);
    struct article_view found;
    enum status st = segment_article(in, number, &found, e);
    if (st != OK)
        return st;
    if (ordinal > found.n_passages)
        return error_set(e, ERR_NONE, "the article has %u passages, no #%u", found.n_passages, ordinal);
    if (ordinal > 0)
        st = segment_passage(in, found.first_passage + ordinal - 1, passage, e);
    if (st == OK)
        *article = found;
    return st;
}

enum status search_text(struct searcher *s, size_t segment, uint32_t passage, struct passage_view *view,
                        struct error *e)
{
    return text_room_fill(&s->texts, snapshot_segment(s->snapshot, segment), passage, view, e);
}
