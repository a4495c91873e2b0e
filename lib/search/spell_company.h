/**
 * Which of several candidates stands with the words around it. Used by spell.c.
 */
#ifndef QUOTH_SPELL_COMPANY_H
#define QUOTH_SPELL_COMPANY_H

#include "query_words.h"
#include "search.h"

#define COMPANY_NEIGHBOURS 2 /* the nearest known word to the left and to the right */

struct company {
    struct searcher *searcher;
    const struct stop *stop;
    const struct query_words *words;
    struct slice neighbours[COMPANY_NEIGHBOURS]; /* terms */
    uint64_t neighbour_df[COMPANY_NEIGHBOURS];
    size_t n_neighbours;
    uint64_t budget; /* postings that may still be decoded */
    struct postings own, other;
};

/** Arguments are borrowed until company_clear(). */
void company_init(struct company *c, struct searcher *s, const struct stop *stop, const struct query_words *words);
void company_clear(struct company *c);

/** Choose the neighbours of word i. */
enum status company_neighbours(struct company *c, size_t i, struct error *e) CHECK_RESULT;

/** How much oftener than chance a form's term stands in a passage with a neighbour: 1 to COMPANY_MAX. */
enum status company_factor(struct company *c, struct slice form, double *factor, struct error *e) CHECK_RESULT;

/** Passages that a search for the form finds. */
enum status company_passages(struct company *c, struct slice form, uint64_t *n_passages, struct error *e) CHECK_RESULT;

#endif
