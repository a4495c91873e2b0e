/**
 * A query as one tree.
 *
 * The parser turns a line into nodes whose words are analysed (forms, and the union of their terms in the index's
 * languages); the kernel, the matcher and EXPLAIN read the same tree. Grammar and meaning: docs/QUERIES.md.
 */
#ifndef QUOTH_QUERY_H
#define QUOTH_QUERY_H

#include "analyzer.h"
#include "arena.h"
#include "buf.h"

#define QUERY_LINE_MAX_BYTES 8192 /* mode=query: more is ERR_QUERY; mode=plain: the rest is not read */
#define QUERY_WORDS_MAX 64        /* of a query in mode=query; a date: counts as one */
#define QUERY_PLAIN_WORDS_MAX 256 /* distinct words kept in mode=plain, by query_keep_rarest() */
#define QUERY_LEAVES_MAX 4096     /* distinct words that the parser keeps in mode=plain: leaves of any tree */
#define QUERY_PHRASE_MAX 16       /* words of a phrase */
#define QUERY_DEPTH_MAX 32        /* levels of brackets */
#define QUERY_PREFIX_MIN 2        /* letters before a '*' */
#define QUERY_EXPANSION_MAX 64    /* commonest forms that a prefix or a fuzzy word stands for */
#define QUERY_EDITS_MAX 2         /* behind the '~' of a word, which has more letters than edits */
#define QUERY_NEAR_MAX 1000       /* positions, behind the '~' of a phrase */
#define QUERY_BOOST_MIN 0.01      /* behind a '^', and of a word in all, where brackets have one, too */
#define QUERY_BOOST_MAX 100
#define QUERY_TERMS_MAX 32 /* languages of an index, so stems of one word */

enum query_mode { MODE_QUERY, MODE_PLAIN };

enum node_kind {
    NODE_AND,    /* every child with a positive role; see roles below */
    NODE_OR,     /* at least one child */
    NODE_WORD,   /* words[0] */
    NODE_PHRASE, /* words in order, at their query distances, within the title or within the body */
    NODE_PREFIX, /* words[0].form is the folded prefix; terms are found in the index when it runs */
    NODE_NEAR,   /* words in any order, the first and the last at most `distance` positions apart, within the title or
                    within the body; of words that share a term one token may serve for all */
    NODE_FUZZY,  /* words[0].form and the forms within `distance` edits of it; terms are found when it runs */
    NODE_EXACT,  /* words[0].form itself, as a form of one of its terms */
    NODE_DATE,   /* date_from..date_to, both days included; undated articles never match */
    NODE_LANG,   /* articles in the language `value` */
    NODE_SOURCE, /* articles whose path below their root starts with `value` */
    NODE_URL,    /* articles whose address starts with `value`, be it without scheme and www., or lies in that domain */
    NODE_NONE,   /* matches nothing (a phrase of words that cannot be) */
};

enum node_field { FIELD_ANY, FIELD_TITLE, FIELD_AUTHOR, FIELD_TAG };

/** What a child means to its parent. */
enum node_role {
    ROLE_SHOULD, /* adds to the score; of an OR, or beside required ones, enough or optional */
    ROLE_MUST,   /* required, adds to the score */
    ROLE_FILTER, /* required, adds nothing (every field) */
    ROLE_NOT,    /* excluded */
};

struct query_word {
    struct slice form;   /* folded as written, in the index's first language */
    struct slice *terms; /* the union of its stems, distinct, ascending; scored by the greatest */
    size_t n_terms;
    double *factors;   /* NODE_FUZZY: what each term's weight is multiplied by; NULL: 1 */
    uint32_t position; /* in the query, stopwords counted, from 1: the distances of a phrase */
    size_t start, len; /* bytes of the query line */
};

struct query_node {
    enum node_kind kind;
    enum node_role role;
    enum node_field field;
    struct query_node **children; /* NODE_AND, NODE_OR */
    size_t n_children;
    struct query_word *words; /* of leaves; see query_node_is_leaf() */
    size_t n_words;
    uint32_t distance;          /* NODE_NEAR: positions; NODE_FUZZY: edits */
    struct slice value;         /* NODE_LANG, NODE_SOURCE, NODE_URL */
    double boost;               /* 1 unless ^ said otherwise */
    uint32_t qtf;               /* NODE_WORD: how often this word stood in this bracket */
    struct query_node *same;    /* the others of these, merged into this one: a list, in no order; only words matter */
    int32_t date_from, date_to; /* NODE_DATE: date_first()/date_last() days; 0 open */
    size_t start, len;          /* bytes of the query line */
    bool is_feedback;           /* feedback.h added it: it scores, but re-ranking looks at what was asked */
    uint32_t leaf;              /* of leaves: its place in query.leaves */
};

