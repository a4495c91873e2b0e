#include "marker_forms.h"

#include "array.h"
#include "pack.h"

#include <stdlib.h>

#define SLOT_BITS_MIN 6u
#define SLOT_BITS_MAX 31u

void marker_forms_clear(struct marker_forms *f)
{
    free(f->leaves);
    free(f->ids);
    free(f->table.slots);
    free(f->groups);
    *f = (struct marker_forms){0};
}

static bool is_group(const struct query_node *leaf)
{
    return leaf->kind == NODE_PHRASE || leaf->kind == NODE_NEAR;
}

static enum status add_leaf(struct marker_forms *f, const struct query_node *leaf, struct error *e)
{
    if (!marker_marks(leaf, true))
        return OK;
    if (leaf->n_words > QUERY_PHRASE_MAX)
        return error_set(e, ERR_INTERNAL, "a query leaf of %zu words", leaf->n_words);
    enum status st = array_reserve(&f->leaves, &f->leaves_cap, f->n_leaves + 1, sizeof *f->leaves, QUERY_LEAVES_MAX, e);
    if (st != OK)
        return st;
    f->leaves[f->n_leaves++] = (struct marking_leaf){.node = leaf};
    f->is_described |= query_node_is_expanded(leaf) && leaf->words[0].terms == NULL;
    return OK;
}

/* What is excluded marks nothing. The recursion is as deep as the query. */
static enum status collect(struct marker_forms *f, const struct query_node *node, struct error *e)
{
    if (node->role == ROLE_NOT)
        return OK;
    if (query_node_is_leaf(node))
        return add_leaf(f, node, e);
    enum status st = OK;
    for (size_t i = 0; st == OK && i < node->n_children; i++)
        st = collect(f, node->children[i], e);
    return st;
}

enum status marker_forms_begin(struct marker_forms *f, const struct query *q, struct error *e)
{
    f->n_leaves = 0;
    f->is_described = false;
    return q->root == NULL ? OK : collect(f, q->root, e);
}

static enum status reserve_ids(struct marker_forms *f, size_t more, struct error *e)
{
    return array_reserve(&f->ids, &f->ids_cap, f->n_ids + more, sizeof *f->ids, UINT32_MAX, e);
}

/* Append the forms of the word's terms. */
static enum status add_forms(struct marker_forms *f, const struct segment *s, const struct query_word *w,
                             struct error *e)
{
    for (size_t t = 0; t < w->n_terms; t++) {
        struct term_view term;
        const char *ids;
        uint32_t n;
        if (!segment_find_term(s, w->terms[t], &term))
            continue;
        enum status st = segment_term_forms(s, term.id, &ids, &n, e);
        if (st == OK)
            st = reserve_ids(f, n, e);
        if (st != OK)
            return st;
        for (uint32_t i = 0; i < n; i++)
            f->ids[f->n_ids++] = segment_listed_form(ids, i);
    }
    return OK;
}

/* Append the forms that are spelt like the word and are of one of its terms: neighbours in the order of spelling. */
static enum status add_spelt(struct marker_forms *f, const struct segment *s, const struct query_word *w,
                             struct error *e)
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
            st = reserve_ids(f, 1, e);
        if (st != OK)
            return st;
        bool is_of_word = false;
        for (size_t t = 0; t < w->n_terms; t++)
            is_of_word |= slice_equal(w->terms[t], term);
        if (is_of_word)
            f->ids[f->n_ids++] = id;
    }
    return OK;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* ids[from, n_ids) become distinct and ascending. */
static void sort_ids(struct marker_forms *f, size_t from)
{
    if (f->n_ids - from < 2)
        return;
    qsort(f->ids + from, f->n_ids - from, sizeof *f->ids, by_number);
    size_t kept = from + 1;
    for (size_t i = kept; i < f->n_ids; i++)
        if (f->ids[i] != f->ids[kept - 1])
            f->ids[kept++] = f->ids[i];
    f->n_ids = kept;
}

