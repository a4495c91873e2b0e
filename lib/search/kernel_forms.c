#include "kernel_forms.h"

#include "array.h"
#include "edits_walk.h"
#include "intern.h"
#include "score.h"

#include <stdlib.h>

#define STOP_EVERY 4096

struct kernel_forms {
    const struct snapshot *snapshot;
    uint32_t **dead; /* a segment: dead passages that held each form; NULL until wanted */
};

/* A spelling of the pattern. */
struct spelling {
    struct slice text;
    uint64_t n_passages; /* live, over all segments */
    uint32_t id;         /* in the table of spellings */
};

struct expansion {
    struct kernel_forms *forms;
    struct form_pattern pattern;
    struct edits_word word; /* of the pattern, where it has edits */
    const struct stop *stop;
    struct intern *table;
    struct spelling *spellings;
    size_t cap;
    struct intern *terms;
    uint32_t *edits; /* of each term, the fewest */
    size_t edits_cap;
    bool *is_chosen; /* by id of the spelling */
};

enum status kernel_forms_new(struct kernel_forms **out, const struct snapshot *s, struct error *e)
{
    *out = NULL;
    struct kernel_forms *f = calloc(1, sizeof *f);
    size_t n = snapshot_n_segments(s);
    if (f != NULL && n > 0)
        f->dead = calloc(n, sizeof *f->dead);
    if (f == NULL || (n > 0 && f->dead == NULL)) {
        free(f);
        return error_nomem(e);
    }
    f->snapshot = s;
    *out = f;
    return OK;
}

void kernel_forms_free(struct kernel_forms *f)
{
    if (f == NULL)
        return;
    for (size_t i = 0; f->dead != NULL && i < snapshot_n_segments(f->snapshot); i++)
        free(f->dead[i]);
    free(f->dead);
    free(f);
}

/* One dead passage as the counting sees it: its tokens, and the last passage that each form was counted for. */
struct dead_count {
    const struct segment *segment;
    uint32_t n_forms;
    uint32_t *counts, *last;
    uint32_t *tokens;
    size_t tokens_cap;
};

static void count_tokens(struct dead_count *c, uint32_t n, uint32_t passage)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t form = c->tokens[i];
        if (form < c->n_forms && c->last[form] != passage + 1) {
            c->last[form] = passage + 1;
            c->counts[form]++;
        }
    }
}

static enum status count_passage(struct dead_count *c, uint32_t passage, struct error *e)
{
    struct passage_view view;
    struct article_view article;
    enum status st = segment_passage(c->segment, passage, &view, e);
    if (st == OK)
        st = segment_article(c->segment, view.article, &article, e);
    if (st != OK)
        return st;
    size_t need = view.n_tokens > article.n_title_tokens ? view.n_tokens : article.n_title_tokens;
    st = array_reserve(&c->tokens, &c->tokens_cap, need, sizeof *c->tokens, UINT32_MAX, e);
    if (st == OK)
        st = segment_tokens(c->segment, passage, c->tokens, view.n_tokens, e);
    if (st != OK)
        return st;
    count_tokens(c, view.n_tokens, passage);
    st = segment_title_tokens(c->segment, view.article, c->tokens, article.n_title_tokens, e);
    if (st == OK)
        count_tokens(c, article.n_title_tokens, passage);
    return st;
}

/* See that f->dead[i] is there where segment i has dead passages. */
static enum status count_dead(struct kernel_forms *f, size_t i, const struct stop *stop, struct error *e)
{
    const struct segment *s = snapshot_segment(f->snapshot, i);
    if (segment_n_dead_passages(s) == 0 || f->dead[i] != NULL)
        return OK;
    size_t n = segment_n_forms(s);
    struct dead_count c = {.segment = s, .n_forms = (uint32_t)n};
    c.counts = calloc(n + 1, sizeof *c.counts);
    c.last = calloc(n + 1, sizeof *c.last);
    enum status st = c.counts == NULL || c.last == NULL ? error_nomem(e) : OK;
    for (uint32_t p = 0; st == OK && p < segment_n_passages(s); p++) {
        if (p % STOP_EVERY == 0)
            st = stop_check(stop, e);
        if (st == OK && segment_passage_is_dead(s, p))
            st = count_passage(&c, p, e);
    }
    if (st == OK) {
        f->dead[i] = c.counts;
        c.counts = NULL;
    }
    free(c.counts);
    free(c.last);
    free(c.tokens);
    return st;
}

