/**
 * The part of a passage that is shown.
 */
#ifndef QUOTH_SNIPPET_H
#define QUOTH_SNIPPET_H

#include "match.h"

/**
 * The best window of at most `width` characters: the largest sum of leaf weights (each distinct leaf counted once, more
 * spans break ties, the earlier window wins), moved to begin at a sentence or clause where one is near, never within a
 * word (unless a word is longer than the width) nor within a character. Without spans: the beginning.
 *
 * @param weights  of each leaf, by number; n_weights of them
 * @param[out] start len  bytes of text
 */
void snippet_choose(struct slice text, const struct spans *spans, const double *weights, size_t n_weights,
                    uint32_t width, uint32_t *start, uint32_t *len);

#endif
