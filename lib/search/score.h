/**
 * The formulas of the first stage and their constants, in one place; docs/RANKING.md.
 */
#ifndef QUOTH_SCORE_H
#define QUOTH_SCORE_H

#include "snapshot.h"

/** Of a term in df of n live passages: ln x, x = (n - df + 0.5)/(df + 0.5), 1 + x/2 where x < 2; parity: Lucene's. */
double score_idf(enum index_profile profile, uint64_t n, uint64_t df);

/** The weight of a query term: qtf * boost * idf, multiplied in this order. */
double score_weight(double qtf, double boost, double idf);

/** What a term adds to S1: weight * impact / 127, weight = qtf * boost * idf. */
double score_term(double weight, uint8_t impact);

#endif
