#include "query_operand.h"

#include "query_date.h"
#include "utf8.h"

static struct query_node *new_node(struct parser *p, enum node_kind kind, size_t start, size_t len)
{
    struct query_node *node = arena_take(&p->q->arena, sizeof *node);
    if (node != NULL)
        *node = (struct query_node){.kind = kind, .boost = 1, .qtf = 1, .start = start, .len = len};
    return node;
}

struct query_node *parser_new_leaf(struct parser *p, enum node_kind kind, size_t from, size_t n)
{
    const struct query_word *first = &p->words.items[from].word, *last = &p->words.items[from + n - 1].word;
    struct query_node *node = new_node(p, kind, first->start, last->start + last->len - first->start);
    struct query_word *words = arena_take(&p->q->arena, n * sizeof *words);
    if (node == NULL || words == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++)
        words[i] = p->words.items[from + i].word;
    node->words = words;
    node->n_words = n;
    return node;
}

enum status parser_read_words(struct parser *p, struct slice text, size_t start, struct error *e)
{
    enum status st = query_words_read(&p->words, &p->reader, text, start, p->position, e);
    if (st != OK)
        return st;
    p->position += p->words.n_positions;
    return OK;
}

enum status parser_ignore_dropped(struct parser *p, struct error *e)
{
    enum status st = OK;
    for (size_t i = 0; st == OK && i < p->words.n_dropped; i++)
        st = ignored_add(&p->ignored, &p->q->arena, p->words.dropped[i], e);
    return st;
}

static enum status count_words(struct parser *p, size_t n, size_t too_many_at, struct error *e)
{
    if (n > QUERY_WORDS_MAX - p->n_words)
        return error_query(e, (int64_t)too_many_at, "more than %d words; leave some out or use mode=plain",
                           QUERY_WORDS_MAX);
    p->n_words += n;
    return OK;
}

/* Analyse the words of a lexeme, within the query's bound. */
static enum status read_counted(struct parser *p, const struct lexeme *x, struct error *e)
{
    enum status st = parser_read_words(p, x->text, x->text_start, e);
    if (st != OK)
        return st;
    size_t room = QUERY_WORDS_MAX - p->n_words;
    size_t too_many_at = p->words.n > room ? p->words.items[room].word.start : 0;
    return count_words(p, p->words.n, too_many_at, e);
}

static enum node_field field_of(enum lexeme_field field)
{
    switch (field) {
    case LEXEME_TITLE:
        return FIELD_TITLE;
    case LEXEME_AUTHOR:
        return FIELD_AUTHOR;
    case LEXEME_TAG:
        return FIELD_TAG;
    case LEXEME_ANY:
    case LEXEME_DATE:
    case LEXEME_LANG:
    case LEXEME_SOURCE:
    case LEXEME_URL:
        break;
    }
    return FIELD_ANY;
}

enum status item_reserve(struct parser *p, struct item *item, size_t n, struct error *e)
{
    item->nodes = arena_take(&p->q->arena, n * sizeof *item->nodes);
    return item->nodes == NULL ? error_nomem(e) : OK;
}

static enum status item_add(struct item *item, struct query_node *node, enum node_field field, struct error *e)
{
    if (node == NULL)
        return error_nomem(e);
    node->field = field;
    item->nodes[item->n_nodes++] = (struct item_node){.node = node};
    return OK;
}

static enum status read_date(struct parser *p, const struct lexeme *x, struct item *item, struct error *e)
{
    struct date_range range;
    enum status st = date_range_parse(&range, x->text, x->text_start, e);
    if (st == OK)
        st = count_words(p, 1, x->start, e);
    if (st == OK)
        st = item_reserve(p, item, 1, e);
    if (st != OK)
        return st;
    struct query_node *node = new_node(p, range.is_empty ? NODE_NONE : NODE_DATE, x->start, x->len);
    if (node != NULL) {
        node->date_from = range.from;
        node->date_to = range.to;
    }
    return item_add(item, node, FIELD_ANY, e);
}

