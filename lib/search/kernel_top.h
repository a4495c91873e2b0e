/**
 * The best k passages, by the order of all answers: greater score; newer date (the int32 of date.h: undated last, a
 * year or a month behind its days); smaller xxh64 of the article's id; smaller id; smaller ordinal. Scores are equal
 * when the doubles are. Sorted by date, date comes before score. One thread at a time.
 */
#ifndef QUOTH_KERNEL_TOP_H
#define QUOTH_KERNEL_TOP_H

#include "kernel.h"

struct ranked {
    double score;
    uint64_t order; /* segment_article_order() of its article; 0: not needed yet */
    uint32_t segment, passage;
};

/*
 * Sorted by score, the heap knows scores only. What scores as its worst waits behind it: mostly better ones come, and
 * nobody needs to know the articles of those that drop out. What is left at the end is told apart all at once, so that
 * the processor fetches many articles at a time.
 */
struct top {
    const struct snapshot *snapshot;
    struct ranked *items; /* a heap of n, the worst at the root; then those that wait */
    size_t n, n_waiting, cap, k;
    struct ranked bar; /* has_bar: what scores the same and comes behind it is not among the best */
    bool has_bar;
    enum kernel_sort sort;
    size_t n_unordered; /* at most k */
    enum status state;  /* an article that could not be read, or memory; sticks */
    struct error *e;
};

/**
 * Sorted by score, all of them; t->sort and t->n_unordered (kernel.h) may be set before the first offer.
 *
 * @param e  where a failure is told; borrowed until top_clear()
 */
void top_init(struct top *t, const struct snapshot *s, size_t k, struct error *e);
void top_clear(struct top *t);

/** Can a passage of this score still come among the best? False: it cannot, whatever its date. */
static inline bool top_may_take(const struct top *t, double score)
{
    return t->sort != SORT_SCORE || t->n < t->k || t->n == 0 || score >= t->items[0].score;
}

/** Consider a passage. */
void top_offer(struct top *t, double score, size_t segment, uint32_t passage);

/** The best, best first, into out->items and out->n; the heap is empty then. */
enum status top_take(struct top *t, struct candidates *out, struct error *e) CHECK_RESULT;

#endif
