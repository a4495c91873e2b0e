/**
 * English words that a query does without.
 */
#ifndef QUOTH_STOPWORDS_H
#define QUOTH_STOPWORDS_H

#include "slice.h"

/**
 * Snowball's 174 English stopwords. The word is tested as it was written, in lower case, with straight apostrophes:
 * "we'll" is one, "well" is not; of the spellings that lost their apostrophe only those in -nt count ("dont").
 */
bool stopword_is_english(struct slice written);

/** Lucene's 33 English stopwords. The word is in lower case, without a possessive ending. */
bool stopword_is_lucene(struct slice written);

#endif
