/**
 * A query made ready for a snapshot: its leaves as terms with their weights, prefixes and fuzzy words expanded, and
 * which sets of passages have to be kept while it runs. The same plan serves every segment.
 */
#ifndef QUOTH_KERNEL_PLAN_H
#define QUOTH_KERNEL_PLAN_H

#include "kernel_forms.h"
#include "query.h"
#include "snapshot.h"
#include "term_memo.h"

#define NO_SLOT SIZE_MAX

/** A distinct term of the query. */
struct plan_term {
    struct slice text; /* as postings are keyed, filter letter included; the query's or the plan's */
    uint32_t hash;     /* segment_term_hash() */
    uint64_t df;       /* live passages, over all segments */
    double idf;
    struct term_view *in; /* what each segment says of it */
};

/** A word of a leaf: any of its terms. */
struct plan_word {
    uint32_t *terms; /* numbers of plan->terms */
    size_t n_terms;
    const double *factors; /* of each term, what its weight is multiplied by; NULL: 1 */
};

/**
 * A leaf of words: every word is needed. Of a word leaf there is one, of a prefix or a fuzzy word one with the terms of
 * its forms.
 */
struct plan_leaf {
    const struct query_node *node;
    struct plan_word *words;
    size_t n_words;
    double qtf, boost;
    bool is_verified; /* its terms are not enough: the tokens of a passage decide; see query_node_needs_tokens() */
    bool is_scoring;
    size_t gate; /* the slot whose passages it adds to: its own or its bracket's */
};

/**
 * A node of the tree. One with a slot keeps its set of passages while a segment is searched: brackets, for their leaves
 * score only where the whole bracket matches; verified leaves; the root.
 */
struct plan_node {
    const struct query_node *node;
    struct plan_leaf *leaf; /* of words; NULL for brackets, NODE_NONE and filters of articles */
    struct plan_node *children;
    size_t n_children;
    size_t slot;     /* NO_SLOT: none */
    bool is_scoring; /* it, or something below it, adds to the score */
};

struct plan {
    struct arena *arena; /* the plan's own memory, and what the kernel needs as long as it lives */
    struct plan_node *root;
    size_t n_slots;            /* the root's is 0 */
    struct plan_leaf **leaves; /* in tree order, those that exclude or filter too */
    size_t n_leaves;
    struct plan_term *terms;
    size_t n_terms;
    bool needs_tokens; /* some leaf is verified */
};

/**
 * @param arena     where the plan is made; it goes with what is there
 * @param q         borrowed as long as the plan lives; its root is not NULL. What its prefixes and fuzzy words stand
 * for in this snapshot is written into it
 * @param memo      of the snapshot; what it has not is added
 * @param[out] cut  as of kernel_run(); may be NULL
 */
enum status plan_new(struct plan **out, struct arena *arena, struct query *q, const struct snapshot *s,
                     struct kernel_forms *forms, struct term_memo *memo, const struct stop *stop, struct buf *cut,
                     struct error *e) CHECK_RESULT;

/** The weight of the t-th term of a leaf's word. */
double plan_weight(const struct plan *p, const struct plan_leaf *leaf, const struct plan_word *w, size_t t);

/** The sum of a leaf's greatest weights, a word each: how much it says, for choosing a snippet. */
double plan_leaf_weight(const struct plan *p, const struct plan_leaf *leaf);

#endif
