#include "suggest_sample.h"

#include "array.h"
#include "search_internal.h"

#include <stdlib.h>

#define SAMPLE_MAX ((size_t)1 << 20)

void sample_clear(struct sample *s)
{
    free(s->items);
    postings_clear(&s->scratch);
    *s = (struct sample){0};
}

static enum status add(struct sample *out, size_t segment, uint32_t passage, uint8_t impact, struct error *e)
{
    enum status st = array_reserve(&out->items, &out->cap, out->n + 1, sizeof *out->items, SAMPLE_MAX, e);
    if (st == OK)
        out->items[out->n++] = (struct sampled){.segment = (uint32_t)segment, .passage = passage, .impact = impact};
    return st;
}

/* Of items[from, n) keep `wanted` with the greatest impacts, the earlier of equals. */
static void keep_best(struct sample *s, size_t from, size_t wanted)
{
    size_t counts[IMPACT_MAX + 1] = {0}, n_above = 0, n = from;
    unsigned limit = IMPACT_MAX;
    if (s->n - from <= wanted)
        return;
    for (size_t i = from; i < s->n; i++)
        counts[s->items[i].impact]++;
    while (limit > 0 && n_above + counts[limit] < wanted)
        n_above += counts[limit--];
    size_t room = wanted - n_above; /* for those that have just the limit */
    for (size_t i = from; i < s->n; i++) {
        if (s->items[i].impact < limit || (s->items[i].impact == limit && room == 0))
            continue;
        room -= s->items[i].impact == limit;
        s->items[n++] = s->items[i];
    }
    s->n = n;
}

enum status sample_add_best(struct sample *out, struct searcher *s, struct slice term, size_t wanted,
                            const struct stop *stop, struct error *e)
{
    size_t from = out->n;
    enum status st = OK;
    for (size_t i = 0; st == OK && i < snapshot_n_segments(s->snapshot); i++) {
        const struct segment *segment = snapshot_segment(s->snapshot, i);
        st = index_reader_postings(s->reader, i, term, stop, &out->scratch, e);
        for (size_t k = 0; st == OK && k < out->scratch.n; k++)
            if (!segment_passage_is_dead(segment, out->scratch.passages[k]))
                st = add(out, i, out->scratch.passages[k], out->scratch.impacts[k] & IMPACT_MAX, e);
    }
    if (st == OK)
        keep_best(out, from, wanted);
    return st;
}

enum status sample_add_spread(struct sample *out, struct searcher *s, const struct stop *stop, struct error *e)
{
    uint64_t n_all = 0, next = 0, base = 0;
    for (size_t i = 0; i < snapshot_n_segments(s->snapshot); i++)
        n_all += segment_n_passages(snapshot_segment(s->snapshot, i));
    uint64_t step = n_all / SAMPLE_SPREAD + 1;
    enum status st = stop_check(stop, e);
    for (size_t i = 0; st == OK && i < snapshot_n_segments(s->snapshot); i++) {
        const struct segment *segment = snapshot_segment(s->snapshot, i);
        uint64_t end = base + segment_n_passages(segment);
        for (; st == OK && next < end; next += step)
            if (!segment_passage_is_dead(segment, (uint32_t)(next - base)))
                st = add(out, i, (uint32_t)(next - base), 0, e);
        base = end;
    }
    return st;
}

static int by_place(const void *a, const void *b)
{
    const struct sampled *x = a, *y = b;
    if (x->segment != y->segment)
        return x->segment < y->segment ? -1 : 1;
    return x->passage < y->passage ? -1 : x->passage > y->passage;
}

void sample_sort(struct sample *s)
{
    size_t n = 0;
    if (s->n == 0)
        return;
    qsort(s->items, s->n, sizeof *s->items, by_place);
    for (size_t i = 0; i < s->n; i++)
        if (n == 0 || by_place(&s->items[n - 1], &s->items[i]) != 0)
            s->items[n++] = s->items[i];
    s->n = n;
}
