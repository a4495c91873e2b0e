#include "kernel_top.h"

#include "array.h"

#include <stdlib.h>

#define WAITING_MAX 256                /* beside as many as are wanted */
#define UNDATED ((uint64_t)UINT32_MAX) /* the upper half of its order */

void top_init(struct top *t, const struct snapshot *s, size_t k, struct error *e)
{
    *t = (struct top){.snapshot = s, .k = k, .e = e};
}

void top_clear(struct top *t)
{
    free(t->items);
    *t = (struct top){0};
}

/* What it returns is of no use to anybody then. */
static int fail(struct top *t, enum status st)
{
    t->state = t->state == OK ? st : t->state;
    return 0;
}

/* Dates and ids are read only where the score does not decide. */
static void read_order(struct top *t, struct ranked *r)
{
    const struct segment *s = snapshot_segment(t->snapshot, r->segment);
    if (r->order != 0)
        return;
    r->order = segment_article_order(s, segment_passage_article(s, r->passage));
    if (r->order == 0)
        fail(t, error_set(t->e, ERR_INDEX, "segment %s: the article of passage %u is damaged; run quoth-index --check",
                          segment_id(s), r->passage));
}

/* The upper halves of two orders. Undated last, whatever way the others are sorted. */
static int compare_dates(enum kernel_sort sort, uint64_t a, uint64_t b)
{
    if (a == b)
        return 0;
    bool is_reversed = sort == SORT_OLDEST && a != UNDATED && b != UNDATED;
    return (a < b) != is_reversed ? -1 : 1;
}

/* Of equal date and first half of the id's hash: nearly always passages of one article. */
static int compare_ids(struct top *t, const struct ranked *a, const struct ranked *b)
{
    const struct segment *in_a = snapshot_segment(t->snapshot, a->segment);
    const struct segment *in_b = snapshot_segment(t->snapshot, b->segment);
    uint32_t of_a = segment_passage_article(in_a, a->passage), of_b = segment_passage_article(in_b, b->passage);
    struct article_view x, y;
    if (in_a == in_b && of_a == of_b)
        return 0;
    enum status st = segment_article(in_a, of_a, &x, t->e);
    if (st == OK)
        st = segment_article(in_b, of_b, &y, t->e);
    if (st != OK)
        return fail(t, st);
    uint64_t hash_x = slice_hash(x.id), hash_y = slice_hash(y.id);
    return hash_x != hash_y ? (hash_x < hash_y ? -1 : 1) : slice_compare(x.id, y.id);
}

/* Below 0: a comes before b. */
static int compare(struct top *t, struct ranked *a, struct ranked *b)
{
    if (t->sort == SORT_SCORE && a->score != b->score)
        return a->score > b->score ? -1 : 1;
    read_order(t, a);
    read_order(t, b);
    int dates = compare_dates(t->sort, a->order >> 32, b->order >> 32);
    if (dates != 0)
        return dates;
    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    int ids = compare_ids(t, a, b);
    if (ids != 0)
        return ids;
    /* Passages of one article are numbered in the order of their ordinals. */
    return a->passage < b->passage ? -1 : a->passage > b->passage;
}

static void swap(struct ranked *a, struct ranked *b)
{
    struct ranked c = *a;
    *a = *b;
    *b = c;
}

/* What the heap goes by. */
static int compare_in_heap(struct top *t, struct ranked *a, struct ranked *b)
{
    if (t->sort != SORT_SCORE)
        return compare(t, a, b);
    return (a->score < b->score) - (a->score > b->score);
}

typedef int comparison(struct top *t, struct ranked *a, struct ranked *b);

static inline void sift_down(struct top *t, struct ranked *items, size_t i, size_t n, comparison *order)
{
    for (;;) {
        size_t worst = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < n; child++)
            if (order(t, &items[child], &items[worst]) > 0)
                worst = child;
        if (worst == i)
            return;
        swap(&items[i], &items[worst]);
        i = worst;
    }
}

