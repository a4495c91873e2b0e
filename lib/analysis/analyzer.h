/**
 * Text -> tokens: one function for articles, queries and highlighting.
 *
 *     "The U.S. didn't re-elect O’Brien's."   (en)
 *      form   the us didnt re elect obrien
 *      term   the us didnt re elect obrien   (stemmed)
 *      bytes  0+3 4+4 9+6 16+2 19+5 25+9     positions 1 2 3 4 5 6
 *
 * A token's form is its folded spelling; its term is the form's stem, what postings are keyed by. Rules in
 * docs/RANKING.md, "Tokens": NFKC, lower case; words are runs of letters, marks and digits; 's removed, other inner
 * apostrophes deleted; single letters with dots joined; 1,000 -> 1000, 3.14 kept; hyphen, slash and underscore split;
 * CJK runs give overlapping bigrams (a lone character a unigram), a position each. English folds, then stems; other
 * languages stem, then fold. A word over 64 bytes (WORD_MAX_BYTES, folded, cut at a character) keeps its position.
 */
#ifndef QUOTH_ANALYZER_H
#define QUOTH_ANALYZER_H

#include "slice.h"
#include "status.h"

#define WORD_MAX_BYTES 64
#define LANG_MAX_BYTES 8
#define ANALYZER_TEXT_MAX_BYTES                                                                                        \
    ((size_t)256 << 20) /* one run; an article in UTF-8 is at most four times its raw bytes */

enum analyzer_profile {
    ANALYZER_DEFAULT,
    ANALYZER_PARITY, /* Porter; Lucene's 33 stopwords leave no token but a gap in positions; English only */
};

struct token {
    struct slice form, term; /* valid until the callback returns */
    uint32_t position;       /* from 1 */
    uint32_t start, len;     /* bytes of the text given, always on character boundaries */
    bool is_stopword;        /* as a query word: tested as written, apostrophe and all */
};

/** Called for each token in text order. A status other than OK ends the run and is returned by it, unchanged. */
typedef enum status token_fn(void *ctx, const struct token *token, struct error *e);

/** Folding tables, stemmers and a cache of stems. One thread at a time; each thread has its own. */
struct analyzer;

enum status analyzer_new(struct analyzer **out, enum analyzer_profile profile, struct error *e) CHECK_RESULT;
void analyzer_free(struct analyzer *a);

/**
 * The language whose stemmer will be used for what an article or option calls `lang` ("en", "eng", "de", "german"; any
 * case): a two-letter code, "en" for empty, or "none" where there is no stemmer for it (then the term is the form).
 * A static string.
 */
const char *analyzer_language(struct slice lang);

/**
 * @param lang  as analyzer_language() returns it; anything else is ERR_OPTION
 * @param text  UTF-8; ill-formed bytes separate words
 * @retval ERR_LIMIT   text is over ANALYZER_TEXT_MAX_BYTES
 * @retval ERR_OPTION  no such language; ANALYZER_PARITY takes any of them and treats the text as English
 *
 * Thai, Lao, Khmer and Burmese are cut into words by ICU's dictionaries; Hangul gives bigrams as the other CJK scripts
 * do, for there is no Korean stemmer and particles are written onto their nouns. fn must not call analyzer_run with the
 * same analyzer.
 */
enum status analyzer_run(struct analyzer *a, const char *lang, struct slice text, token_fn *fn, void *ctx,
                         struct error *e) CHECK_RESULT;

/** The text will be analysed soon, perhaps in parts: what is known of its first words is brought near; only a hint. */
void analyzer_expect(struct analyzer *a, const char *lang, struct slice text);

/** Gives the number (below ANALYZER_GAP) of a word that the analyzer does not know the number of. */
typedef enum status number_fn(void *ctx, struct slice form, struct slice term, uint32_t *number, struct error *e);

#define ANALYZER_GAP UINT32_MAX

/** The words of a text by position: item i is at position i + 1, ANALYZER_GAP where there is no token. */
struct word_numbers {
    uint32_t *items; /* malloc's, the caller frees it */
    size_t n, cap;
    uint64_t n_tokens; /* gaps not counted */
};

/**
 * As analyzer_run, for who only needs to know which words follow each other: the numbers of all tokens, in the place of
 * what `out` held. fn is asked for a (form, term) once in a while, not each time, and only until
 * analyzer_forget_numbers(); it must not use the analyzer.
 */
enum status analyzer_number(struct analyzer *a, const char *lang, struct slice text, struct word_numbers *out,
                            number_fn *fn, void *ctx, struct error *e) CHECK_RESULT;

/** The numbers that were given are no longer true: ask again. */
void analyzer_forget_numbers(struct analyzer *a);

/** A hash of what the analyzer makes of a fixed probe text in every language: equal output, equal signature. */
enum status analyzer_signature(struct analyzer *a, uint64_t *out, struct error *e) CHECK_RESULT;

#endif
