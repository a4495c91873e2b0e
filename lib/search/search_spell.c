#include "search_internal.h"
#include "spell.h"

/* A required word alone is no different from any word alone, but for how it is written. */
static bool is_marked(const struct query_word *w, struct slice line)
{
    return w->start > 0 && w->start <= line.len && memchr("+=\"(", line.data[w->start - 1], 4) != NULL;
}

/* Words alone, as they may be typed without knowing of operators. */
static bool is_plain(const struct query_node *n, struct slice line)
{
    if (n->kind == NODE_OR) {
        for (size_t i = 0; i < n->n_children; i++)
            if (n->children[i]->role != ROLE_SHOULD || n->children[i]->kind != NODE_WORD ||
                !is_plain(n->children[i], line))
                return false;
        return true;
    }
    return n->kind == NODE_WORD && n->role == ROLE_SHOULD && n->field == FIELD_ANY && n->boost == 1 &&
           !is_marked(&n->words[0], line);
}

enum status searcher_correct(struct buf *out, struct searcher *s, const struct query *q, struct slice line,
                             const struct stop *stop, struct error *e)
{
    struct spelled *spelled;
    if (q->root == NULL || !is_plain(q->root, line))
        return OK;
    enum status st = spell_run(&spelled, s, line, false, stop, e);
    if (st == ERR_QUERY) /* too many words to look at */
        return OK;
    if (st != OK)
        return st;
    if (!spelled_apply(spelled, line, out))
        buf_reset(out);
    st = buf_status(out, e);
    spelled_free(spelled);
    return st;
}
