#include "kernel_plan.h"

#include "array.h"
#include "intern.h"
#include "score.h"

#include <stdlib.h>

#define PLAN_NODES_MAX ((size_t)1 << 20)
#define STOP_EVERY_TERMS 64 /* looked up in every segment, between two looks at the clock */

/* A plan in the making. */
struct planner {
    struct plan *plan;
    struct query *query;
    const struct snapshot *snapshot;
    struct kernel_forms *forms;
    const struct stop *stop;
    struct buf *cut;
    struct intern *terms;
    struct plan_leaf **leaves;
    size_t leaves_cap;
};

/* Where a node stands in the tree. */
struct place {
    size_t gate; /* the nearest slot above */
    bool is_root, is_scoring;
};

/* Filter terms carry a letter before the word. */
static enum status put_filter_term(struct planner *b, char letter, struct slice word, uint32_t *id, struct error *e)
{
    char *bytes = arena_alloc(&b->plan->arena, word.len + 1);
    if (bytes == NULL)
        return error_nomem(e);
    bytes[0] = letter;
    if (word.len > 0)
        memcpy(bytes + 1, word.data, word.len);
    return intern_put(b->terms, slice_of(bytes, word.len + 1), id, e);
}

static enum status add_word(struct planner *b, struct plan_word *out, enum node_field field, const struct slice *terms,
                            size_t n, struct error *e)
{
    out->terms = arena_alloc(&b->plan->arena, (n + 1) * sizeof *out->terms);
    if (out->terms == NULL)
        return error_nomem(e);
    enum status st = OK;
    for (size_t i = 0; st == OK && i < n; i++) {
        if (field == FIELD_AUTHOR || field == FIELD_TAG)
            st = put_filter_term(b, field == FIELD_AUTHOR ? TERM_AUTHOR : TERM_TAG, terms[i], &out->terms[i], e);
        else
            st = intern_put(b->terms, terms[i], &out->terms[i], e);
        if (st == OK)
            out->n_terms++;
    }
    return st;
}

static void put_cut(struct buf *cut, const struct query_node *n)
{
    if (cut->len > 0)
        buf_put_byte(cut, ',');
    buf_put(cut, n->words[0].form);
    if (n->kind == NODE_FUZZY)
        buf_printf(cut, "~%u", n->distance);
    else
        buf_put_byte(cut, '*');
}

/* Write the terms of a prefix or a fuzzy word into the query: what marks the spans reads them there. */
static enum status expand(struct planner *b, const struct query_node *n, struct error *e)
{
    bool is_cut;
    struct form_pattern pattern = {.text = n->words[0].form, .edits = n->kind == NODE_FUZZY ? n->distance : 0};
    enum status st = kernel_forms_expand(b->forms, pattern, b->stop, &b->query->arena, &n->words[0], &is_cut, e);
    if (st == OK && is_cut && b->cut != NULL)
        put_cut(b->cut, n);
    return st;
}

static enum status add_leaf(struct planner *b, struct plan_node *out, const struct query_node *n, struct place at,
                            struct error *e)
{
    struct plan_leaf *leaf = arena_alloc(&b->plan->arena, sizeof *leaf);
    enum status st = leaf == NULL ? error_nomem(e) : OK;
    if (st == OK)
        st = array_reserve(&b->leaves, &b->leaves_cap, b->plan->n_leaves + 1, sizeof(struct plan_leaf *),
                           PLAN_NODES_MAX, e);
    if (st != OK)
        return st;
    leaf->node = n;
    leaf->n_words = n->n_words;
    leaf->qtf = n->qtf == 0 ? 1 : n->qtf;
    leaf->boost = n->boost;
    leaf->is_scoring = at.is_scoring && n->field == FIELD_ANY;
    leaf->is_verified = query_node_needs_tokens(n);
    leaf->words = arena_alloc(&b->plan->arena, (n->n_words + 1) * sizeof *leaf->words);
    if (leaf->words == NULL)
        return error_nomem(e);
    if (query_node_is_expanded(n))
        st = expand(b, n, e);
    for (size_t i = 0; st == OK && i < n->n_words; i++) {
        const struct query_word *w = &n->words[i];
        st = add_word(b, &leaf->words[i], n->field, w->terms, w->n_terms, e);
        leaf->words[i].factors = w->factors;
    }
    b->leaves[b->plan->n_leaves++] = leaf;
    out->leaf = leaf;
    b->plan->needs_tokens |= leaf->is_verified;
    if (leaf->is_verified || at.is_root)
        out->slot = b->plan->n_slots++;
    leaf->gate = out->slot == NO_SLOT ? at.gate : out->slot;
    out->is_scoring = leaf->is_scoring;
    return st;
}

