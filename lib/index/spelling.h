/**
 * A text told by its words. The forms of a passage's words stand in its token sequence already; what is left to say of
 * the text is its spelling: which word is written with a capital, and what stands between the words. That is about an
 * eighth of English text.
 *
 * A spelling: LEB128 of the text's length, then codes of one byte. A code below SPELLING_CODES says how many of the
 * next words are plain (a space, then the form as it is), 0 to SPELLING_RUN_MAX, and what comes then:
 *
 *     code = plain words * N_SPELLING_ACTIONS + action
 *     action   0-23  one of eight gaps (spelling.c), action / 3; then a word, action % 3: as it is, its first letter a
 *                    capital, all its letters capitals
 *             24-25  LEB128 n, n bytes of text; then a word, as it is or with a capital
 *                26  a word that stands in the sequence and not in the text
 *                27  LEB128 n, n bytes of text, no word
 *     SPELLING_END    all words that are left are plain; then a full stop
 *
 * Only ASCII letters have capitals here. Positions without a token are no words. So any text has a spelling, whatever
 * words are said to be in it; the fewer of them are found there, the longer it is.
 */
#ifndef QUOTH_SPELLING_H
#define QUOTH_SPELLING_H

#include "buf.h"
#include "segment.h"

#define N_SPELLING_ACTIONS 28
#define SPELLING_RUN_MAX 8
#define SPELLING_CODES ((SPELLING_RUN_MAX + 1) * N_SPELLING_ACTIONS)
#define SPELLING_END SPELLING_CODES
#define SPELLING_SLACK_BYTES 16

/** Spells one text: begin, its words in order, end. */
struct speller {
    struct buf *out; /* its status is the caller's to ask for */
    struct slice text;
    size_t at;           /* spelled as far as here, but for the plain words before */
    size_t next;         /* no word begins between `at` and here */
    size_t n_missed;     /* words since `at` that were not found */
    struct slice before; /* the last word that was looked for; the caller's */
    size_t n_plain;      /* not yet written */
};

/** @param text  at most UINT32_MAX bytes; stays until the end */
void speller_begin(struct speller *s, struct buf *out, struct slice text);
/** @param form  not empty; stays until the next word was spelled */
void speller_word(struct speller *s, struct slice form);
void speller_end(struct speller *s);

/** The length of the text; false where the bytes are not those of a spelling, or of a text that its words cannot make.
 */
bool spelling_text_len(struct slice spelling, const struct token_units *words, size_t *len);

/**
 * Write the text.
 *
 * @param words  of segment s
 * @param out    room for len bytes, as spelling_text_len() told, and SPELLING_SLACK_BYTES behind them
 * @return       false: damaged
 */
bool spelling_read(struct slice spelling, const struct segment *s, const struct token_units *words, char *out,
                   size_t len);

#endif
