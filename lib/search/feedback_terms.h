/**
 * The terms of the best passages, weighed for feedback. Used by feedback.c.
 */
#ifndef QUOTH_FEEDBACK_TERMS_H
#define QUOTH_FEEDBACK_TERMS_H

#include "kernel.h"

struct feedback_term {
    struct slice text, form; /* the term; how it is spelt where it was first met */
    double sum;              /* over the passages: tf/(tf + K) * (S/S of the first) squared: w / idf */
    double weight;           /* w */
};

struct feedback_terms;

/** Read the first FEEDBACK_PASSAGES of best. */
enum status feedback_terms_new(struct feedback_terms **out, const struct snapshot *s, const struct candidates *best,
                               const struct stop *stop, struct error *e) CHECK_RESULT;
void feedback_terms_free(struct feedback_terms *f);

/** The FEEDBACK_TERMS of greatest weight, greatest first (ties by the bytes); they stay until feedback_terms_free(). */
enum status feedback_terms_choose(struct feedback_terms *f, const struct feedback_term **out, size_t *n,
                                  const struct stop *stop, struct error *e) CHECK_RESULT;

#endif
