#include "whynot.h"

#include "array.h"
#include "search_internal.h"
#include "utf8.h"
#include "whynot_words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define DETAIL_MAX_BYTES ((size_t)4 * QUERY_LINE_MAX_BYTES)

struct asking {
    struct searcher *searcher;
    struct slice line;
    const struct search_options *options;
    struct query *query;
    size_t segment;
    uint32_t passage, ordinal;
    struct article_view article;
    struct passage_words words;
    struct whynot *out;
};

static enum status put(struct asking *a, const char *stage, struct error *e, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static enum status put(struct asking *a, const char *stage, struct error *e, const char *format, ...)
{
    struct whynot *w = a->out;
    char text[DETAIL_MAX_BYTES];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (len < 0)
        return error_set(e, ERR_INTERNAL, "a detail cannot be written");
    enum status st = array_reserve(&w->rows, &w->cap, w->n_rows + 1, sizeof *w->rows, WHYNOT_ROWS_MAX, e);
    if (st != OK)
        return st;
    size_t n = (size_t)len < sizeof text ? (size_t)len : utf8_floor(slice_cstr(text), sizeof text - 1);
    struct slice detail = arena_copy(&w->arena, slice_of(text, n));
    if (detail.data == NULL)
        return error_nomem(e);
    w->rows[w->n_rows++] = (struct whynot_row){.stage = stage, .detail = detail};
    return OK;
}

/* What the query says at this place. */
static struct slice written(const struct asking *a, size_t start, size_t len)
{
    if (start > a->line.len || len > a->line.len - start)
        return SLICE("");
    return slice_of(a->line.data + start, len);
}

/* The field that stands before it, where the node's own bytes leave that out. */
static const char *field_of(const struct query_node *node)
{
    static const char *const names[] = {
        [FIELD_ANY] = "", [FIELD_TITLE] = "title:", [FIELD_AUTHOR] = "author:", [FIELD_TAG] = "tag:"};
    return names[node->field];
}

/* Does the passage satisfy the node by itself? What the query's words become stays in the query's own arena. */
static enum status holds(struct asking *a, struct query_node *node, bool *out, struct error *e)
{
    struct query_node *root = a->query->root;
    struct passage_score score;
    struct arena arena;
    a->query->root = node;
    arena_init(&arena);
    enum status st =
        kernel_explain(&score, &arena, a->searcher->kernel, a->query, a->segment, a->passage, &a->options->stop, e);
    *out = st == OK && score.is_match;
    arena_clear(&arena);
    a->query->root = root;
    return st;
}

static enum status explain_word(struct asking *a, const struct query_word *w, struct error *e)
{
    struct slice near = passage_words_near(&a->words, w->form), as_written = written(a, w->start, w->len);
    if (near.len > 0 && !slice_equal(near, w->form))
        return put(a, "stem", e, "%.*s: the passage has %.*s, which is of another stem", SLICE_ARG(as_written),
                   SLICE_ARG(near));
    return put(a, "absent", e, "%.*s: neither in the passage nor in its title", SLICE_ARG(as_written));
}

/* A phrase, or words near each other, or in this form: which words are missing; or only how they stand. */
static enum status explain_leaf(struct asking *a, const struct query_node *node, struct error *e)
{
    struct slice as_written = written(a, node->start, node->len);
    enum status st = OK;
    size_t n_missing = 0;
    if (query_node_is_expanded(node))
        return put(a, "absent", e, "%.*s: no word like this in the passage or its title", SLICE_ARG(as_written));
    for (size_t i = 0; st == OK && i < node->n_words; i++) {
        if (passage_words_has(&a->words, &node->words[i]))
            continue;
        st = explain_word(a, &node->words[i], e);
        n_missing++;
    }
    if (st != OK || n_missing > 0)
        return st;
    if (node->kind == NODE_EXACT)
        return put(a, "stem", e, "%.*s: the passage has other forms of the word only", SLICE_ARG(as_written));
    return put(a, "phrase", e, "%.*s: its words are there, but not so", SLICE_ARG(as_written));
}

static bool is_filter(const struct query_node *node)
{
    return node->role == ROLE_FILTER || node->field != FIELD_ANY || node->kind == NODE_DATE ||
           node->kind == NODE_LANG || node->kind == NODE_SOURCE || node->kind == NODE_URL;
}

static enum status explain_node(struct asking *a, struct query_node *node, struct error *e);

static enum status explain_child(struct asking *a, const struct query_node *parent, struct query_node *child,
                                 struct error *e)
{
    bool is_needed = parent->kind == NODE_OR || child->role == ROLE_MUST || child->role == ROLE_FILTER;
    bool is_there = false;
    if (!is_needed && child->role != ROLE_NOT)
        return OK;
    enum status st = holds(a, child, &is_there, e);
    if (st != OK)
        return st;
    if (child->role == ROLE_NOT && is_there)
        return put(a, "excluded", e, "%s%.*s: the passage has it", field_of(child),
                   SLICE_ARG(written(a, child->start, child->len)));
    return child->role != ROLE_NOT && !is_there ? explain_node(a, child, e) : OK;
}

/* Of a node that does not hold: why. */
static enum status explain_node(struct asking *a, struct query_node *node, struct error *e)
{
    enum status st = stop_check(&a->options->stop, e);
    bool is_bracket = node->kind == NODE_AND || node->kind == NODE_OR;
    if (st != OK)
        return st;
    if (!is_bracket && is_filter(node))
        return put(a, "filter", e, "%s%.*s: the article is not of these", field_of(node),
                   SLICE_ARG(written(a, node->start, node->len)));
    if (node->kind == NODE_NONE)
        return put(a, "phrase", e, "%.*s: cannot stand in any text", SLICE_ARG(written(a, node->start, node->len)));
    if (!is_bracket)
        return explain_leaf(a, node, e);
    for (size_t i = 0; st == OK && i < node->n_children; i++)
        st = explain_child(a, node, node->children[i], e);
    return st;
}

/* Its place among the candidates, from 1; 0: it is not there. */
static uint32_t rank_in(const struct asking *a, const struct candidates *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->items[i].segment == a->segment && c->items[i].passage == a->passage)
            return (uint32_t)i + 1;
    return 0;
}

