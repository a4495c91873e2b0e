#include "kernel_match.h"

#include "kernel_filter.h"
#include "kernel_run.h"
#include "kernel_set.h"

#define STOP_EVERY_VERIFIED 256

static enum status match_node(struct segment_run *r, const struct plan_node *n, const uint64_t *within, uint64_t *out,
                              struct error *e) CHECK_RESULT;

/* out |= passages of `within` with any of the word's terms. */
static enum status add_word(struct segment_run *r, const struct plan_word *w, const uint64_t *within, uint64_t *out,
                            struct error *e)
{
    for (size_t t = 0; t < w->n_terms; t++) {
        const struct posting_list *list;
        enum status st = lists_get(r->lists, w->terms[t], &list, e);
        uint32_t at = 0;
        size_t n = 0;
        for (uint32_t p = st == OK ? posting_list_next(list, &at) : UINT32_MAX; st == OK && p != UINT32_MAX;
             p = posting_list_next(list, &at)) {
            if (n++ % STOP_EVERY_POSTINGS == 0)
                st = stop_check(r->stop, e);
            if (set_has(within, p))
                set_add(out, p);
        }
        if (st != OK)
            return st;
        lists_trim(r->lists);
    }
    return OK;
}

/* Keep the passages of `set` whose tokens satisfy the leaf. */
static enum status verify(struct segment_run *r, const struct plan_leaf *leaf, uint64_t *set, struct error *e)
{
    enum status st = OK;
    size_t n = 0;
    for (uint32_t p = set_next(set, r->n_words, 0); st == OK && p != UINT32_MAX; p = set_next(set, r->n_words, p + 1)) {
        bool matches = false;
        if (n++ % STOP_EVERY_VERIFIED == 0)
            st = stop_check(r->stop, e);
        if (st == OK)
            st = matcher_leaf(r->matcher, leaf->node, p, &matches, e);
        if (!matches)
            set_remove(set, p);
    }
    return st;
}

/* out |= passages of `within` that the leaf matches; out is none of the scratch sets that narrow. */
static enum status add_leaf(struct segment_run *r, const struct plan_leaf *leaf, const uint64_t *within, uint64_t *out,
                            struct error *e)
{
    if (leaf->n_words == 0)
        return OK;
    if (leaf->n_words == 1 && !leaf->is_verified)
        return add_word(r, &leaf->words[0], within, out, e);
    enum status st = OK;
    for (size_t i = 0; st == OK && i < leaf->n_words; i++) {
        set_zero(r->narrower, r->n_words);
        st = add_word(r, &leaf->words[i], i == 0 ? within : r->narrow, r->narrower, e);
        uint64_t *swap = r->narrow;
        r->narrow = r->narrower;
        r->narrower = swap;
        if (set_is_empty(r->narrow, r->n_words))
            return st;
    }
    if (st == OK && leaf->is_verified)
        st = verify(r, leaf, r->narrow, e);
    if (st == OK)
        set_or(out, r->narrow, r->n_words);
    return st;
}

static enum status add_filtered(struct segment_run *r, const struct query_node *n, const uint64_t *within,
                                uint64_t *out, struct error *e)
{
    uint32_t last = UINT32_MAX;
    bool passes = false;
    size_t walked = 0;
    for (uint32_t p = set_next(within, r->n_words, 0); p != UINT32_MAX; p = set_next(within, r->n_words, p + 1)) {
        enum status st = walked++ % STOP_EVERY_POSTINGS == 0 ? stop_check(r->stop, e) : OK;
        if (st != OK)
            return st;
        uint32_t article = segment_passage_article(r->segment, p);
        if (article == UINT32_MAX)
            return error_set(e, ERR_INDEX, "segment %s: passage %u has no article", segment_id(r->segment), p);
        if (article != last)
            st = filter_passes(n, r->segment, article, &passes, e);
        if (st != OK)
            return st;
        last = article;
        if (passes)
            set_add(out, p);
    }
    return OK;
}

enum cost { COST_TERMS, COST_ARTICLES, COST_BRACKET, COST_TOKENS, N_COSTS };

static enum cost cost_of(const struct plan_node *n)
{
    if (n->leaf != NULL)
        return n->leaf->is_verified ? COST_TOKENS : COST_TERMS;
    if (filter_is(n->node))
        return COST_ARTICLES;
    return n->n_children > 0 ? COST_BRACKET : COST_TERMS;
}

/* The matches of a child as a set: its own slot, or the scratch target. */
static enum status match_child(struct segment_run *r, const struct plan_node *child, const uint64_t *within,
                               uint64_t **set, struct error *e)
{
    *set = r->target;
    if (child->slot != NO_SLOT)
        *set = run_slot(r, child->slot);
    else
        set_zero(r->target, r->n_words);
    return match_node(r, child, within, *set, e);
}

static bool decides(const struct plan_node *child, bool filters_only)
{
    enum node_role role = child->node->role;
    return role == ROLE_FILTER || role == ROLE_NOT || (role == ROLE_MUST && !filters_only);
}

