#include "posting_list.h"

#include <stdlib.h>
#include <string.h>

#define SHIFT_MAX 31 /* of 32 bits */

_Static_assert(sizeof(struct posting_list) <= CACHE_LINE_BYTES, "a list's head is one line");

/* Where the parts of a list lie behind its head. */
struct shape {
    bool is_dense;
    uint8_t shift, hint_shift;
    size_t n_hints, n_starts, n_maxima, n_impacts;
};

static struct shape shape_of(const struct postings *p, uint32_t n_passages)
{
    struct shape s = {0};
    bool scores = p->n > 0 && p->impacts[0] > 0;
    uint32_t n_ranges = posting_ranges(n_passages);
    s.is_dense = scores && p->n > n_passages / POSTING_DENSE_SHARE;
    s.n_maxima = scores && p->n >= n_ranges ? n_ranges : 0;
    s.n_impacts = s.is_dense ? (size_t)n_ranges << POSTING_RANGE_LOG : p->n;
    s.n_hints = (size_t)n_ranges * POSTING_RANGE_HINTS;
    if (s.is_dense)
        return s;
    while (s.shift < SHIFT_MAX && (size_t)(n_passages >> s.shift) * POSTING_BLOCK > p->n)
        s.shift++;
    s.n_starts = ((size_t)n_passages >> s.shift) + 2;
    while (s.hint_shift < SHIFT_MAX && (n_passages >> s.hint_shift) / POSTING_HINT_SHARE > p->n)
        s.hint_shift++;
    s.n_hints = ((size_t)n_passages >> s.hint_shift) / 64 + 1;
    return s;
}

static size_t bytes_of(const struct shape *s, size_t n, size_t head_bytes)
{
    size_t words = s->is_dense ? 0 : n + POSTING_STEP + s->n_starts;
    size_t bytes = head_bytes + s->n_hints * sizeof(uint64_t) + words * sizeof(uint32_t) + s->n_impacts + s->n_maxima;
    return (bytes + CACHE_LINE_BYTES - 1) / CACHE_LINE_BYTES * CACHE_LINE_BYTES;
}

static void fill_maxima(uint8_t *maxima, const struct postings *p)
{
    for (size_t i = 0; i < p->n; i++) {
        uint8_t *greatest = &maxima[p->passages[i] >> POSTING_RANGE_LOG];
        *greatest = p->impacts[i] > *greatest ? p->impacts[i] : *greatest;
    }
}

static void fill_starts(uint32_t *starts, const struct shape *s, const struct postings *p)
{
    size_t block = 0;
    for (uint32_t i = 0; i < p->n; i++)
        while (block <= p->passages[i] >> s->shift)
            starts[block++] = i;
    while (block < s->n_starts)
        starts[block++] = (uint32_t)p->n;
}

static void fill_hint(uint64_t *hint, const struct shape *s, const struct postings *p)
{
    for (size_t i = 0; i < p->n; i++) {
        uint32_t bit = p->passages[i] >> s->hint_shift;
        hint[bit / 64] |= (uint64_t)1 << bit % 64;
    }
}

struct posting_list *posting_list_new(const struct postings *p, uint32_t n_passages, size_t head_bytes)
{
    struct shape s = shape_of(p, n_passages);
    size_t n_bytes = bytes_of(&s, p->n, head_bytes);
    struct posting_list *l = aligned_alloc(CACHE_LINE_BYTES, n_bytes);
    if (l == NULL)
        return NULL;
    uint64_t *hint = (uint64_t *)((char *)l + head_bytes);
    uint32_t *words = (uint32_t *)(hint + s.n_hints);
    uint8_t *bytes = (uint8_t *)(words + (s.is_dense ? 0 : p->n + POSTING_STEP + s.n_starts));
    /* Passages and their impacts are long, and written below. */
    size_t n_written = s.is_dense ? 0 : p->n;
    memset(l, 0, head_bytes);
    memset(hint, 0, s.n_hints * sizeof *hint);
    memset(bytes + n_written, 0, s.n_impacts + s.n_maxima - n_written);
    l->n = (uint32_t)p->n;
    l->n_passages = n_passages;
    l->shift = s.shift;
    l->n_bytes = n_bytes;
    l->impacts = bytes;
    l->hint = hint;
    l->hint_shift = s.hint_shift;
    fill_hint(hint, &s, p);
    if (s.is_dense) {
        for (size_t i = 0; i < p->n; i++)
            bytes[p->passages[i]] = p->impacts[i];
    } else {
        if (p->n > 0) {
            memcpy(words, p->passages, p->n * sizeof *words);
            memcpy(bytes, p->impacts, p->n);
        }
        memset(words + p->n, 0xff, POSTING_STEP * sizeof *words);
        fill_starts(words + p->n + POSTING_STEP, &s, p);
        l->passages = words;
        l->starts = words + p->n + POSTING_STEP;
    }
    if (s.n_maxima > 0) {
        fill_maxima(bytes + s.n_impacts, p);
        l->maxima = bytes + s.n_impacts;
    }
    for (size_t i = 0; i < p->n; i++)
        l->greatest = p->impacts[i] > l->greatest ? p->impacts[i] : l->greatest;
    return l;
}
