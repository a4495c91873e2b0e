#include "spell_company.h"

#include "search_words.h"
#include "spell.h"

#define COMPANY_MAX 256.0
#define NEIGHBOUR_DISTANCE 4 /* words to either side that are looked at */
#define NEIGHBOUR_PART 8     /* a word in more than this part of the passages says nothing */

void company_init(struct company *c, struct searcher *s, const struct stop *stop, const struct query_words *words)
{
    *c = (struct company){.searcher = s, .stop = stop, .words = words, .budget = SPELL_COMPANY_POSTINGS_MAX};
}

void company_clear(struct company *c)
{
    postings_clear(&c->own);
    postings_clear(&c->other);
}

static bool take_neighbour(struct company *c, size_t i)
{
    const struct found_word *w = &c->words->items[i];
    uint64_t df;
    struct slice term = searcher_main_term(c->searcher, &w->word, &df);
    if (w->is_stopword || df == 0 || df > snapshot_n_passages(c->searcher->snapshot) / NEIGHBOUR_PART + 1)
        return false;
    c->neighbours[c->n_neighbours] = term;
    c->neighbour_df[c->n_neighbours++] = df;
    return true;
}

enum status company_neighbours(struct company *c, size_t i, struct error *e)
{
    c->n_neighbours = 0;
    for (size_t k = 1; k <= NEIGHBOUR_DISTANCE && k <= i; k++)
        if (take_neighbour(c, i - k))
            break;
    for (size_t k = 1; k <= NEIGHBOUR_DISTANCE && i + k < c->words->n; k++)
        if (take_neighbour(c, i + k))
            break;
    return stop_check(c->stop, e);
}

/* Live passages that both lists have. */
static uint64_t count_common(const struct postings *a, const struct postings *b, const struct segment *s)
{
    uint64_t n = 0;
    for (size_t i = 0, k = 0; i < a->n && k < b->n;) {
        uint32_t x = a->passages[i], y = b->passages[k];
        if (x == y && !segment_passage_is_dead(s, x))
            n++;
        i += x <= y;
        k += y <= x;
    }
    return n;
}

static enum status count_together(struct company *c, struct slice term, struct slice other, uint64_t *n,
                                  struct error *e)
{
    enum status st = OK;
    *n = 0;
    for (size_t i = 0; st == OK && i < snapshot_n_segments(c->searcher->snapshot); i++) {
        const struct segment *s = snapshot_segment(c->searcher->snapshot, i);
        st = segment_postings(s, term, c->stop, &c->own, e);
        if (st == OK)
            st = segment_postings(s, other, c->stop, &c->other, e);
        if (st == OK)
            *n += count_common(&c->own, &c->other, s);
    }
    return st;
}

/* The terms of a form, as a search for it has them. */
static enum status read_form(struct company *c, struct slice form, struct arena *arena, struct slice *term,
                             uint64_t *df, struct error *e)
{
    struct query_words words = {0};
    *term = SLICE("");
    *df = 0;
    enum status st = searcher_read_words(c->searcher, form, arena, &words, e);
    if (st == OK && words.n > 0)
        *term = searcher_main_term(c->searcher, &words.items[0].word, df);
    return st;
}

enum status company_factor(struct company *c, struct slice form, double *factor, struct error *e)
{
    struct arena arena;
    struct slice term;
    uint64_t df;
    *factor = 1;
    if (c->n_neighbours == 0)
        return OK;
    arena_init(&arena);
    enum status st = read_form(c, form, &arena, &term, &df, e);
    for (size_t i = 0; st == OK && df > 0 && i < c->n_neighbours; i++) {
        uint64_t cost = df + c->neighbour_df[i], together;
        if (cost > c->budget)
            continue;
        c->budget -= cost;
        st = count_together(c, term, c->neighbours[i], &together, e);
        double chance = (double)df * (double)c->neighbour_df[i] / (double)snapshot_n_passages(c->searcher->snapshot);
        double lift = (double)together / chance;
        lift = lift > COMPANY_MAX ? COMPANY_MAX : lift;
        *factor = lift > *factor ? lift : *factor;
    }
    arena_clear(&arena);
    return st;
}

enum status company_passages(struct company *c, struct slice form, uint64_t *n_passages, struct error *e)
{
    struct arena arena;
    struct slice term;
    arena_init(&arena);
    enum status st = read_form(c, form, &arena, &term, n_passages, e);
    arena_clear(&arena);
    return st;
}
