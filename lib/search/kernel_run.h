/**
 * What the kernel's files share: its scratch memory, and one query on its way through the segments.
 */
#ifndef QUOTH_KERNEL_RUN_H
#define QUOTH_KERNEL_RUN_H

#include "kernel.h"
#include "kernel_match.h"
#include "kernel_top.h"

struct kernel {
    struct index_reader *reader;
    struct snapshot *snapshot;
    struct kernel_forms *forms;
    uint64_t **living; /* of each segment, its live passages as a set; NULL until it is first searched */
    uint64_t *bits;    /* the sets of a query in a segment */
    size_t bits_cap;
    double *scores; /* of each passage of a segment; all zero between segments */
    double *bests;  /* of a word of several terms, the greatest so far; all zero between words */
    size_t dense;   /* passages that scores and bests have room for */
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
};

/** Make the plan; run_end() frees what is there, also after a failure. */
enum status run_begin(struct query_run *run, struct buf *cut, struct error *e) CHECK_RESULT;
void run_end(struct query_run *run);

/** Make the sets and the matcher of a segment ready; run->at.within is for the caller to set. */
enum status run_begin_segment(struct query_run *run, size_t segment, struct error *e) CHECK_RESULT;

#endif
