#include "kernel_flat.h"

#include "cache_line.h"

/* Fetched of what is walked; the processor sees where that goes on. */
#define WALKED_BYTES ((size_t)4 * CACHE_LINE_BYTES)

/* A step for one segment. It looks at what the step before has fetched, or what the processor sees coming after it. */
typedef void fetch_step(const struct query_run *run, const struct flat *f, const struct flat_segment *s);

static uint32_t id_of(const struct query_run *run, const struct flat *f, uint32_t term, uint32_t segment)
{
    return run->plan->terms[f->terms[term].term].in[segment].id;
}

/* NULL: it is not in the cache. */
static const struct posting_list *list_of(const struct query_run *run, const struct flat *f, uint32_t term,
                                          uint32_t segment)
{
    return postings_reader_peek(run->lists.reader, segment, id_of(run, f, term, segment));
}

static void fetch_slots(const struct query_run *run, const struct flat *f, const struct flat_segment *s)
{
    for (uint32_t t = 0; t < f->n_terms; t++)
        postings_reader_expect(run->lists.reader, s->number, id_of(run, f, t, s->number));
}

static void fetch_heads(const struct query_run *run, const struct flat *f, const struct flat_segment *s)
{
    for (uint32_t t = 0; t < f->n_terms; t++) {
        const struct posting_list *list = list_of(run, f, t, s->number);
        if (list == NULL)
            continue;
        __builtin_prefetch(list);
        __builtin_prefetch(list + 1); /* the cache's own part */
    }
}

static void fetch_first(const void *from, size_t n_bytes)
{
    cache_fetch(from, n_bytes < WALKED_BYTES ? n_bytes : WALKED_BYTES);
}

/* What is walked: the maxima of the ranges, or the passages of the leading word. */
static void fetch_walked(const struct query_run *run, const struct flat *f, const struct flat_segment *s)
{
    uint32_t from = f->is_and ? f->words[s->lead].first : 0, to = f->is_and ? from + 1 : f->n_terms;
    for (uint32_t t = from; t < to; t++) {
        const struct posting_list *list = list_of(run, f, t, s->number);
        if (list != NULL && list->maxima != NULL && !f->is_and) {
            fetch_first(list->maxima, posting_ranges(list->n_passages));
        } else if (list != NULL && list->passages != NULL) {
            fetch_first(list->passages, list->n * sizeof *list->passages);
            fetch_first(list->impacts, list->n);
        }
    }
}

/* Where the first passages of the leading word are probed: the hint of the next word. */
static void fetch_probed(const struct query_run *run, const struct flat *f, const struct flat_segment *s)
{
    if (!f->is_and || f->n_musts < 2 || f->words[s->lead].n > 1 || f->words[s->next].n > 1)
        return;
    const struct posting_list *lead = list_of(run, f, f->words[s->lead].first, s->number);
    const struct posting_list *next = list_of(run, f, f->words[s->next].first, s->number);
    if (lead == NULL || lead->passages == NULL || next == NULL)
        return;
    for (uint32_t i = 0; i < lead->n && i < FLAT_BATCH; i++)
        __builtin_prefetch(&next->hint[(lead->passages[i] >> next->hint_shift) / 64]);
}

void flat_fetch_ahead(const struct query_run *run, const struct flat *f, size_t i)
{
    static fetch_step *const steps[] = {fetch_probed, fetch_walked, fetch_heads, fetch_slots};
    const size_t n_steps = sizeof steps / sizeof *steps, n = snapshot_n_segments(run->kernel->snapshot);
    /* For the first segment all steps are still to be done, for the second all but one. */
    for (size_t missed = i == 0 ? n_steps : 1; missed-- > 0;)
        for (size_t step = missed; step < n_steps && i + step - missed < n; step++)
            if (flat_is_worth(f, &f->segments[i + step - missed]))
                steps[step](run, f, &f->segments[i + step - missed]);
}
