#include "kernel_top.h"

#include "array.h"
#include "date.h"

#include <stdlib.h>

void top_init(struct top *t, const struct snapshot *s, size_t k, struct error *e)
{
    *t = (struct top){.snapshot = s, .k = k, .e = e};
}

void top_clear(struct top *t)
{
    free(t->items);
    *t = (struct top){0};
}

static void fail(struct top *t, enum status st)
{
    t->state = t->state == OK ? st : t->state;
}

static void read_date(struct top *t, struct ranked *r)
{
    const struct segment *s = snapshot_segment(t->snapshot, r->segment);
    if (r->has_date)
        return;
    r->has_date = true;
    r->article = segment_passage_article(s, r->passage);
    if (r->article == UINT32_MAX)
        fail(t, error_set(t->e, ERR_INDEX, "segment %s: passage %u has no article", segment_id(s), r->passage));
    else
        r->date = segment_article_date(s, r->article);
}

static void read_key(struct top *t, struct ranked *r)
{
    struct article_view view;
    if (r->has_key)
        return;
    r->has_key = true;
    enum status st = segment_article(snapshot_segment(t->snapshot, r->segment), r->article, &view, t->e);
    if (st != OK) {
        fail(t, st);
        return;
    }
    r->id = view.id;
    r->hash = slice_hash(view.id);
}

/* Undated last, whatever way the others are sorted. */
static int compare_dates(enum kernel_sort sort, int32_t a, int32_t b)
{
    if (a == b)
        return 0;
    if (a == DATE_NONE || b == DATE_NONE)
        return a == DATE_NONE ? 1 : -1;
    return (a > b) == (sort == SORT_OLDEST) ? 1 : -1;
}

/* Below 0: a comes before b. */
static int compare(struct top *t, struct ranked *a, struct ranked *b)
{
    if (t->sort == SORT_SCORE && a->score != b->score)
        return a->score > b->score ? -1 : 1;
    read_date(t, a);
    read_date(t, b);
    int dates = compare_dates(t->sort, a->date, b->date);
    if (dates != 0)
        return dates;
    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    if (a->segment != b->segment || a->article != b->article) {
        read_key(t, a);
        read_key(t, b);
        if (a->hash != b->hash)
            return a->hash < b->hash ? -1 : 1;
        int order = slice_compare(a->id, b->id);
        if (order != 0)
            return order;
    }
    /* Passages of one article are numbered in the order of their ordinals. */
    return a->passage < b->passage ? -1 : a->passage > b->passage;
}

static void swap(struct ranked *a, struct ranked *b)
{
    struct ranked c = *a;
    *a = *b;
    *b = c;
}

static void sift_down(struct top *t, size_t i, size_t n)
{
    for (;;) {
        size_t worst = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < n; child++)
            if (compare(t, &t->items[child], &t->items[worst]) > 0)
                worst = child;
        if (worst == i)
            return;
        swap(&t->items[i], &t->items[worst]);
        i = worst;
    }
}

static void sift_up(struct top *t, size_t i)
{
    while (i > 0 && compare(t, &t->items[i], &t->items[(i - 1) / 2]) > 0) {
        swap(&t->items[i], &t->items[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
}

void top_offer(struct top *t, double score, size_t segment, uint32_t passage)
{
    if (t->state != OK || t->k == 0 || !top_may_take(t, score))
        return;
    struct ranked r = {.score = score, .segment = segment, .passage = passage};
    if (t->n < t->k) {
        t->state = array_reserve(&t->items, &t->cap, t->n + 1, sizeof *t->items, t->k, t->e);
        if (t->state != OK)
            return;
        t->items[t->n] = r;
        sift_up(t, t->n++);
    } else if (compare(t, &r, &t->items[0]) < 0) {
        t->items[0] = r;
        sift_down(t, 0, t->n);
    }
}

enum status top_take(struct top *t, struct candidates *out, struct error *e)
{
    size_t n = t->n;
    out->items = calloc(n + 1, sizeof *out->items);
    if (out->items == NULL)
        return error_nomem(e);
    /* The worst goes to the end again and again: what stays in front is the heap of the better. */
    while (t->state == OK && t->n > 0) {
        t->n--;
        swap(&t->items[0], &t->items[t->n]);
        const struct ranked *r = &t->items[t->n];
        out->items[t->n] = (struct candidate){.score = r->score, .segment = r->segment, .passage = r->passage};
        sift_down(t, 0, t->n);
    }
    if (t->state == OK)
        out->n = n;
    return t->state;
}
