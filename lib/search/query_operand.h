/**
 * The parser's state, and how it reads one operand: words, a phrase, a prefix or a filter -> an item. Used by
 * query_parse.c only.
 */
#ifndef QUOTH_QUERY_OPERAND_H
#define QUOTH_QUERY_OPERAND_H

#include "query_build.h"
#include "query_lexer.h"
#include "query_words.h"

struct parser {
    struct query *q;
    struct slice line; /* a copy that lives as long as the tree */
    struct lexer lexer;
    struct word_reader reader;
    struct query_words words;
    struct ignored ignored;
    uint32_t position; /* positions taken so far */
    size_t n_words;
};

/**
 * The nodes of a lexeme with a text into item->nodes, none where it holds no word.
 *
 * @retval ERR_QUERY  a bound of query.h, a date that is none, a prefix that is too short
 */
enum status operand_read(struct parser *p, const struct lexeme *x, struct item *item, struct error *e) CHECK_RESULT;

/** Room for n nodes of an item. */
enum status item_reserve(struct parser *p, struct item *item, size_t n, struct error *e) CHECK_RESULT;

/** Analyse part of the line into p->words. */
enum status parser_read_words(struct parser *p, struct slice text, size_t start, struct error *e) CHECK_RESULT;
/** Note the words that the analyzer dropped of it. */
enum status parser_ignore_dropped(struct parser *p, struct error *e) CHECK_RESULT;

/** A leaf of words [from, from + n) of p->words; NULL when memory ends. */
struct query_node *parser_new_leaf(struct parser *p, enum node_kind kind, size_t from, size_t n);

#endif
