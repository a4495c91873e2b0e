/**
 * The leaves of a query that mark, as the form ids of one segment: single words in one table from form to leaf, phrases
 * and words near each other as sets. Memory is used again from query to query. One thread at a time.
 */
#ifndef QUOTH_MARKER_FORMS_H
#define QUOTH_MARKER_FORMS_H

#include "match_phrase.h"
#include "query.h"
#include "segment.h"
#include "word_forms.h"

#define MARKS_NOTHING UINT32_MAX

/** A form, and the first leaf of one word that it matches, by query.leaves; MARKS_NOTHING: none. */
struct form_slot {
    uint32_t form;  /* FORM_NONE: the slot is empty */
    uint32_t in[2]; /* in a body, in a title */
};

/** A phrase, or words near each other, of which each has a form in the segment. */
struct form_group {
    const struct query_node *node;
    struct id_set sets[QUERY_PHRASE_MAX];
    uint32_t offsets[QUERY_PHRASE_MAX];
};

/* A leaf that marks, and its forms: ids[from, to). */
struct marking_leaf {
    const struct query_node *node;
    size_t from, to;
};

#define FILTER_SIZE 1024u

/* Open addressing, by the high bits of a product; before it a filter by the low bits of ids, for most have no slot. */
struct form_table {
    unsigned char filter[FILTER_SIZE];
    struct form_slot *slots;
    uint32_t mask; /* slots - 1; their number is a power of two */
    unsigned shift;
};

struct marker_forms {
    struct marking_leaf *leaves;
    size_t n_leaves, leaves_cap;
    struct form_ids ids;
    struct form_table table;
    size_t slots_cap;
    struct form_group *groups;
    size_t n_groups, groups_cap;
    bool is_described; /* some leaf was not expanded: forms alone do not tell what it marks */
};

void marker_forms_clear(struct marker_forms *f);

/** Begin with a query that has run; it is borrowed until the next one. */
enum status marker_forms_begin(struct marker_forms *f, const struct query *q, struct error *e) CHECK_RESULT;

/** Make the table and the sets of a segment. */
enum status marker_forms_load(struct marker_forms *f, const struct segment *s, struct error *e) CHECK_RESULT;

static inline size_t form_table_home(const struct form_table *t, uint32_t form)
{
    return (uint32_t)(form * 0x9E3779B1u) >> t->shift;
}

/** False: the form has no slot. */
static inline bool form_table_may_have(const struct form_table *t, uint32_t form)
{
    return t->filter[form % FILTER_SIZE] != 0;
}

/** The slot of a form; NULL: no leaf of one word has it. */
static inline const struct form_slot *form_table_find(const struct form_table *t, uint32_t form)
{
    size_t at = form_table_home(t, form);
    for (; t->slots[at].form != FORM_NONE; at = (at + 1) & t->mask)
        if (t->slots[at].form == form)
            return &t->slots[at];
    return NULL;
}

/** Does the leaf mark in bodies (false) or in titles (true)? */
static inline bool marker_marks(const struct query_node *leaf, bool in_title)
{
    return leaf->field == FIELD_ANY || (leaf->field == FIELD_TITLE && in_title);
}

#endif
