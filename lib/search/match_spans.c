#include "match.h"

#include "array.h"
#include "edits.h"
#include "intern.h"
#include "match_phrase.h"
#include "span_settle.h"

#include <stdlib.h>

#define TOKEN_NONE UINT32_MAX

/* One positive leaf of the query, its words as sets of term numbers. */
struct wanted {
    const struct query_node *node;
    struct id_set sets[QUERY_PHRASE_MAX];
    uint32_t offsets[QUERY_PHRASE_MAX];
};

struct bytes {
    uint32_t start, len;
};

struct marking {
    struct intern *terms; /* of the query's words */
    struct wanted *wanted;
    size_t n_wanted;
    uint32_t *ids; /* of all sets */
    size_t n_ids, ids_cap;
    uint32_t *token_ids; /* by position - 1: the number of the token's term; TOKEN_NONE: none of the query's */
    struct bytes *tokens;
    size_t n_tokens, token_ids_cap, tokens_cap;
    size_t n_by_form;  /* wanted leaves that the term alone does not decide */
    uint32_t *leaf_of; /* by term number: the first wanted leaf of one word that it decides */
    struct span_settler settler;
};

void spans_clear(struct spans *s)
{
    free(s->items);
    *s = (struct spans){0};
}

static void marking_clear(struct marking *m)
{
    intern_free(m->terms);
    free(m->wanted);
    free(m->ids);
    free(m->token_ids);
    free(m->tokens);
    free(m->leaf_of);
    span_settler_clear(&m->settler);
}

static bool marks_in(const struct query_node *leaf, enum node_field field)
{
    return leaf->field == FIELD_ANY || (leaf->field == FIELD_TITLE && field == FIELD_TITLE);
}

/* Does a token's form have to be looked at? */
static bool is_by_form(const struct query_node *leaf)
{
    bool is_described = query_node_is_expanded(leaf) && leaf->words[0].terms == NULL;
    return leaf->kind == NODE_EXACT || is_described;
}

