#include "kernel_lists.h"

#include <stdlib.h>

enum status lists_init(struct kernel_lists *l, struct postings_reader *reader, struct plan *plan, size_t max_bytes,
                       const struct stop *stop, struct error *e)
{
    *l = (struct kernel_lists){.plan = plan, .stop = stop, .max_bytes = max_bytes};
    l->items = arena_alloc(plan->arena, (plan->n_terms + 1) * sizeof(struct posting_list *));
    l->is_own = arena_alloc(plan->arena, (plan->n_terms + 1) * sizeof *l->is_own);
    if (l->items == NULL || l->is_own == NULL)
        return error_nomem(e);
    l->reader = reader;
    postings_reader_enter(reader);
    return OK;
}

static void drop_own(struct kernel_lists *l)
{
    for (size_t i = 0; l->own_bytes > 0 && i < l->plan->n_terms; i++) {
        if (!l->is_own[i])
            continue;
        free((void *)(uintptr_t)l->items[i]);
        l->items[i] = NULL;
        l->is_own[i] = false;
    }
    l->own_bytes = 0;
}

void lists_clear(struct kernel_lists *l)
{
    if (l->reader == NULL)
        return;
    drop_own(l);
    postings_reader_leave(l->reader);
    *l = (struct kernel_lists){0};
}

void lists_segment(struct kernel_lists *l, size_t segment)
{
    drop_own(l);
    l->segment = segment;
    for (size_t i = 0; i < l->plan->n_terms; i++)
        l->items[i] = NULL;
}

void lists_trim(struct kernel_lists *l)
{
    if (l->own_bytes > l->max_bytes)
        drop_own(l);
}

static const struct posting_list *nothing(void)
{
    static const uint32_t no_passages[1] = {0};
    static const uint8_t no_impacts[1] = {0};
    static const struct posting_list empty = {.passages = no_passages, .impacts = no_impacts};
    return &empty;
}

/* The term table lists those of words only. */
static bool is_filter_term(struct slice text)
{
    return text.len > 0 && (text.data[0] == TERM_AUTHOR || text.data[0] == TERM_TAG);
}

enum status lists_get(struct kernel_lists *l, uint32_t term, const struct posting_list **out, struct error *e)
{
    const struct plan_term *t = &l->plan->terms[term];
    uint32_t id = t->in[l->segment].id;
    if (l->items[term] == NULL && id == TERM_NONE && !is_filter_term(t->text))
        l->items[term] = nothing();
    if (l->items[term] == NULL) {
        enum status st =
            postings_reader_get(l->reader, l->segment, id, t->text, l->stop, &l->items[term], &l->is_own[term], e);
        if (st != OK) {
            *out = NULL;
            return st;
        }
        l->own_bytes += l->is_own[term] ? l->items[term]->n_bytes : 0;
    }
    *out = l->items[term];
    return OK;
}
