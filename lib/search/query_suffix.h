/**
 * What may stand behind a word, a quote or a bracket: "~8" and "^2.5". Used by query_lexer.c only.
 */
#ifndef QUOTH_QUERY_SUFFIX_H
#define QUOTH_QUERY_SUFFIX_H

#include "slice.h"
#include "status.h"

/** A byte that may belong to a word: a letter, a digit, or part of a character past ASCII. */
bool is_word_byte(char c);

/**
 * Take "^2.5" off the end of a run; *boost is 1 where there is none ("x^y", "^2" and "x^" are words).
 *
 * @param at  byte of the run in the query, for the error
 * @retval ERR_QUERY  not QUERY_BOOST_MIN to QUERY_BOOST_MAX
 */
enum status suffix_take_boost(struct slice *run, size_t at, double *boost, struct error *e) CHECK_RESULT;

/**
 * Take "~1" off the end of a run; *edits is 0 where there is none.
 *
 * @retval ERR_QUERY  not 1 to QUERY_EDITS_MAX, or no number behind the '~' of a word
 */
enum status suffix_take_edits(struct slice *run, size_t at, uint32_t *edits, struct error *e) CHECK_RESULT;

/**
 * What stands at the beginning of `rest`, behind a quote or a bracket: "~8", "^2", "~8^2" or nothing of the kind.
 *
 * @param distance  NULL: a '~' is an error
 * @param[out] len  bytes read
 * @retval ERR_QUERY  a number that is missing or out of bounds
 */
enum status suffix_read(struct slice rest, size_t at, uint32_t *distance, double *boost, size_t *len,
                        struct error *e) CHECK_RESULT;

#endif
