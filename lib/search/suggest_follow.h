/**
 * What stands with the typed words in sampled passages: forms that complete the last of them, and the words that
 * follow. Used by suggest.c.
 */
#ifndef QUOTH_SUGGEST_FOLLOW_H
#define QUOTH_SUGGEST_FOLLOW_H

#include "intern.h"
#include "query.h"
#include "suggest_sample.h"

#define FOLLOW_WORDS_MAX 4      /* words before the cursor that have to stand before what follows */
#define FOLLOW_NEXT 3           /* words of a phrase that comes from a text, */
#define FOLLOW_TITLE_WORDS 8    /* from a title */
#define FOLLOW_MATCHES_MAX 2048 /* places that phrases are taken from, each passage its share */
#define FOLLOW_ENTRIES_MAX ((uint32_t)1 << 15)

/** What was typed, as the passages are looked through for it. */
struct typed {
    const struct query_word *before[FOLLOW_WORDS_MAX]; /* the words before the one being typed, in order */
    size_t n_before;
    unsigned wanted;     /* bits of those that a passage has to have: no stopwords, none that no passage has */
    bool has_partial;    /* a word is being typed: */
    struct slice prefix; /* so it begins; where only some forms are of interest: */
    const struct slice *completions;
    size_t n_completions; /* 0: all that begin with prefix */
};

/** A form or a phrase, and the passages of the sample that have it. */
struct followed {
    uint32_t n_passages, last; /* last: 1 + the number of the passage that was counted last */
    uint32_t n_words;
    bool is_of_title;
};

struct follow {
    struct intern *forms, *phrases;
    struct followed *form_counts, *phrase_counts; /* by number in the tables */
    size_t forms_cap, phrases_cap;
    uint32_t *next_to; /* of each form: passages where it stands right behind the words before it */
    size_t next_cap;
};

enum status follow_run(struct follow *out, struct searcher *s, const struct typed *typed, const struct sample *sample,
                       const struct stop *stop, struct error *e) CHECK_RESULT;
void follow_clear(struct follow *f);

#endif
