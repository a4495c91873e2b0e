/**
 * The words of a segment being built: (form, term) pairs and terms, numbered as they come, counted as they occur; and,
 * at the end, the `forms` and `terms` files with forms numbered by falling frequency.
 */
#ifndef QUOTH_DICTIONARY_H
#define QUOTH_DICTIONARY_H

#include "segment_files.h"

struct dictionary;

enum status dictionary_new(struct dictionary **out, struct error *e) CHECK_RESULT;
void dictionary_free(struct dictionary *d);

/** The number of a (form, term) pair. ERR_LIMIT past FORMS_MAX. */
enum status dictionary_word(struct dictionary *d, struct slice form, struct slice term, uint32_t *word,
                            struct error *e) CHECK_RESULT;
uint32_t dictionary_n_words(const struct dictionary *d);
uint32_t dictionary_n_terms(const struct dictionary *d);
uint32_t dictionary_term_of(const struct dictionary *d, uint32_t word);
struct slice dictionary_term_text(const struct dictionary *d, uint32_t term);

/** The word occurs in passage `passage` (ascending numbers). */
void dictionary_count(struct dictionary *d, uint32_t word, uint32_t passage);
/** A passage has the term with this impact; its df grows. */
void dictionary_count_term(struct dictionary *d, uint32_t term);

size_t dictionary_memory(const struct dictionary *d);

/**
 * Number the forms: falling occurrences, then spelling, then term. Only words that were counted get a form id.
 *
 * @param[out] form_of  form id of each word, FORM_NONE where it never occurred; the dictionary's, until it is freed
 */
enum status dictionary_number_forms(struct dictionary *d, const uint32_t **form_of, struct error *e) CHECK_RESULT;

/** Gives the four greatest impacts of a term (term_view.greatest). */
typedef enum status greatest_fn(void *ctx, uint32_t term, uint32_t df, uint8_t greatest[4], struct error *e);

/** Write `terms` and `forms`; terms in byte order, `greatest` asked in that order. */
enum status dictionary_write(struct dictionary *d, const char *folder, greatest_fn *greatest, void *ctx,
                             struct error *e) CHECK_RESULT;

#endif
