#include "query_operand.h"

#include "intern.h"
#include "utf8.h"

#include <stdlib.h>

#define NOWHERE SIZE_MAX

/* What stands between the last operand of a bracket and the next. */
struct pending {
    enum join join;
    bool is_negated;
    size_t join_at, not_at; /* NOWHERE: no AND or OR, no NOT */
};

/* Where a bracket first used +/- and AND/OR: they are not mixed, for nobody would agree on the meaning. */
struct style {
    bool has_signs, has_booleans;
};

static const struct pending no_pending = {.join = JOIN_LIST, .join_at = NOWHERE, .not_at = NOWHERE};

static enum status check_style(struct style *style, bool is_sign, size_t at, struct error *e)
{
    style->has_signs |= is_sign;
    style->has_booleans |= !is_sign;
    if (!style->has_signs || !style->has_booleans)
        return OK;
    return error_query(e, (int64_t)at,
                       "+ and - are not mixed with AND and OR in one bracket; use NOT for -, or inner brackets");
}

static enum status dangling(const char *name, size_t at, struct error *e)
{
    bool is_not = name[0] == 'N';
    return error_query(e, (int64_t)at, "%s needs a word %s; write it in small letters to search for the word", name,
                       is_not ? "behind it" : "on both sides");
}

static enum status check_nothing_pending(const struct pending *pending, struct error *e)
{
    if (pending->not_at != NOWHERE)
        return dangling("NOT", pending->not_at, e);
    if (pending->join_at != NOWHERE)
        return dangling(pending->join == JOIN_AND ? "AND" : "OR", pending->join_at, e);
    return OK;
}

static enum status read_operator(const struct lexeme *x, bool is_first, struct pending *pending, struct style *style,
                                 struct error *e)
{
    if (x->kind == LEXEME_NOT) {
        pending->is_negated = !pending->is_negated;
        if (pending->not_at == NOWHERE)
            pending->not_at = x->start;
        return OK;
    }
    const char *name = x->kind == LEXEME_AND ? "AND" : "OR";
    if (is_first)
        return dangling(name, x->start, e);
    enum status st = check_nothing_pending(pending, e);
    if (st != OK)
        return st;
    pending->join = x->kind == LEXEME_AND ? JOIN_AND : JOIN_OR;
    pending->join_at = x->start;
    return check_style(style, false, x->start, e);
}

static struct item *new_item(struct parser *p, const struct lexeme *x, const struct pending *pending)
{
    struct item *item = arena_take(&p->q->arena, sizeof *item);
    if (item != NULL)
        *item = (struct item){.join = pending->join,
                              .is_required = x->sign == '+',
                              .is_negative = x->sign == '-' || pending->is_negated,
                              .start = pending->not_at != NOWHERE ? pending->not_at : x->start};
    return item;
}

static void bracket_add(struct bracket *b, struct item *item)
{
    if (b->last == NULL)
        b->first = item;
    else
        b->last->next = item;
    b->last = item;
}

static enum status parse_bracket(struct parser *p, struct query_node **out, size_t depth, size_t opened_at,
                                 struct error *e);

/* "(a b)^2": each leaf's own weight is multiplied. The recursion is as deep as the brackets. */
static enum status weigh(struct query_node *node, double boost, size_t at, struct error *e)
{
    node->boost *= boost;
    if (query_node_is_leaf(node) && (node->boost < QUERY_BOOST_MIN || node->boost > QUERY_BOOST_MAX))
        return error_query(e, (int64_t)at,
                           "this weight and those within the bracket multiply to less than %g or more "
                           "than %d",
                           QUERY_BOOST_MIN, QUERY_BOOST_MAX);
    if (query_node_is_leaf(node))
        return OK;
    node->boost = 1;
    enum status st = OK;
    for (size_t i = 0; st == OK && i < node->n_children; i++)
        st = weigh(node->children[i], boost, at, e);
    return st;
}

/* What closed a bracket may weigh it. */
static enum status close_bracket(const struct lexeme *x, struct query_node *node, struct error *e)
{
    bool is_weighed = x->kind == LEXEME_CLOSE && (x->boost < 1 || x->boost > 1);
    return is_weighed && node != NULL ? weigh(node, x->boost, x->start, e) : OK;
}