static void sift_up(struct top *t, size_t i)
{
    while (i > 0 && compare_in_heap(t, &t->items[i], &t->items[(i - 1) / 2]) > 0) {
        swap(&t->items[i], &t->items[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
}

/* Best first. */
static void sort(struct top *t, struct ranked *items, size_t n, comparison *order)
{
    for (size_t i = n / 2; i-- > 0;)
        sift_down(t, items, i, n, order);
    while (n > 1) {
        swap(&items[0], &items[--n]);
        sift_down(t, items, 0, n, order);
    }
}

/* All that is there, best first; those that wait score as the last. What decides between equals of the first is not
 * looked at where nobody asks for their order. */
static void sort_all(struct top *t)
{
    sort(t, t->items, t->n, compare_in_heap);
    size_t n = t->n + t->n_waiting;
    for (size_t i = 0, end; t->sort == SORT_SCORE && i < n; i = end) {
        for (end = i + 1; end < n && t->items[end].score == t->items[i].score;)
            end++;
        if (end == i + 1 || end <= t->n_unordered)
            continue;
        for (size_t same = i; same < end; same++)
            read_order(t, &t->items[same]);
        sort(t, t->items + i, end - i, compare);
    }
}

/* Those that waited too long go in or drop out. The worst first is a heap. */
static void settle(struct top *t)
{
    sort_all(t);
    t->n_waiting = 0;
    t->bar = t->items[t->n - 1];
    t->has_bar = true;
    for (size_t i = 0; i < t->n / 2; i++)
        swap(&t->items[i], &t->items[t->n - 1 - i]);
}

/* It scores as the worst of the k best. */
static void let_wait(struct top *t, struct ranked *r)
{
    if (t->has_bar && t->bar.score == r->score && compare(t, r, &t->bar) > 0)
        return;
    if (t->n_waiting == WAITING_MAX + t->k)
        settle(t);
    t->state =
        array_reserve(&t->items, &t->cap, t->n + t->n_waiting + 1, sizeof *t->items, 2 * t->k + WAITING_MAX, t->e);
    if (t->state == OK)
        t->items[t->n + t->n_waiting++] = *r;
}

/* It is better than the worst of the k best. */
static void replace_worst(struct top *t, const struct ranked *r)
{
    struct ranked worst = t->items[0];
    t->items[0] = *r;
    sift_down(t, t->items, 0, t->n, compare_in_heap);
    if (compare_in_heap(t, &worst, &t->items[0]) == 0)
        let_wait(t, &worst);
    else
        t->n_waiting = 0;
}

void top_offer(struct top *t, double score, size_t segment, uint32_t passage)
{
    if (t->state != OK || t->k == 0 || !top_may_take(t, score))
        return;
    struct ranked r = {.score = score, .segment = (uint32_t)segment, .passage = passage};
    if (t->n < t->k) {
        t->state = array_reserve(&t->items, &t->cap, t->n + 1, sizeof *t->items, t->k, t->e);
        if (t->state != OK)
            return;
        t->items[t->n] = r;
        sift_up(t, t->n++);
        return;
    }
    int order = compare_in_heap(t, &r, &t->items[0]);
    if (order < 0)
        replace_worst(t, &r);
    else if (order == 0)
        let_wait(t, &r);
}

enum status top_take(struct top *t, struct candidates *out, struct error *e)
{
    out->items = malloc((t->n + 1) * sizeof *out->items);
    if (out->items == NULL)
        return error_nomem(e);
    sort_all(t);
    for (size_t i = 0; i < t->n; i++) {
        const struct ranked *r = &t->items[i];
        out->items[i] = (struct candidate){.score = r->score, .segment = r->segment, .passage = r->passage};
    }
    if (t->state == OK)
        out->n = t->n;
    t->n = t->n_waiting = 0;
    return t->state;
}
