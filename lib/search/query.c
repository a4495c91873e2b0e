#include "query.h"

#include "query_build.h"

enum status query_new(struct query **out, struct error *e)
{
    struct arena arena;
    arena_init(&arena);
    struct query *q = *out = arena_alloc(&arena, sizeof *q);
    if (q == NULL)
        return error_nomem(e);
    q->arena = arena;
    return OK;
}

void query_free(struct query *q)
{
    if (q == NULL)
        return;
    /* The query itself lies in it. */
    struct arena arena = q->arena;
    arena_clear(&arena);
}

static size_t count_leaves(const struct query_node *node)
{
    size_t n = query_node_is_leaf(node) ? 1 : 0;
    for (size_t i = 0; i < node->n_children; i++)
        n += count_leaves(node->children[i]);
    return n;
}

static void number_leaves(struct query *q, struct query_node *node)
{
    if (query_node_is_leaf(node)) {
        node->leaf = (uint32_t)q->n_leaves;
        q->leaves[q->n_leaves++] = node;
    }
    for (size_t i = 0; i < node->n_children; i++)
        number_leaves(q, node->children[i]);
}

enum status query_number_leaves(struct query *q, struct error *e)
{
    q->n_leaves = 0;
    if (q->root == NULL)
        return OK;
    q->leaves = arena_alloc(&q->arena, count_leaves(q->root) * sizeof(struct query_node *));
    if (q->leaves == NULL)
        return error_nomem(e);
    number_leaves(q, q->root);
    return OK;
}

static size_t count_not_above(const uint64_t *df, size_t n, uint64_t limit)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += df[i] <= limit;
    return count;
}

/* The smallest limit that at least n_wanted of df do not pass, by halving: no memory is needed. */
static uint64_t df_limit(const uint64_t *df, size_t n, size_t n_wanted)
{
    uint64_t low = 0, high = UINT64_MAX;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (count_not_above(df, n, middle) >= n_wanted)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

void query_keep_rarest(struct query *q, const uint64_t *df)
{
    if (q->n_leaves <= QUERY_PLAIN_WORDS_MAX || q->root->kind != NODE_OR || q->root->n_children != q->n_leaves)
        return;
    uint64_t limit = df_limit(df, q->n_leaves, QUERY_PLAIN_WORDS_MAX);
    size_t n_below = limit > 0 ? count_not_above(df, q->n_leaves, limit - 1) : 0;
    size_t n_at_limit = QUERY_PLAIN_WORDS_MAX - n_below;
    size_t n_kept = 0;
    for (size_t i = 0; i < q->n_leaves; i++) {
        if (df[i] > limit || (df[i] == limit && n_at_limit == 0))
            continue;
        n_at_limit -= df[i] == limit;
        struct query_node *leaf = q->leaves[i];
        leaf->leaf = (uint32_t)n_kept;
        q->root->children[n_kept] = q->leaves[n_kept] = leaf;
        n_kept++;
    }
    q->n_cut += q->n_leaves - n_kept;
    q->n_leaves = q->root->n_children = n_kept;
}
