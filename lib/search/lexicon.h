/**
 * The words of an index: the form dictionaries of all segments of a snapshot as one, counted in live passages. For
 * completion and spelling. What it costs grows with the forms looked at, so each call looks at its deadline.
 */
#ifndef QUOTH_LEXICON_H
#define QUOTH_LEXICON_H

#include "edits.h"
#include "intern.h"
#include "search.h"

#define LEXICON_LIST_MAX ((size_t)1 << 20) /* spellings of a list */

/** A spelling, and the live passages that have it in text or title. */
struct lexicon_form {
    struct slice text; /* points into the list that it is of */
    uint64_t n_passages;
    uint32_t id; /* in the list's table; distinct, 0 to n - 1 in order of arrival */
};

/** Distinct spellings. lexicon_init(), then the calls below fill or add, lexicon_clear(). One thread at a time. */
struct lexicon_list {
    struct intern *table;
    struct lexicon_form *items;
    size_t n, cap;
};

enum status lexicon_init(struct lexicon_list *l, struct error *e) CHECK_RESULT;
void lexicon_clear(struct lexicon_list *l);

/** Live passages with exactly this form. */
enum status lexicon_count(struct searcher *s, struct slice form, const struct stop *stop, uint64_t *n_passages,
                          struct error *e) CHECK_RESULT;

/** The place of a spelling in a list that was not sorted; a new one counts nothing. lexicon_texts() completes it. */
enum status lexicon_place(struct lexicon_list *l, struct slice text, size_t *at, struct error *e) CHECK_RESULT;

/** Set the texts of a list that lexicon_place() has filled. */
void lexicon_texts(struct lexicon_list *l);

/**
 * Put the `wanted` commonest forms that begin with prefix and are longer than it into an empty list (by live passages,
 * ties by spelling), best first; fewer where there are not so many.
 */
enum status lexicon_starting(struct lexicon_list *l, struct searcher *s, struct slice prefix, size_t wanted,
                             const struct stop *stop, struct error *e) CHECK_RESULT;

/** Told of each form of a segment that lies within the edits asked for, and how many live passages there have it. */
typedef enum status lexicon_near_fn(void *ctx, struct slice form, uint32_t n_live, unsigned n_edits, struct error *e);

/** Call fn for the forms within max edits of the pattern; one that several segments hold comes several times. */
enum status lexicon_near(struct searcher *s, const struct edits_pattern *pattern, unsigned max, const struct stop *stop,
                         lexicon_near_fn *fn, void *ctx, struct error *e) CHECK_RESULT;

/** What lexicon_near() keeps with a searcher, 8 bytes a form. */
struct lexicon_letters;
void lexicon_letters_free(struct lexicon_letters *l);

/** Commoner first, then by spelling: for qsort() of struct lexicon_form. */
int lexicon_by_passages(const void *a, const void *b);

#endif
