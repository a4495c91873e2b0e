/* Filling the cache of decoded postings ahead. */
#include "postings_cache.h"

#include <stdlib.h>

#define WARM_SHARE 2              /* of the cache's bytes, one in so many is filled ahead */
#define WARM_COMMON_SHARE 1000    /* terms in fewer than one of so many passages are not worth it */
#define WARM_TERMS_MAX (1u << 16) /* of a segment */

/* A term to decode ahead. */
struct common {
    uint32_t df, term;
};

static int by_df(const void *a, const void *b)
{
    const struct common *x = a, *y = b;
    if (x->df != y->df)
        return x->df > y->df ? -1 : 1;
    return x->term < y->term ? -1 : x->term > y->term;
}

static enum status find_common(const struct segment *s, const struct stop *stop, struct common *out, size_t *n,
                               struct error *e)
{
    uint32_t least = segment_n_passages(s) / WARM_COMMON_SHARE + 1;
    enum status st = OK;
    *n = 0;
    for (uint32_t term = 0; st == OK && term < segment_n_terms(s) && *n < WARM_TERMS_MAX; term++) {
        struct slice text;
        struct term_view view;
        if (term % POSTINGS_STOP_EVERY == 0)
            st = stop_check(stop, e);
        if (segment_term(s, term, &text, &view, NULL) == OK && view.df >= least)
            out[(*n)++] = (struct common){.df = view.df, .term = term};
    }
    qsort(out, *n, sizeof *out, by_df);
    return st;
}

static bool is_warm(const struct postings_reader *r)
{
    struct postings_cache_stats stats;
    postings_cache_stats(postings_reader_cache(r), &stats);
    return stats.bytes >= stats.max_bytes / WARM_SHARE;
}

static enum status warm_segment(struct postings_reader *r, size_t segment, struct common *terms,
                                const struct stop *stop, struct error *e)
{
    const struct segment *s = snapshot_segment(postings_reader_snapshot(r), segment);
    size_t n;
    enum status st = find_common(s, stop, terms, &n, e);
    for (size_t i = 0; st == OK && i < n && !is_warm(r); i++) {
        struct slice text;
        struct term_view view;
        const struct posting_list *list;
        bool is_own = false;
        st = segment_term(s, terms[i].term, &text, &view, e);
        postings_reader_enter(r);
        if (st == OK)
            st = postings_reader_get(r, segment, terms[i].term, text, stop, &list, &is_own, e);
        postings_reader_leave(r);
        if (st == OK && is_own)
            free((void *)(uintptr_t)list);
    }
    return st;
}

enum status postings_reader_warm(struct postings_reader *r, const struct stop *stop, struct error *e)
{
    if (postings_reader_cache(r) == NULL)
        return OK;
    struct common *terms = calloc(WARM_TERMS_MAX, sizeof *terms);
    enum status st = terms == NULL ? error_nomem(e) : OK;
    for (size_t i = 0; st == OK && i < snapshot_n_segments(postings_reader_snapshot(r)); i++)
        st = warm_segment(r, i, terms, stop, e);
    free(terms);
    return st;
}
