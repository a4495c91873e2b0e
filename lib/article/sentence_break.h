/**
 * Where a sentence ends by the default rules of Unicode Standard Annex 29, as ICU has them for nearly every language.
 */
#ifndef QUOTH_SENTENCE_BREAK_H
#define QUOTH_SENTENCE_BREAK_H

#include "slice.h"

/**
 * The end of the sentence of text that begins at `at` (below text.len), white space behind it included. It is above
 * `at`; what stands before `at` is not looked at.
 *
 * @param text  well-formed UTF-8
 */
size_t sentence_break_next(struct slice text, size_t at);

#endif
