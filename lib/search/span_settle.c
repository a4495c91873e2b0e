#include "span_settle.h"

#include "array.h"

#include <stdlib.h>

void span_settler_clear(struct span_settler *s)
{
    free(s->found);
    free(s->taken);
    *s = (struct span_settler){0};
}

enum status span_settler_add(struct span_settler *s, const struct found_span *found, struct error *e)
{
    enum status st = array_reserve(&s->found, &s->cap, s->n + 1, sizeof *s->found, SIZE_MAX / sizeof *s->found, e);
    if (st == OK)
        s->found[s->n++] = *found;
    return st;
}

static int by_length(const void *a, const void *b)
{
    const struct span *x = &((const struct found_span *)a)->span, *y = &((const struct found_span *)b)->span;
    if (x->len != y->len)
        return x->len < y->len ? 1 : -1;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return (x->leaf > y->leaf) - (x->leaf < y->leaf);
}

static int by_start(const void *a, const void *b)
{
    uint32_t x = ((const struct span *)a)->start, y = ((const struct span *)b)->start;
    return (x > y) - (x < y);
}

/* The part of a match that no longer one holds; len 0: none. A token is cut to it (the second of two bigrams). */
static struct span free_part(const unsigned char *taken, const struct found_span *f)
{
    struct span s = f->span;
    uint32_t end = s.start + s.len;
    if (!f->is_token && memchr(taken + s.start, 1, s.len) != NULL)
        s.len = 0;
    if (!f->is_token)
        return s;
    while (s.start < end && taken[s.start])
        s.start++;
    uint32_t stop = s.start;
    while (stop < end && !taken[stop])
        stop++;
    s.len = stop - s.start;
    return s;
}

static enum status settle(struct span_settler *s, size_t text_len, struct spans *out, struct error *e)
{
    enum status st = array_reserve(&s->taken, &s->taken_cap, text_len, sizeof *s->taken, SIZE_MAX, e);
    if (st != OK)
        return st;
    memset(s->taken, 0, text_len);
    qsort(s->found, s->n, sizeof *s->found, by_length);
    for (size_t i = 0; i < s->n; i++) {
        struct span part = free_part(s->taken, &s->found[i]);
        if (part.len == 0)
            continue;
        memset(s->taken + part.start, 1, part.len);
        out->items[out->n++] = part;
    }
    qsort(out->items, out->n, sizeof *out->items, by_start);
    return OK;
}

/* The common case: words found one after the other, so that there is nothing to settle. */
static bool is_settled(const struct span_settler *s)
{
    for (size_t i = 1; i < s->n; i++) {
        const struct span *before = &s->found[i - 1].span;
        if (s->found[i].span.start < (uint64_t)before->start + before->len)
            return false;
    }
    return true;
}

enum status span_settler_take(struct span_settler *s, size_t text_len, struct spans *out, struct error *e)
{
    out->n = 0;
    enum status st = array_reserve(&out->items, &out->cap, s->n, sizeof *out->items, UINT32_MAX, e);
    if (st == OK && is_settled(s)) {
        for (size_t i = 0; i < s->n; i++)
            out->items[out->n++] = s->found[i].span;
    } else if (st == OK) {
        st = settle(s, text_len, out, e);
    }
    s->n = 0;
    return st;
}
