/**
 * Flat queries: some words of which any will do, or some that are all required and some that may be there, with filters
 * around them. Nearly every query is one. They are searched without a set of what matches: passages that cannot come
 * among the best k are passed over, by bounds of what their terms can bring.
 *
 * Bounds are sums of floats, a little too large rather than too small (FLAT_MARGIN); what they let through is scored
 * exactly, in double, in query-term order. So the answer is that of scoring every passage.
 *
 * - kernel_or.c: MaxScore (Turtle, Flood: Query evaluation: strategies and optimizations, 1995) over ranges of passages
 * - kernel_and.c: the rarest word leads, phrases are verified best first
 */
#ifndef QUOTH_KERNEL_FLAT_H
#define QUOTH_KERNEL_FLAT_H

#include "kernel_run.h"

#define FLAT_MARGIN 1e-4         /* of a bound: more than what float sums of FLAT_TERMS_MAX terms can err */
#define FLAT_TERMS_MAX 128       /* posting lists of a query; more is not flat */
#define FLAT_COUNT_MAX 4096      /* so few postings are all looked at, and found is exact */
#define FLAT_LEAD_COUNT_MAX 1024 /* the same of the leading word where all are required */
#define FLAT_KEPT_MAX (1u << 18) /* candidates that there stays room for between queries */
#define FLAT_BATCH 256           /* passages that are looked up together */
#define FLAT_RANGE_LOG_MAX 13    /* of the widest range of passages, whose sums are held at a time */

/** A posting list that adds to the score. */
struct flat_term {
    uint32_t term; /* of the plan */
    double weight;
    float unit; /* what one step of impact brings */
    /* of the segment at hand: */
    const struct posting_list *list;
    const uint8_t *maxima; /* greatest impact of each range */
    float most;            /* what it brings at most */
    uint32_t at, at_range; /* sparse lists: the first posting of this range */
};

/** A word: the greatest of what its terms bring counts. */
struct flat_word {
    uint32_t first, n; /* terms */
    bool is_must;
    /* of the segment at hand: */
    uint64_t n_postings;
    uint64_t n_looked, n_passed; /* passages that it was looked up for; those that were dropped before by their bound */
    float most;
};

/** A passage that is to be verified, with the bound of its score. */
struct flat_candidate {
    float bound;
    uint32_t passage;
};

/** How many of those that were looked at match, in all segments so far. */
struct flat_share {
    uint64_t n_looked, n_matched;
};

/** A segment, and what is known of it before any of its lists is read. */
struct flat_segment {
    uint32_t number;
    float most;     /* what the words bring together at most; 0: nothing matches */
    uint64_t n_led; /* passages of the rarest required word */
    uint32_t lead;  /* its number, */
    uint32_t next;  /* and that of the next rarest, if there is one */
};

/** Passages that are looked up together, and what the words so far bring them. */
struct flat_batch {
    uint32_t n;
    uint32_t passages[FLAT_BATCH];
    float sums[FLAT_BATCH];
};

struct flat {
    struct flat_term *terms;
    struct flat_word *words; /* in query-term order */
    uint32_t n_terms, n_words, n_musts;
    bool is_and;                       /* required words lead; else any word will do */
    const struct plan_leaf **verified; /* required leaves whose tokens decide */
    size_t n_verified;
    const struct plan_node *gate;  /* its filters and exclusions hold; NULL: there are none */
    uint64_t n_allowed;            /* passages that these let through, of all segments so far */
    struct flat_share leads;       /* passages of the leading word, what was passed over reckoned in */
    struct flat_share verifies;    /* candidates */
    struct flat_segment *segments; /* those that can bring most come first; the plan's memory */
    /* of the segment at hand: */
    const uint64_t *allowed; /* passages that may match; NULL: all */
    bool counts;             /* every match is to be counted, in every segment */
    double floor;            /* k passages are known to score at least this; 0 nothing is known */
    float threshold;         /* what a bound must reach; 0: anything may enter */
    size_t n_looked;         /* postings since the last look at the clock */
    /* scratch, used again by the next query: */
    float sums[(uint32_t)1 << FLAT_RANGE_LOG_MAX];
    struct flat_batch batch;
    float *bounds;
    size_t bounds_cap;
    uint8_t *maxima; /* of lists that have none for ranges as wide as these */
    size_t maxima_cap;
    struct flat_candidate *candidates, *sorted;
    size_t n_candidates, candidates_cap, sorted_cap;
};

