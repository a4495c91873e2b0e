/**
 * Re-ranking: the best passages of the first stage again, by how their token sequences hold the query's words:
 * S = S1 + the sum of five features, each times its weight. docs/RANKING.md, "Re-ranking"; constants: score.h.
 */
#ifndef QUOTH_RANK_H
#define QUOTH_RANK_H

#include "kernel.h"

enum rank_feature {
    RANK_UW,    /* neighbours in the query that stand near each other */
    RANK_EXACT, /* words spelt as in the query */
    RANK_EARLY, /* words that come early */
    RANK_WIN,   /* the best window */
    RANK_TRI,   /* three words in the query's order */
    N_RANK_FEATURES,
};

/** "UW", … and its weight. */
const char *rank_feature_name(enum rank_feature f);
double rank_feature_weight(enum rank_feature f);

/** Scratch memory of a searcher. One thread at a time. */
struct ranker;

/** @param s     borrowed until ranker_free()
 *  @param memo  the same, where terms are asked for first; NULL: there is none */
enum status ranker_new(struct ranker **out, const struct snapshot *s, const struct term_memo *memo,
                       struct error *e) CHECK_RESULT;
void ranker_free(struct ranker *r);

/**
 * Put the first RANK_DEPTH candidates into the order of S, with S for their score; ties as in the first stage. The
 * others stay, and so does everything where the query only filters or the index has the parity profile.
 *
 * @param[out] c  best first by S1; of the first RANK_DEPTH also by S1 over all that match
 * @param q       what says where the words stand; S1 may come from another query
 * @retval ERR_INDEX ERR_DEADLINE ERR_CANCELLED ERR_NOMEM  scores and order are of no use then
 */
enum status rank_candidates(struct candidates *c, struct ranker *r, const struct query *q, const struct stop *stop,
                            struct error *e) CHECK_RESULT;

/** Does rank_candidates() do anything for such a query? */
bool rank_applies(const struct ranker *r, const struct query *q);

/** The features of one passage, without their weights; S = S1 + weight * value of each, added in their order. */
enum status rank_passage_features(double values[N_RANK_FEATURES], struct ranker *r, const struct query *q,
                                  size_t segment, uint32_t passage, struct error *e) CHECK_RESULT;

#endif
