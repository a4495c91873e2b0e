/**
 * Article -> passages, by the rules of docs/RANKING.md: an article of at most 400 words stays whole; else blocks are
 * filled up to 120 words (a block is added while n + words(block)/2 <= 120), a block over 180 words, or one that would
 * take its passage over 180, is cut at sentence ends (ICU, in the article's language; a single sentence too long for
 * the bounds is cut at a word, then at a character), a tail under 40 words joins the passage before, a heading stays
 * with what follows it, boilerplate is never a passage of its own and is left out at a passage's ends; what stands
 * above that of an article's head, a standfirst of under 40 words, is a passage. No passage passes 16 KiB, nor 180
 * words and a sentence: a tail that would do that to the passage before stays alone. Words are runs of letters and
 * digits, each CJK character one.
 */
#ifndef QUOTH_SPLITTER_H
#define QUOTH_SPLITTER_H

#include "article.h"

#define PASSAGE_MAX_BYTES 16384
#define PASSAGES_MAX ((size_t)1 << 22) /* of one article; one more is ERR_LIMIT */

enum split_mode {
    SPLIT_AUTO,
    SPLIT_WHOLE, /* one passage an article, whatever its length up to ARTICLE_MAX_BYTES (parity, abstracts) */
};

/** A passage: bytes of article.text, and the same as a source range (its `at`). Passages ascend and do not overlap. */
struct passage_range {
    uint32_t start, len;
    uint64_t at, at_len; /* text and Markdown: bytes of the file; HTML and JSON Lines: equal to start and len */
};

/**
 * @param[out] out  malloc's memory, the caller frees it; NULL where *n is 0 (an article without words has no passage)
 */
enum status article_split(struct passage_range **out, size_t *n, const struct article *a, enum split_mode mode,
                          struct error *e) CHECK_RESULT;

#endif