/** Has the node words: is it one of those that query.leaves lists? */
static inline bool query_node_is_leaf(const struct query_node *n)
{
    return n->n_words > 0;
}

/** Are its terms looked up in the index, when it runs? Before that words[0].terms is NULL. */
static inline bool query_node_is_expanded(const struct query_node *n)
{
    bool is_of_text = n->field == FIELD_ANY || n->field == FIELD_TITLE;
    return is_of_text && (n->kind == NODE_PREFIX || n->kind == NODE_FUZZY);
}

/** Are its terms not enough, so that the tokens of a passage have to be looked at? */
static inline bool query_node_needs_tokens(const struct query_node *n)
{
    if (!query_node_is_leaf(n) || n->field == FIELD_AUTHOR || n->field == FIELD_TAG)
        return false;
    return n->field == FIELD_TITLE || n->kind == NODE_PHRASE || n->kind == NODE_NEAR || n->kind == NODE_EXACT;
}

/**
 * How a node matches, for kernel and matcher alike:
 * - NODE_AND: every ROLE_MUST and ROLE_FILTER child, no ROLE_NOT child; ROLE_SHOULD children only add to the score.
 * - NODE_OR: at least one child (they are ROLE_SHOULD).
 * A filter that stands in an OR is wrapped: OR(should a, should AND(filter author:b)), so a leaf of ROLE_SHOULD or
 * ROLE_MUST always scores and a tree of filters alone is AND(filter ...) at its root. So `a b +c -d` is AND(should a,
 * should b, must c, not d), and `a b` is OR(a, b); `a b -d` is AND(must OR(a, b), not d).
 * A word that the analyzer splits is words of their own; what stands before it goes for all of them: +ISIS-K is must
 * isis, must k; -ISIS-K is not AND(must isis, must k); `x AND ISIS-K` is AND of all three. `x NOT y` is `x AND NOT y`.
 * A bracket of filters alone is a filter. Stopwords are kept in a bracket that would else have no word to score by.
 */
struct query {
    struct arena arena;      /* all of it, and what is kept as long as it: the hits of a search */
    struct query_node *root; /* NULL: nothing to search (no words at all) */
    struct slice *ignored;   /* stopwords that were dropped, as written */
    size_t n_ignored;
    size_t n_cut;               /* mode=plain: words dropped to keep QUERY_PLAIN_WORDS_MAX */
    bool is_filter_only;        /* nothing adds to the score: order by date, newest first */
    struct query_node **leaves; /* nodes with words in tree order, any field, any role */
    size_t n_leaves;
};

struct query_parser_options {
    enum query_mode mode;
    const char *const *langs; /* of the index, as analyzer_language(); none: "en" */
    size_t n_langs;
};

/**
 * Parse a query.
 *
 * @param[out] out  query_free() frees it; NULL on failure. Slices in it point into its own memory.
 * @param analyzer  used during the call
 * @retval ERR_QUERY  with the byte in e->at and a hint; never in MODE_PLAIN
 * @retval ERR_NOMEM
 */
enum status query_parse(struct query **out, struct slice line, const struct query_parser_options *options,
                        struct analyzer *analyzer, struct error *e) CHECK_RESULT;

/** A query without a root, for who builds the tree himself. */
enum status query_new(struct query **out, struct error *e) CHECK_RESULT;
void query_free(struct query *q);

/**
 * Of a tree of MODE_PLAIN keep the QUERY_PLAIN_WORDS_MAX leaves with the lowest df (the earlier of equals); the others
 * go, n_cut counts them. Does nothing where there are no more leaves than that. Leaves are numbered again.
 *
 * @param df  of each leaf, q->n_leaves of them
 */
void query_keep_rarest(struct query *q, const uint64_t *df);

/** A normal form of the tree as text, for tests and caches: "(and (must (word storm)) (not (word sea)))". */
void query_print(struct buf *out, const struct query *q);

#endif
