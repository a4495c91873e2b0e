#include "lexicon.h"

#include "array.h"
#include "kernel_run.h"
#include "search_internal.h"

#include <stdlib.h>

#define STOP_EVERY 4096
#define RANGE_MAX 4096  /* forms with a prefix that are all looked at; of more only the most frequent */
#define DEPTH_FIRST 512 /* forms that are taken of each segment at first; each time it was not enough, */
#define DEPTH_FACTOR 4  /* so many times more */

enum status lexicon_init(struct lexicon_list *l, struct error *e)
{
    *l = (struct lexicon_list){0};
    return intern_new(&l->table, e);
}

void lexicon_clear(struct lexicon_list *l)
{
    intern_free(l->table);
    free(l->items);
    *l = (struct lexicon_list){0};
}

int lexicon_by_passages(const void *a, const void *b)
{
    const struct lexicon_form *x = a, *y = b;
    if (x->n_passages != y->n_passages)
        return x->n_passages > y->n_passages ? -1 : 1;
    return slice_compare(x->text, y->text);
}

/* Live passages of a segment that have the form `id`. */
static uint32_t live(const struct form_view *form, uint32_t id, const uint32_t *dead)
{
    uint32_t n_dead = dead == NULL ? 0 : dead[id];
    return form->n_passages > n_dead ? form->n_passages - n_dead : 0;
}

/* The same of a spelling, which several terms may share. */
static enum status count_in_segment(struct searcher *s, size_t i, struct slice text, const struct stop *stop,
                                    uint64_t *sum, struct error *e)
{
    const struct segment *segment = snapshot_segment(s->snapshot, i);
    const uint32_t *dead;
    uint32_t from, to;
    enum status st = kernel_forms_dead(s->kernel->forms, i, stop, &dead, e);
    segment_form_prefix(segment, text, &from, &to);
    for (uint32_t rank = from; st == OK && rank < to; rank++) {
        struct form_view form;
        uint32_t id = segment_form_at_rank(segment, rank);
        st = segment_form(segment, id, &form, e);
        if (st != OK || !slice_equal(form.text, text))
            break;
        *sum += live(&form, id, dead);
    }
    return st;
}

enum status lexicon_count(struct searcher *s, struct slice form, const struct stop *stop, uint64_t *n_passages,
                          struct error *e)
{
    *n_passages = 0;
    enum status st = OK;
    for (size_t i = 0; st == OK && i < snapshot_n_segments(s->snapshot); i++)
        st = count_in_segment(s, i, form, stop, n_passages, e);
    return st;
}

enum status lexicon_place(struct lexicon_list *l, struct slice text, size_t *at, struct error *e)
{
    uint32_t id;
    enum status st = intern_put(l->table, text, &id, e);
    if (st == OK)
        st = array_reserve(&l->items, &l->cap, (size_t)id + 1, sizeof *l->items, LEXICON_LIST_MAX, e);
    if (st != OK)
        return st;
    *at = id;
    if (id == l->n)
        l->items[l->n++] = (struct lexicon_form){.id = id};
    return OK;
}

/* Bytes in the table move while it grows: slices are set when it is complete. */
void lexicon_texts(struct lexicon_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        l->items[i].text = intern_get(l->table, l->items[i].id);
}

/* The segments whose passages are in a form's count. */
struct seen {
    uint64_t segments[SEGMENTS_MAX / 64];
};

/* Forms that begin with a prefix, being gathered. */
struct gathering {
    struct lexicon_list *list;
    struct seen *seen; /* of each form of the list */
    size_t seen_cap;
    struct searcher *searcher;
    struct slice prefix;
    const struct stop *stop;
    bool is_english; /* and nothing else is the index */
    size_t depth;    /* forms that are taken of each segment */
    uint64_t unseen; /* passages that a form which was not taken may have, all in all */
};

/* Count a form of segment i. */
static enum status gather_form(struct gathering *g, size_t i, const struct form_view *form, uint32_t n_live,
                               struct error *e)
{
    size_t at, before = g->list->n;
    if (form->text.len == g->prefix.len)
        return OK;
    enum status st = lexicon_place(g->list, form->text, &at, e);
    if (st == OK)
        st = array_reserve(&g->seen, &g->seen_cap, at + 1, sizeof *g->seen, LEXICON_LIST_MAX, e);
    if (st != OK)
        return st;
    if (g->list->n > before)
        g->seen[at] = (struct seen){{0}};
    g->list->items[at].n_passages += n_live;
    g->seen[at].segments[i / 64] |= UINT64_C(1) << i % 64;
    return OK;
}

