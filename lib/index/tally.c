#include "tally.h"

#include "array.h"
#include "impact.h"
#include "update.h"

#include <stdlib.h>

#define TERMS_MAX ((size_t)UINT32_MAX - 1)
/* Impacts that are computed once a passage. */
#define BODY_USUAL 16
#define TITLE_USUAL 2

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

/* A word occurs in the passage; its term, which is listed where it is new there. */
static struct term_count *see(struct tally *t, struct dictionary_word *word, uint32_t passage)
{
    word->n_occurrences += word->n_occurrences != UINT32_MAX;
    word->n_passages += word->last_passage != passage;
    word->last_passage = passage;
    struct term_count *count = &t->counts[word->term];
    t->terms[t->n] = word->term;
    t->n += (count->body | count->title) == 0;
    return count;
}

enum status tally_body(struct tally *t, struct dictionary *d, uint32_t passage, const uint32_t *words, size_t n,
                       uint32_t *n_tokens, struct error *e)
{
    enum status st = make_room(t, d, n + 1, e);
    struct dictionary_word *all = dictionary_words(d);
    *n_tokens = 0;
    for (size_t i = 0; i < n && st == OK; i++) {
        if (words[i] == WORD_GAP)
            continue;
        see(t, &all[words[i]], passage)->body++;
        ++*n_tokens;
    }
    return st;
}

enum status tally_title(struct tally *t, struct dictionary *d, uint32_t passage, const uint32_t *words, size_t n,
                        uint32_t *n_tokens, struct error *e)
{
    enum status st = make_room(t, d, n + 1, e);
    struct dictionary_word *all = dictionary_words(d);
    *n_tokens = 0;
    for (size_t i = 0; i < n && st == OK; i++) {
        if (words[i] == WORD_GAP)
            continue;
        see(t, &all[words[i]], passage)->title++;
        ++*n_tokens;
    }
    return st;
}

void tally_take(struct tally *t, const struct index_settings *settings, uint32_t n_body, uint32_t n_title,
                struct pool_posting *postings)
{
    uint8_t usual[TITLE_USUAL][BODY_USUAL] = {{0}};
    for (size_t i = 0; i < t->n; i++) {
        struct term_count *count = &t->counts[t->terms[i]], once = *count;
        *count = (struct term_count){0, 0};
        uint8_t impact = 0;
        bool is_usual = once.body < BODY_USUAL && once.title < TITLE_USUAL;
        if (is_usual)
            impact = usual[once.title][once.body];
        if (impact == 0)
            impact = impact_of(settings, once.body, once.title, n_body, n_title);
        if (is_usual)
            usual[once.title][once.body] = impact;
        postings[i] = (struct pool_posting){.list = t->terms[i], .wdf = impact};
    }
    t->n = 0;
}
