/**
 * Feedback: the words by which the best passages of a search differ from all others are added to its query;
 * docs/RANKING.md, "Feedback". Constants: score.h.
 */
#ifndef QUOTH_FEEDBACK_H
#define QUOTH_FEEDBACK_H

#include "kernel.h"

/**
 * Add leaves (is_feedback) to the query: as alternatives where its words are alternatives, else as words that only add
 * to the score. The query's leaves are numbered again.
 *
 * @param best        the passages of the first search, best first; the first FEEDBACK_PASSAGES of them are read
 * @param[out] words  the added words that the query did not have, as spelt in a passage, "tide,coast", are appended
 * @retval ERR_INDEX ERR_DEADLINE ERR_CANCELLED ERR_NOMEM
 */
enum status feedback_expand(struct query *q, const struct snapshot *s, const struct candidates *best, struct buf *words,
                            const struct stop *stop, struct error *e) CHECK_RESULT;

#endif