static enum status add_node(struct planner *b, struct plan_node *out, const struct query_node *n, struct place at,
                            struct error *e)
{
    *out = (struct plan_node){.node = n, .slot = NO_SLOT};
    at.is_scoring = at.is_scoring && n->role != ROLE_FILTER && n->role != ROLE_NOT;
    if (query_node_is_leaf(n))
        return add_leaf(b, out, n, at, e);
    bool is_bracket = n->kind == NODE_AND || n->kind == NODE_OR;
    if (is_bracket || at.is_root)
        out->slot = b->plan->n_slots++;
    if (!is_bracket)
        return OK;
    out->children = arena_alloc(&b->plan->arena, (n->n_children + 1) * sizeof *out->children);
    if (out->children == NULL)
        return error_nomem(e);
    struct place below = {.gate = out->slot, .is_scoring = at.is_scoring};
    enum status st = OK;
    for (size_t i = 0; st == OK && i < n->n_children; i++) {
        struct plan_node *child = &out->children[i];
        st = add_node(b, child, n->children[i], below, e);
        out->n_children++;
        out->is_scoring |= child->is_scoring;
    }
    return st;
}

/* Look the term up in every segment, once for all who ask later. */
static enum status find_term(struct planner *b, struct plan_term *t, struct error *e)
{
    size_t n = snapshot_n_segments(b->snapshot);
    t->in = arena_alloc(&b->plan->arena, (n + 1) * sizeof *t->in);
    if (t->in == NULL)
        return error_nomem(e);
    t->df = 0;
    for (size_t i = 0; i < n; i++) {
        const struct segment *s = snapshot_segment(b->snapshot, i);
        if (segment_find_term(s, t->text, &t->in[i]))
            t->df += t->in[i].df - segment_dead_df(s, t->in[i].id);
    }
    return OK;
}

/* df and idf of every distinct term, of the whole snapshot. */
static enum status weigh_terms(struct planner *b, struct error *e)
{
    struct plan *p = b->plan;
    enum index_profile profile = snapshot_settings(b->snapshot)->profile;
    uint64_t n_passages = snapshot_n_passages(b->snapshot);
    uint32_t n = intern_count(b->terms);
    p->terms = arena_alloc(&p->arena, ((size_t)n + 1) * sizeof *p->terms);
    if (p->terms == NULL)
        return error_nomem(e);
    for (uint32_t i = 0; i < n; i++) {
        struct plan_term *t = &p->terms[i];
        enum status st = i % STOP_EVERY_TERMS == 0 ? stop_check(b->stop, e) : OK;
        if (st != OK)
            return st;
        t->text = arena_copy(&p->arena, intern_get(b->terms, i));
        if (t->text.data == NULL)
            return error_nomem(e);
        st = find_term(b, t, e);
        if (st != OK)
            return st;
        t->idf = score_idf(profile, n_passages, t->df);
    }
    p->n_terms = n;
    return OK;
}

enum status plan_new(struct plan **out, struct query *q, const struct snapshot *s, struct kernel_forms *forms,
                     const struct stop *stop, struct buf *cut, struct error *e)
{
    *out = NULL;
    struct plan *p = calloc(1, sizeof *p);
    if (p == NULL)
        return error_nomem(e);
    arena_init(&p->arena);
    struct planner b = {.plan = p, .query = q, .snapshot = s, .forms = forms, .stop = stop, .cut = cut};
    enum status st = intern_new(&b.terms, e);
    if (st == OK) {
        p->root = arena_alloc(&p->arena, sizeof *p->root);
        st = p->root == NULL ? error_nomem(e) : OK;
    }
    if (st == OK)
        st = add_node(&b, p->root, q->root, (struct place){.gate = NO_SLOT, .is_root = true, .is_scoring = true}, e);
    if (st == OK)
        st = weigh_terms(&b, e);
    p->leaves = b.leaves;
    intern_free(b.terms);
    if (st != OK) {
        plan_free(p);
        return st;
    }
    *out = p;
    return OK;
}

void plan_free(struct plan *p)
{
    if (p == NULL)
        return;
    free(p->leaves);
    arena_clear(&p->arena);
    free(p);
}

double plan_weight(const struct plan *p, const struct plan_leaf *leaf, const struct plan_word *w, size_t t)
{
    double weight = score_weight(leaf->qtf, leaf->boost, p->terms[w->terms[t]].idf);
    return w->factors == NULL ? weight : weight * w->factors[t];
}

double plan_leaf_weight(const struct plan *p, const struct plan_leaf *leaf)
{
    double sum = 0;
    for (size_t i = 0; i < leaf->n_words; i++) {
        const struct plan_word *w = &leaf->words[i];
        double greatest = 0;
        for (size_t t = 0; t < w->n_terms; t++) {
            double weight = p->terms[w->terms[t]].df == 0 ? 0 : plan_weight(p, leaf, w, t);
            greatest = weight > greatest ? weight : greatest;
        }
        sum += greatest;
    }
    return sum;
}
