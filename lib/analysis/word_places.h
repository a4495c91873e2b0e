/**
 * Where in a text its n-th word stands: the byte ranges that analyzer_run() gives to tokens, found by their positions
 * alone. Words are counted, not spelt: nothing is folded or stemmed, and plain English goes by a block at a time.
 *
 *     "The U.S. didn't re-elect O’Brien's."     position 3 -> 9+6     position 6 -> 25+9
 *
 * It relies on every word leaving a token, so that the analyzer counts the same words; a test of every character says
 * that this holds. One thread at a time.
 */
#ifndef QUOTH_WORD_PLACES_H
#define QUOTH_WORD_PLACES_H

#include "slice.h"
#include "status.h"

struct word_places;

enum status word_places_new(struct word_places **out, struct error *e) CHECK_RESULT;
void word_places_free(struct word_places *w);

/** Begin a text; it stays until the next one. */
void word_places_begin(struct word_places *w, struct slice text);

/**
 * The range of the word at a position (from 1). Positions of a text are asked for in ascending order.
 *
 * @param[out] found  false: the text has no such position, or it was passed already
 */
enum status word_places_find(struct word_places *w, uint32_t position, uint32_t *start, uint32_t *len, bool *found,
                             struct error *e) CHECK_RESULT;

#endif
