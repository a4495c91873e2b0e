/**
 * What re-ranking looks at in one passage: where the query's words stand -> five features; docs/RANKING.md,
 * "Re-ranking". Pure functions on numbers; they allocate nothing.
 */
#ifndef QUOTH_RANK_FEATURES_H
#define QUOTH_RANK_FEATURES_H

#include "rank.h"

/** A distinct word of the query is numbered 0, 1, … in the order of its first place there. */
struct rank_pair {
    uint32_t a, b;
};

struct rank_triple {
    uint32_t a, b, c;
    uint32_t gap_ab, gap_bc; /* positions from one to the next, at most */
};

struct rank_shape {
    const double *iw; /* of each word: qtf * boost * idf */
    size_t n_words;
    const struct rank_pair *pairs;
    size_t n_pairs;
    const struct rank_triple *triples;
    size_t n_triples;
    const double *early; /* rank_early() of 0, 1, … RANK_EARLY_KNOWN - 1 */
};

/** A query word stands in the passage. */
struct rank_place {
    uint32_t position; /* title from 1, RANK_TITLE_GAP, body */
    uint32_t word;
    bool is_exact; /* spelt as in the query */
};

struct rank_passage {
    const struct rank_place *places; /* by position */
    size_t n_places;
    uint32_t body_from; /* position of the body's first word */
    double k;           /* impact_k() */
};

/** Room that the features need; all of it may hold anything before. */
struct rank_room {
    uint32_t *starts;    /* n_words + 1 */
    uint32_t *positions; /* n_places */
    uint32_t *seen;      /* n_words */
};

#define RANK_EARLY_KNOWN 256

/** What EARLY says of a word this many words into the body: exp(-offset / RANK_EARLY_OFFSET). */
double rank_early(uint32_t offset);

void rank_features(double values[N_RANK_FEATURES], const struct rank_shape *shape, const struct rank_passage *passage,
                   const struct rank_room *room);

#endif
