/**
 * Which words of a query the forms of one segment are: an open table by form id. Used by rank.c.
 */
#ifndef QUOTH_RANK_TABLE_H
#define QUOTH_RANK_TABLE_H

#include "rank_query.h"

/** A form is this word. One form may be several words, where a word has stems of several languages. */
struct rank_use {
    uint32_t word;
    uint32_t next; /* of the same form; RANK_NO_FORM at the end */
    bool is_exact;
};

struct rank_slot {
    uint32_t form; /* FORM_NONE: free */
    uint32_t first_use;
};

/** Its memory is used again by the next segment. */
struct rank_table {
    struct rank_slot *slots; /* a power of two of them, at most half of them in use */
    size_t slots_cap;
    uint32_t shift; /* of the hash, to get a slot */
    uint32_t mask;
    struct rank_use *uses;
    size_t n_uses, uses_cap;
};

enum status rank_table_fill(struct rank_table *t, const struct rank_query *q, const struct segment *s,
                            struct error *e) CHECK_RESULT;
void rank_table_clear(struct rank_table *t);

static inline uint32_t rank_table_place(const struct rank_table *t, uint32_t form)
{
    return form * UINT32_C(2654435769) >> t->shift;
}

/** The first use of a form, RANK_NO_FORM where it is no word of the query. FORM_NONE is none. */
static inline uint32_t rank_table_find(const struct rank_table *t, uint32_t form)
{
    uint32_t at = rank_table_place(t, form);
    while (t->slots[at].form != form) {
        if (t->slots[at].form == FORM_NONE)
            return RANK_NO_FORM;
        at = (at + 1) & t->mask;
    }
    return t->slots[at].first_use;
}

#endif
