#include "kernel_lists.h"

#include <stdlib.h>

#define POSTING_BYTES (sizeof(uint32_t) + sizeof(uint8_t))

enum status lists_init(struct kernel_lists *l, struct index_reader *reader, const struct plan *plan,
                       const struct stop *stop, struct error *e)
{
    *l = (struct kernel_lists){.reader = reader, .plan = plan, .stop = stop};
    l->items = calloc(plan->n_terms + 1, sizeof *l->items);
    l->is_decoded = calloc(plan->n_terms + 1, sizeof *l->is_decoded);
    if (l->items != NULL && l->is_decoded != NULL)
        return OK;
    lists_clear(l);
    return error_nomem(e);
}

static void drop_all(struct kernel_lists *l)
{
    for (size_t i = 0; i < l->plan->n_terms; i++) {
        postings_clear(&l->items[i]);
        l->is_decoded[i] = false;
    }
    l->bytes = 0;
}

void lists_clear(struct kernel_lists *l)
{
    if (l->items != NULL && l->is_decoded != NULL)
        drop_all(l);
    free(l->items);
    free(l->is_decoded);
    *l = (struct kernel_lists){0};
}

void lists_segment(struct kernel_lists *l, size_t segment)
{
    l->segment = segment;
    for (size_t i = 0; i < l->plan->n_terms; i++)
        l->is_decoded[i] = false;
}

enum status lists_get(struct kernel_lists *l, uint32_t term, const struct postings **out, struct error *e)
{
    *out = NULL;
    struct postings *p = &l->items[term];
    if (!l->is_decoded[term]) {
        if (l->bytes > LISTS_MAX_BYTES)
            drop_all(l);
        l->bytes -= p->cap * POSTING_BYTES;
        enum status st = index_reader_postings(l->reader, l->segment, l->plan->terms[term].text, l->stop, p, e);
        l->bytes += p->cap * POSTING_BYTES;
        if (st != OK)
            return st;
        l->is_decoded[term] = true;
    }
    *out = p;
    return OK;
}
