/**
 * Words as the splitter counts them: runs of letters and digits, with the marks on them; each CJK character is one.
 */
#ifndef QUOTH_SPLIT_WORDS_H
#define QUOTH_SPLIT_WORDS_H

#include "slice.h"

/** Words in s, or most + 1 if there are more than `most` (below SIZE_MAX). */
size_t words_count(struct slice s, size_t most);

/**
 * The length of the longest start of s with at most max_words words and max_bytes bytes (4 or more). It ends before a
 * word, or, where one word is longer than all that, before a character; it is never 0 unless s is empty.
 */
size_t words_cut(struct slice s, size_t max_words, size_t max_bytes);

#endif