/* Filters whose value is taken as it is written. */
static enum status read_value(struct parser *p, const struct lexeme *x, enum node_kind kind, struct item *item,
                              struct error *e)
{
    if (x->text.len == 0)
        return error_query(e, (int64_t)x->text_start, "%s needs a value", lexeme_field_name(x->field));
    enum status st = count_words(p, 1, x->start, e);
    if (st == OK)
        st = item_reserve(p, item, 1, e);
    if (st != OK)
        return st;
    struct query_node *node = new_node(p, kind, x->start, x->len);
    if (node != NULL)
        node->value = x->text;
    return item_add(item, node, FIELD_ANY, e);
}

static enum status read_phrase(struct parser *p, const struct lexeme *x, struct item *item, struct error *e)
{
    enum status st = read_counted(p, x, e);
    if (st != OK || p->words.n == 0)
        return st;
    if (p->words.n > QUERY_PHRASE_MAX)
        return error_query(e, (int64_t)p->words.items[QUERY_PHRASE_MAX].word.start,
                           "a phrase of more than %d words; use a shorter one or mode=plain", QUERY_PHRASE_MAX);
    st = item_reserve(p, item, 1, e);
    if (st != OK)
        return st;
    enum node_kind kind = p->words.n == 1 ? NODE_WORD : x->kind == LEXEME_NEAR ? NODE_NEAR : NODE_PHRASE;
    struct query_node *node = parser_new_leaf(p, kind, 0, p->words.n);
    if (node != NULL) {
        node->boost = x->boost;
        node->distance = kind == NODE_NEAR ? x->distance : 0;
    }
    return item_add(item, node, field_of(x->field), e);
}

/* The last word of "al-qaida~1" is the fuzzy one; '=' goes for each. */
static struct query_node *new_word(struct parser *p, const struct lexeme *x, size_t i)
{
    bool is_fuzzy = x->kind == LEXEME_FUZZY && i + 1 == p->words.n;
    enum node_kind kind = is_fuzzy ? NODE_FUZZY : x->kind == LEXEME_EXACT ? NODE_EXACT : NODE_WORD;
    struct query_node *node = parser_new_leaf(p, kind, i, 1);
    if (node == NULL)
        return NULL;
    node->boost = x->boost;
    if (is_fuzzy) {
        node->distance = x->distance;
        node->words[0].terms = NULL;
        node->words[0].n_terms = 0;
    }
    return node;
}

static enum status check_signs(const struct parser *p, const struct lexeme *x, struct error *e)
{
    bool is_of_text = x->field == LEXEME_ANY || x->field == LEXEME_TITLE;
    if (!is_of_text && x->kind != LEXEME_TEXT)
        return error_query(e, (int64_t)x->start, "'%c' does not go with %s", x->kind == LEXEME_FUZZY ? '~' : '=',
                           lexeme_field_name(x->field));
    if (x->kind == LEXEME_FUZZY && p->words.n > 0 &&
        utf8_length(p->words.items[p->words.n - 1].word.form) <= x->distance)
        return error_query(e, (int64_t)x->text_start, "a word before '~' needs more letters than edits");
    return OK;
}

static enum status read_text(struct parser *p, const struct lexeme *x, struct item *item, struct error *e)
{
    enum status st = read_counted(p, x, e);
    if (st == OK)
        st = check_signs(p, x, e);
    if (st != OK || p->words.n == 0)
        return st;
    bool is_plain = x->kind == LEXEME_TEXT && x->field == LEXEME_ANY && x->sign == 0 && !(x->boost < 1 || x->boost > 1);
    st = item_reserve(p, item, p->words.n, e);
    for (size_t i = 0; st == OK && i < p->words.n; i++) {
        st = item_add(item, new_word(p, x, i), field_of(x->field), e);
        if (st != OK)
            return st;
        const struct query_word *w = &p->words.items[i].word;
        struct item_node *added = &item->nodes[item->n_nodes - 1];
        added->written = slice_of(p->line.data + w->start, w->len);
        added->is_droppable = is_plain && p->words.items[i].is_stopword;
    }
    return st;
}