enum status kernel_forms_dead(struct kernel_forms *f, size_t segment, const struct stop *stop, const uint32_t **dead,
                              struct error *e)
{
    enum status st = count_dead(f, segment, stop, e);
    *dead = st == OK ? f->dead[segment] : NULL;
    return st;
}

/* Told of each form of a segment that fits the pattern and is in a live passage. */
typedef enum status form_fn(struct expansion *x, const struct segment *s, const struct form_view *form, uint32_t n_live,
                            uint32_t edits, struct error *e);

/* A segment being looked through. */
struct look {
    struct expansion *x;
    const struct segment *segment;
    const uint32_t *dead;
    form_fn *fn;
};

static enum status look_at(void *ctx, uint32_t id, const struct form_view *form, uint32_t edits, struct error *e)
{
    const struct look *l = ctx;
    uint32_t n_dead = l->dead == NULL || id >= segment_n_forms(l->segment) ? 0 : l->dead[id];
    if (form->n_passages <= n_dead)
        return OK;
    return l->fn(l->x, l->segment, form, form->n_passages - n_dead, edits, e);
}

static enum status look_from(struct look *l, uint32_t from, uint32_t to, struct error *e)
{
    enum status st = OK;
    for (uint32_t rank = from; st == OK && rank < to; rank++) {
        uint32_t id = segment_form_at_rank(l->segment, rank);
        struct form_view form;
        if (rank % STOP_EVERY == 0)
            st = stop_check(l->x->stop, e);
        if (st == OK)
            st = segment_form(l->segment, id, &form, e);
        if (st == OK)
            st = look_at(l, id, &form, 0, e);
    }
    return st;
}

static enum status each_form(struct expansion *x, size_t i, form_fn *fn, struct error *e)
{
    struct look l = {.x = x, .segment = snapshot_segment(x->forms->snapshot, i), .fn = fn};
    uint32_t from = 0, to = segment_n_forms(l.segment);
    if (x->pattern.edits == 0)
        segment_form_prefix(l.segment, x->pattern.text, &from, &to);
    if (from >= to)
        return OK;
    enum status st = kernel_forms_dead(x->forms, i, x->stop, &l.dead, e);
    if (st != OK)
        return st;
    if (x->pattern.edits > 0)
        return edits_walk(l.segment, &x->word, x->pattern.edits, x->stop, look_at, &l, e);
    return look_from(&l, from, to, e);
}

static enum status add_spelling(struct expansion *x, const struct segment *s, const struct form_view *form,
                                uint32_t n_live, uint32_t edits, struct error *e)
{
    (void)s;
    (void)edits;
    uint32_t id;
    size_t before = intern_count(x->table);
    enum status st = intern_put(x->table, form->text, &id, e);
    if (st == OK)
        st = array_reserve(&x->spellings, &x->cap, (size_t)id + 1, sizeof *x->spellings, UINT32_MAX, e);
    if (st != OK)
        return st;
    if (id == before)
        x->spellings[id] = (struct spelling){.id = id};
    x->spellings[id].n_passages += n_live;
    return OK;
}

static enum status add_term(struct expansion *x, const struct segment *s, const struct form_view *form, uint32_t n_live,
                            uint32_t edits, struct error *e)
{
    (void)n_live;
    uint32_t id = intern_find(x->table, form->text);
    if (id == INTERN_NONE || !x->is_chosen[id])
        return OK;
    struct slice text;
    struct term_view view;
    size_t before = intern_count(x->terms);
    enum status st = segment_term(s, form->term, &text, &view, e);
    if (st == OK)
        st = intern_put(x->terms, text, &id, e);
    if (st == OK)
        st = array_reserve(&x->edits, &x->edits_cap, (size_t)id + 1, sizeof *x->edits, UINT32_MAX, e);
    if (st == OK && (id == before || edits < x->edits[id]))
        x->edits[id] = edits;
    return st;
}