/* All forms of a segment with the prefix, counted. */
static enum status gather_range(struct gathering *g, size_t i, uint32_t from, uint32_t to, struct error *e)
{
    const struct segment *s = snapshot_segment(g->searcher->snapshot, i);
    const uint32_t *dead;
    enum status st = kernel_forms_dead(g->searcher->kernel->forms, i, g->stop, &dead, e);
    if (st == OK)
        st = stop_check(g->stop, e);
    for (uint32_t rank = from; st == OK && rank < to; rank++) {
        struct form_view form;
        uint32_t id = segment_form_at_rank(s, rank);
        st = segment_form(s, id, &form, e);
        if (st == OK)
            st = gather_form(g, i, &form, live(&form, id, dead), e);
    }
    return st;
}

/*
 * The most frequent forms of a segment with the prefix. Forms are numbered by falling occurrences, and none is in more
 * passages than it occurs.
 */
static enum status gather_frequent(struct gathering *g, size_t i, struct error *e)
{
    const struct segment *s = snapshot_segment(g->searcher->snapshot, i);
    const uint32_t *dead;
    enum status st = kernel_forms_dead(g->searcher->kernel->forms, i, g->stop, &dead, e);
    size_t taken = 0;
    for (uint32_t id = 0; st == OK && id < segment_n_forms(s); id++) {
        struct form_view form;
        if (id % STOP_EVERY == 0)
            st = stop_check(g->stop, e);
        if (st == OK)
            st = segment_form(s, id, &form, e);
        if (st != OK || !slice_starts(form.text, g->prefix))
            continue;
        st = gather_form(g, i, &form, g->is_english ? live(&form, id, dead) : 0, e);
        if (++taken == g->depth) {
            g->unseen += segment_form_occurrences(s, id);
            break;
        }
    }
    return st;
}

/*
 * Count what a segment of which only the frequent forms were taken has of the others. English folds before it stems, so
 * a spelling has one term and is one form; elsewhere it may have been taken in part, and is counted again.
 */
static enum status count_rest(struct gathering *g, size_t i, struct error *e)
{
    struct lexicon_list *l = g->list;
    enum status st = stop_check(g->stop, e);
    for (size_t k = 0; st == OK && k < l->n; k++) {
        bool is_seen = (g->seen[k].segments[i / 64] >> i % 64 & 1) != 0;
        if (g->is_english && is_seen)
            continue;
        st = count_in_segment(g->searcher, i, l->items[k].text, g->stop, &l->items[k].n_passages, e);
    }
    return st;
}

/* Those that every segment holds, or only the most frequent where they are many. */
static enum status gather_segments(struct gathering *g, bool is_large[static SEGMENTS_MAX], struct error *e)
{
    enum status st = OK;
    for (size_t i = 0; st == OK && i < snapshot_n_segments(g->searcher->snapshot) && i < SEGMENTS_MAX; i++) {
        const struct segment *s = snapshot_segment(g->searcher->snapshot, i);
        uint32_t from, to;
        segment_form_prefix(s, g->prefix, &from, &to);
        is_large[i] = to - from > RANGE_MAX;
        st = is_large[i] ? gather_frequent(g, i, e) : gather_range(g, i, from, to, e);
    }
    return st;
}

/* Take forms of every segment, count each over all of them, order them. */
static enum status gather(struct gathering *g, struct error *e)
{
    struct lexicon_list *l = g->list;
    const struct snapshot *snapshot = g->searcher->snapshot;
    g->is_english = snapshot_n_langs(snapshot) == 1 && strcmp(snapshot_lang(snapshot, 0), "en") == 0;
    bool is_large[SEGMENTS_MAX] = {false};
    g->unseen = 0;
    enum status st = gather_segments(g, is_large, e);
    lexicon_texts(l);
    for (size_t i = 0; st == OK && i < SEGMENTS_MAX; i++)
        if (is_large[i])
            st = count_rest(g, i, e);
    if (st == OK && l->n > 0)
        qsort(l->items, l->n, sizeof *l->items, lexicon_by_passages);
    return st;
}

static bool is_enough(const struct gathering *g, size_t wanted)
{
    return g->unseen == 0 || (g->list->n >= wanted && g->list->items[wanted - 1].n_passages > g->unseen);
}

enum status lexicon_starting(struct lexicon_list *l, struct searcher *s, struct slice prefix, size_t wanted,
                             const struct stop *stop, struct error *e)
{
    struct gathering g = {.list = l, .searcher = s, .prefix = prefix, .stop = stop, .depth = DEPTH_FIRST};
    enum status st = gather(&g, e);
    while (st == OK && !is_enough(&g, wanted)) {
        lexicon_clear(l);
        g.depth *= DEPTH_FACTOR;
        st = lexicon_init(l, e);
        if (st == OK)
            st = gather(&g, e);
    }
    free(g.seen);
    while (l->n > 0 && (l->n > wanted || l->items[l->n - 1].n_passages == 0))
        l->n--;
    return st;
}
