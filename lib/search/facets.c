#include "facets.h"

#include "array.h"
#include "buf.h"
#include "date.h"
#include "intern.h"

#include <stdlib.h>

/* A value of a field. */
struct value {
    uint64_t n_articles;
    uint64_t last; /* number of the article that counted last: one that names a value twice counts once */
};

/* A field that is counted. */
struct counter {
    struct facet_wanted wanted;
    struct intern *names;
    struct value *values;
    size_t cap;
};

struct facets {
    struct counter counters[N_FACETS];
    size_t n;
    uint64_t n_articles; /* seen, from 1 */
};

const char *facet_name(enum facet_field field)
{
    static const char *const names[] = {[FACET_AUTHOR] = "author",
                                        [FACET_YEAR] = "year",
                                        [FACET_MONTH] = "month",
                                        [FACET_TAG] = "tag",
                                        [FACET_LANG] = "lang"};
    return field < N_FACETS ? names[field] : "";
}

enum status facets_new(struct facets **out, const struct facet_wanted *wanted, size_t n, struct error *e)
{
    *out = NULL;
    if (n > N_FACETS)
        return error_set(e, ERR_OPTION, "more than %d facets", N_FACETS);
    struct facets *f = calloc(1, sizeof *f);
    enum status st = f == NULL ? error_nomem(e) : OK;
    for (size_t i = 0; st == OK && i < n; i++) {
        f->counters[f->n].wanted = wanted[i];
        st = intern_new(&f->counters[f->n++].names, e);
    }
    if (st != OK) {
        facets_free(f);
        return st;
    }
    *out = f;
    return OK;
}

void facets_free(struct facets *f)
{
    if (f == NULL)
        return;
    for (size_t i = 0; i < f->n; i++) {
        intern_free(f->counters[i].names);
        free(f->counters[i].values);
    }
    free(f);
}

static enum status count(struct facets *f, struct counter *c, struct slice name, struct error *e)
{
    if (name.len == 0)
        return OK;
    size_t before = intern_count(c->names);
    uint32_t id;
    enum status st = intern_put(c->names, name, &id, e);
    if (st == OK && id >= FACET_VALUES_MAX)
        st = error_set(e, ERR_OPTION, "facet=%s has more than %d values here; ask more narrowly",
                       facet_name(c->wanted.field), FACET_VALUES_MAX);
    if (st == OK)
        st = array_reserve(&c->values, &c->cap, (size_t)id + 1, sizeof *c->values, FACET_VALUES_MAX, e);
    if (st != OK)
        return st;
    if (id == before)
        c->values[id] = (struct value){0};
    if (c->values[id].last != f->n_articles)
        c->values[id].n_articles++;
    c->values[id].last = f->n_articles;
    return OK;
}

/* Each part between separators. */
static enum status count_parts(struct facets *f, struct counter *c, struct slice joined, struct slice separator,
                               struct error *e)
{
    enum status st = OK;
    while (st == OK && joined.len > 0) {
        size_t end = 0;
        while (end < joined.len && !slice_starts(slice_from(joined, end), separator))
            end++;
        st = count(f, c, slice_of(joined.data, end), e);
        joined = slice_from(joined, end + separator.len);
    }
    return st;
}

static enum status count_date(struct facets *f, struct counter *c, int32_t date, struct error *e)
{
    int32_t cut = c->wanted.field == FACET_YEAR ? date / 10000 * 10000 : date / 100 * 100;
    bool has_month = cut / 100 % 100 != 0;
    if (c->wanted.field == FACET_MONTH && !has_month)
        return OK;
    char bytes[16];
    struct buf text = {.data = bytes, .cap = sizeof bytes, .max = sizeof bytes};
    date_put(&text, cut);
    return count(f, c, buf_slice(&text), e);
}

enum status facets_add(struct facets *f, const struct segment *s, uint32_t article, struct error *e)
{
    struct article_view view;
    enum status st = segment_article(s, article, &view, e);
    f->n_articles++;
    for (size_t i = 0; st == OK && i < f->n; i++) {
        struct counter *c = &f->counters[i];
        switch (c->wanted.field) {
        case FACET_AUTHOR:
            st = count_parts(f, c, view.author, SLICE(", "), e);
            break;
        case FACET_YEAR:
        case FACET_MONTH:
            st = count_date(f, c, view.date, e);
            break;
        case FACET_TAG:
            st = count_parts(f, c, view.tags, SLICE("\n"), e);
            break;
        case FACET_LANG:
            st = count(f, c, view.lang, e);
            break;
        case N_FACETS:
            break;
        }
    }
    return st;
}

static int by_articles(const void *a, const void *b)
{
    const struct facet_line *x = a, *y = b;
    if (x->n_articles != y->n_articles)
        return x->n_articles > y->n_articles ? -1 : 1;
    return slice_compare(x->value, y->value);
}

/* Append a field's commonest values to the lines, which have room. */
static enum status take(const struct counter *c, struct arena *arena, struct facet_line *lines, size_t *n,
                        struct error *e)
{
    uint32_t n_values = intern_count(c->names);
    struct facet_line *all = calloc((size_t)n_values + 1, sizeof *all);
    if (all == NULL)
        return error_nomem(e);
    for (uint32_t i = 0; i < n_values; i++)
        all[i] = (struct facet_line){c->wanted.field, intern_get(c->names, i), c->values[i].n_articles};
    qsort(all, n_values, sizeof *all, by_articles);
    enum status st = OK;
    for (uint32_t i = 0; st == OK && i < n_values && i < c->wanted.n; i++) {
        all[i].value = arena_copy(arena, all[i].value);
        st = all[i].value.data == NULL ? error_nomem(e) : OK;
        lines[(*n)++] = all[i];
    }
    free(all);
    return st;
}

enum status facets_take(const struct facets *f, struct arena *arena, struct facet_line **lines, size_t *n,
                        struct error *e)
{
    *n = 0;
    size_t room = 1;
    for (size_t i = 0; i < f->n; i++) {
        size_t n_values = intern_count(f->counters[i].names);
        room += n_values < f->counters[i].wanted.n ? n_values : f->counters[i].wanted.n;
    }
    *lines = arena_alloc(arena, room * sizeof **lines);
    enum status st = *lines == NULL ? error_nomem(e) : OK;
    for (size_t i = 0; st == OK && i < f->n; i++)
        st = take(&f->counters[i], arena, *lines, n, e);
    return st;
}