/* Does its term decide whether a token is marked? */
static bool is_by_term(const struct query_node *leaf)
{
    return (leaf->kind == NODE_WORD || query_node_is_expanded(leaf)) && !is_by_form(leaf);
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Number the terms of a leaf's words. The sets' ids are set later, when the array has stopped moving. */
static enum status add_words(struct marking *m, struct wanted *w, struct error *e)
{
    for (size_t i = 0; i < w->node->n_words; i++) {
        const struct query_word *word = &w->node->words[i];
        enum status st = array_reserve(&m->ids, &m->ids_cap, m->n_ids + word->n_terms, sizeof *m->ids,
                                       (size_t)QUERY_LEAVES_MAX * QUERY_TERMS_MAX, e);
        for (size_t t = 0; st == OK && t < word->n_terms; t++)
            st = intern_put(m->terms, word->terms[t], &m->ids[m->n_ids + t], e);
        if (st != OK)
            return st;
        if (word->n_terms > 1)
            qsort(m->ids + m->n_ids, word->n_terms, sizeof *m->ids, by_number);
        m->n_ids += word->n_terms;
        w->sets[i].n = word->n_terms;
        w->offsets[i] = word->position - w->node->words[0].position;
    }
    return OK;
}

static enum status add_leaf(struct marking *m, const struct query_node *leaf, struct error *e)
{
    if (leaf->n_words == 0 || leaf->n_words > QUERY_PHRASE_MAX)
        return error_set(e, ERR_INTERNAL, "a query leaf of %zu words", leaf->n_words);
    struct wanted *w = &m->wanted[m->n_wanted++];
    w->node = leaf;
    m->n_by_form += is_by_form(leaf);
    return add_words(m, w, e);
}

/* Collect the leaves that mark in this field; what is excluded marks nothing. */
static enum status collect(struct marking *m, const struct query_node *node, enum node_field field, struct error *e)
{
    if (node->role == ROLE_NOT)
        return OK;
    if (query_node_is_leaf(node))
        return marks_in(node, field) ? add_leaf(m, node, e) : OK;
    enum status st = OK;
    for (size_t i = 0; st == OK && i < node->n_children; i++)
        st = collect(m, node->children[i], field, e);
    return st;
}

static enum status prepare(struct marking *m, const struct query *q, enum node_field field, struct error *e)
{
    m->wanted = calloc(q->n_leaves, sizeof *m->wanted);
    if (m->wanted == NULL)
        return error_nomem(e);
    enum status st = intern_new(&m->terms, e);
    if (st == OK)
        st = collect(m, q->root, field, e);
    if (st != OK)
        return st;
    const uint32_t *ids = m->ids;
    for (size_t i = 0; i < m->n_wanted; i++) {
        for (size_t k = 0; ids != NULL && k < m->wanted[i].node->n_words; k++) {
            m->wanted[i].sets[k].ids = ids;
            ids += m->wanted[i].sets[k].n;
        }
    }
    uint32_t n_terms = intern_count(m->terms);
    m->leaf_of = malloc((n_terms + (size_t)1) * sizeof *m->leaf_of);
    if (m->leaf_of == NULL)
        return error_nomem(e);
    memset(m->leaf_of, 0xFF, (n_terms + (size_t)1) * sizeof *m->leaf_of);
    for (size_t i = m->n_wanted; i-- > 0;)
        for (size_t k = 0; is_by_term(m->wanted[i].node) && k < m->wanted[i].sets[0].n; k++)
            m->leaf_of[m->wanted[i].sets[0].ids[k]] = (uint32_t)i;
    return OK;
}

static enum status add_found(struct marking *m, size_t wanted, uint32_t start, uint32_t end, bool is_token,
                             struct error *e)
{
    struct found_span found = {.span = {.start = start, .len = end - start, .leaf = m->wanted[wanted].node->leaf},
                               .is_token = is_token};
    return span_settler_add(&m->settler, &found, e);
}

/* A form that the term alone does not decide. */
static bool describes(const struct wanted *w, uint32_t id, struct slice form)
{
    struct slice word = w->node->words[0].form;
    switch (w->node->kind) {
    case NODE_PREFIX:
        return slice_starts(form, word);
    case NODE_FUZZY:
        return edits_within(word, form, w->node->distance) <= w->node->distance;
    case NODE_EXACT:
        return slice_equal(form, word) && id != TOKEN_NONE && id_set_has(&w->sets[0], id);
    default:
        return false;
    }
}

/* The first wanted leaf of one word that the token matches; n_wanted: none. */
static size_t leaf_of_token(const struct marking *m, uint32_t id, struct slice form)
{
    size_t best = id != TOKEN_NONE && m->leaf_of[id] < m->n_wanted ? m->leaf_of[id] : m->n_wanted;
    for (size_t i = 0; m->n_by_form > 0 && i < best; i++)
        if (is_by_form(m->wanted[i].node) && describes(&m->wanted[i], id, form))
            return i;
    return best;
}

static enum status read_token(void *ctx, const struct token *t, struct error *e)
{
    struct marking *m = ctx;
    size_t most = UINT32_MAX;
    enum status st = array_reserve(&m->token_ids, &m->token_ids_cap, t->position, sizeof *m->token_ids, most, e);
    if (st == OK)
        st = array_reserve(&m->tokens, &m->tokens_cap, t->position, sizeof *m->tokens, most, e);
    if (st != OK)
        return st;
    while (m->n_tokens < t->position) {
        m->token_ids[m->n_tokens] = TOKEN_NONE;
        m->tokens[m->n_tokens++] = (struct bytes){0};
    }
    uint32_t id = intern_find(m->terms, t->term);
    if (t->position > 0) {
        m->token_ids[t->position - 1] = id == INTERN_NONE ? TOKEN_NONE : id;
        m->tokens[t->position - 1] = (struct bytes){t->start, t->len};
    }
    size_t i = leaf_of_token(m, id == INTERN_NONE ? TOKEN_NONE : id, t->form);
    return i < m->n_wanted ? add_found(m, i, t->start, t->start + t->len, true, e) : OK;
}

static enum status find_phrase(struct marking *m, size_t i, struct error *e)
{
    const struct wanted *w = &m->wanted[i];
    struct phrase phrase = {.sets = w->sets, .offsets = w->offsets, .n = w->node->n_words};
    uint32_t reach = w->offsets[phrase.n - 1];
    for (size_t at = 0; (at = phrase_find(&phrase, m->token_ids, m->n_tokens, at)) != PHRASE_NONE; at++) {
        const struct bytes *last = &m->tokens[at + reach];
        enum status st = add_found(m, i, m->tokens[at].start, last->start + last->len, false, e);
        if (st != OK)
            return st;
    }
    return OK;
}

/* Every word of every place where all are near each other, once. */
static enum status find_near(struct marking *m, size_t i, struct error *e)
{
    const struct wanted *w = &m->wanted[i];
    struct near near = {.sets = w->sets, .n = w->node->n_words, .distance = w->node->distance};
    struct near_walk walk = {{0}};
    size_t marked = 0; /* tokens before this one are done */
    for (size_t at = 0; at < m->n_tokens; at++) {
        if (!near_step(&walk, &near, at, m->token_ids[at]))
            continue;
        size_t from = at < near.distance ? 0 : at - near.distance;
        for (marked = from > marked ? from : marked; marked <= at; marked++) {
            const struct bytes *b = &m->tokens[marked];
            enum status st = OK;
            if (near_has(&near, m->token_ids[marked]))
                st = add_found(m, i, b->start, b->start + b->len, true, e);
            if (st != OK)
                return st;
        }
    }
    return OK;
}

static enum status find_groups(struct marking *m, struct error *e)
{
    enum status st = OK;
    for (size_t i = 0; st == OK && i < m->n_wanted; i++) {
        if (m->wanted[i].node->kind == NODE_PHRASE)
            st = find_phrase(m, i, e);
        else if (m->wanted[i].node->kind == NODE_NEAR)
            st = find_near(m, i, e);
    }
    return st;
}

enum status match_spans(struct spans *out, const struct query *q, struct analyzer *analyzer, const char *lang,
                        struct slice text, enum node_field field, struct error *e)
{
    out->n = 0;
    if (q->root == NULL || q->n_leaves == 0 || text.len == 0)
        return OK;
    if (text.len > UINT32_MAX)
        return error_set(e, ERR_LIMIT, "a text of %zu bytes to mark", text.len);
    struct marking m = {0};
    enum status st = prepare(&m, q, field, e);
    if (st == OK && m.n_wanted > 0)
        st = analyzer_run(analyzer, lang, text, read_token, &m, e);
    if (st == OK)
        st = find_groups(&m, e);
    if (st == OK)
        st = span_settler_take(&m.settler, text.len, out, e);
    marking_clear(&m);
    if (st != OK)
        out->n = 0;
    return st;
}
