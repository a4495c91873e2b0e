#include "marker.h"

#include "array.h"
#include "marker_forms.h"
#include "span_settle.h"
#include "word_places.h"

#include <stdlib.h>

#define NO_SEGMENT SIZE_MAX

/* Tokens first to last (counted from 0) that match a leaf. */
struct token_match {
    uint32_t first, last, leaf;
    bool is_token; /* a word of its own, not a phrase */
};

struct bytes {
    uint32_t start, len;
};

struct marker {
    struct analyzer *analyzer;
    struct word_places *places;
    const struct query *q;
    const struct snapshot *snapshot;
    size_t segment; /* that forms are of */
    struct marker_forms forms;
    /* of the text at hand */
    uint32_t *tokens;
    size_t n_tokens, tokens_cap;
    struct token_match *matches;
    size_t n_matches, matches_cap;
    uint32_t *needed; /* tokens whose bytes are needed */
    size_t n_needed, needed_cap;
    struct bytes *ranges; /* by token, of those */
    size_t ranges_cap;
    struct span_settler settler;
    struct spans spans;
};

enum status marker_new(struct marker **out, struct analyzer *analyzer, struct error *e)
{
    *out = NULL;
    struct marker *m = calloc(1, sizeof *m);
    if (m == NULL)
        return error_nomem(e);
    m->analyzer = analyzer;
    m->segment = NO_SEGMENT;
    enum status st = word_places_new(&m->places, e);
    if (st != OK) {
        marker_free(m);
        return st;
    }
    *out = m;
    return OK;
}

void marker_free(struct marker *m)
{
    if (m == NULL)
        return;
    word_places_free(m->places);
    marker_forms_clear(&m->forms);
    free(m->tokens);
    free(m->matches);
    free(m->needed);
    free(m->ranges);
    span_settler_clear(&m->settler);
    spans_clear(&m->spans);
    free(m);
}

enum status marker_begin(struct marker *m, const struct query *q, const struct snapshot *s, struct error *e)
{
    m->q = q;
    m->snapshot = s;
    m->segment = NO_SEGMENT;
    return marker_forms_begin(&m->forms, q, e);
}

/* Forms alone do not tell, or the text is not what its tokens say: analyse it. */
static enum status analyse(struct marker *m, struct slice text, struct slice lang, bool is_title, struct error *e)
{
    enum node_field field = is_title ? FIELD_TITLE : FIELD_ANY;
    return match_spans(&m->spans, m->q, m->analyzer, analyzer_language(lang), text, field, e);
}

static enum status add_match(struct marker *m, size_t first, size_t last, uint32_t leaf, bool is_token, struct error *e)
{
    enum status st = array_reserve(&m->matches, &m->matches_cap, m->n_matches + 1, sizeof *m->matches,
                                   SIZE_MAX / sizeof *m->matches, e);
    if (st == OK)
        st = array_reserve(&m->needed, &m->needed_cap, m->n_needed + 2, sizeof *m->needed, SIZE_MAX / sizeof *m->needed,
                           e);
    if (st != OK)
        return st;
    m->matches[m->n_matches++] =
        (struct token_match){.first = (uint32_t)first, .last = (uint32_t)last, .leaf = leaf, .is_token = is_token};
    m->needed[m->n_needed++] = (uint32_t)first;
    if (last != first)
        m->needed[m->n_needed++] = (uint32_t)last;
    return OK;
}

static enum status find_words(struct marker *m, bool is_title, struct error *e)
{
    enum status st = OK;
    const struct form_table *table = &m->forms.table;
    const uint32_t *tokens = m->tokens;
    for (size_t i = 0, n = m->n_tokens; st == OK; i++) {
        while (i < n && !form_table_may_have(table, tokens[i]))
            i++;
        if (i >= n)
            break;
        const struct form_slot *slot = form_table_find(table, tokens[i]);
        if (slot != NULL && slot->in[is_title] != MARKS_NOTHING)
            st = add_match(m, i, i, slot->in[is_title], true, e);
    }
    return st;
}

static enum status find_phrase(struct marker *m, const struct form_group *g, struct error *e)
{
    struct phrase phrase = {.sets = g->sets, .offsets = g->offsets, .n = g->node->n_words};
    uint32_t reach = g->offsets[phrase.n - 1];
    enum status st = OK;
    for (size_t at = 0; st == OK && (at = phrase_find(&phrase, m->tokens, m->n_tokens, at)) != PHRASE_NONE; at++)
        st = add_match(m, at, at + reach, g->node->leaf, false, e);
    return st;
}