/* Narrow `out` by the children that are required or excluded; or by those of them that only filter. */
static enum status narrow(struct segment_run *r, const struct plan_node *n, bool filters_only, uint64_t *out,
                          struct error *e)
{
    for (int cost = COST_TERMS; cost < N_COSTS; cost++) {
        for (size_t i = 0; i < n->n_children; i++) {
            const struct plan_node *child = &n->children[i];
            if (!decides(child, filters_only) || (int)cost_of(child) != cost)
                continue;
            uint64_t *set;
            enum status st = match_child(r, child, out, &set, e);
            if (st != OK)
                return st;
            if (child->node->role == ROLE_NOT)
                set_and_not(out, set, r->n_words);
            else
                set_and(out, set, r->n_words);
            if (set_is_empty(out, r->n_words))
                return OK;
        }
    }
    return OK;
}

enum status match_filters(struct segment_run *r, const struct plan_node *n, uint64_t *out, struct error *e)
{
    set_copy(out, r->within, r->n_words);
    return narrow(r, n, true, out, e);
}

static enum status match_and(struct segment_run *r, const struct plan_node *n, const uint64_t *within, uint64_t *out,
                             struct error *e)
{
    set_copy(out, within, r->n_words);
    enum status st = narrow(r, n, false, out, e);
    if (st != OK || set_is_empty(out, r->n_words))
        return st;
    /* What may be there decides nothing, but the score asks where it is; plain terms are looked up then. */
    for (size_t i = 0; r->wants_scores && i < n->n_children; i++) {
        const struct plan_node *child = &n->children[i];
        uint64_t *set;
        if (child->node->role != ROLE_SHOULD || child->slot == NO_SLOT || !child->is_scoring)
            continue;
        st = match_child(r, child, out, &set, e);
        if (st != OK)
            return st;
    }
    return OK;
}

static enum status match_or(struct segment_run *r, const struct plan_node *n, const uint64_t *within, uint64_t *out,
                            struct error *e)
{
    enum status st = OK;
    for (size_t i = 0; st == OK && i < n->n_children; i++) {
        const struct plan_node *child = &n->children[i];
        if (child->slot == NO_SLOT) {
            st = match_node(r, child, within, out, e);
            continue;
        }
        uint64_t *set;
        st = match_child(r, child, within, &set, e);
        if (st == OK)
            set_or(out, set, r->n_words);
    }
    return st;
}

/* out |= matches of n within `within`; for a node with a slot, out is that slot, still empty. */
static enum status match_node(struct segment_run *r, const struct plan_node *n, const uint64_t *within, uint64_t *out,
                              struct error *e)
{
    if (n->leaf != NULL)
        return add_leaf(r, n->leaf, within, out, e);
    switch (n->node->kind) {
    case NODE_AND:
        return match_and(r, n, within, out, e);
    case NODE_OR:
        return match_or(r, n, within, out, e);
    case NODE_DATE:
    case NODE_LANG:
    case NODE_SOURCE:
    case NODE_URL:
        return add_filtered(r, n->node, within, out, e);
    case NODE_NONE:
    case NODE_WORD:
    case NODE_PHRASE:
    case NODE_PREFIX:
    case NODE_NEAR:
    case NODE_FUZZY:
    case NODE_EXACT:
        break;
    }
    return OK;
}

/* Words are told by the term table, which has none of the filters. */
static enum status has_any(struct kernel_lists *l, const struct plan_word *w, bool *out, struct error *e)
{
    *out = false;
    for (size_t t = 0; !*out && t < w->n_terms; t++) {
        const struct posting_list *list;
        *out = l->plan->terms[w->terms[t]].in[l->segment].id != TERM_NONE;
        enum status st = *out ? OK : lists_get(l, w->terms[t], &list, e);
        if (st != OK)
            return st;
        *out = *out || list->n > 0;
    }
    return OK;
}

/* The recursion is as deep as the query. */
enum status match_is_possible(struct kernel_lists *l, const struct plan_node *n, bool *out, struct error *e)
{
    enum status st = OK;
    *out = n->node->kind != NODE_NONE;
    for (size_t i = 0; n->leaf != NULL && st == OK && *out && i < n->leaf->n_words; i++)
        st = has_any(l, &n->leaf->words[i], out, e);
    bool is_or = n->node->kind == NODE_OR;
    *out = *out && !is_or;
    for (size_t i = 0; st == OK && *out != is_or && i < n->n_children; i++) {
        enum node_role role = n->children[i].node->role;
        if (is_or || role == ROLE_MUST || role == ROLE_FILTER)
            st = match_is_possible(l, &n->children[i], out, e);
    }
    return st;
}

enum status match_segment(struct segment_run *r, struct error *e)
{
    return match_node(r, r->plan->root, r->within, run_slot(r, r->plan->root->slot), e);
}

static void gate(struct segment_run *r, const struct plan_node *n, const uint64_t *around)
{
    if (!n->is_scoring || n->slot == NO_SLOT)
        return;
    uint64_t *set = run_slot(r, n->slot);
    if (around != NULL)
        set_and(set, around, r->n_words);
    for (size_t i = 0; i < n->n_children; i++)
        gate(r, &n->children[i], set);
}

void match_gate(struct segment_run *r)
{
    gate(r, r->plan->root, NULL);
}
