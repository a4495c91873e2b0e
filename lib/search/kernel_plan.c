#include "kernel_plan.h"

#include "score.h"

#include <stdlib.h>

#define FIRST_SLOTS 64
#define PLAN_NODES_MAX ((size_t)1 << 20)
#define STOP_EVERY_TERMS 64 /* looked up, between two looks at the clock */
#define EXPECTED_MAX 64     /* terms fetched ahead, and remembered */

/* A plan in the making. */
struct planner {
    struct plan *plan;
    struct query *query;
    const struct snapshot *snapshot;
    struct kernel_forms *forms;
    struct term_memo *memo;
    const struct stop *stop;
    struct buf *cut;
    uint32_t *slots; /* the plan's terms by hash: number plus 1; 0: empty. Open addressing, linear probing */
    size_t n_slots;  /* a power of two; there is room for half as many terms */
    size_t leaves_cap;
    struct plan_term **unknown; /* that the memo does not have */
    size_t n_unknown;
};

/* Where a node stands in the tree. */
struct place {
    size_t gate; /* the nearest slot above */
    bool is_root, is_scoring;
};

/* The slot that holds the term, or the empty one where it belongs. */
static uint32_t *slot_of(const struct planner *b, struct slice text, uint32_t hash)
{
    size_t mask = b->n_slots - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        uint32_t *slot = &b->slots[i];
        if (*slot == 0 || slice_equal(b->plan->terms[*slot - 1].text, text))
            return slot;
    }
}

static enum status grow_terms(struct planner *b, struct error *e)
{
    struct plan *p = b->plan;
    size_t n_slots = b->n_slots == 0 ? FIRST_SLOTS : b->n_slots * 2;
    struct plan_term *terms = arena_take(p->arena, n_slots / 2 * sizeof *terms);
    uint32_t *slots = arena_alloc(p->arena, n_slots * sizeof *slots);
    if (terms == NULL || slots == NULL)
        return error_nomem(e);
    if (p->n_terms > 0)
        memcpy(terms, p->terms, p->n_terms * sizeof *terms);
    p->terms = terms;
    b->slots = slots;
    b->n_slots = n_slots;
    for (uint32_t i = 0; i < p->n_terms; i++)
        *slot_of(b, terms[i].text, terms[i].hash) = i + 1;
    return OK;
}

/* The term's number in the plan; equal terms have one. */
static enum status put_term(struct planner *b, struct slice text, uint32_t *id, struct error *e)
{
    struct plan *p = b->plan;
    enum status st = p->n_terms * 2 == b->n_slots ? grow_terms(b, e) : OK;
    if (st != OK)
        return st;
    uint32_t hash = segment_term_hash(text), *slot = slot_of(b, text, hash);
    if (*slot == 0) {
        p->terms[p->n_terms++] = (struct plan_term){.text = text, .hash = hash};
        *slot = (uint32_t)p->n_terms;
    }
    *id = *slot - 1;
    return OK;
}

/* Filter terms carry a letter before the word. */
static enum status put_filter_term(struct planner *b, char letter, struct slice word, uint32_t *id, struct error *e)
{
    char *bytes = arena_take(b->plan->arena, word.len + 1);
    if (bytes == NULL)
        return error_nomem(e);
    bytes[0] = letter;
    if (word.len > 0)
        memcpy(bytes + 1, word.data, word.len);
    return put_term(b, slice_of(bytes, word.len + 1), id, e);
}

