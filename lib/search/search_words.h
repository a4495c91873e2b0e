/**
 * The words of a plain text as a search of an index takes them. Shared by spell, suggest and whynot.
 */
#ifndef QUOTH_SEARCH_WORDS_H
#define QUOTH_SEARCH_WORDS_H

#include "query_words.h"
#include "search_internal.h"

/**
 * All words of a text, stopwords too, with the union of their terms in the snapshot's languages; signs and operators
 * are passed over.
 *
 * @param text  at most QUERY_LINE_MAX_BYTES are read
 */
enum status searcher_read_words(struct searcher *s, struct slice text, struct arena *arena, struct query_words *out,
                                struct error *e) CHECK_RESULT;

/** Live passages with the commonest of the word's terms: what it is worth to search for it. */
uint64_t searcher_word_df(const struct searcher *s, const struct query_word *w);

/** That term; empty where no passage has any of them. */
struct slice searcher_main_term(const struct searcher *s, const struct query_word *w, uint64_t *df);

#endif
