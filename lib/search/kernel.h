/**
 * The retrieval kernel: a query tree over the postings of a snapshot -> the best passages by the first stage S1 of
 * docs/RANKING.md, exactly: the same passages, scores and order as scoring every passage by brute force.
 *
 * A query is first made into a plan (kernel_plan.h), then run segment by segment: which passages match
 * (kernel_match.h), what they score (kernel.c), which are the best (kernel_top.h).
 */
#ifndef QUOTH_KERNEL_H
#define QUOTH_KERNEL_H

#include "facets.h"
#include "postings_cache.h"
#include "found.h"
#include "query.h"
#include "snapshot.h"
#include "term_memo.h"

struct candidate {
    double score;
    size_t segment;
    uint32_t passage;
};

struct candidates {
    struct candidate *items;
    size_t n;
    uint64_t found; /* live passages that match, as exactly as `bound` says */
    enum found_bound bound;
    uint64_t n_articles;  /* articles they are in; 0 where k > 0 and neither per, facets nor a sort need them */
    double *leaf_weights; /* of each leaf of the query (words, phrases, prefixes in tree order), for snippets */
    size_t n_leaves;
};

enum kernel_sort {
    SORT_SCORE,  /* then as the next */
    SORT_NEWEST, /* by date: a month stands behind its days, a year behind its months, the undated last; then score */
    SORT_OLDEST, /* by date: a year stands before its months, a month before its days, the undated last; then score */
};

struct kernel_options {
    size_t k;     /* best passages wanted; 0: only count */
    uint32_t per; /* passages of one article at most, those with the greatest scores; 0 no limit */
    enum kernel_sort sort;
    size_t n_unordered;      /* of the first so many, those of one score may come in any order: they are ranked again */
    enum search_total total; /* how exactly found is wanted; where k is 0 it is exact, whatever this says */
    struct stop stop;
    struct facets *facets; /* told of each article that matches; NULL: nobody is */
};

/** Scratch memory of queries over one snapshot. One thread at a time. */
struct kernel;

/**
 * @param s      borrowed until kernel_free()
 * @param cache  the same, where decoded postings are kept and found; NULL: they are kept nowhere
 */
enum status kernel_new(struct kernel **out, struct snapshot *s, struct postings_cache *cache,
                       struct error *e) CHECK_RESULT;
void kernel_free(struct kernel *k);
/** What it remembers of terms; borrowed until kernel_free(). */
const struct term_memo *kernel_memo(const struct kernel *k);

/**
 * @param[out] out  best first; ties, after date and score by `sort`: newer date, then smaller xxh64 of the article's
 * id, then id, then ordinal. candidates_clear() frees it. `per` limits what is listed; found counts all.
 * @param[out] cut  names of prefixes and fuzzy words that were cut to QUERY_EXPANSION_MAX forms are appended
 * ("comput*,re~1"), may be NULL
 * @retval ERR_INDEX ERR_DEADLINE ERR_CANCELLED ERR_NOMEM  *out is empty
 */
enum status kernel_run(struct candidates *out, struct kernel *k, struct query *q, const struct kernel_options *options,
                       struct buf *cut, struct error *e) CHECK_RESULT;
void candidates_clear(struct candidates *c);

/** What one word of a scoring leaf adds to a passage's score. */
struct word_score {
    struct slice term; /* the one that counted; of a passage without any, the word's first ("" when it has none) */
    double qtf, idf, weight, value;
    uint64_t df;
    uint8_t impact; /* 0: adds nothing */
};

struct passage_score {
    struct word_score *words; /* in query-term order */
    size_t n_words;
    double sum; /* of the values, in their order: kernel_run()'s score, to the last bit */
    bool is_match;
};

/**
 * The parts of one passage's score. Of a passage that does not match: what each leaf that holds by itself would bring.
 *
 * @param arena  what *out points to is taken from here
 */
enum status kernel_explain(struct passage_score *out, struct arena *arena, struct kernel *k, struct query *q,
                           size_t segment, uint32_t passage, const struct stop *stop, struct error *e) CHECK_RESULT;

#endif
