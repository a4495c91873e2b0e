#include "query.h"

#include "date.h"

static void print_word(struct buf *out, const struct query_word *w)
{
    buf_put(out, w->form);
    if (w->n_terms == 1 && slice_equal(w->form, w->terms[0]))
        return;
    for (size_t i = 0; i < w->n_terms; i++) {
        buf_put_byte(out, i == 0 ? '=' : '|');
        buf_put(out, w->terms[i]);
    }
}

static void print_leaf(struct buf *out, const struct query_node *node, const char *name)
{
    static const char *const fields[] = {
        [FIELD_ANY] = "", [FIELD_TITLE] = "title:", [FIELD_AUTHOR] = "author:", [FIELD_TAG] = "tag:"};
    buf_printf(out, "(%s%s", fields[node->field], name);
    for (size_t i = 0; i < node->n_words; i++) {
        uint32_t step = i == 0 ? 1 : node->words[i].position - node->words[i - 1].position;
        buf_put_byte(out, ' ');
        if (step != 1)
            buf_printf(out, "+%u ", step);
        print_word(out, &node->words[i]);
    }
    if (node->distance > 0)
        buf_printf(out, " ~%u", node->distance);
    if (node->qtf != 1)
        buf_printf(out, " *%u", node->qtf);
    if (node->boost < 1 || node->boost > 1)
        buf_printf(out, " ^%.17g", node->boost);
    buf_put_byte(out, ')');
}

static void print_date(struct buf *out, const struct query_node *node)
{
    buf_put_cstr(out, "(date ");
    date_put(out, node->date_from);
    buf_put_cstr(out, "..");
    date_put(out, node->date_to);
    buf_put_byte(out, ')');
}

static void print_value(struct buf *out, const struct query_node *node, const char *name)
{
    buf_printf(out, "(%s ", name);
    buf_put(out, node->value);
    buf_put_byte(out, ')');
}

static void print_node(struct buf *out, const struct query_node *node);

static void print_children(struct buf *out, const struct query_node *node)
{
    static const char *const roles[] = {
        [ROLE_SHOULD] = "should", [ROLE_MUST] = "must", [ROLE_FILTER] = "filter", [ROLE_NOT] = "not"};
    bool has_roles = node->kind == NODE_AND;
    buf_put_cstr(out, has_roles ? "(and" : "(or");
    for (size_t i = 0; i < node->n_children; i++) {
        buf_put_byte(out, ' ');
        if (has_roles)
            buf_printf(out, "(%s ", roles[node->children[i]->role]);
        print_node(out, node->children[i]);
        if (has_roles)
            buf_put_byte(out, ')');
    }
    buf_put_byte(out, ')');
}

static void print_node(struct buf *out, const struct query_node *node)
{
    switch (node->kind) {
    case NODE_AND:
    case NODE_OR:
        print_children(out, node);
        return;
    case NODE_WORD:
        print_leaf(out, node, "word");
        return;
    case NODE_PHRASE:
        print_leaf(out, node, "phrase");
        return;
    case NODE_PREFIX:
        print_leaf(out, node, "prefix");
        return;
    case NODE_NEAR:
        print_leaf(out, node, "near");
        return;
    case NODE_FUZZY:
        print_leaf(out, node, "fuzzy");
        return;
    case NODE_EXACT:
        print_leaf(out, node, "exact");
        return;
    case NODE_DATE:
        print_date(out, node);
        return;
    case NODE_LANG:
        print_value(out, node, "lang");
        return;
    case NODE_SOURCE:
        print_value(out, node, "source");
        return;
    case NODE_URL:
        print_value(out, node, "url");
        return;
    case NODE_NONE:
        buf_put_cstr(out, "(none)");
        return;
    }
}

void query_print(struct buf *out, const struct query *q)
{
    if (q->root == NULL)
        buf_put_cstr(out, "()");
    else
        print_node(out, q->root);
}
