/**
 * What the kernel's files share: its scratch memory, and one query on its way through the segments.
 */
#ifndef QUOTH_KERNEL_RUN_H
#define QUOTH_KERNEL_RUN_H

#include "kernel.h"
#include "kernel_match.h"
#include "kernel_top.h"

#define NO_ARTICLE UINT32_MAX
#define STOP_EVERY_POSTINGS 8192 /* between two looks at clock and cancel flag */

struct flat;

struct kernel {
    struct postings_reader *reader;
    struct snapshot *snapshot;
    struct kernel_forms *forms;
    struct term_memo *memo;
    struct arena arena; /* of the query at hand: its plan */
    uint64_t **living; /* of each segment with dead passages, its live ones as a set; NULL until it is first searched */
    uint64_t *bits;    /* the sets of a query in a segment */
    size_t bits_cap;
    double *scores;                     /* of each passage of a segment; all zero between segments */
    double *bests;                      /* of a word of several terms, the greatest so far; all zero between words */
    size_t dense;                       /* passages that scores and bests have room for */
    struct flat *flat;                  /* scratch of flat queries */
    uint32_t count_max, lead_count_max; /* FLAT_COUNT_MAX, FLAT_LEAD_COUNT_MAX; tests set less */
    size_t lists_max;                   /* LISTS_MAX_BYTES, the same */
};

/** One query being run: kernel, query and options are set, the rest is zero, then run_begin(). */
struct query_run {
    struct kernel *kernel;
    struct query *query;
    const struct kernel_options *options;
    struct plan *plan;
    struct kernel_lists lists;
    struct matcher *matcher;
    struct segment_run at;
    size_t segment;
    struct top top;
    struct ranked *group; /* the matches of one article, where `per` limits them */
    size_t group_n, group_cap;
    uint64_t found, n_articles;
    bool is_estimated; /* found is what was counted where every match was, and what seems likely elsewhere */
};

/** Make the plan; run_end() frees what is there, also after a failure. */
enum status run_begin(struct query_run *run, struct buf *cut, struct error *e) CHECK_RESULT;
void run_end(struct query_run *run);

/**
 * Make the matcher of a segment ready, after lists_segment(), and, where they are needed, its sets; run->at.within is
 * for the caller to set.
 */
enum status run_begin_segment(struct query_run *run, size_t segment, bool needs_sets, struct error *e) CHECK_RESULT;

/** The live passages of the segment at hand as a set. */
enum status run_living(struct query_run *run, const uint64_t **out, struct error *e) CHECK_RESULT;

/** Consider a passage that matches. */
enum status run_offer(struct query_run *run, uint32_t passage, double score) CHECK_RESULT;

/** kernel_any.c: search the segment at hand for a tree of any shape: sets of passages, and a score for each. */
enum status any_segment(struct query_run *run, struct error *e) CHECK_RESULT;

#endif
