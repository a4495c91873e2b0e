/**
 * The one entry that daemon and client share: a query against a snapshot.
 */
#ifndef QUOTH_SEARCH_H
#define QUOTH_SEARCH_H

#include "facets.h"
#include "found.h"
#include "match.h"
#include "postings_cache.h"
#include "query.h"
#include "snapshot.h"

#define SEARCH_N_MAX 1000
#define SEARCH_DEPTH_MAX 10000 /* from + n */
#define SEARCH_WIDTH_MAX 10000

enum search_show { SHOW_SNIPPET, SHOW_PASSAGE, SHOW_NONE };
enum search_sort {
    SEARCH_BY_SCORE,
    SEARCH_NEWEST, /* by date, the undated last, then by score of the first stage; nothing is ranked again */
    SEARCH_OLDEST,
};
enum search_rank {
    RANK_FULL,  /* the best of the first stage are ranked again: rank.h */
    RANK_FIRST, /* the first stage alone */
};

struct search_options {
    enum query_mode mode;
    enum search_rank rank;
    bool expand;   /* feedback: search again with words of the best passages */
    uint32_t n;    /* hits wanted, 1..SEARCH_N_MAX */
    uint32_t from; /* hits passed over */
    uint32_t per;  /* passages of one article at most; 0 no limit */
    enum search_show show;
    uint32_t width; /* characters of a snippet */
    enum search_total total;
    bool corrects; /* plain words of MODE_QUERY that find nothing are tried again corrected: hits.spelled */
    enum search_sort sort;
    struct facet_wanted facets[N_FACETS]; /* n_facets of them, each field once */
    size_t n_facets;
    struct stop stop;
};

/** The defaults of docs/PROTOCOL.md. */
struct search_options search_options_default(void);

/** One worker's state: readers of a snapshot, an analyzer, scratch memory. One thread at a time. */
struct searcher;

/** @retval ERR_SIGNATURE  the index was built by another analyzer; says what to do */
enum status searcher_new(struct searcher **out, struct snapshot *s, struct postings_cache *cache,
                         struct error *e) CHECK_RESULT;
void searcher_free(struct searcher *s);
struct snapshot *searcher_snapshot(const struct searcher *s); /* borrowed */

/**
 * From now on read the words of queries with one language's stems only; NULL: with those of all languages of the index.
 *
 * @param lang  as analyzer_language() returns it
 */
void searcher_use_language(struct searcher *s, const char *lang);

struct hit {
    double score;                /* six decimals on the wire; equal for equal articles, whatever the segments */
    struct article_view article; /* slices point into the snapshot */
    struct passage_view passage; /* a compressed text is there unless options.show was SHOW_NONE; the query's arena's */
    struct slice shown;          /* what the text column holds: part of passage.text */
    uint32_t shown_start;        /* its offset in passage.text */
    struct spans spans;          /* in shown, cut to it; the query's arena's, as title_spans' */
    struct spans title_spans;
    size_t segment;
    uint32_t passage_number; /* in the segment */
};

struct hits {
    struct hit *items;
    size_t n;
    uint64_t found; /* passages that match */
    enum found_bound bound;
    uint32_t next;             /* the offset to go on from; 0: there is no more */
    struct query *query;       /* what ran; owned. Its arena also holds what is found */
    struct buf ignored;        /* "the,of" */
    struct facet_line *facets; /* field by field as they were asked for; of all that matches */
    size_t n_facets;
    struct buf expanded; /* "tide,coast": words that feedback added to the query; empty where nothing */
    struct buf cut;      /* "comput*,re*" or "12": what was cut, empty where nothing */
    struct buf spelled;  /* the corrected query that ran in place of the one asked; empty where that ran */
};

/**
 * Find the passages that best match a query.
 *
 * @param[out] out  best first; free with hits_free() before the searcher's snapshot goes
 * @retval OK            also when nothing matched
 * @retval ERR_QUERY ERR_DEADLINE ERR_CANCELLED ERR_INDEX ERR_NOMEM
 */
enum status search_run(struct hits **out, struct searcher *s, struct slice query, const struct search_options *options,
                       struct error *e) CHECK_RESULT;
void hits_free(struct hits *h);

/** Exact numbers of the passages, and of the articles they are in, that match. */
enum status search_count(struct searcher *s, struct slice query, enum query_mode mode, const struct stop *stop,
                         uint64_t *n_passages, uint64_t *n_articles, struct error *e) CHECK_RESULT;

/** One row of an explanation; docs/PROTOCOL.md, EXPLAIN. */
struct explain_row {
    const char *part; /* "term", "feature" or "sum" */
    struct slice name;
    double qtf, idf, impact, weight, value;
    uint64_t df, n;
};

struct explanation {
    struct arena arena;
    struct explain_row *rows;
    size_t n_rows;
    bool is_match;    /* false: the passage does not match the query; rows say what its terms would bring */
    bool is_reranked; /* it is one of the best of the first stage, so that its features count */
};

/** Why a passage has its score: the rows add up to the score of search_run. ERR_NONE: no such passage. */
enum status search_explain(struct explanation **out, struct searcher *s, struct slice query, enum query_mode mode,
                           enum search_rank rank, struct slice article_id, uint32_t ordinal, const struct stop *stop,
                           struct error *e) CHECK_RESULT;
void explanation_free(struct explanation *x);

/**
 * A live passage by article id and ordinal (0: the article alone, *passage is zero). ERR_NONE: there is none. Its text
 * is as segment_passage() leaves it: search_text().
 */
enum status search_find(struct searcher *s, struct slice article_id, uint32_t ordinal, struct article_view *article,
                        struct passage_view *passage, size_t *segment, struct error *e) CHECK_RESULT;

/** See that the view of a segment's passage has its text; one that was compressed stays until the next call or search.
 */
enum status search_text(struct searcher *s, size_t segment, uint32_t passage, struct passage_view *view,
                        struct error *e) CHECK_RESULT;

#endif
