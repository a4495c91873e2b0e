#include "suggest_sample.h"

#include "array.h"
#include "search_internal.h"

#include <stdlib.h>

#define SAMPLE_MAX ((size_t)1 << 20)
#define STOP_EVERY 1024 /* articles */

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

/* A number of an article's passages that says nothing of where they lie; splitmix64's finish makes one of each. */
static uint64_t key_of(uint64_t article_hash, uint32_t ordinal)
{
    uint64_t x = article_hash + ((uint64_t)ordinal + 1) * UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

static enum status read_key(struct sampled *at, const struct snapshot *s, struct error *e)
{
    const struct segment *segment = snapshot_segment(s, at->segment);
    struct article_view article;
    enum status st = segment_article(segment, segment_passage_article(segment, at->passage), &article, e);
    if (st == OK)
        at->key = key_of(slice_hash(article.id), at->passage - article.first_passage);
    return st;
}

/* The greater impact, then the smaller key. */
static int by_impact(const void *a, const void *b)
{
    const struct sampled *x = a, *y = b;
    if (x->impact != y->impact)
        return x->impact > y->impact ? -1 : 1;
    return (x->key > y->key) - (x->key < y->key);
}

/* Of items[from, n) keep `wanted` with the greatest impacts; only of those with the least of these the keys are read.
 */
static enum status keep_best(struct sample *s, size_t from, size_t wanted, const struct snapshot *snapshot,
                             struct error *e)
{
    size_t counts[IMPACT_MAX + 1] = {0}, n_above = 0, n = from;
    unsigned limit = IMPACT_MAX;
    enum status st = OK;
    if (s->n - from <= wanted)
        return OK;
    for (size_t i = from; i < s->n; i++)
        counts[s->items[i].impact]++;
    while (limit > 0 && n_above + counts[limit] < wanted)
        n_above += counts[limit--];
    bool is_tie = n_above + counts[limit] > wanted;
    for (size_t i = from; st == OK && i < s->n; i++) {
        if (s->items[i].impact < limit)
            continue;
        if (is_tie && s->items[i].impact == limit)
            st = read_key(&s->items[i], snapshot, e);
        s->items[n++] = s->items[i];
    }
    if (st == OK && is_tie)
        qsort(s->items + from, n - from, sizeof *s->items, by_impact);
    s->n = is_tie ? from + wanted : n;
    return st;
}

enum status sample_add_best(struct sample *out, struct searcher *s, struct slice term, size_t wanted,
                            const struct stop *stop, struct error *e)
{
    size_t from = out->n;
    enum status st = OK;
    for (size_t i = 0; st == OK && i < snapshot_n_segments(s->snapshot); i++) {
        const struct segment *segment = snapshot_segment(s->snapshot, i);
        st = segment_postings(segment, term, stop, &out->scratch, e);
        for (size_t k = 0; st == OK && k < out->scratch.n; k++)
            if (!segment_passage_is_dead(segment, out->scratch.passages[k]))
                st = add(out, i, out->scratch.passages[k], out->scratch.impacts[k] & IMPACT_MAX, e);
    }
    return st == OK ? keep_best(out, from, wanted, s->snapshot, e) : st;
}

/* The passages with the smallest keys: a heap, the greatest of them first. */
struct sample_spread {
    size_t n;
    struct sampled items[SAMPLE_SPREAD];
};

void sample_spread_free(struct sample_spread *s)
{
    free(s);
}

static void offer(struct sample_spread *s, struct sampled x)
{
    size_t i;
    if (s->n < SAMPLE_SPREAD) {
        for (i = s->n++; i > 0 && s->items[(i - 1) / 2].key < x.key; i = (i - 1) / 2)
            s->items[i] = s->items[(i - 1) / 2];
        s->items[i] = x;
        return;
    }
    if (x.key >= s->items[0].key)
        return;
    for (i = 0; 2 * i + 1 < s->n;) {
        size_t child = 2 * i + 1;
        child += child + 1 < s->n && s->items[child + 1].key > s->items[child].key;
        if (s->items[child].key <= x.key)
            break;
        s->items[i] = s->items[child];
        i = child;
    }
    s->items[i] = x;
}

static enum status offer_segment(struct sample_spread *spread, const struct snapshot *s, size_t number,
                                 const struct stop *stop, struct error *e)
{
    const struct segment *segment = snapshot_segment(s, number);
    enum status st = OK;
    for (uint32_t i = 0; st == OK && i < segment_n_articles(segment); i++) {
        struct article_view article;
        st = i % STOP_EVERY == 0 ? stop_check(stop, e) : OK;
        if (st != OK || segment_article_is_dead(segment, i))
            continue;
        st = segment_article(segment, i, &article, e);
        uint64_t hash = st == OK ? slice_hash(article.id) : 0;
        for (uint32_t p = 0; st == OK && p < article.n_passages; p++)
            offer(spread, (struct sampled){.segment = (uint32_t)number,
                                           .passage = article.first_passage + p,
                                           .key = key_of(hash, p)});
    }
    return st;
}

static enum status choose_spread(struct searcher *s, const struct stop *stop, struct error *e)
{
    struct sample_spread *spread = calloc(1, sizeof *spread);
    enum status st = spread == NULL ? error_nomem(e) : OK;
    for (size_t i = 0; st == OK && i < snapshot_n_segments(s->snapshot); i++)
        st = offer_segment(spread, s->snapshot, i, stop, e);
    if (st != OK) {
        free(spread);
        return st;
    }
    s->spread = spread;
    return OK;
}

enum status sample_add_spread(struct sample *out, struct searcher *s, const struct stop *stop, struct error *e)
{
    enum status st = s->spread == NULL ? choose_spread(s, stop, e) : OK;
    for (size_t i = 0; st == OK && i < s->spread->n; i++)
        st = add(out, s->spread->items[i].segment, s->spread->items[i].passage, 0, e);
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
