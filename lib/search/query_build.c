#include "query_build.h"

#include <assert.h>

/* Every node of a list holds a word or a value of its own, and a query has at most so many. */
struct node_list {
    struct query_node *items[QUERY_WORDS_MAX];
    size_t n;
};

/* The children of a node to be, by role. */
struct parts {
    struct node_list should, must, filter, negative;
};

/* The lists are long and mostly empty: they are not set as a whole. */
static void parts_init(struct parts *p)
{
    p->should.n = p->must.n = p->filter.n = p->negative.n = 0;
}

enum status ignored_add(struct ignored *list, struct arena *arena, struct slice word, struct error *e)
{
    for (size_t i = 0; i < list->n; i++)
        if (slice_equal_ascii_case(list->items[i], word))
            return OK;
    enum status st =
        arena_reserve(arena, &list->items, &list->cap, list->n + 1, sizeof *list->items, QUERY_LINE_MAX_BYTES, e);
    if (st == OK)
        list->items[list->n++] = word;
    return st;
}

bool query_node_scores(const struct query_node *node)
{
    if (query_node_is_leaf(node))
        return node->field == FIELD_ANY;
    for (size_t i = 0; i < node->n_children; i++) {
        const struct query_node *child = node->children[i];
        bool counts = child->role == ROLE_MUST || child->role == ROLE_SHOULD;
        if (counts && query_node_scores(child))
            return true;
    }
    return false;
}

static bool is_same_word(const struct query_node *a, const struct query_node *b)
{
    if (a->kind != NODE_WORD || b->kind != NODE_WORD || a->field != b->field)
        return false;
    if (a->boost < b->boost || a->boost > b->boost)
        return false;
    const struct query_word *v = a->words, *w = b->words;
    if (v->n_terms != w->n_terms)
        return false;
    for (size_t i = 0; i < v->n_terms; i++)
        if (!slice_equal(v->terms[i], w->terms[i]))
            return false;
    return true;
}

void query_merge_word(struct query_node *into, struct query_node *node)
{
    struct query_node *last = node;
    while (last->same != NULL)
        last = last->same;
    last->same = into->same;
    into->same = node;
    into->qtf += node->qtf;
}

static void list_add(struct node_list *list, struct query_node *node)
{
    for (size_t i = 0; i < list->n; i++) {
        if (is_same_word(list->items[i], node)) {
            query_merge_word(list->items[i], node);
            return;
        }
    }
    assert(list->n < QUERY_WORDS_MAX);
    list->items[list->n++] = node;
}

static struct query_node *new_parent(struct arena *arena, enum node_kind kind, size_t n)
{
    struct query_node *node = arena_take(arena, sizeof *node);
    struct query_node **children = arena_take(arena, n * sizeof(struct query_node *));
    if (node == NULL || children == NULL)
        return NULL;
    *node = (struct query_node){.kind = kind, .children = children, .boost = 1, .qtf = 1};
    return node;
}

static void adopt(struct query_node *parent, const struct node_list *list, enum node_role role)
{
    for (size_t i = 0; i < list->n; i++) {
        struct query_node *child = list->items[i];
        child->role = role;
        size_t end = parent->start + parent->len, child_end = child->start + child->len;
        if (parent->n_children == 0 || child->start < parent->start)
            parent->start = child->start;
        if (child_end > end)
            end = child_end;
        parent->len = end - parent->start;
        parent->children[parent->n_children++] = child;
    }
}

enum status query_wrap_filter(struct query_node **node, struct arena *arena, struct error *e)
{
    struct query_node *parent = new_parent(arena, NODE_AND, 1);
    if (parent == NULL)
        return error_nomem(e);
    adopt(parent, &(struct node_list){.items = {*node}, .n = 1}, ROLE_FILTER);
    *node = parent;
    return OK;
}

