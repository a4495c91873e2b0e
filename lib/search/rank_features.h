/**
 * What re-ranking looks at in one passage: where the query's words stand -> five features; docs/RANKING.md,
 * "Re-ranking". Pure functions on numbers; they allocate nothing.
 */
#ifndef QUOTH_RANK_FEATURES_H
#define QUOTH_RANK_FEATURES_H

#include "rank.h"

#define RANK_LAST UINT32_MAX

/** A distinct word of the query is numbered 0, 1, … in the order of its first place there. */
struct rank_pair {
    uint32_t a, b;
    uint32_t next; /* pair of the same a, RANK_LAST: none */
};

struct rank_triple {
    uint32_t a, b, c;
    uint32_t gap_ab, gap_bc; /* positions from one to the next, at most RANK_TRI_GAP */
    uint32_t next;           /* triple of the same b, RANK_LAST: none */
};

/** What begins at a word: a pair with it in front, a triple with it in the middle; RANK_LAST: none. */
struct rank_links {
    uint32_t pair, triple;
};

struct rank_shape {
    const double *iw; /* of each word: qtf * boost * idf, above 0 */
    const struct rank_links *links;
    size_t n_words;
    const struct rank_pair *pairs;
    size_t n_pairs;
    const struct rank_triple *triples;
    size_t n_triples;
    const double *early; /* rank_early() of 0, 1, … RANK_EARLY_KNOWN - 1, then 0 */
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
    double k;           /* impact_k(), above 0 */
};

/** What is gathered of a word, … */
struct rank_seen {
    uint32_t first;   /* position */
    uint32_t n_exact; /* occurrences spelt as in the query */
    uint32_t window;  /* that counted it last */
};

/** … and the room for it: all of it may hold anything before. */
struct rank_room {
    struct rank_seen *words; /* n_words */
    uint32_t *pairs;         /* n_pairs: occurrences of a near some b */
    uint32_t *triples;       /* n_triples: 1 where it stands somewhere */
    uint64_t *near;          /* n_places: which words are near, a bit each */
};

#define RANK_EARLY_KNOWN 256

/** What EARLY says of a word this many words into the body: exp(-offset / RANK_EARLY_OFFSET). */
double rank_early(uint32_t offset);

void rank_features(double values[N_RANK_FEATURES], const struct rank_shape *shape, const struct rank_passage *passage,
                   const struct rank_room *room);

#endif
