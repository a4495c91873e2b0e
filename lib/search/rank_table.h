/**
 * Which words of a query the forms of one segment are: an open table by form id, and before it a bit for each first
 * unit of a token (token_units.h), which nearly always says that it is none of them. Used by rank.c.
 */
#ifndef QUOTH_RANK_TABLE_H
#define QUOTH_RANK_TABLE_H

#include "rank_query.h"
#include "token_units.h"

#define RANK_UNIT_WORDS 1024 /* 65,536 bits */
#define RANK_SCAN_UNITS 256  /* looked at in one go */

enum rank_spelling { RANK_SPELLING_UNKNOWN, RANK_SPELLING_OTHER, RANK_SPELLING_EXACT };

/** A form is this word. One form may be several words, where a word has stems of several languages. */
struct rank_use {
    uint32_t word;
    uint32_t next;               /* of the same form; RANK_NO_FORM at the end */
    enum rank_spelling spelling; /* found out when the form is met */
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
    uint64_t units[RANK_UNIT_WORDS]; /* bit set: a token that begins so may be a use */
};

/** @param segment  its number in the snapshot that the query was read with */
enum status rank_table_fill(struct rank_table *t, const struct rank_query *q, const struct segment *s, size_t segment,
                            struct error *e) CHECK_RESULT;
void rank_table_clear(struct rank_table *t);

/**
 * Which units from `begin` on, RANK_SCAN_UNITS at most, may begin a word of the query: their numbers behind `begin`. No
 * branch depends on a unit, for none could be foreseen.
 */
static inline size_t rank_table_scan(const struct rank_table *t, const struct token_units *units, size_t begin,
                                     uint32_t found[RANK_SCAN_UNITS])
{
    size_t left = units->n - begin, n = 0;
    left = left < RANK_SCAN_UNITS ? left : RANK_SCAN_UNITS;
    for (uint32_t i = 0; i < left; i++) {
        uint32_t unit = token_unit(units, begin + i);
        found[n] = i;
        n += t->units[unit / 64] >> unit % 64 & 1;
    }
    return n;
}

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