/* A group of which a word has no form in the segment marks nothing there, and is left out. */
static enum status add_group(struct marker_forms *f, struct marking_leaf *leaf, const struct segment *s,
                             struct error *e)
{
    enum status st = array_reserve(&f->groups, &f->groups_cap, f->n_groups + 1, sizeof *f->groups, QUERY_LEAVES_MAX, e);
    if (st != OK)
        return st;
    const struct query_node *node = leaf->node;
    struct form_group *group = &f->groups[f->n_groups];
    bool is_possible = true;
    group->node = node;
    for (size_t i = 0; i < node->n_words; i++) {
        size_t from = f->n_ids;
        st = add_forms(f, s, &node->words[i], e);
        if (st != OK)
            return st;
        sort_ids(f, from);
        group->sets[i].n = f->n_ids - from;
        group->offsets[i] = node->words[i].position - node->words[0].position;
        is_possible &= group->sets[i].n > 0;
    }
    if (is_possible)
        f->n_groups++;
    else
        f->n_ids = leaf->from;
    return OK;
}

/* The array of ids has stopped moving. */
static void point_sets(struct marker_forms *f)
{
    size_t group = 0;
    for (size_t i = 0; i < f->n_leaves && group < f->n_groups; i++) {
        struct form_group *g = &f->groups[group];
        if (f->leaves[i].node != g->node)
            continue;
        const uint32_t *ids = f->ids + f->leaves[i].from;
        for (size_t k = 0; k < g->node->n_words; k++) {
            g->sets[k].ids = ids;
            ids += g->sets[k].n;
        }
        group++;
    }
}

static struct form_slot *slot_for(const struct form_table *t, uint32_t form)
{
    size_t at = form_table_home(t, form);
    while (t->slots[at].form != FORM_NONE && t->slots[at].form != form)
        at = (at + 1) & t->mask;
    return &t->slots[at];
}

/* Each form tells the first leaf that it matches: leaves come in their order. */
static enum status fill_slots(struct marker_forms *f, struct error *e)
{
    unsigned bits = SLOT_BITS_MIN;
    while (bits < SLOT_BITS_MAX && ((size_t)1 << bits) / 4 < f->n_ids)
        bits++;
    size_t n = (size_t)1 << bits;
    f->table.mask = (uint32_t)(n - 1);
    f->table.shift = 32 - bits;
    enum status st =
        array_reserve(&f->table.slots, &f->slots_cap, n, sizeof *f->table.slots, (size_t)1 << SLOT_BITS_MAX, e);
    if (st != OK)
        return st;
    memset(f->table.slots, 0xFF, n * sizeof *f->table.slots);
    memset(f->table.filter, 0, sizeof f->table.filter);
    for (size_t i = 0; i < f->n_leaves; i++) {
        const struct marking_leaf *leaf = &f->leaves[i];
        for (size_t k = leaf->from; k < leaf->to && !is_group(leaf->node); k++) {
            struct form_slot *slot = slot_for(&f->table, f->ids[k]);
            slot->form = f->ids[k];
            f->table.filter[f->ids[k] % FILTER_SIZE] = 1;
            for (int in = 0; in < 2; in++)
                if (slot->in[in] == MARKS_NOTHING && marker_marks(leaf->node, in == 1))
                    slot->in[in] = leaf->node->leaf;
        }
    }
    return OK;
}

enum status marker_forms_load(struct marker_forms *f, const struct segment *s, struct error *e)
{
    f->n_ids = f->n_groups = 0;
    enum status st = OK;
    for (size_t i = 0; st == OK && i < f->n_leaves; i++) {
        struct marking_leaf *leaf = &f->leaves[i];
        leaf->from = f->n_ids;
        if (is_group(leaf->node))
            st = add_group(f, leaf, s, e);
        else if (leaf->node->kind == NODE_EXACT)
            st = add_spelt(f, s, &leaf->node->words[0], e);
        else
            st = add_forms(f, s, &leaf->node->words[0], e);
        leaf->to = f->n_ids;
    }
    if (st != OK)
        return st;
    point_sets(f);
    return fill_slots(f, e);
}
