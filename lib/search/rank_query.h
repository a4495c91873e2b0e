/**
 * A query as re-ranking sees it: its words that add to the score, in the order of the text, those that no passage has
 * left out. Used by rank.c.
 */
#ifndef QUOTH_RANK_QUERY_H
#define QUOTH_RANK_QUERY_H

#include "rank_features.h"

#define RANK_NO_FORM UINT32_MAX

/** A distinct word. */
struct rank_word {
    const struct query_word *word; /* one of its places; any has its terms */
    double idf;                    /* 0: no passage has it */
    uint32_t first_form;           /* of rank_query.forms: how it is spelt; RANK_NO_FORM: nowhere */
    size_t first_term;             /* of rank_query.terms: its first term in the first segment */
};

struct rank_form {
    struct slice text;
    uint32_t next; /* spelling of the same word, RANK_NO_FORM at the end */
};

/** One place of a word in the query. */
struct rank_spot {
    const struct query_word *word;
    uint32_t number; /* of the distinct word */
};

/** Its memory is used again by the next query. */
struct rank_query {
    const struct term_memo *memo; /* where terms are asked for first; NULL: there is none */
    struct rank_word *words;      /* numbered as their leaves come in the tree */
    size_t n_words, words_cap;
    double *iw; /* of each word: the sum of boost * idf over its places, so qtf * boost * idf */
    size_t iw_cap;
    struct rank_links *links; /* of each word */
    size_t links_cap;
    uint32_t *terms; /* of each word's terms, of each segment, its number there; TERM_NONE: it has it not */
    size_t n_terms, terms_cap;
    size_t n_segments;
    struct rank_form *forms;
    size_t n_forms, forms_cap;
    struct rank_spot *spots; /* in the order of the text */
    size_t n_spots, spots_cap;
    struct rank_pair *pairs;
    size_t n_pairs, pairs_cap;
    struct rank_triple *triples;
    size_t n_triples, triples_cap;
};

/** @param q  borrowed as long as *out is used */
enum status rank_query_read(struct rank_query *out, const struct query *q, const struct snapshot *s,
                            struct error *e) CHECK_RESULT;
void rank_query_clear(struct rank_query *r);

struct rank_shape rank_query_shape(const struct rank_query *r);

/** The number of a word's term number `term` in a segment, TERM_NONE where that has it not. */
static inline uint32_t rank_query_term(const struct rank_query *r, const struct rank_word *w, size_t term,
                                       size_t segment)
{
    return r->terms[w->first_term + term * r->n_segments + segment];
}

/** Is the word spelt so somewhere in the query? */
bool rank_query_spells(const struct rank_query *r, const struct rank_word *w, struct slice form);

#endif
