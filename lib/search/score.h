/**
 * The formulas of the first stage and their constants, in one place; docs/RANKING.md.
 */
#ifndef QUOTH_SCORE_H
#define QUOTH_SCORE_H

#include "snapshot.h"

#define FUZZY_FACTOR 0.7 /* what an edit leaves of a stem's weight */

/* Re-ranking: how many passages, and what each feature weighs. */
#define RANK_DEPTH 50
#define RANK_UW_WEIGHT 0.2
#define RANK_EXACT_WEIGHT 0.2
#define RANK_EARLY_WEIGHT 0.2
#define RANK_WIN_WEIGHT 0.2
#define RANK_TRI_WEIGHT 0.1
#define RANK_UW_REACH 7        /* positions to either side */
#define RANK_EARLY_OFFSET 50.0 /* words after which an occurrence says 1/e of what the first word says */
#define RANK_WIN_WIDTH 12      /* positions */
#define RANK_TRI_GAP 4         /* positions from a word of three to the next */
#define RANK_TITLE_GAP 20      /* positions between title and body, so that nothing is near across them */

/* Feedback: from how many passages, how many terms, how common, what the greatest weighs beside a query word. */
#define FEEDBACK_PASSAGES 10
#define FEEDBACK_TERMS 20
#define FEEDBACK_DF_MIN 2
#define FEEDBACK_DF_SHARE 10 /* in a tenth of all passages at most */
#define FEEDBACK_WEIGHT 0.5

/** Of a term in df of n live passages: ln x, x = (n - df + 0.5)/(df + 0.5), 1 + x/2 where x < 2; parity: Lucene's. */
double score_idf(enum index_profile profile, uint64_t n, uint64_t df);

/** The weight of a query term: qtf * boost * idf, multiplied in this order. */
double score_weight(double qtf, double boost, double idf);

/** What a term adds to S1: weight * impact / 127, weight = qtf * boost * idf. */
double score_term(double weight, uint8_t impact);

#endif