/*
 * The last word before the '*' as a folded form. The parity profile drops stopwords: "the*" is a prefix all the same,
 * and its stopwords are ASCII letters, so folding is easy.
 */
static enum status prefix_word(struct parser *p, struct query_word *out, struct error *e)
{
    *out = (struct query_word){0};
    if (p->words.n > 0) {
        *out = p->words.items[p->words.n - 1].word;
        out->terms = NULL;
        out->n_terms = 0;
        return OK;
    }
    if (p->words.n_dropped == 0)
        return OK;
    struct slice written = p->words.dropped[p->words.n_dropped - 1];
    char *form = arena_take(&p->q->arena, written.len);
    if (form == NULL)
        return error_nomem(e);
    for (size_t i = 0; i < written.len; i++)
        form[i] = (char)(written.data[i] | 0x20);
    *out = (struct query_word){.form = slice_of(form, written.len),
                               .position = p->position,
                               .start = (size_t)(written.data - p->line.data),
                               .len = written.len};
    return OK;
}

/* "al-qa*": the last word is the prefix, those before it are words. */
static enum status read_prefix(struct parser *p, const struct lexeme *x, struct item *item, struct error *e)
{
    size_t star_at = x->text_start + x->text.len;
    if (x->field == LEXEME_AUTHOR || x->field == LEXEME_TAG)
        return error_query(e, (int64_t)star_at, "'*' does not go with %s; write the whole word",
                           lexeme_field_name(x->field));
    enum status st = read_counted(p, x, e);
    struct query_word word = {0};
    if (st == OK)
        st = prefix_word(p, &word, e);
    if (st != OK)
        return st;
    if (utf8_length(word.form) < QUERY_PREFIX_MIN)
        return error_query(e, (int64_t)x->text_start, "a '*' needs at least %d letters before it", QUERY_PREFIX_MIN);
    struct query_word *words = arena_take(&p->q->arena, sizeof *words);
    if (words == NULL)
        return error_nomem(e);
    *words = word;
    st = item_reserve(p, item, p->words.n + 1, e);
    for (size_t i = 0; st == OK && i + 1 < p->words.n; i++)
        st = item_add(item, new_word(p, x, i), field_of(x->field), e);
    if (st != OK)
        return st;
    struct query_node *node = new_node(p, NODE_PREFIX, word.start, star_at + 1 - word.start);
    if (node != NULL) {
        node->words = words;
        node->n_words = 1;
        node->boost = x->boost;
    }
    return item_add(item, node, field_of(x->field), e);
}

enum status operand_read(struct parser *p, const struct lexeme *x, struct item *item, struct error *e)
{
    switch (x->field) {
    case LEXEME_DATE:
        return read_date(p, x, item, e);
    case LEXEME_LANG:
        return read_value(p, x, NODE_LANG, item, e);
    case LEXEME_SOURCE:
        return read_value(p, x, NODE_SOURCE, item, e);
    case LEXEME_URL:
        return read_value(p, x, NODE_URL, item, e);
    case LEXEME_ANY:
    case LEXEME_TITLE:
    case LEXEME_AUTHOR:
    case LEXEME_TAG:
        break;
    }
    if (x->kind == LEXEME_PREFIX)
        return read_prefix(p, x, item, e);
    bool is_quoted = x->kind == LEXEME_QUOTED || x->kind == LEXEME_NEAR;
    enum status st = is_quoted ? read_phrase(p, x, item, e) : read_text(p, x, item, e);
    return st == OK ? parser_ignore_dropped(p, e) : st;
}
