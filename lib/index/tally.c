#include "tally.h"

#include "array.h"
#include "impact.h"
#include "update.h"

#include <stdlib.h>

#define TERMS_MAX ((size_t)UINT32_MAX - 1)
/* Impacts that are computed once a passage. */
#define BODY_USUAL 16
#define TITLE_USUAL 2
#define AHEAD 8 /* words that are fetched before they are counted */

enum { BODY, TITLE };

void tally_clear(struct tally *t)
{
    free(t->counts);
    free(t->terms);
    *t = (struct tally){0};
}

size_t tally_memory(const struct tally *t)
{
    return t->counts_cap * sizeof *t->counts + t->cap * sizeof *t->terms;
}

static enum status make_room(struct tally *t, const struct dictionary *d, size_t n, struct error *e)
{
    size_t n_terms = dictionary_n_terms(d), old = t->counts_cap;
    enum status st = array_reserve(&t->counts, &t->counts_cap, n_terms, sizeof *t->counts, TERMS_MAX, e);
    if (st != OK)
        return st;
    if (t->counts_cap > old)
        memset(t->counts + old, 0, (t->counts_cap - old) * sizeof *t->counts);
    return array_reserve(&t->terms, &t->cap, t->n + n, sizeof *t->terms, TERMS_MAX, e);
}

/* Count each word in the dictionary, and its term in the column that `column` shows; the terms that are new to the
   tally are listed. How many tokens there were. Locals, since the compiler cannot know that nothing here overlaps. */
static inline uint32_t count(struct tally *t, struct dictionary_word *all, uint32_t passage, const uint32_t *words,
                             size_t n, size_t column)
{
    struct term_count *counts = t->counts;
    uint32_t *terms = t->terms, n_tokens = 0;
    size_t n_terms = t->n;
    for (size_t i = 0; i < n; i++) {
        /* The word first, and when it is there its term's counts. */
        if (i + 2 * AHEAD < n && words[i + 2 * AHEAD] != WORD_GAP)
            __builtin_prefetch(&all[words[i + 2 * AHEAD]], 1);
        if (i + AHEAD < n && words[i + AHEAD] != WORD_GAP)
            __builtin_prefetch(&counts[all[words[i + AHEAD]].term], 1);
        if (words[i] == WORD_GAP)
            continue;
        struct dictionary_word *word = &all[words[i]];
        uint32_t term = word->term;
        word->n_occurrences += word->n_occurrences != UINT32_MAX;
        word->n_passages += word->last_passage != passage;
        word->last_passage = passage;
        terms[n_terms] = term;
        n_terms += (counts[term].of[BODY] | counts[term].of[TITLE]) == 0;
        counts[term].of[column]++;
        n_tokens++;
    }
    t->n = n_terms;
    return n_tokens;
}

enum status tally_body(struct tally *t, struct dictionary *d, uint32_t passage, const uint32_t *words, size_t n,
                       uint32_t *n_tokens, struct error *e)
{
    enum status st = make_room(t, d, n + 1, e);
    *n_tokens = st == OK ? count(t, dictionary_words(d), passage, words, n, BODY) : 0;
    return st;
}

enum status tally_title(struct tally *t, struct dictionary *d, uint32_t passage, const uint32_t *words, size_t n,
                        uint32_t *n_tokens, struct error *e)
{
    enum status st = make_room(t, d, n + 1, e);
    *n_tokens = st == OK ? count(t, dictionary_words(d), passage, words, n, TITLE) : 0;
    return st;
}

void tally_take(struct tally *t, const struct index_settings *settings, uint32_t n_body, uint32_t n_title,
                struct pool_posting *postings)
{
    uint8_t usual[TITLE_USUAL][BODY_USUAL] = {{0}};
    for (size_t i = 0; i < t->n; i++) {
        struct term_count *count = &t->counts[t->terms[i]];
        uint32_t body = count->of[BODY], title = count->of[TITLE];
        *count = (struct term_count){{0, 0}};
        uint8_t impact = 0;
        bool is_usual = body < BODY_USUAL && title < TITLE_USUAL;
        if (is_usual)
            impact = usual[title][body];
        if (impact == 0)
            impact = impact_of(settings, body, title, n_body, n_title);
        if (is_usual)
            usual[title][body] = impact;
        postings[i] = (struct pool_posting){.list = t->terms[i], .wdf = impact};
    }
    t->n = 0;
}
