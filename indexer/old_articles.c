#include "old_articles.h"

#include "array.h"
#include "pack.h"
#include "percent.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define EQUAL_LINES_MAX 64 /* so many are looked at; a line beyond is read anew */

void old_articles_init(struct old_articles *o, struct target *t)
{
    *o = (struct old_articles){.target = t};
}

void old_articles_clear(struct old_articles *o)
{
    free(o->items);
}

static int compare(const void *a, const void *b)
{
    const struct old_article *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    if (x->tag != y->tag)
        return x->tag < y->tag ? -1 : 1;
    if (x->segment != y->segment)
        return x->segment < y->segment ? -1 : 1;
    return x->article < y->article ? -1 : x->article > y->article;
}

static enum status collect_segment(struct old_articles *o, const struct hash_set *wanted, size_t number,
                                   struct error *e)
{
    const struct segment *s = snapshot_segment(o->target->snapshot, number);
    enum status st = OK;
    for (uint32_t i = 0; i < segment_n_articles(s) && st == OK; i++) {
        struct article_view view;
        if (segment_article_is_dead(s, i))
            continue;
        st = segment_article(s, i, &view, e);
        if (st != OK)
            break;
        struct hash128 key = plan_key(view.root, view.path);
        if (!hash_set_has(wanted, key))
            continue;
        st = array_reserve(&o->items, &o->cap, o->n + 1, sizeof *o->items, OLD_ARTICLES_MAX, e);
        if (st == OK)
            o->items[o->n++] = (struct old_article){
                .key = key.low, .tag = get_u64(view.raw_hash), .segment = (uint32_t)number, .article = i};
    }
    return st;
}

enum status old_articles_collect(struct old_articles *o, const struct plan *p, struct error *e)
{
    struct hash_set wanted;
    enum status st = OK;
    hash_set_init(&wanted);
    for (size_t i = 0; i < p->n_files && st == OK; i++)
        st = hash_set_add(&wanted, p->files[i].key, NULL, e);
    for (size_t i = 0; i < p->n_vanished && st == OK; i++)
        st = hash_set_add(&wanted, plan_key(p->vanished[i].root, p->vanished[i].path), NULL, e);
    const struct snapshot *s = o->target->snapshot;
    size_t n_segments = s == NULL || wanted.n == 0 ? 0 : snapshot_n_segments(s);
    for (size_t i = 0; i < n_segments && st == OK; i++)
        st = collect_segment(o, &wanted, i, e);
    hash_set_clear(&wanted);
    if (st == OK && o->n > 1)
        qsort(o->items, o->n, sizeof *o->items, compare);
    return st;
}

/** The first item that is not below (key, tag, segment, article). */
static size_t lower_bound(const struct old_articles *o, struct old_article want)
{
    size_t from = 0, to = o->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (compare(&o->items[middle], &want) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

void old_articles_of(const struct old_articles *o, struct hash128 key, size_t *from, size_t *to)
{
    *from = lower_bound(o, (struct old_article){.key = key.low});
    *to = key.low == UINT64_MAX ? o->n : lower_bound(o, (struct old_article){.key = key.low + 1});
}

enum status old_articles_view(const struct old_articles *o, size_t item, struct article_view *view, struct error *e)
{
    const struct old_article *a = &o->items[item];
    return segment_article(snapshot_segment(o->target->snapshot, a->segment), a->article, view, e);
}

/** An id that came from the line's number must be that of the line where it stands now. */
static bool has_right_id(const struct plan_file *f, struct slice id, uint64_t line)
{
    char number[32];
    if (!slice_starts(id, f->root->prefix))
        return true;
    struct slice rest = slice_from(id, f->root->prefix.len);
    struct buf path;
    buf_init(&path, FIELD_MAX_BYTES * 4);
    percent_encode_damage(&path, f->path);
    buf_put_byte(&path, ':');
    uint64_t was = 0;
    bool is_number = buf_status(&path, NULL) == OK && slice_starts(rest, buf_slice(&path)) &&
                     slice_to_u64(slice_from(rest, path.len), UINT64_MAX, &was);
    snprintf(number, sizeof number, "%" PRIu64, line);
    bool is_right = !is_number || slice_equal(slice_from(rest, path.len), slice_cstr(number));
    buf_clear(&path);
    return is_right;
}

size_t old_articles_line(const struct old_articles *o, const struct plan_file *f, const char hash[16], uint64_t line)
{
    struct old_article want = {.key = f->key.low, .tag = get_u64(hash)};
    size_t at = lower_bound(o, want);
    for (size_t n = 0; at < o->n && n < EQUAL_LINES_MAX; at++, n++) {
        struct article_view view;
        if (o->items[at].key != want.key || o->items[at].tag != want.tag)
            break;
        if (old_articles_view(o, at, &view, NULL) == OK && view.root == f->root->number &&
            slice_equal(view.path, f->path) && memcmp(view.raw_hash, hash, sizeof view.raw_hash) == 0 &&
            has_right_id(f, view.id, line))
            return at;
    }
    return OLD_NONE;
}

size_t old_articles_find(const struct old_articles *o, size_t segment, uint32_t article,
                         const struct article_view *view)
{
    struct old_article want = {.key = plan_key(view->root, view->path).low,
                               .tag = get_u64(view->raw_hash),
                               .segment = (uint32_t)segment,
                               .article = article};
    size_t at = lower_bound(o, want);
    return at < o->n && compare(&o->items[at], &want) == 0 ? at : OLD_NONE;
}

enum status old_articles_remove(struct old_articles *o, size_t item, struct error *e)
{
    struct old_article *a = &o->items[item];
    a->is_gone = true;
    return update_remove(o->target->update, a->segment, a->article, e);
}