/* The recursion is as deep as the brackets, at most QUERY_DEPTH_MAX. */
static enum status read_inner(struct parser *p, const struct lexeme *x, struct item *item, size_t depth,
                              struct error *e)
{
    size_t opened_at = x->start + x->len - 1;
    if (depth == QUERY_DEPTH_MAX)
        return error_query(e, (int64_t)opened_at, "more than %d levels of brackets", QUERY_DEPTH_MAX);
    struct query_node *node;
    enum status st = parse_bracket(p, &node, depth + 1, opened_at, e);
    if (st != OK || node == NULL)
        return st;
    st = item_reserve(p, item, 1, e);
    if (st == OK)
        item->nodes[item->n_nodes++] = (struct item_node){.node = node};
    return st;
}

static enum status read_item(struct parser *p, struct bracket *b, const struct lexeme *x, const struct pending *pending,
                             struct style *style, size_t depth, struct error *e)
{
    if (x->sign != 0) {
        if (pending->not_at != NOWHERE)
            return error_query(e, (int64_t)x->start, "NOT and %c do not go together", x->sign);
        enum status st = check_style(style, true, x->start, e);
        if (st != OK)
            return st;
    }
    struct item *item = new_item(p, x, pending);
    if (item == NULL)
        return error_nomem(e);
    bracket_add(b, item);
    return x->kind == LEXEME_OPEN ? read_inner(p, x, item, depth, e) : operand_read(p, x, item, e);
}

static enum status parse_bracket(struct parser *p, struct query_node **out, size_t depth, size_t opened_at,
                                 struct error *e)
{
    *out = NULL;
    struct bracket b = {0};
    struct style style = {0};
    struct pending pending = no_pending;
    struct lexeme x;
    for (;;) {
        enum status st = lexer_next(&p->lexer, &x, e);
        if (st != OK)
            return st;
        if (x.kind == LEXEME_CLOSE && depth == 0)
            return error_query(e, (int64_t)x.start, "bracket closed here was not opened");
        if (x.kind == LEXEME_END && depth > 0)
            return error_query(e, (int64_t)opened_at, "bracket opened here is not closed");
        if (x.kind == LEXEME_CLOSE || x.kind == LEXEME_END)
            break;
        if (x.kind == LEXEME_AND || x.kind == LEXEME_OR || x.kind == LEXEME_NOT) {
            st = read_operator(&x, b.last == NULL, &pending, &style, e);
        } else {
            st = read_item(p, &b, &x, &pending, &style, depth, e);
            pending = no_pending;
        }
        if (st != OK)
            return st;
    }
    enum status st = check_nothing_pending(&pending, e);
    if (st == OK)
        st = bracket_build(out, &p->q->arena, &b, &p->ignored, e);
    return st == OK ? close_bracket(&x, *out, e) : st;
}

static enum status parse_query(struct parser *p, struct error *e)
{
    if (p->line.len > QUERY_LINE_MAX_BYTES)
        return error_query(e, QUERY_LINE_MAX_BYTES, "a query of more than %d bytes", QUERY_LINE_MAX_BYTES);
    p->lexer.line = p->line;
    enum status st = parse_bracket(p, &p->q->root, 0, 0, e);
    struct query_node *root = p->q->root;
    if (st == OK && root != NULL && root->kind != NODE_AND && !query_node_scores(root))
        st = query_wrap_filter(&p->q->root, &p->q->arena, e);
    return st;
}

/* The word of p->words, numbered by its terms: equal words get equal numbers. */
static enum status number_word(struct intern *known, struct buf *key, const struct query_word *w, uint32_t *id,
                               struct error *e)
{
    buf_reset(key);
    for (size_t i = 0; i < w->n_terms; i++) {
        buf_put(key, w->terms[i]);
        buf_put_byte(key, '\0');
    }
    *id = INTERN_NONE;
    enum status st = buf_status(key, e);
    return st == OK ? intern_put(known, buf_slice(key), id, e) : st;
}

