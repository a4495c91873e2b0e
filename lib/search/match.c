#include "match.h"

#include "array.h"
#include "match_phrase.h"
#include "pack.h"

#include <stdlib.h>

#define NO_PASSAGE UINT32_MAX

_Static_assert(NEAR_WORDS_MAX >= QUERY_PHRASE_MAX, "a near has as many words as a phrase");

/* A leaf as this segment knows it; resolved when it is first asked for. */
struct leaf_forms {
    bool is_ready;
    bool is_possible; /* every word has a form in the segment */
    uint32_t *ids;    /* of all its sets */
    size_t n_ids, ids_cap;
    struct id_set sets[QUERY_PHRASE_MAX];
    uint32_t offsets[QUERY_PHRASE_MAX];
};

struct token_list {
    uint32_t *items;
    size_t n, cap;
};

struct matcher {
    const struct query *q;
    const struct segment *segment;
    struct leaf_forms *leaves;
    size_t n_leaves;
    uint32_t passage, article; /* whose tokens are in body and title; NO_PASSAGE: none */
    bool has_body;
    struct token_list body, title;
};

enum status matcher_new(struct matcher **out, const struct query *q, const struct segment *s, struct error *e)
{
    *out = NULL;
    struct matcher *m = calloc(1, sizeof *m);
    struct leaf_forms *leaves = calloc(q->n_leaves + 1, sizeof *leaves);
    if (m == NULL || leaves == NULL) {
        free(m);
        free(leaves);
        return error_nomem(e);
    }
    *m = (struct matcher){
        .q = q, .segment = s, .leaves = leaves, .n_leaves = q->n_leaves, .passage = NO_PASSAGE, .article = NO_PASSAGE};
    *out = m;
    return OK;
}

void matcher_free(struct matcher *m)
{
    if (m == NULL)
        return;
    for (size_t i = 0; i < m->n_leaves; i++)
        free(m->leaves[i].ids);
    free(m->leaves);
    free(m->body.items);
    free(m->title.items);
    free(m);
}

