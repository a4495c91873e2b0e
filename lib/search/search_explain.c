#include "search_internal.h"

#include <stdlib.h>

static enum status put_rows(struct explanation *x, const struct searcher *s, const struct passage_score *score,
                            struct error *e)
{
    x->rows = arena_alloc(&x->arena, (score->n_words + 1) * sizeof *x->rows);
    if (x->rows == NULL)
        return error_nomem(e);
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
    x->rows[x->n_rows++] = (struct explain_row){.part = "sum", .value = score->sum};
    x->is_match = score->is_match;
    return OK;
}

static enum status explain(struct explanation *x, struct searcher *s, const struct query *q, struct slice article_id,
                           uint32_t ordinal, const struct stop *stop, struct error *e)
{
    if (ordinal == 0)
        return error_set(e, ERR_OPTION, "a passage is wanted: article#ordinal");
    struct article_view article;
    struct passage_view passage;
    struct passage_score score = {0};
    size_t segment;
    enum status st = search_find(s, article_id, ordinal, &article, &passage, &segment, e);
    if (st == OK)
        st = kernel_explain(&score, &x->arena, s->kernel, q, segment, article.first_passage + ordinal - 1, stop, e);
    return st == OK ? put_rows(x, s, &score, e) : st;
}

enum status search_explain(struct explanation **out, struct searcher *s, struct slice line, enum query_mode mode,
                           struct slice article_id, uint32_t ordinal, const struct stop *stop, struct error *e)
{
    *out = NULL;
    struct explanation *x = calloc(1, sizeof *x);
    if (x == NULL)
        return error_nomem(e);
    arena_init(&x->arena);
    struct query *q = NULL;
    enum status st = searcher_parse(s, line, mode, stop, &q, e);
    if (st == OK)
        st = explain(x, s, q, article_id, ordinal, stop, e);
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