static enum status find_rank(struct asking *a, uint32_t depth, uint32_t *rank, uint64_t *found, bool *is_whole,
                             struct error *e)
{
    struct search_options options = *a->options;
    struct candidates c = {0};
    struct query *q = NULL; /* its own: feedback changes a query */
    struct buf cut, expanded;
    struct searcher_notes notes = {.cut = &cut, .expanded = &expanded};
    buf_init(&cut, DETAIL_MAX_BYTES);
    buf_init(&expanded, DETAIL_MAX_BYTES);
    options.from = 0;
    options.n = depth;
    options.total = TOTAL_EXACT; /* the answer names the number */
    enum status st = searcher_parse(a->searcher, a->line, options.mode, &options.stop, &q, e);
    if (st == OK)
        st = searcher_best(&c, a->searcher, q, &options, &notes, e);
    query_free(q);
    *rank = st == OK ? rank_in(a, &c) : 0;
    *found = c.found;
    *is_whole = c.n <= depth;
    candidates_clear(&c);
    buf_clear(&cut);
    buf_clear(&expanded);
    return st;
}

static enum status put_rank(struct asking *a, uint32_t rank, uint64_t found, struct error *e)
{
    const struct search_options *o = a->options;
    a->out->rank = rank;
    if (rank <= o->from)
        return put(a, "ranked", e, "%u of %llu: before from=%u", rank, (unsigned long long)found, o->from);
    if (rank > o->from + o->n)
        return put(a, "ranked", e, "%u of %llu: the answer ends at %u", rank, (unsigned long long)found,
                   o->from + o->n);
    return put(a, "shown", e, "%u of %llu", rank, (unsigned long long)found);
}

