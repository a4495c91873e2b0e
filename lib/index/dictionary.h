/**
 * The words of a segment being built: (form, term) pairs and terms, numbered as they come, counted as they occur; and,
 * at the end, the `forms` and `terms` files with forms numbered by falling frequency.
 */
#ifndef QUOTH_DICTIONARY_H
#define QUOTH_DICTIONARY_H

#include "segment_files.h"

struct dictionary;

/** What is known of a (form, term) pair while passages are counted. */
struct dictionary_word {
    uint32_t term;
    uint32_t last_passage; /* in which it was seen; NOT_SEEN */
    uint32_t n_passages, n_occurrences;
};

#define NOT_SEEN UINT32_MAX

enum status dictionary_new(struct dictionary **out, struct error *e) CHECK_RESULT;
void dictionary_free(struct dictionary *d);

/** The number of a (form, term) pair. ERR_LIMIT past FORMS_MAX; ERR_INTERNAL: a form that is too long or holds a NUL.
 */
enum status dictionary_word(struct dictionary *d, struct slice form, struct slice term, uint32_t *word,
                            struct error *e) CHECK_RESULT;
uint32_t dictionary_n_words(const struct dictionary *d);
uint32_t dictionary_n_terms(const struct dictionary *d);
struct slice dictionary_term_text(const struct dictionary *d, uint32_t term);
struct slice dictionary_form_text(const struct dictionary *d, uint32_t word);
/** That text will be asked for soon. */
void dictionary_expect_form(const struct dictionary *d, uint32_t word);

/** All words, by number, to be counted; until the next dictionary_word(). */
struct dictionary_word *dictionary_words(struct dictionary *d);

size_t dictionary_memory(const struct dictionary *d);

/**
 * Counting has ended: number the forms by falling occurrences, then spelling, then term; sort the terms. Only words
 * that occurred get a form id, only terms of such words a place.
 */
enum status dictionary_sort(struct dictionary *d, struct error *e) CHECK_RESULT;

/** Once sorted: form id of each word, FORM_NONE where it never occurred. */
const uint32_t *dictionary_form_of(const struct dictionary *d);
/** Once sorted: the terms in byte order, n of them. */
const uint32_t *dictionary_sorted_terms(const struct dictionary *d, uint32_t *n);

/** What the `terms` file says of a term beside its text and forms. */
struct term_facts {
    uint32_t df;
    uint8_t greatest[N_TERM_RANKS]; /* term_view.greatest */
};

/** Once sorted: write `terms` and `forms`, unsynced. The facts are in the order of dictionary_sorted_terms(). */
enum status dictionary_write(struct dictionary *d, const char *folder, const struct term_facts *facts,
                             struct error *e) CHECK_RESULT;

#endif
