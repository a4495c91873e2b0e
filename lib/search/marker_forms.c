#include "marker_forms.h"

#include "array.h"

#include <stdlib.h>

#define SLOT_BITS_MIN 6u
#define SLOT_BITS_MAX 31u

void marker_forms_clear(struct marker_forms *f)
{
    free(f->leaves);
    free(f->ids.items);
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
        size_t from = f->ids.n;
        st = word_forms_add(&f->ids, s, NULL, 0, &node->words[i], false, e);
        if (st != OK)
            return st;
        group->sets[i].n = f->ids.n - from;
        group->offsets[i] = node->words[i].position - node->words[0].position;
        is_possible &= group->sets[i].n > 0;
    }
    if (is_possible)
        f->n_groups++;
    else
        f->ids.n = leaf->from;
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
        const uint32_t *ids = f->ids.items + f->leaves[i].from;
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
    while (bits < SLOT_BITS_MAX && ((size_t)1 << bits) / 4 < f->ids.n)
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
            struct form_slot *slot = slot_for(&f->table, f->ids.items[k]);
            slot->form = f->ids.items[k];
            f->table.filter[f->ids.items[k] % FILTER_SIZE] = 1;
            for (int in = 0; in < 2; in++)
                if (slot->in[in] == MARKS_NOTHING && marker_marks(leaf->node, in == 1))
                    slot->in[in] = leaf->node->leaf;
        }
    }
    return OK;
}

enum status marker_forms_load(struct marker_forms *f, const struct segment *s, struct error *e)
{
    f->ids.n = f->n_groups = 0;
    enum status st = OK;
    for (size_t i = 0; st == OK && i < f->n_leaves; i++) {
        struct marking_leaf *leaf = &f->leaves[i];
        leaf->from = f->ids.n;
        if (is_group(leaf->node))
            st = add_group(f, leaf, s, e);
        else
            st = word_forms_add(&f->ids, s, NULL, 0, &leaf->node->words[0], leaf->node->kind == NODE_EXACT, e);
        leaf->to = f->ids.n;
    }
    if (st != OK)
        return st;
    point_sets(f);
    return fill_slots(f, e);
}
