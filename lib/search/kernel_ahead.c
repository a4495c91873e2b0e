#include "kernel_flat.h"

#define LINES_AHEAD 4     /* of the first passages and of the maxima */
#define PASSAGES_AHEAD 64 /* of the leading word, whose hints are fetched */

/* A list of a segment that is still to come; NULL: not in the cache. */
static const struct posting_list *peek(const struct query_run *run, const struct flat *f, uint32_t term, size_t segment)
{
    return postings_reader_peek(run->lists.reader, segment, run->plan->terms[f->terms[term].term].in[segment].id);
}

static void fetch_slots(const struct query_run *run, const struct flat *f, const struct flat_segment *s)
{
    for (uint32_t t = 0; t < f->n_terms; t++)
        postings_reader_expect(run->lists.reader, s->number, run->plan->terms[f->terms[t].term].in[s->number].id);
}

static void fetch_heads(const struct query_run *run, const struct flat *f, const struct flat_segment *s)
{
    for (uint32_t t = 0; t < f->n_terms; t++) {
        const struct posting_list *list = peek(run, f, t, s->number);
        __builtin_prefetch(list);
        __builtin_prefetch(list + 1);
    }
}

static void fetch_lines(const void *from, size_t n_bytes)
{
    for (size_t at = 0; at < n_bytes && at < LINES_AHEAD * POSTING_LINE; at += POSTING_LINE)
        __builtin_prefetch((const char *)from + at);
}

static void fetch_parts(const struct query_run *run, const struct flat *f, const struct flat_segment *s)
{
    if (f->is_and) {
        const struct posting_list *lead = peek(run, f, f->words[s->lead].first, s->number);
        if (lead != NULL && lead->passages != NULL) {
            fetch_lines(lead->passages, lead->n * sizeof *lead->passages);
            fetch_lines(lead->impacts, lead->n < PASSAGES_AHEAD ? lead->n : PASSAGES_AHEAD);
        }
        return;
    }
    for (uint32_t t = 0; t < f->n_terms; t++) {
        const struct posting_list *list = peek(run, f, t, s->number);
        if (list != NULL && list->maxima != NULL)
            fetch_lines(list->maxima, posting_ranges(list->n_passages));
        else if (list != NULL)
            fetch_lines(list->passages, list->n * sizeof *list->passages);
    }
}

static void fetch_hints(const struct query_run *run, const struct flat *f, const struct flat_segment *s)
{
    if (!f->is_and)
        return;
    const struct posting_list *lead = peek(run, f, f->words[s->lead].first, s->number);
    if (lead == NULL || lead->passages == NULL)
        return;
    uint32_t n = lead->n < PASSAGES_AHEAD ? lead->n : PASSAGES_AHEAD;
    for (uint32_t w = 0; w < f->n_words; w++) {
        const struct flat_word *word = &f->words[w];
        const struct posting_list *list = w == s->lead || word->n > 1 || !word->is_must ? NULL : peek(run, f, word->first, s->number);
        for (uint32_t i = 0; list != NULL && i < n; i++)
            __builtin_prefetch(&list->hint[lead->passages[i] >> list->hint_shift >> 6]);
    }
}

void flat_fetch_ahead(const struct query_run *run, const struct flat *f, size_t i)
{
    static void (*const steps[])(const struct query_run *, const struct flat *, const struct flat_segment *) = {
        fetch_hints, fetch_parts, fetch_heads, fetch_slots};
    size_t n = snapshot_n_segments(run->kernel->snapshot);
    for (size_t s = 0; s < sizeof steps / sizeof *steps && i + s < n; s++)
        steps[s](run, f, &f->segments[i + s]);
}
