/**
 * The beginning of a query -> how it may go on.
 *
 * A word that is being typed (the text ends in it) is completed from the form dictionary, the commonest forms first,
 * those before them that stand in passages with the words before it. Phrases come from titles and from what follows the
 * typed words in their best passages. Stopwords are no completions: a search passes over them.
 */
#ifndef QUOTH_SUGGEST_H
#define QUOTH_SUGGEST_H

#include "search.h"

#define SUGGEST_N_MAX 100

struct suggestion {
    struct slice text;   /* what was typed, its last word completed or words put behind it */
    uint64_t n_passages; /* live ones with the completed word; of a phrase, those seen with it: there may be more */
    bool is_phrase;
};

struct suggestions {
    struct arena arena;
    struct suggestion *items; /* completions, then phrases, the best first; no text twice */
    size_t n;
};

/** @param n  at most so many, 1 to SUGGEST_N_MAX */
enum status suggest_run(struct suggestions **out, struct searcher *s, struct slice text, size_t n,
                        const struct stop *stop, struct error *e) CHECK_RESULT;
void suggestions_free(struct suggestions *x);

#endif