enum status flat_new(struct flat **out, struct error *e) CHECK_RESULT;
void flat_free(struct flat *f);

/** Is the query flat, and does nobody ask for more than the best k? Then run->kernel->flat is made ready for it. */
enum status flat_read(struct query_run *run, bool *is_flat, struct error *e) CHECK_RESULT;

/** Does it have filters? */
bool flat_needs_sets(const struct query_run *run);

/**
 * Which segment comes i-th, after flat_read(). False: it need not be searched, since no passage of it can come among
 * the best; what it has that matches is guessed, if need be. Where filters decide what any of the words finds, all are
 * searched, for the share that these let through is to be known.
 */
bool flat_next(struct query_run *run, size_t i, size_t *segment);

/**
 * Search the segment at hand; after flat_read().
 *
 * @param[out] is_done  false: its lists are more than a query may hold; nothing was searched
 */
enum status flat_segment(struct query_run *run, bool *is_done, struct error *e) CHECK_RESULT;

/** The query is done: let go of scratch memory that is larger than most queries need. */
void flat_trim(struct flat *f);

/** May any passage of the segment come among the best, or is it to be counted? */
static inline bool flat_is_worth(const struct flat *f, const struct flat_segment *s)
{
    return s->most > 0 && (f->counts || s->most >= f->threshold);
}

/**
 * kernel_ahead.c: before the segment that comes i-th is searched, have memory fetch what the search will look at first
 * there and in the segments behind it, for each a step less than for the one before: where its lists are, their heads,
 * what is walked, what is probed. flat_read() and flat_next() do.
 */
void flat_fetch_ahead(const struct query_run *run, const struct flat *f, size_t i);

/** Guess found where matches were passed over; after the last segment. */
void flat_estimate(struct query_run *run);

/* Between the files of flat queries. */

/** What the passage scores, to the last bit as the sum of all words in their order. */
double flat_score(const struct flat *f, uint32_t passage);
/** Score a passage that matches, offer it, and raise the threshold. */
enum status flat_offer(struct query_run *run, struct flat *f, uint32_t passage) CHECK_RESULT;
/** Count postings that were looked at; now and then look at the clock. */
enum status flat_look(struct query_run *run, struct flat *f, size_t n_postings, struct error *e) CHECK_RESULT;

/** Drop the passages that cannot enter the best: `rest` is what the words still to come can add. How many? */
uint32_t flat_drop_hopeless(const struct flat *f, struct flat_batch *b, float rest);
/** Drop those that the filters do not let through. */
void flat_drop_filtered(const struct flat *f, struct flat_batch *b);

/**
 * Passage i becomes number n of those that stay; whether it does is for the caller to say, who counts n up or not:
 * without a branch, since none could be foretold.
 */
static inline struct flat_batch *flat_put(struct flat_batch *b, uint32_t n, uint32_t i)
{
    b->passages[n] = b->passages[i];
    b->sums[n] = b->sums[i];
    return b;
}

enum status flat_or(struct query_run *run, struct flat *f, struct error *e) CHECK_RESULT;
/** Count a segment with so many passages of the rarest required word, of which none is looked at. */
void flat_and_pass_over(struct query_run *run, struct flat *f, uint64_t n_led);
enum status flat_and(struct query_run *run, struct flat *f, struct error *e) CHECK_RESULT;

/** What a word of several terms, or of one, brings to a passage; 0 where it is not there. */
static inline float flat_word_bound(const struct flat *f, const struct flat_word *w, uint32_t passage)
{
    float best = 0;
    for (uint32_t t = w->first; t < w->first + w->n; t++) {
        float value = f->terms[t].unit * (float)posting_list_impact(f->terms[t].list, passage);
        best = value > best ? value : best;
    }
    return best;
}

#endif
