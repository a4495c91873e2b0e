/*
 * Query lines in both modes: bytes of nodes lie within the line, the tree prints, plain mode takes anything. What
 * follows the first line feed is a text that the query marks and a snippet is cut from.
 */
#include "match.h"
#include "snippet.h"
#include "utf8.h"

#include <stdlib.h>

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            abort();                                                                                                   \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_node(const struct query *q, const struct query_node *node, size_t line_len, int depth)
{
    CHECK(depth < 5 * (QUERY_DEPTH_MAX + 1));
    CHECK(node->start <= line_len && node->len <= line_len - node->start);
    CHECK(node->qtf >= 1);
    CHECK(node->boost >= QUERY_BOOST_MIN && node->boost <= QUERY_BOOST_MAX);
    CHECK((node->distance > 0) == (node->kind == NODE_NEAR || node->kind == NODE_FUZZY));
    CHECK(node->distance <= (node->kind == NODE_NEAR ? QUERY_NEAR_MAX : QUERY_EDITS_MAX));
    CHECK((node->value.len > 0) == (node->kind == NODE_LANG || node->kind == NODE_SOURCE || node->kind == NODE_URL));
    for (size_t i = 0; i < node->n_words; i++) {
        const struct query_word *w = &node->words[i];
        CHECK(w->start <= line_len && w->len > 0 && w->len <= line_len - w->start);
        CHECK(w->form.len > 0);
        CHECK(i == 0 || w->position > w[-1].position);
        CHECK((w->n_terms > 0) != query_node_is_expanded(node));
    }
    if (node->n_words > 0)
        CHECK(q->leaves[node->leaf] == node);
    CHECK((node->n_children > 0) == (node->kind == NODE_AND || node->kind == NODE_OR));
    for (size_t i = 0; i < node->n_children; i++)
        check_node(q, node->children[i], line_len, depth + 1);
}

static void check_spans(const struct query *q, struct analyzer *analyzer, struct slice text)
{
    struct spans spans = {0};
    CHECK(match_spans(&spans, q, analyzer, "en", text, FIELD_TITLE, NULL) == OK);
    size_t at = 0;
    for (size_t i = 0; i < spans.n; i++) {
        const struct span *s = &spans.items[i];
        CHECK(s->start >= at && s->len > 0 && s->leaf < q->n_leaves && q->leaves[s->leaf]->n_words > 0);
        at = (size_t)s->start + s->len;
        CHECK(at <= text.len);
    }
    double weights[4] = {1, 3, 2, 5};
    for (uint32_t width = 0; width < 100; width += 33) {
        uint32_t start, len;
        snippet_choose(text, &spans, weights, 4, width, &start, &len);
        CHECK((size_t)start + len <= text.len);
        CHECK(utf8_length(slice_of(text.data + start, len)) <= width);
    }
    spans_clear(&spans);
}

static void check_query(struct slice line, struct slice text, enum query_mode mode, struct analyzer *analyzer)
{
    static const char *const langs[] = {"en", "de"};
    struct query_parser_options options = {.mode = mode, .langs = langs, .n_langs = 2};
    struct query *q;
    struct error e;
    enum status st = query_parse(&q, line, &options, analyzer, &e);
    if (st != OK) {
        CHECK(mode == MODE_QUERY && st == ERR_QUERY && q == NULL);
        CHECK(e.at >= 0 && (size_t)e.at <= line.len && e.text[0] != '\0');
        return;
    }
    struct buf b;
    buf_init(&b, 1 << 24);
    query_print(&b, q);
    CHECK(b.len > 0 && b.state == OK);
    buf_clear(&b);
    CHECK(q->n_leaves <= (mode == MODE_PLAIN ? QUERY_LEAVES_MAX : QUERY_WORDS_MAX));
    if (q->root != NULL)
        check_node(q, q->root, line.len, 0);
    for (size_t i = 0; i < q->n_ignored; i++)
        CHECK(q->ignored[i].len > 0);
    check_spans(q, analyzer, text);
    query_free(q);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len > 65536)
        return 0;
    struct slice all = slice_of(len > 0 ? (const char *)data : "", len);
    const char *lf = len > 0 ? memchr(data, '\n', len) : NULL;
    size_t line_len = lf == NULL ? len : (size_t)(lf - all.data);
    struct slice line = slice_of(all.data, line_len);
    struct slice text = lf == NULL ? line : slice_from(all, line_len + 1);
    struct analyzer *analyzer;
    CHECK(analyzer_new(&analyzer, ANALYZER_DEFAULT, NULL) == OK);
    check_query(line, text, MODE_QUERY, analyzer);
    check_query(line, text, MODE_PLAIN, analyzer);
    analyzer_free(analyzer);
    return 0;
}