bool matcher_needs_tokens(const struct matcher *m)
{
    for (size_t i = 0; i < m->q->n_leaves; i++)
        if (query_node_needs_tokens(m->q->leaves[i]))
            return true;
    return false;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Append the forms of the word's terms to f->ids, distinct and ascending. */
static enum status add_forms(struct leaf_forms *f, const struct segment *s, const struct query_word *w, struct error *e)
{
    size_t first = f->n_ids;
    for (size_t t = 0; t < w->n_terms; t++) {
        struct term_view term;
        if (!segment_find_term(s, w->terms[t], &term))
            continue;
        const char *ids;
        uint32_t n;
        enum status st = segment_term_forms(s, term.id, &ids, &n, e);
        if (st == OK)
            st = array_reserve(&f->ids, &f->ids_cap, f->n_ids + n, sizeof *f->ids, UINT32_MAX, e);
        if (st != OK)
            return st;
        for (uint32_t i = 0; i < n; i++)
            f->ids[f->n_ids++] = get_u32(ids + (size_t)i * 4);
    }
    if (f->n_ids == first)
        return OK;
    qsort(f->ids + first, f->n_ids - first, sizeof *f->ids, by_number);
    size_t kept = first + 1;
    for (size_t i = kept; i < f->n_ids; i++)
        if (f->ids[i] != f->ids[kept - 1])
            f->ids[kept++] = f->ids[i];
    f->n_ids = kept;
    return OK;
}

/* Append the forms that are spelt like the word and are of one of its terms: neighbours in the order of spelling. */
static enum status add_spelt(struct leaf_forms *f, const struct segment *s, const struct query_word *w, struct error *e)
{
    uint32_t from, to;
    segment_form_prefix(s, w->form, &from, &to);
    for (uint32_t rank = from; rank < to; rank++) {
        uint32_t id = segment_form_at_rank(s, rank);
        struct form_view form;
        struct term_view view;
        struct slice term;
        enum status st = segment_form(s, id, &form, e);
        if (st == OK && !slice_equal(form.text, w->form))
            break;
        if (st == OK)
            st = segment_term(s, form.term, &term, &view, e);
        if (st == OK)
            st = array_reserve(&f->ids, &f->ids_cap, f->n_ids + 1, sizeof *f->ids, UINT32_MAX, e);
        if (st != OK)
            return st;
        for (size_t t = 0; t < w->n_terms; t++)
            if (slice_equal(w->terms[t], term))
                f->ids[f->n_ids++] = id;
    }
    if (f->n_ids > 0)
        qsort(f->ids, f->n_ids, sizeof *f->ids, by_number);
    return OK;
}

static enum status resolve(struct leaf_forms *f, const struct segment *s, const struct query_node *leaf,
                           struct error *e)
{
    f->n_ids = 0;
    if (leaf->n_words == 0 || leaf->n_words > QUERY_PHRASE_MAX)
        return error_set(e, ERR_INTERNAL, "a query leaf of %zu words", leaf->n_words);
    f->is_possible = true;
    for (size_t i = 0; i < leaf->n_words; i++) {
        size_t first = f->n_ids;
        const struct query_word *w = &leaf->words[i];
        enum status st = leaf->kind == NODE_EXACT ? add_spelt(f, s, w, e) : add_forms(f, s, w, e);
        if (st != OK)
            return st;
        f->sets[i].n = f->n_ids - first;
        f->offsets[i] = w->position - leaf->words[0].position;
        f->is_possible &= f->sets[i].n > 0;
    }
    const uint32_t *ids = f->ids; /* final now: the array has stopped moving */
    for (size_t i = 0; i < leaf->n_words; i++) {
        f->sets[i].ids = ids;
        if (ids != NULL)
            ids += f->sets[i].n;
    }
    f->is_ready = true;
    return OK;
}

/* The segment has seen to it that n is no more than the text can have. */
static enum status reserve_tokens(struct token_list *list, uint32_t n, struct error *e)
{
    list->n = 0;
    return array_reserve(&list->items, &list->cap, (size_t)n + 1, sizeof *list->items, UINT32_MAX, e);
}

static enum status load_title(struct matcher *m, uint32_t article, struct error *e)
{
    if (article == m->article)
        return OK;
    m->article = NO_PASSAGE;
    struct article_view view;
    enum status st = segment_article(m->segment, article, &view, e);
    if (st == OK)
        st = reserve_tokens(&m->title, view.n_title_tokens, e);
    if (st == OK)
        st = segment_title_tokens(m->segment, article, m->title.items, view.n_title_tokens, e);
    if (st != OK)
        return st;
    m->title.n = view.n_title_tokens;
    m->article = article;
    return OK;
}

static enum status load_body(struct matcher *m, uint32_t passage, struct error *e)
{
    if (passage == m->passage && m->has_body)
        return OK;
    m->passage = passage;
    m->has_body = false;
    struct passage_view view;
    enum status st = segment_passage(m->segment, passage, &view, e);
    if (st == OK)
        st = reserve_tokens(&m->body, view.n_tokens, e);
    if (st == OK)
        st = segment_tokens(m->segment, passage, m->body.items, view.n_tokens, e);
    if (st != OK)
        return st;
    m->body.n = view.n_tokens;
    m->has_body = true;
    return OK;
}

static bool find_leaf(const struct query_node *leaf, const struct leaf_forms *f, const struct token_list *list)
{
    if (leaf->kind == NODE_NEAR) {
        struct near near = {.sets = f->sets, .n = leaf->n_words, .distance = leaf->distance};
        return near_find(&near, list->items, list->n);
    }
    struct phrase phrase = {.sets = f->sets, .offsets = f->offsets, .n = leaf->n_words};
    return phrase_find(&phrase, list->items, list->n, 0) != PHRASE_NONE;
}

enum status matcher_leaf(struct matcher *m, const struct query_node *leaf, uint32_t passage, bool *matches,
                         struct error *e)
{
    *matches = false;
    if (leaf->leaf >= m->n_leaves || m->q->leaves[leaf->leaf] != leaf)
        return error_set(e, ERR_INTERNAL, "a leaf of another query");
    struct leaf_forms *f = &m->leaves[leaf->leaf];
    enum status st = f->is_ready ? OK : resolve(f, m->segment, leaf, e);
    if (st != OK || !f->is_possible)
        return st;
    uint32_t article = segment_passage_article(m->segment, passage);
    if (article == UINT32_MAX)
        return error_set(e, ERR_INDEX, "segment %s: passage %u has no article", segment_id(m->segment), passage);
    st = load_title(m, article, e);
    if (st == OK)
        *matches = find_leaf(leaf, f, &m->title);
    if (st != OK || *matches || leaf->field == FIELD_TITLE)
        return st;
    st = load_body(m, passage, e);
    if (st == OK)
        *matches = find_leaf(leaf, f, &m->body);
    return st;
}
