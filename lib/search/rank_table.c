#include "rank_table.h"

#include "array.h"
#include "pack.h"

#include <stdlib.h>

#define SLOTS_LOG_MIN 6
#define SLOTS_LOG_MAX 30
#define USES_MAX ((size_t)1 << (SLOTS_LOG_MAX - 1))

void rank_table_clear(struct rank_table *t)
{
    free(t->slots);
    free(t->uses);
    *t = (struct rank_table){0};
}

static enum status add_use(struct rank_table *t, uint32_t word, uint32_t form, struct error *e)
{
    enum status st = array_reserve(&t->uses, &t->uses_cap, t->n_uses + 1, sizeof *t->uses, USES_MAX, e);
    /* `next` holds the form until the slots are known. */
    if (st == OK)
        t->uses[t->n_uses++] = (struct rank_use){.word = word, .next = form};
    return st;
}

/* A term's forms in the segment are its spellings there; two terms of a word never share one. */
static enum status add_word(struct rank_table *t, const struct rank_query *q, uint32_t number, const struct segment *s,
                            size_t segment, struct error *e)
{
    const struct rank_word *w = &q->words[number];
    enum status st = OK;
    for (size_t i = 0; st == OK && w->idf > 0 && i < w->word->n_terms; i++) {
        uint32_t term = rank_query_term(q, w, i, segment), n;
        const char *ids;
        if (term == TERM_NONE)
            continue;
        st = segment_term_forms(s, term, &ids, &n, e);
        for (uint32_t f = 0; st == OK && f < n; f++)
            st = add_use(t, number, segment_listed_form(ids, f), e);
    }
    return st;
}

static enum status make_slots(struct rank_table *t, struct error *e)
{
    uint32_t log = SLOTS_LOG_MIN;
    while (((size_t)1 << log) < 2 * t->n_uses)
        log++;
    size_t n = (size_t)1 << log;
    enum status st = array_reserve(&t->slots, &t->slots_cap, n, sizeof *t->slots, (size_t)1 << SLOTS_LOG_MAX, e);
    if (st != OK)
        return st;
    t->shift = 32 - log;
    t->mask = (uint32_t)(n - 1);
    for (size_t i = 0; i < n; i++)
        t->slots[i].form = FORM_NONE;
    return OK;
}

/* Backwards, so that a form's uses are listed in the order of the words. */
static void place_uses(struct rank_table *t)
{
    for (size_t i = t->n_uses; i-- > 0;) {
        uint32_t form = t->uses[i].next, at = rank_table_place(t, form);
        while (t->slots[at].form != FORM_NONE && t->slots[at].form != form)
            at = (at + 1) & t->mask;
        t->uses[i].next = t->slots[at].form == form ? t->slots[at].first_use : RANK_NO_FORM;
        t->slots[at] = (struct rank_slot){.form = form, .first_use = (uint32_t)i};
    }
}

/* Tokens of two units are looked at closely, all of them: their second unit has to be passed over anyway. */
static void mark_units(struct rank_table *t)
{
    memset(t->units, 0, sizeof t->units);
    for (uint32_t unit = TOKEN_ESCAPE; unit < TOKEN_GAP; unit++)
        t->units[unit / 64] |= UINT64_C(1) << unit % 64;
    for (size_t i = 0; i < t->n_uses; i++) {
        uint32_t form = t->uses[i].next;
        if (form < TOKEN_ESCAPE)
            t->units[form / 64] |= UINT64_C(1) << form % 64;
    }
}

enum status rank_table_fill(struct rank_table *t, const struct rank_query *q, const struct segment *s, size_t segment,
                            struct error *e)
{
    t->n_uses = 0;
    enum status st = OK;
    for (uint32_t w = 0; st == OK && w < q->n_words; w++)
        st = add_word(t, q, w, s, segment, e);
    if (st == OK)
        st = make_slots(t, e);
    if (st != OK)
        return st;
    mark_units(t);
    place_uses(t);
    return OK;
}
