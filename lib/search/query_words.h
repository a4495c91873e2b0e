/**
 * Text of a query -> words with the union of their terms in all languages of the index. Used by query_parse.c only.
 */
#ifndef QUOTH_QUERY_WORDS_H
#define QUOTH_QUERY_WORDS_H

#include "query.h"

struct found_word {
    struct query_word word;
    bool is_stopword;
};

/** The last query_words_read()'s words; all zero before the first. Its memory, the reader's arena's, is used again. */
struct query_words {
    struct found_word *items;
    size_t n, cap;
    struct slice *dropped; /* words that the analyzer drops (parity's stopwords), as written */
    size_t n_dropped, dropped_cap;
    uint32_t n_positions; /* positions that the text takes */
};

struct word_reader {
    struct arena *arena; /* where words, forms and terms go */
    struct analyzer *analyzer;
    const char *const *langs; /* at least one; the first gives forms and positions */
    size_t n_langs;
};

/**
 * Analyse a part of the query line.
 *
 * @param text      within the line's copy that lives as long as the tree; at most QUERY_LINE_MAX_BYTES
 * @param start     its offset in the line
 * @param position  positions already taken before it
 */
enum status query_words_read(struct query_words *out, const struct word_reader *r, struct slice text, size_t start,
                             uint32_t position, struct error *e) CHECK_RESULT;

#endif