/* One node that matches what any of the list matches. */
static enum status any_of(struct query_node **out, struct arena *arena, const struct node_list *list, struct error *e)
{
    *out = list->items[0];
    if (list->n == 1)
        return OK;
    *out = new_parent(arena, NODE_OR, list->n);
    if (*out == NULL)
        return error_nomem(e);
    adopt(*out, list, ROLE_SHOULD);
    return OK;
}

/* The tree of the parts; NULL where there are none. The caller has seen to it that exclusions do not stand alone. */
static enum status assemble(struct query_node **out, struct arena *arena, struct parts *p, struct error *e)
{
    *out = NULL;
    bool has_conditions = p->filter.n > 0 || p->negative.n > 0;
    if (p->should.n > 0 && p->must.n == 0) {
        enum status st = any_of(out, arena, &p->should, e);
        if (st != OK || !has_conditions)
            return st;
        p->should.n = 0;
        list_add(&p->must, *out);
    }
    size_t n = p->should.n + p->must.n + p->filter.n + p->negative.n;
    if (n == 0)
        return OK;
    if (n == 1) {
        *out = p->must.n == 1 ? p->must.items[0] : p->filter.items[0];
        return OK;
    }
    *out = new_parent(arena, NODE_AND, n);
    if (*out == NULL)
        return error_nomem(e);
    adopt(*out, &p->should, ROLE_SHOULD);
    adopt(*out, &p->must, ROLE_MUST);
    adopt(*out, &p->filter, ROLE_FILTER);
    adopt(*out, &p->negative, ROLE_NOT);
    return OK;
}

static void add_required(struct parts *p, struct query_node *node)
{
    list_add(query_node_scores(node) ? &p->must : &p->filter, node);
}

/* The nodes of an item are excluded together: -ISIS-K leaves out what has both ISIS and K. */
static enum status add_negative(struct parts *p, struct arena *arena, const struct item *item, struct error *e)
{
    struct parts all;
    parts_init(&all);
    for (size_t i = 0; i < item->n_nodes; i++)
        add_required(&all, item->nodes[i].node);
    struct query_node *node;
    enum status st = assemble(&node, arena, &all, e);
    if (st == OK && node != NULL)
        list_add(&p->negative, node);
    return st;
}

/* Items from..end (not included) that AND joins. */
static enum status add_conjunction(struct parts *p, struct arena *arena, const struct item *from,
                                   const struct item *end, struct error *e)
{
    for (const struct item *item = from; item != end; item = item->next) {
        enum status st = item->is_negative ? add_negative(p, arena, item, e) : OK;
        if (st != OK)
            return st;
        for (size_t i = 0; i < item->n_nodes && !item->is_negative; i++)
            add_required(p, item->nodes[i].node);
    }
    return OK;
}

static const struct item *run_end(const struct item *from, enum join loosest)
{
    const struct item *end = from->next;
    while (end != NULL && end->join != JOIN_LIST && (end->join == JOIN_AND || loosest == JOIN_OR))
        end = end->next;
    return end;
}

static enum status add_alternative(struct node_list *list, struct arena *arena, struct query_node *node,
                                   struct error *e)
{
    bool is_bare_filter = node->kind != NODE_AND && !query_node_scores(node);
    enum status st = is_bare_filter ? query_wrap_filter(&node, arena, e) : OK;
    if (st == OK)
        list_add(list, node);
    return st;
}