static enum status add_word(struct planner *b, struct plan_word *out, enum node_field field, const struct query_word *w,
                            struct error *e)
{
    *out = (struct plan_word){.factors = w->factors};
    out->terms = arena_take(b->plan->arena, w->n_terms * sizeof *out->terms);
    if (out->terms == NULL)
        return error_nomem(e);
    enum status st = OK;
    for (size_t i = 0; st == OK && i < w->n_terms; i++) {
        uint32_t *id = &out->terms[out->n_terms++];
        if (field == FIELD_AUTHOR || field == FIELD_TAG)
            st = put_filter_term(b, field == FIELD_AUTHOR ? TERM_AUTHOR : TERM_TAG, w->terms[i], id, e);
        else
            st = put_term(b, w->terms[i], id, e);
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

static enum status put_leaf(struct planner *b, struct plan_leaf *leaf, struct error *e)
{
    struct plan *p = b->plan;
    enum status st = arena_reserve(p->arena, &p->leaves, &b->leaves_cap, p->n_leaves + 1, sizeof(struct plan_leaf *),
                                   PLAN_NODES_MAX, e);
    if (st == OK)
        p->leaves[p->n_leaves++] = leaf;
    return st;
}

static enum status add_leaf(struct planner *b, struct plan_node *out, const struct query_node *n, struct place at,
                            struct error *e)
{
    struct plan *p = b->plan;
    struct plan_leaf *leaf = arena_take(p->arena, sizeof *leaf);
    struct plan_word *words = arena_take(p->arena, n->n_words * sizeof *words);
    if (leaf == NULL || words == NULL)
        return error_nomem(e);
    bool is_verified = query_node_needs_tokens(n);
    if (is_verified || at.is_root)
        out->slot = p->n_slots++;
    *leaf = (struct plan_leaf){.node = n,
                               .words = words,
                               .n_words = n->n_words,
                               .qtf = n->qtf == 0 ? 1 : n->qtf,
                               .boost = n->boost,
                               .is_verified = is_verified,
                               .is_scoring = at.is_scoring && n->field == FIELD_ANY,
                               .gate = out->slot == NO_SLOT ? at.gate : out->slot};
    enum status st = put_leaf(b, leaf, e);
    if (st == OK && query_node_is_expanded(n))
        st = expand(b, n, e);
    for (size_t i = 0; st == OK && i < n->n_words; i++)
        st = add_word(b, &words[i], n->field, &n->words[i], e);
    out->leaf = leaf;
    out->is_scoring = leaf->is_scoring;
    p->needs_tokens |= is_verified;
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
    out->children = arena_take(b->plan->arena, n->n_children * sizeof *out->children);
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

/* Have memory fetch what the terms are looked up by in the segments [from, to): for all of them a step, then the next.
 */
static void fetch_terms(const struct planner *b, size_t from, size_t to)
{
    static const enum prefetch_term steps[] = {PREFETCH_BUCKET, PREFETCH_TERM, PREFETCH_FORM, PREFETCH_SPELLING};
    size_t n = b->n_unknown < EXPECTED_MAX ? b->n_unknown : EXPECTED_MAX;
    for (size_t step = 0; step < sizeof steps / sizeof *steps; step++)
        for (size_t segment = from; segment < to; segment++)
            for (size_t i = 0; i < n; i++)
                segment_prefetch_term(snapshot_segment(b->snapshot, segment), b->unknown[i]->text, b->unknown[i]->hash,
                                      steps[step]);
}

static enum status find_in_segment(struct planner *b, size_t segment, struct error *e)
{
    const struct segment *s = snapshot_segment(b->snapshot, segment);
    for (size_t i = 0; i < b->n_unknown; i++) {
        struct plan_term *t = b->unknown[i];
        enum status st = i % STOP_EVERY_TERMS == 0 ? stop_check(b->stop, e) : OK;
        if (st != OK)
            return st;
        t->df += segment_find_live(s, t->text, t->hash, &t->in[segment]);
    }
    return OK;
}

/* Look the terms that are not known up in every segment, some segments together. */
static enum status find_unknown(struct planner *b, struct error *e)
{
    size_t n_segments = b->n_unknown > 0 ? snapshot_n_segments(b->snapshot) : 0;
    size_t n_together = EXPECTED_MAX / (b->n_unknown + 1) + 1;
    enum status st = OK;
    for (size_t i = 0; st == OK && i < n_segments; i++) {
        if (i % n_together == 0)
            fetch_terms(b, i, i + n_together < n_segments ? i + n_together : n_segments);
        st = find_in_segment(b, i, e);
    }
    return st;
}

/* Learn what every segment says of the terms, once for all who ask later. Of many terms, as prefixes have them, none is
 * remembered: they would take the place of all others. */
static enum status find_terms(struct planner *b, struct error *e)
{
    struct plan *p = b->plan;
    size_t n_segments = snapshot_n_segments(b->snapshot);
    struct term_view *views = arena_take(p->arena, p->n_terms * n_segments * sizeof *views);
    b->unknown = arena_take(p->arena, p->n_terms * sizeof(struct plan_term *));
    if (views == NULL || b->unknown == NULL)
        return error_nomem(e);
    bool asks_memo = p->n_terms <= EXPECTED_MAX;
    for (size_t i = 0; asks_memo && i < p->n_terms; i++)
        term_memo_expect(b->memo, p->terms[i].hash);
    for (size_t i = 0; i < p->n_terms; i++) {
        struct plan_term *t = &p->terms[i];
        t->in = views + i * n_segments;
        const struct term_view *known = asks_memo ? term_memo_get(b->memo, t->text, t->hash, &t->df) : NULL;
        if (known == NULL)
            b->unknown[b->n_unknown++] = t;
        else if (n_segments > 0)
            memcpy(t->in, known, n_segments * sizeof *known);
    }
    enum status st = find_unknown(b, e);
    for (size_t i = 0; st == OK && asks_memo && i < b->n_unknown; i++)
        term_memo_put(b->memo, b->unknown[i]->text, b->unknown[i]->hash, b->unknown[i]->df, b->unknown[i]->in);
    return st;
}

/* idf of every distinct term, of the whole snapshot. */
static void weigh_terms(struct planner *b)
{
    enum index_profile profile = snapshot_settings(b->snapshot)->profile;
    uint64_t n_passages = snapshot_n_passages(b->snapshot);
    for (size_t i = 0; i < b->plan->n_terms; i++)
        b->plan->terms[i].idf = score_idf(profile, n_passages, b->plan->terms[i].df);
}

enum status plan_new(struct plan **out, struct arena *arena, struct query *q, const struct snapshot *s,
                     struct kernel_forms *forms, struct term_memo *memo, const struct stop *stop, struct buf *cut,
                     struct error *e)
{
    *out = NULL;
    struct plan *p = arena_alloc(arena, sizeof *p);
    struct plan_node *root = arena_take(arena, sizeof *root);
    if (p == NULL || root == NULL)
        return error_nomem(e);
    p->arena = arena;
    p->root = root;
    struct planner b = {.plan = p, .query = q, .snapshot = s, .forms = forms, .memo = memo, .stop = stop, .cut = cut};
    enum status st =
        add_node(&b, p->root, q->root, (struct place){.gate = NO_SLOT, .is_root = true, .is_scoring = true}, e);
    if (st == OK)
        st = find_terms(&b, e);
    if (st != OK)
        return st;
    weigh_terms(&b);
    *out = p;
    return OK;
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
