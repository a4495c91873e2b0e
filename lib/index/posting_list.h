/**
 * A term's postings of one segment in the form that search walks and probes: decoded once, immutable, shared.
 *
 * Two shapes. Sparse: passages ascending with an impact each, and, since lists are probed at random, where in them each
 * block of 2^shift passages begins. Dense, where the term is in more than a POSTING_DENSE_SHARE-th of the passages: one
 * impact a passage, 0 where the term is not. And since most probes find nothing, both have a hint: a bit for every
 * 2^hint_shift passages that says whether any of them has the term, small enough for the processor's nearer caches.
 * Both know the greatest impact of each range of POSTING_RANGE passages, so that a search can pass over ranges that
 * cannot bring anything (Mallia, Siedlaczek, Suel: Fast Disjunctive Candidate Generation Using Live Block Filtering,
 * WSDM 2021).
 *
 * Where the parts stand is said in one line of the processor's cache, with all that a search asks first.
 */
#ifndef QUOTH_POSTING_LIST_H
#define QUOTH_POSTING_LIST_H

#include "cache_line.h"
#include "snapshot.h"

#define POSTING_RANGE_LOG 10
#define POSTING_RANGE ((uint32_t)1 << POSTING_RANGE_LOG)
#define POSTING_RANGE_HINTS (POSTING_RANGE / 64) /* words of a dense list's hint */
#define POSTING_DENSE_SHARE 12 /* past it a byte for each passage is not much more than five for each posting */
#define POSTING_BLOCK 8        /* postings of a block, about */
#define POSTING_CROWD 64       /* postings of a block that is halved before it is walked */
#define POSTING_STEP 8         /* postings that are compared at once */
#define POSTING_HINT_SHARE 16  /* bits of hint for each posting, at most, and half of it at least, or one a passage */

struct posting_list {
    uint32_t n;               /* postings, dead passages included */
    uint32_t n_passages;      /* of the segment */
    const uint32_t *passages; /* and POSTING_STEP times UINT32_MAX; NULL: dense */
    const uint8_t *impacts;   /* of each posting; dense: of each passage, and zeros up to a whole range */
    const uint32_t *starts;   /* sparse: number of the first posting of each block, and n at the end */
    const uint64_t *hint;     /* bit i is set where passages from i << hint_shift on have the term */
    const uint8_t *maxima;    /* of each range; NULL where the list has fewer postings than the segment ranges */
    uint8_t shift;            /* of blocks */
    uint8_t hint_shift;       /* dense: 0, and zeros up to a whole range */
    uint8_t greatest;         /* impact; 0 for filter terms, which are always sparse */
    size_t n_bytes;           /* of memory, all in all */
};

/** Ranges of a segment of n passages. */
static inline uint32_t posting_ranges(uint32_t n)
{
    return (n >> POSTING_RANGE_LOG) + (n % POSTING_RANGE != 0);
}

/**
 * @param p  passages below n_passages, ascending
 * @param head_bytes  room at the front, of a struct that begins with the list; a multiple of 8. The rest of it is zero
 * @return free() it; NULL when memory ends
 */
struct posting_list *posting_list_new(const struct postings *p, uint32_t n_passages, size_t head_bytes);

/** Of a sparse list, the number of the first posting at or behind a passage; n where there is none. */
static inline uint32_t posting_list_seek(const struct posting_list *l, uint32_t passage)
{
    if (passage >= l->n_passages)
        return l->n;
    uint32_t low = l->starts[passage >> l->shift], n = l->starts[(passage >> l->shift) + 1] - low;
    while (n > POSTING_CROWD) {
        uint32_t half = n / 2;
        low += l->passages[low + half - 1] < passage ? half : 0;
        n -= half;
    }
    /* Always so many at once: how many are in front is hard to guess for a processor, and easy to count. */
    for (;;) {
        const uint32_t *passages = l->passages + low;
        uint32_t before = 0;
        for (uint32_t i = 0; i < POSTING_STEP; i++)
            before += passages[i] < passage;
        low += before;
        if (before < POSTING_STEP)
            return low;
    }
}

/** Of a list with postings, 0 where the term is certainly not in the passage, else 1; worth it where most lack it. */
static inline uint32_t posting_list_hint(const struct posting_list *l, uint32_t passage)
{
    uint32_t bit = passage >> l->hint_shift;
    return l->hint[bit / 64] >> bit % 64 & 1;
}

/** What the term brings to a passage of the segment; 0 where it is not there (and for filter terms). */
static inline uint8_t posting_list_impact(const struct posting_list *l, uint32_t passage)
{
    if (l->passages == NULL)
        return l->impacts[passage];
    uint32_t at = posting_list_seek(l, passage);
    return at < l->n && l->passages[at] == passage ? l->impacts[at] : 0;
}

/** Have memory fetch what posting_list_impact() will read, while other passages are looked at. */
static inline void posting_list_prefetch(const struct posting_list *l, uint32_t passage)
{
    size_t at = passage;
    if (l->passages != NULL) {
        at = l->starts[passage >> l->shift];
        __builtin_prefetch(l->passages + at);
    }
    __builtin_prefetch(l->impacts + at);
}

/** Walk the passages: for (p = posting_list_first(l, &at); p != UINT32_MAX; p = posting_list_next(l, &at)). */
static inline uint32_t posting_list_next(const struct posting_list *l, uint32_t *at)
{
    if (l->passages != NULL)
        return *at < l->n ? l->passages[(*at)++] : UINT32_MAX;
    while (*at < l->n_passages) {
        uint32_t passage = (*at)++;
        if (l->impacts[passage] != 0)
            return passage;
    }
    return UINT32_MAX;
}

/** The impact of the passage that posting_list_next() has just given. */
static inline uint8_t posting_list_last_impact(const struct posting_list *l, uint32_t at)
{
    return l->impacts[at - 1];
}

#endif