/* Items from..end that OR joins, each alternative a run that AND joins. */
static enum status add_disjunction(struct parts *p, struct arena *arena, const struct item *from,
                                   const struct item *end, struct error *e)
{
    struct node_list alternatives;
    alternatives.n = 0;
    enum status st = OK;
    for (const struct item *next; st == OK && from != end; from = next) {
        next = run_end(from, JOIN_AND);
        if (next == from->next && !from->is_negative) {
            for (size_t i = 0; st == OK && i < from->n_nodes; i++)
                st = add_alternative(&alternatives, arena, from->nodes[i].node, e);
            continue;
        }
        struct parts run;
        parts_init(&run);
        st = add_conjunction(&run, arena, from, next, e);
        if (st == OK && run.negative.n > 0 && run.must.n + run.filter.n == 0)
            return error_query(e, (int64_t)from->start,
                               "OR with NOT alone would match nearly everything; join NOT to a word by AND");
        struct query_node *node = NULL;
        if (st == OK)
            st = assemble(&node, arena, &run, e);
        if (st == OK && node != NULL)
            st = add_alternative(&alternatives, arena, node, e);
    }
    if (st != OK || alternatives.n == 0)
        return st;
    struct query_node *node;
    st = any_of(&node, arena, &alternatives, e);
    if (st == OK)
        list_add(query_node_scores(node) ? &p->should : &p->filter, node);
    return st;
}

static enum status add_run(struct parts *p, struct arena *arena, const struct item *from, const struct item *end,
                           struct error *e)
{
    bool has_or = run_end(from, JOIN_AND) != end;
    if (has_or)
        return add_disjunction(p, arena, from, end, e);
    if (from->next != end || from->is_negative) {
        struct parts run;
        parts_init(&run);
        enum status st = add_conjunction(&run, arena, from, end, e);
        if (st != OK)
            return st;
        if (run.must.n + run.filter.n == 0) { /* "x NOT a": excluded from the whole bracket */
            for (size_t i = 0; i < run.negative.n; i++)
                list_add(&p->negative, run.negative.items[i]);
            return OK;
        }
        struct query_node *node;
        st = assemble(&node, arena, &run, e);
        if (st == OK)
            list_add(query_node_scores(node) ? &p->should : &p->filter, node);
        return st;
    }
    for (size_t i = 0; i < from->n_nodes; i++) {
        struct query_node *node = from->nodes[i].node;
        if (from->is_required || !query_node_scores(node))
            add_required(p, node);
        else
            list_add(&p->should, node);
    }
    return OK;
}

static bool is_dropped(const struct item *item, size_t i)
{
    return item->nodes[i].is_droppable && !item->is_required && !item->is_negative;
}

/* Stopwords go, unless no word would be left to score by. */
static enum status drop_stopwords(struct bracket *b, struct arena *arena, struct ignored *ignored, struct error *e)
{
    bool is_left = false;
    for (const struct item *item = b->first; item != NULL; item = item->next)
        for (size_t i = 0; i < item->n_nodes; i++)
            is_left |= !item->is_negative && !is_dropped(item, i) && query_node_scores(item->nodes[i].node);
    for (struct item *item = b->first; is_left && item != NULL; item = item->next) {
        size_t n_kept = 0;
        for (size_t i = 0; i < item->n_nodes; i++) {
            enum status st = OK;
            if (is_dropped(item, i))
                st = ignored_add(ignored, arena, item->nodes[i].written, e);
            else
                item->nodes[n_kept++] = item->nodes[i];
            if (st != OK)
                return st;
        }
        item->n_nodes = n_kept;
    }
    return OK;
}

static size_t first_exclusion(const struct bracket *b)
{
    const struct item *item = b->first;
    while (item->next != NULL && !(item->is_negative && item->n_nodes > 0))
        item = item->next;
    return item->start;
}

enum status bracket_build(struct query_node **out, struct arena *arena, struct bracket *b, struct ignored *ignored,
                          struct error *e)
{
    *out = NULL;
    enum status st = drop_stopwords(b, arena, ignored, e);
    struct parts parts;
    parts_init(&parts);
    for (const struct item *from = b->first, *end; st == OK && from != NULL; from = end) {
        end = run_end(from, JOIN_OR);
        st = add_run(&parts, arena, from, end, e);
    }
    if (st != OK)
        return st;
    if (parts.negative.n > 0 && parts.should.n + parts.must.n + parts.filter.n == 0)
        return error_query(e, (int64_t)first_exclusion(b),
                           "only exclusions: add a word, phrase or filter that passages should have");
    return assemble(out, arena, &parts, e);
}
