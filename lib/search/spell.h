/**
 * Words that no passage has -> words that were meant.
 *
 * A word's candidates are the forms of the index within two edits, one where the word has fewer than five letters. The
 * best is the one with the greatest
 *
 *     passages / 32^(edits - 1) / (16 where its first letter is another) * company
 *
 * company: how much oftener than chance it stands in a passage with the nearest known word to either side, 1 to 256,
 * the greater of both; 1 where there is none.
 */
#ifndef QUOTH_SPELL_H
#define QUOTH_SPELL_H

#include "search.h"

#define SPELL_WORDS_MAX 64
#define SPELL_LETTERS_MIN 3                            /* a shorter word is never corrected */
#define SPELL_TWO_EDITS_LETTERS 5                      /* from so many letters on two edits are allowed */
#define SPELL_COMPANY_CANDIDATES 12                    /* of the best, whose company is looked at */
#define SPELL_COMPANY_POSTINGS_MAX ((uint64_t)1 << 17) /* decoded for that, in all */
#define SPELL_RARE_PASSAGES 2                          /* found in so few passages: */
#define SPELL_RARE_LETTERS 5                           /* a word of so many letters may have been another, */
#define SPELL_RARE_FACTOR 100                          /* one edit away, the same first letter, in so many times more */

struct spelled_word {
    struct slice word;       /* as written; of the text */
    size_t start;            /* its byte in the text */
    struct slice correction; /* folded; empty: none */
    uint64_t n_passages;     /* that a search for it finds */
    uint64_t n_correction;
};

struct spelled {
    struct arena arena;
    struct spelled_word *words; /* in the order of the text */
    size_t n_words;
};

/**
 * @param text       borrowed as long as *out; any text, operators are passed over
 * @param with_rare  propose for rare words as well, not only for those that no passage has
 * @retval ERR_QUERY  more than SPELL_WORDS_MAX words
 */
enum status spell_run(struct spelled **out, struct searcher *s, struct slice text, bool with_rare,
                      const struct stop *stop, struct error *e) CHECK_RESULT;
void spelled_free(struct spelled *x);

/** The text with every correction in its place; false: there is none. */
bool spelled_apply(const struct spelled *x, struct slice text, struct buf *out);

#endif
