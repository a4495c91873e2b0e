#include "feedback.h"

#include "array.h"
#include "feedback_terms.h"
#include "query_build.h"
#include "score.h"

/* Does the query ask for the term by a word of its own? */
static bool asks_for(const struct query *q, struct slice term)
{
    for (size_t i = 0; i < q->n_leaves; i++)
        for (size_t w = 0; w < q->leaves[i]->n_words; w++)
            for (size_t t = 0; t < q->leaves[i]->words[w].n_terms; t++)
                if (slice_equal(q->leaves[i]->words[w].terms[t], term))
                    return true;
    return false;
}

static double greatest_qtf(const struct query_node *node)
{
    double greatest = 0;
    if (node->role == ROLE_NOT || node->role == ROLE_FILTER || node->field != FIELD_ANY)
        return 0;
    if (node->n_words > 0)
        greatest = node->qtf * node->boost;
    for (size_t i = 0; i < node->n_children; i++) {
        double of_child = greatest_qtf(node->children[i]);
        greatest = of_child > greatest ? of_child : greatest;
    }
    return greatest;
}

static struct query_node *new_leaf(struct query *q, const struct feedback_term *term, double boost)
{
    struct query_node *node = arena_alloc(&q->arena, sizeof *node);
    struct query_word *word = arena_alloc(&q->arena, sizeof *word);
    struct slice *terms = arena_alloc(&q->arena, sizeof *terms);
    if (node == NULL || word == NULL || terms == NULL)
        return NULL;
    *terms = arena_copy(&q->arena, term->text);
    *word = (struct query_word){.form = arena_copy(&q->arena, term->form), .terms = terms, .n_terms = 1};
    *node = (struct query_node){
        .kind = NODE_WORD, .words = word, .n_words = 1, .boost = boost, .qtf = 1, .is_feedback = true};
    return terms->data == NULL || word->form.data == NULL ? NULL : node;
}

/* Where further words belong: the alternatives that the search is about, or else the conditions. */
static struct query_node *parent_of(struct query_node *root)
{
    struct query_node *only = NULL;
    if (root->kind != NODE_AND)
        return root;
    for (size_t i = 0; i < root->n_children; i++) {
        struct query_node *child = root->children[i];
        if (child->role != ROLE_SHOULD && child->role != ROLE_MUST)
            continue;
        if (only != NULL || child->kind != NODE_OR)
            return root;
        only = child;
    }
    return only == NULL ? root : only;
}

/*
 * A parent that can take n more children; a root that is a leaf becomes the first of them: a word is an alternative
 * like those that come, what has an operator of its own stays demanded.
 */
static struct query_node *reserve_children(struct query *q, size_t n)
{
    struct query_node *parent = parent_of(q->root);
    if (parent->kind != NODE_AND && parent->kind != NODE_OR) {
        parent = arena_alloc(&q->arena, sizeof *parent);
        struct query_node **children = arena_alloc(&q->arena, sizeof(struct query_node *));
        if (parent == NULL || children == NULL)
            return NULL;
        children[0] = q->root;
        bool is_word = q->root->kind == NODE_WORD;
        *parent = (struct query_node){
            .kind = is_word ? NODE_OR : NODE_AND, .children = children, .n_children = 1, .boost = 1, .qtf = 1};
        q->root->role = is_word ? ROLE_SHOULD : ROLE_MUST;
        q->root = parent;
    }
    struct query_node **children = arena_alloc(&q->arena, (parent->n_children + n) * sizeof(struct query_node *));
    if (children == NULL)
        return NULL;
    memcpy(children, parent->children, parent->n_children * sizeof(struct query_node *));
    parent->children = children;
    return parent;
}

static enum status add_leaves(struct query *q, const struct feedback_term *terms, size_t n, struct buf *words,
                              struct error *e)
{
    double qtf = greatest_qtf(q->root), greatest = 0;
    for (size_t i = 0; i < n; i++)
        greatest = terms[i].sum > greatest ? terms[i].sum : greatest;
    struct query_node *parent = reserve_children(q, n);
    if (parent == NULL)
        return error_nomem(e);
    for (size_t i = 0; i < n; i++) {
        struct query_node *leaf =
            new_leaf(q, &terms[i], FEEDBACK_WEIGHT * (qtf > 0 ? qtf : 1) * terms[i].sum / greatest);
        if (leaf == NULL)
            return error_nomem(e);
        parent->children[parent->n_children++] = leaf;
        if (asks_for(q, terms[i].text))
            continue;
        if (words->len > 0)
            buf_put_byte(words, ',');
        buf_put(words, terms[i].form);
    }
    return query_number_leaves(q, e);
}

enum status feedback_expand(struct query *q, const struct snapshot *s, const struct candidates *best, struct buf *words,
                            const struct stop *stop, struct error *e)
{
    struct feedback_terms *terms;
    if (q->root == NULL || q->is_filter_only || best->n == 0)
        return OK;
    enum status st = feedback_terms_new(&terms, s, best, stop, e);
    if (st != OK)
        return st;
    size_t n;
    const struct feedback_term *chosen;
    st = feedback_terms_choose(terms, &chosen, &n, stop, e);
    if (st == OK && n > 0)
        st = add_leaves(q, chosen, n, words, e);
    feedback_terms_free(terms);
    return st;
}