/* Every word of every place where all are near each other, once. */
static enum status find_near(struct marker *m, const struct form_group *g, struct error *e)
{
    struct near near = {.sets = g->sets, .n = g->node->n_words, .distance = g->node->distance};
    struct near_walk walk = {{0}};
    size_t marked = 0; /* tokens before this one are done */
    enum status st = OK;
    for (size_t at = 0; at < m->n_tokens; at++) {
        if (!near_step(&walk, &near, at, m->tokens[at]))
            continue;
        size_t from = at < near.distance ? 0 : at - near.distance;
        for (marked = from > marked ? from : marked; st == OK && marked <= at; marked++)
            if (near_has(&near, m->tokens[marked]))
                st = add_match(m, marked, marked, g->node->leaf, true, e);
    }
    return st;
}

static enum status find_matches(struct marker *m, bool is_title, struct error *e)
{
    m->n_matches = m->n_needed = m->settler.n = 0;
    enum status st = find_words(m, is_title, e);
    for (size_t i = 0; st == OK && i < m->forms.n_groups; i++) {
        const struct form_group *g = &m->forms.groups[i];
        if (!marker_marks(g->node, is_title))
            continue;
        st = g->node->kind == NODE_PHRASE ? find_phrase(m, g, e) : find_near(m, g, e);
    }
    return st;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The bytes of the tokens needed, by one walk over the text. *found is false where it has not as many words. */
static enum status find_bytes(struct marker *m, struct slice text, bool *found, struct error *e)
{
    *found = true;
    enum status st = array_reserve(&m->ranges, &m->ranges_cap, m->n_tokens, sizeof *m->ranges, UINT32_MAX, e);
    if (st != OK)
        return st;
    if (m->forms.n_groups > 0 && m->n_needed > 1)
        qsort(m->needed, m->n_needed, sizeof *m->needed, by_number);
    word_places_begin(m->places, text);
    for (size_t i = 0; st == OK && *found && i < m->n_needed; i++) {
        uint32_t token = m->needed[i];
        struct bytes *b = &m->ranges[token];
        if (i == 0 || token != m->needed[i - 1])
            st = word_places_find(m->places, token + 1, &b->start, &b->len, found, e);
    }
    return st;
}

/* Mark the text whose tokens are at hand. */
static enum status mark(struct marker *m, struct slice text, struct slice lang, bool is_title, struct error *e)
{
    if (text.len > UINT32_MAX)
        return error_set(e, ERR_LIMIT, "a text of %zu bytes to mark", text.len);
    enum status st = find_matches(m, is_title, e);
    bool found;
    if (st == OK && m->n_matches > 0)
        st = find_bytes(m, text, &found, e);
    if (st != OK || m->n_matches == 0)
        return st;
    if (!found)
        return analyse(m, text, lang, is_title, e);
    for (size_t i = 0; st == OK && i < m->n_matches; i++) {
        const struct token_match *t = &m->matches[i];
        uint32_t start = m->ranges[t->first].start, end = m->ranges[t->last].start + m->ranges[t->last].len;
        struct found_span f = {.span = {.start = start, .len = end - start, .leaf = t->leaf}, .is_token = t->is_token};
        st = span_settler_add(&m->settler, &f, e);
    }
    return st == OK ? span_settler_take(&m->settler, text.len, &m->spans, e) : st;
}

/* Make the forms of a segment, and room for a text's tokens. */
static enum status prepare(struct marker *m, size_t segment, uint32_t n_tokens, struct error *e)
{
    enum status st = OK;
    if (m->segment != segment) {
        m->segment = NO_SEGMENT;
        st = marker_forms_load(&m->forms, snapshot_segment(m->snapshot, segment), e);
        m->segment = st == OK ? segment : NO_SEGMENT;
    }
    m->n_tokens = n_tokens;
    return st == OK ? array_reserve(&m->tokens, &m->tokens_cap, n_tokens, sizeof *m->tokens, UINT32_MAX, e) : st;
}

enum status marker_passage(struct marker *m, size_t segment, uint32_t passage, const struct passage_view *view,
                           struct slice lang, struct spans **out, struct error *e)
{
    *out = &m->spans;
    m->spans.n = 0;
    if (m->forms.n_leaves == 0 || view->n_tokens == 0)
        return OK;
    if (m->forms.is_described)
        return analyse(m, view->text, lang, false, e);
    enum status st = prepare(m, segment, view->n_tokens, e);
    if (st == OK)
        st = segment_tokens(snapshot_segment(m->snapshot, segment), passage, m->tokens, view->n_tokens, e);
    return st == OK ? mark(m, view->text, lang, false, e) : st;
}

enum status marker_title(struct marker *m, size_t segment, uint32_t article, const struct article_view *view,
                         struct spans **out, struct error *e)
{
    *out = &m->spans;
    m->spans.n = 0;
    if (m->forms.n_leaves == 0 || view->n_title_tokens == 0)
        return OK;
    if (m->forms.is_described)
        return analyse(m, view->title, view->lang, true, e);
    enum status st = prepare(m, segment, view->n_title_tokens, e);
    if (st == OK)
        st = segment_title_tokens(snapshot_segment(m->snapshot, segment), article, m->tokens, view->n_title_tokens, e);
    return st == OK ? mark(m, view->title, view->lang, true, e) : st;
}
