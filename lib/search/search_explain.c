#include "score.h"
#include "search_internal.h"

#include <stdlib.h>

/* What a passage is explained for. */
struct explained {
    struct query *query;
    enum search_rank rank;
    size_t segment;
    uint32_t passage;
    const struct stop *stop;
};

/* Is the passage one of those that are ranked again? */
static enum status find_reranked(struct explanation *x, struct searcher *s, const struct explained *what,
                                 struct error *e)
{
    if (!x->is_match || what->rank != RANK_FULL || !rank_applies(s->ranker, what->query))
        return OK;
    struct kernel_options options = {.k = RANK_DEPTH, .total = TOTAL_NONE, .stop = *what->stop};
    struct candidates best;
    enum status st = kernel_run(&best, s->kernel, what->query, &options, NULL, e);
    for (size_t i = 0; st == OK && i < best.n; i++)
        x->is_reranked |= best.items[i].segment == what->segment && best.items[i].passage == what->passage;
    candidates_clear(&best);
    return st;
}

static void put_terms(struct explanation *x, const struct searcher *s, const struct passage_score *score)
{
    uint64_t n = snapshot_n_passages(s->snapshot);
    for (size_t i = 0; i < score->n_words; i++) {
        const struct word_score *w = &score->words[i];
        x->rows[x->n_rows++] = (struct explain_row){.part = "term",
                                                    .name = w->term,
                                                    .qtf = w->qtf,
                                                    .df = w->df,
                                                    .n = n,
                                                    .idf = w->idf,
                                                    .impact = w->impact,
                                                    .weight = w->weight,
                                                    .value = w->value};
    }
}

static enum status put_features(struct explanation *x, struct searcher *s, const struct explained *what, double *sum,
                                struct error *e)
{
    double values[N_RANK_FEATURES];
    enum status st = rank_passage_features(values, s->ranker, what->query, what->segment, what->passage, e);
    for (int i = 0; st == OK && i < N_RANK_FEATURES; i++) {
        enum rank_feature f = (enum rank_feature)i;
        double weight = rank_feature_weight(f), value = weight * values[f];
        x->rows[x->n_rows++] = (struct explain_row){
            .part = "feature", .name = slice_cstr(rank_feature_name(f)), .weight = weight, .value = value};
        *sum += value;
    }
    return st;
}

static enum status put_rows(struct explanation *x, struct searcher *s, const struct explained *what,
                            const struct passage_score *score, struct error *e)
{
    double sum = score->sum;
    x->rows = arena_alloc(&x->arena, (score->n_words + N_RANK_FEATURES + 1) * sizeof *x->rows);
    if (x->rows == NULL)
        return error_nomem(e);
    x->is_match = score->is_match;
    put_terms(x, s, score);
    enum status st = find_reranked(x, s, what, e);
    if (st == OK && x->is_reranked)
        st = put_features(x, s, what, &sum, e);
    x->rows[x->n_rows++] = (struct explain_row){.part = "sum", .value = sum};
    return st;
}

static enum status explain(struct explanation *x, struct searcher *s, struct explained *what, struct slice article_id,
                           uint32_t ordinal, struct error *e)
{
    if (ordinal == 0)
        return error_set(e, ERR_OPTION, "a passage is wanted: article#ordinal");
    struct article_view article;
    struct passage_view passage;
    struct passage_score score = {0};
    enum status st = search_find(s, article_id, ordinal, &article, &passage, &what->segment, e);
    if (st != OK)
        return st;
    what->passage = article.first_passage + ordinal - 1;
    st = kernel_explain(&score, &x->arena, s->kernel, what->query, what->segment, what->passage, what->stop, e);
    return st == OK ? put_rows(x, s, what, &score, e) : st;
}

enum status search_explain(struct explanation **out, struct searcher *s, struct slice line, enum query_mode mode,
                           enum search_rank rank, struct slice article_id, uint32_t ordinal, const struct stop *stop,
                           struct error *e)
{
    *out = NULL;
    struct explanation *x = calloc(1, sizeof *x);
    if (x == NULL)
        return error_nomem(e);
    arena_init(&x->arena);
    struct query *q = NULL;
    enum status st = searcher_parse(s, line, mode, stop, &q, e);
    struct explained what = {.query = q, .rank = rank, .stop = stop};
    if (st == OK)
        st = explain(x, s, &what, article_id, ordinal, e);
    query_free(q);
    if (st != OK) {
        explanation_free(x);
        return st;
    }
    *out = x;
    return OK;
}

void explanation_free(struct explanation *x)
{
    if (x == NULL)
        return;
    arena_clear(&x->arena);
    free(x);
}
