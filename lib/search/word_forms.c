#include "word_forms.h"

#include "array.h"

#include <stdlib.h>

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Make the ids from number `first` on distinct and ascending: of one term they are. */
static void sort_ids(struct form_ids *ids, size_t first)
{
    bool is_sorted = true;
    for (size_t i = first + 1; i < ids->n; i++)
        is_sorted &= ids->items[i - 1] < ids->items[i];
    if (is_sorted)
        return;
    qsort(ids->items + first, ids->n - first, sizeof *ids->items, by_number);
    size_t kept = first + 1;
    for (size_t i = kept; i < ids->n; i++)
        if (ids->items[i] != ids->items[kept - 1])
            ids->items[kept++] = ids->items[i];
    ids->n = kept;
}

/* The term's number in the segment. */
static uint32_t find_term(const struct segment *s, const struct term_memo *memo, size_t number, struct slice term)
{
    uint64_t df;
    uint32_t hash = segment_term_hash(term);
    const struct term_view *known = term_memo_get(memo, term, hash, &df);
    struct term_view view;
    if (known == NULL)
        (void)segment_find_hashed(s, term, hash, &view);
    return known != NULL ? known[number].id : view.id;
}

enum status word_forms_add(struct form_ids *ids, const struct segment *s, const struct term_memo *memo, size_t number,
                           const struct query_word *w, bool only_spelt, struct error *e)
{
    size_t first = ids->n;
    enum status st = OK;
    for (size_t t = 0; st == OK && t < w->n_terms; t++) {
        const char *listed;
        uint32_t n, term = find_term(s, memo, number, w->terms[t]);
        if (term == TERM_NONE)
            continue;
        st = segment_term_forms(s, term, &listed, &n, e);
        if (st == OK)
            st = array_reserve(&ids->items, &ids->cap, ids->n + n, sizeof *ids->items, UINT32_MAX, e);
        for (uint32_t i = 0; st == OK && i < n; i++) {
            uint32_t id = segment_listed_form(listed, i);
            struct form_view form;
            if (only_spelt)
                st = segment_form(s, id, &form, e);
            if (st == OK && (!only_spelt || slice_equal(form.text, w->form)))
                ids->items[ids->n++] = id;
        }
    }
    sort_ids(ids, first);
    return st;
}