/* It matches: at which rank, or whether others of its article stand for it. */
static enum status explain_rank(struct asking *a, struct error *e)
{
    uint32_t rank;
    uint64_t found;
    bool is_whole;
    enum status st = find_rank(a, SEARCH_N_MAX, &rank, &found, &is_whole, e);
    if (st == OK && rank == 0 && !is_whole)
        st = find_rank(a, found < WHYNOT_RANK_MAX ? (uint32_t)found : WHYNOT_RANK_MAX, &rank, &found, &is_whole, e);
    if (st != OK)
        return st;
    if (rank > 0)
        return put_rank(a, rank, found, e);
    if (a->options->per > 0 && is_whole)
        return put(a, "grouped", e, "per=%u: other passages of its article are better", a->options->per);
    return put(a, "ranked", e, "beyond %u of %llu", (unsigned)WHYNOT_RANK_MAX, (unsigned long long)found);
}

/* No live passage has the name: has there been one? */
static enum status explain_missing(struct asking *a, struct slice article_id, const char *why, struct error *e)
{
    const struct snapshot *s = a->searcher->snapshot;
    for (size_t i = 0; i < snapshot_n_segments(s); i++) {
        const struct segment *segment = snapshot_segment(s, i);
        uint32_t article = segment_find_article(segment, article_id);
        struct article_view view;
        if (article == UINT32_MAX || !segment_article_is_dead(segment, article))
            continue;
        enum status st = segment_article(segment, article, &view, e);
        if (st != OK)
            return st;
        if (a->ordinal <= view.n_passages)
            return put(a, "deleted", e, "it was removed or replaced; the next merge forgets it");
    }
    return put(a, "missing", e, "%s", why);
}

static enum status explain_query(struct asking *a, struct error *e)
{
    bool is_match;
    enum status st = searcher_parse(a->searcher, a->line, a->options->mode, &a->options->stop, &a->query, e);
    if (st != OK)
        return st;
    if (a->query->root == NULL)
        return put(a, "empty", e, "the query has no word to search for");
    st = passage_words_read(&a->words, snapshot_segment(a->searcher->snapshot, a->segment), a->passage, e);
    if (st == OK)
        st = holds(a, a->query->root, &is_match, e);
    if (st != OK)
        return st;
    return is_match ? explain_rank(a, e) : explain_node(a, a->query->root, e);
}

static enum status ask(struct asking *a, struct slice article_id, struct error *e)
{
    struct passage_view passage;
    struct error why = {.text = ""};
    if (a->ordinal == 0)
        return error_set(e, ERR_OPTION, "a passage is wanted: article#ordinal");
    enum status st = search_find(a->searcher, article_id, a->ordinal, &a->article, &passage, &a->segment, &why);
    if (st == ERR_NONE)
        return explain_missing(a, article_id, why.text, e);
    if (st != OK)
        return error_set(e, st, "%s", why.text);
    a->passage = a->article.first_passage + a->ordinal - 1;
    return explain_query(a, e);
}

enum status search_whynot(struct whynot **out, struct searcher *s, struct slice query,
                          const struct search_options *options, struct slice article_id, uint32_t ordinal,
                          struct error *e)
{
    *out = NULL;
    struct whynot *w = calloc(1, sizeof *w);
    if (w == NULL)
        return error_nomem(e);
    arena_init(&w->arena);
    struct asking a = {.searcher = s, .line = query, .options = options, .ordinal = ordinal, .out = w};
    enum status st = ask(&a, article_id, e);
    query_free(a.query);
    passage_words_clear(&a.words);
    if (st != OK) {
        whynot_free(w);
        return st;
    }
    *out = w;
    return OK;
}

void whynot_free(struct whynot *w)
{
    if (w == NULL)
        return;
    free(w->rows);
    arena_clear(&w->arena);
    free(w);
}
