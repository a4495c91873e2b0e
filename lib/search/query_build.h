/**
 * The items of one bracket -> one tree: precedence, roles, merging of equal words, stopwords. Used by the parser only.
 */
#ifndef QUOTH_QUERY_BUILD_H
#define QUOTH_QUERY_BUILD_H

#include "query.h"

/** How an item stands to the one before it. */
enum join { JOIN_LIST, JOIN_AND, JOIN_OR };

struct item_node {
    struct query_node *node;
    struct slice written; /* of a droppable word: its bytes in the line */
    bool is_droppable;    /* a stopword without sign, field, quotes or '*' */
};

/** A word (several, where the analyzer splits it: ISIS-K), a phrase, a filter or a bracket, with what stands before it.
 */
struct item {
    struct item *next;
    enum join join;
    bool is_required; /* + */
    bool is_negative; /* - or NOT */
    struct item_node *nodes;
    size_t n_nodes; /* 0: nothing that could be searched for */
    size_t start;   /* byte of the line, its sign or NOT included */
};

struct bracket {
    struct item *first, *last;
};

/** Stopwords that were dropped, as written, each once. All zero is an empty one; the query's arena holds them. */
struct ignored {
    struct slice *items;
    size_t n, cap;
};

enum status ignored_add(struct ignored *list, struct arena *arena, struct slice word, struct error *e) CHECK_RESULT;

/**
 * @param[out] out  NULL where the bracket has nothing to search for
 * @retval ERR_QUERY  exclusions alone, or as an alternative of OR
 */
enum status bracket_build(struct query_node **out, struct arena *arena, struct bracket *b, struct ignored *ignored,
                          struct error *e) CHECK_RESULT;

/** Does the tree hold a leaf that adds to the score? */
bool query_node_scores(const struct query_node *node);

/** AND(filter node), for a tree that adds nothing to a score. */
enum status query_wrap_filter(struct query_node **node, struct arena *arena, struct error *e) CHECK_RESULT;

/** The word stood more than once: it is searched once, with the sum of their counts; its other places are kept. */
void query_merge_word(struct query_node *into, struct query_node *node);

/** Number the leaves and set q->leaves, q->n_leaves. */
enum status query_number_leaves(struct query *q, struct error *e) CHECK_RESULT;

#endif
