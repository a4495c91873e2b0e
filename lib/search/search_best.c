#include "feedback.h"
#include "score.h"
#include "search_internal.h"

#include <stdlib.h>

#define RANKED_MAX (RANK_DEPTH + 1) /* one more may stand on top of them */

/* A candidate by the article it is in. */
struct place {
    size_t segment;
    uint32_t article;
    size_t index;
};

static int by_article(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->segment != y->segment)
        return x->segment < y->segment ? -1 : 1;
    if (x->article != y->article)
        return x->article < y->article ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* Keep the first `per` candidates of each article. */
static enum status limit_per(struct candidates *c, const struct snapshot *s, uint32_t per, struct error *e)
{
    struct place *places = calloc(c->n + 1, sizeof *places);
    bool *is_over = calloc(c->n + 1, sizeof *is_over);
    enum status st = places == NULL || is_over == NULL ? error_nomem(e) : OK;
    for (size_t i = 0; st == OK && i < c->n; i++) {
        const struct candidate *item = &c->items[i];
        places[i] = (struct place){.segment = item->segment, .index = i};
        places[i].article = segment_passage_article(snapshot_segment(s, item->segment), item->passage);
    }
    if (st == OK && c->n > 0)
        qsort(places, c->n, sizeof *places, by_article);
    for (size_t i = per; st == OK && i < c->n; i++) {
        const struct place *before = &places[i - per];
        is_over[places[i].index] = before->segment == places[i].segment && before->article == places[i].article;
    }
    size_t n_kept = 0;
    for (size_t i = 0; st == OK && i < c->n; i++)
        if (!is_over[i])
            c->items[n_kept++] = c->items[i];
    if (st == OK)
        c->n = n_kept;
    free(places);
    free(is_over);
    return st;
}

static bool holds(const struct candidates *c, const struct candidate *wanted)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->items[i].segment == wanted->segment && c->items[i].passage == wanted->passage)
            return true;
    return false;
}

/* Append the best under the limit that are not among the ranked; *out has room for them. */
static enum status append_rest(struct candidates *out, struct searcher *s, struct query *q,
                               const struct kernel_options *limited, const struct candidates *ranked, struct error *e)
{
    struct candidates rest;
    enum status st = kernel_run(&rest, s->kernel, q, limited, NULL, e);
    for (size_t i = 0; st == OK && i < rest.n; i++)
        if (!holds(ranked, &rest.items[i]))
            out->items[out->n++] = rest.items[i];
    candidates_clear(&rest);
    return st;
}

/*
 * First the passages that were ranked again, limited, then the best of the rest. What the kernel lists under the limit
 * are the best of each article by S1; those of them that were ranked again are the first, as many of each article as
 * the limit leaves of them in whatever order. So the others are just those that come next.
 */
static enum status run_limited(struct candidates *out, struct searcher *s, struct query *q,
                               const struct kernel_options *limited, const struct candidates *ranked, struct error *e)
{
    size_t room = ranked->n + limited->k;
    struct candidate *items = calloc(room + 1, sizeof *items);
    if (items == NULL)
        return error_nomem(e);
    memcpy(items, ranked->items, ranked->n * sizeof *items);
    free(out->items);
    out->items = items;
    out->n = ranked->n;
    enum status st = limit_per(out, s->snapshot, limited->per, e);
    if (st == OK)
        st = append_rest(out, s, q, limited, ranked, e);
    /* A passage that feedback's first search put on top may be one too many of its article. */
    return st == OK ? limit_per(out, s->snapshot, limited->per, e) : st;
}

static enum status apply_per(struct candidates *out, struct searcher *s, struct query *q,
                             const struct kernel_options *limited, size_t n_wanted, size_t n_ranked, struct error *e)
{
    struct candidate first[RANKED_MAX];
    struct candidates ranked = {.items = first, .n = out->n < n_ranked ? out->n : n_ranked};
    bool is_all = out->n < n_wanted;
    if (ranked.n > 0)
        memcpy(first, out->items, ranked.n * sizeof *first);
    enum status st = limit_per(out, s->snapshot, limited->per, e);
    if (st != OK || is_all || out->n >= limited->k)
        return st;
    return run_limited(out, s, q, limited, &ranked, e);
}

/* First stage and, where it is wanted, re-ranking, without a limit. */
static enum status run_stages(struct candidates *out, struct searcher *s, struct query *q,
                              const struct search_options *options, const struct kernel_options *wanted,
                              struct buf *cut, struct error *e)
{
    enum status st = kernel_run(out, s->kernel, q, wanted, cut, e);
    if (st == OK && options->rank == RANK_FULL && wanted->sort == SORT_SCORE)
        st = rank_candidates(out, s->ranker, q, &wanted->stop, e);
    return st;
}

/* The passage goes to the top; where it is not among the best any more, the last makes room. */
static void put_on_top(struct candidates *c, const struct candidate *top, size_t *n_ranked)
{
    size_t at = 0;
    while (at < c->n && (c->items[at].segment != top->segment || c->items[at].passage != top->passage))
        at++;
    struct candidate first = at < c->n ? c->items[at] : *top;
    if (at == c->n)
        at--;
    if (at >= *n_ranked)
        ++*n_ranked;
    memmove(c->items + 1, c->items, at * sizeof *c->items);
    c->items[0] = first;
}

/* The search again with the words of its best passages. */
static enum status run_again(struct candidates *out, struct searcher *s, struct query *q,
                             const struct search_options *options, const struct kernel_options *wanted,
                             size_t *n_ranked, struct buf *words, struct error *e)
{
    if (out->n == 0)
        return OK;
    struct candidate top = out->items[0];
    enum status st = feedback_expand(q, s->snapshot, out, words, &options->stop, e);
    candidates_clear(out);
    if (st == OK)
        st = run_stages(out, s, q, options, wanted, NULL, e);
    if (st == OK && out->n > 0)
        put_on_top(out, &top, n_ranked);
    return st;
}

enum status searcher_best(struct candidates *out, struct searcher *s, struct query *q,
                          const struct search_options *options, struct searcher_notes *notes, struct error *e)
{
    static const enum kernel_sort sorts[] = {
        [SEARCH_BY_SCORE] = SORT_SCORE, [SEARCH_NEWEST] = SORT_NEWEST, [SEARCH_OLDEST] = SORT_OLDEST};
    bool is_by_score = options->sort == SEARCH_BY_SCORE;
    bool is_ranked = is_by_score && options->rank == RANK_FULL && rank_applies(s->ranker, q);
    bool is_expanded = is_by_score && options->expand && q->root != NULL && !q->is_filter_only;
    /* One more than is shown tells whether there is a next page. */
    struct kernel_options limited = {.k = (size_t)options->from + options->n + 1,
                                     .per = options->per,
                                     .total = options->total,
                                     .stop = options->stop};
    limited.sort = sorts[options->sort];
    struct kernel_options wanted = limited;
    size_t n_ranked = is_ranked ? RANK_DEPTH : 0;
    enum status st;
    if (is_ranked || is_expanded) {
        wanted.k = limited.k < RANK_DEPTH ? RANK_DEPTH : limited.k;
        wanted.per = 0;
        wanted.n_unordered = n_ranked;
    }
    st = run_stages(out, s, q, options, &wanted, notes->cut, e);
    if (st == OK && is_expanded)
        st = run_again(out, s, q, options, &wanted, &n_ranked, notes->expanded, e);
    if (st == OK && limited.per > 0 && wanted.per == 0)
        st = apply_per(out, s, q, &limited, wanted.k, n_ranked, e);
    if (st != OK)
        candidates_clear(out);
    return st;
}