/* Add the words to the OR at the root: each distinct one once. */
static enum status add_plain_words(struct parser *p, struct query_node *root, bool keeps_stopwords,
                                   struct intern *known, struct buf *key, struct error *e)
{
    enum status st = OK;
    for (size_t i = 0; st == OK && i < p->words.n; i++) {
        const struct query_word *w = &p->words.items[i].word;
        if (p->words.items[i].is_stopword && !keeps_stopwords) {
            st = ignored_add(&p->ignored, &p->q->arena, slice_of(p->line.data + w->start, w->len), e);
            continue;
        }
        uint32_t id;
        st = number_word(known, key, w, &id, e);
        if (st != OK)
            return st;
        if (id >= QUERY_LEAVES_MAX)
            continue;
        struct query_node *leaf = parser_new_leaf(p, NODE_WORD, i, 1);
        if (leaf == NULL)
            return error_nomem(e);
        if (id < root->n_children)
            query_merge_word(root->children[id], leaf);
        else
            root->children[root->n_children++] = leaf;
    }
    p->q->n_cut = intern_count(known) - root->n_children;
    return st;
}

static enum status build_plain(struct parser *p, struct intern *known, struct buf *key, struct error *e)
{
    bool has_others = false;
    for (size_t i = 0; i < p->words.n; i++)
        has_others |= !p->words.items[i].is_stopword;
    size_t room = p->words.n < QUERY_LEAVES_MAX ? p->words.n : QUERY_LEAVES_MAX;
    struct query_node *root = arena_alloc(&p->q->arena, sizeof *root);
    struct query_node **children = arena_alloc(&p->q->arena, room * sizeof(struct query_node *));
    if (root == NULL || children == NULL)
        return error_nomem(e);
    *root = (struct query_node){.kind = NODE_OR, .boost = 1, .qtf = 1, .children = children, .len = p->line.len};
    enum status st = add_plain_words(p, root, !has_others, known, key, e);
    if (st == OK && root->n_children > 0)
        p->q->root = root->n_children == 1 ? children[0] : root;
    return st;
}

static enum status parse_plain(struct parser *p, struct error *e)
{
    if (p->line.len > QUERY_LINE_MAX_BYTES)
        p->line.len = utf8_floor(p->line, QUERY_LINE_MAX_BYTES);
    enum status st = parser_read_words(p, p->line, 0, e);
    if (st == OK)
        st = parser_ignore_dropped(p, e);
    if (st != OK || p->words.n == 0)
        return st;
    struct buf key;
    buf_init(&key, QUERY_TERMS_MAX * (size_t)(4 * WORD_MAX_BYTES));
    struct intern *known;
    st = intern_new(&known, e);
    if (st == OK)
        st = build_plain(p, known, &key, e);
    intern_free(known);
    buf_clear(&key);
    return st;
}

static int by_place(const void *a, const void *b)
{
    const struct slice *x = a, *y = b;
    return (x->data > y->data) - (x->data < y->data);
}

/* What was ignored, in the order of the line. Inner brackets were read before the words around them. */
static void keep_ignored(struct parser *p)
{
    struct ignored *list = &p->ignored;
    if (list->n == 0)
        return;
    qsort(list->items, list->n, sizeof *list->items, by_place);
    p->q->ignored = list->items;
    p->q->n_ignored = list->n;
}

static enum status parse(struct parser *p, enum query_mode mode, struct error *e)
{
    enum status st = mode == MODE_PLAIN ? parse_plain(p, e) : parse_query(p, e);
    keep_ignored(p);
    if (st == OK)
        st = query_number_leaves(p->q, e);
    p->q->is_filter_only = p->q->root != NULL && !query_node_scores(p->q->root);
    return st;
}

enum status query_parse(struct query **out, struct slice line, const struct query_parser_options *options,
                        struct analyzer *analyzer, struct error *e)
{
    static const char *const english[] = {"en"};
    *out = NULL;
    struct query *q;
    enum status st = query_new(&q, e);
    if (st != OK)
        return st;
    struct parser p = {.q = q, .line = arena_copy(&q->arena, line)};
    size_t n_langs = options->n_langs < QUERY_TERMS_MAX ? options->n_langs : QUERY_TERMS_MAX;
    p.reader = (struct word_reader){.arena = &q->arena,
                                    .analyzer = analyzer,
                                    .langs = n_langs > 0 ? options->langs : english,
                                    .n_langs = n_langs > 0 ? n_langs : 1};
    for (size_t i = 0; i < p.reader.n_langs; i++)
        analyzer_expect(analyzer, p.reader.langs[i], p.line);
    st = p.line.data == NULL ? error_nomem(e) : parse(&p, options->mode, e);
    if (st != OK) {
        query_free(q);
        return st;
    }
    *out = q;
    return OK;
}
