#include "kernel_run.h"
#include "lexicon.h"
#include "search_internal.h"

#include <stdlib.h>

#define STOP_EVERY 4096

/*
 * edits_letters() of every form, by form id, of each segment that was searched: most forms are turned away by these
 * alone, read one after the other, where looking at each spelling takes twenty times as long.
 */
struct lexicon_letters {
    size_t n_segments;
    uint64_t *of_forms[]; /* NULL: not yet */
};

static enum status letters_new(struct searcher *s, struct error *e)
{
    size_t n = snapshot_n_segments(s->snapshot);
    if (s->letters != NULL)
        return OK;
    s->letters = calloc(1, sizeof *s->letters + n * sizeof(uint64_t *));
    if (s->letters == NULL)
        return error_nomem(e);
    s->letters->n_segments = n;
    return OK;
}

void lexicon_letters_free(struct lexicon_letters *l)
{
    if (l == NULL)
        return;
    for (size_t i = 0; i < l->n_segments; i++)
        free(l->of_forms[i]);
    free(l);
}

/* The letters of segment i's forms. */
static enum status letters_of(struct searcher *s, size_t i, const struct stop *stop, const uint64_t **out,
                              struct error *e)
{
    const struct segment *segment = snapshot_segment(s->snapshot, i);
    uint32_t n = segment_n_forms(segment);
    *out = NULL;
    enum status st = letters_new(s, e);
    if (st == OK && s->letters->of_forms[i] == NULL) {
        uint64_t *letters = malloc(((size_t)n + 1) * sizeof *letters);
        st = letters == NULL ? error_nomem(e) : OK;
        for (uint32_t id = 0; st == OK && id < n; id++) {
            struct form_view form;
            if (id % STOP_EVERY == 0)
                st = stop_check(stop, e);
            if (st == OK)
                st = segment_form(segment, id, &form, e);
            if (st == OK)
                letters[id] = edits_letters(form.text);
        }
        if (st != OK) {
            free(letters);
            return st;
        }
        s->letters->of_forms[i] = letters;
    }
    if (st == OK)
        *out = s->letters->of_forms[i];
    return st;
}

static enum status near_in_segment(struct searcher *s, size_t i, const struct edits_pattern *pattern, unsigned max,
                                   const struct stop *stop, lexicon_near_fn *fn, void *ctx, struct error *e)
{
    const struct segment *segment = snapshot_segment(s->snapshot, i);
    const uint32_t *dead;
    const uint64_t *letters;
    enum status st = kernel_forms_dead(s->kernel->forms, i, stop, &dead, e);
    if (st == OK)
        st = letters_of(s, i, stop, &letters, e);
    for (uint32_t id = 0, n = segment_n_forms(segment); st == OK && id < n; id++) {
        struct form_view form;
        if (id % STOP_EVERY == 0)
            st = stop_check(stop, e);
        if (st != OK || !edits_may_be_within(pattern->letters, letters[id], max))
            continue;
        st = segment_form(segment, id, &form, e);
        if (st != OK)
            break;
        unsigned n_edits = edits_from(pattern, form.text, max);
        uint32_t n_dead = dead == NULL ? 0 : dead[id];
        if (n_edits <= max && form.n_passages > n_dead)
            st = fn(ctx, form.text, form.n_passages - n_dead, n_edits, e);
    }
    return st;
}

enum status lexicon_near(struct searcher *s, const struct edits_pattern *pattern, unsigned max, const struct stop *stop,
                         lexicon_near_fn *fn, void *ctx, struct error *e)
{
    enum status st = OK;
    for (size_t i = 0; st == OK && i < snapshot_n_segments(s->snapshot); i++)
        st = near_in_segment(s, i, pattern, max, stop, fn, ctx, e);
    return st;
}