static int commoner(const void *a, const void *b)
{
    const struct spelling *x = a, *y = b;
    if (x->n_passages != y->n_passages)
        return x->n_passages > y->n_passages ? -1 : 1;
    return slice_compare(x->text, y->text);
}

/* A term found, for sorting. */
struct found_term {
    struct slice text;
    uint32_t edits;
};

static int by_bytes(const void *a, const void *b)
{
    return slice_compare(((const struct found_term *)a)->text, ((const struct found_term *)b)->text);
}

static double factor(uint32_t edits)
{
    double f = 1;
    while (edits-- > 0)
        f *= FUZZY_FACTOR;
    return f;
}

static enum status take_terms(const struct expansion *x, struct arena *arena, struct query_word *out, struct error *e)
{
    uint32_t n = intern_count(x->terms);
    struct found_term *list = arena_alloc(arena, (n + (size_t)1) * sizeof *list);
    struct slice *terms = arena_alloc(arena, (n + (size_t)1) * sizeof *terms);
    double *factors = arena_alloc(arena, (n + (size_t)1) * sizeof *factors);
    if (list == NULL || terms == NULL || factors == NULL)
        return error_nomem(e);
    for (uint32_t i = 0; i < n; i++) {
        list[i] = (struct found_term){.text = arena_copy(arena, intern_get(x->terms, i)), .edits = x->edits[i]};
        if (list[i].text.data == NULL)
            return error_nomem(e);
    }
    qsort(list, n, sizeof *list, by_bytes);
    for (uint32_t i = 0; i < n; i++) {
        terms[i] = list[i].text;
        factors[i] = factor(list[i].edits);
    }
    out->terms = terms;
    out->n_terms = n;
    out->factors = x->pattern.edits > 0 ? factors : NULL;
    return OK;
}

/* Choose the commonest spellings, then gather the terms of their forms. */
static enum status choose(struct expansion *x, bool *is_cut, struct error *e)
{
    uint32_t n = intern_count(x->table);
    x->is_chosen = calloc((size_t)n + 1, sizeof *x->is_chosen);
    if (x->is_chosen == NULL)
        return error_nomem(e);
    for (uint32_t i = 0; i < n; i++)
        x->spellings[i].text = intern_get(x->table, i);
    if (n > 0)
        qsort(x->spellings, n, sizeof *x->spellings, commoner);
    *is_cut = n > QUERY_EXPANSION_MAX;
    for (uint32_t i = 0; i < n && i < QUERY_EXPANSION_MAX; i++)
        x->is_chosen[x->spellings[i].id] = true;
    enum status st = OK;
    for (size_t i = 0; st == OK && i < snapshot_n_segments(x->forms->snapshot); i++)
        st = each_form(x, i, add_term, e);
    return st;
}

enum status kernel_forms_expand(struct kernel_forms *f, struct form_pattern pattern, const struct stop *stop,
                                struct arena *arena, struct query_word *out, bool *is_cut, struct error *e)
{
    *is_cut = false;
    struct expansion x = {.forms = f, .pattern = pattern, .stop = stop};
    bool is_possible = pattern.edits == 0 || edits_read(&x.word, pattern.text);
    enum status st = intern_new(&x.table, e);
    if (st == OK)
        st = intern_new(&x.terms, e);
    for (size_t i = 0; is_possible && st == OK && i < snapshot_n_segments(f->snapshot); i++)
        st = each_form(&x, i, add_spelling, e);
    if (st == OK)
        st = choose(&x, is_cut, e);
    if (st == OK)
        st = take_terms(&x, arena, out, e);
    intern_free(x.table);
    intern_free(x.terms);
    free(x.spellings);
    free(x.edits);
    free(x.is_chosen);
    return st;
}
