#include "answer_internal.h"

static void put_row(struct buf *out, enum out_format format, const struct explain_row *x)
{
    bool is_term = x->n > 0, is_feature = !is_term && x->name.len > 0;
    struct row r = row_begin(out, format);
    row_text(&r, "part", slice_cstr(x->part));
    put_text(&r, "name", x->name);
    if (is_term) {
        row_exact(&r, "qtf", x->qtf);
        row_u64(&r, "df", x->df);
        row_u64(&r, "N", x->n);
        row_exact(&r, "idf", x->idf);
        row_exact(&r, "impact", x->impact);
        row_exact(&r, "weight", x->weight);
    } else {
        static const char *const absent[] = {"qtf", "df", "N", "idf", "impact"};
        for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++)
            row_null(&r, absent[i]);
        if (is_feature)
            row_exact(&r, "weight", x->weight);
        else
            row_null(&r, "weight");
    }
    row_exact(&r, "value", x->value);
    row_end(&r);
}

static void put_explanation(struct answering *a, const struct explanation *x)
{
    for (size_t i = 0; i < x->n_rows; i++)
        put_row(&a->lines, a->request->out, &x->rows[i]);
    reply_ok(&a->status, a->request->tag, x->n_rows);
    reply_key(&a->status, "reranked", x->is_reranked ? SLICE("yes") : SLICE("no"));
    if (!x->is_match)
        reply_key(&a->status, "matches", SLICE("no"));
    reply_key_u64(&a->status, "gen", snapshot_generation(searcher_snapshot(a->searcher)));
    reply_end(&a->status);
}

enum status answer_explain(struct answering *a, struct error *e)
{
    struct buf id;
    uint32_t ordinal;
    buf_init(&id, REF_MAX_BYTES);
    struct explanation *x = NULL;
    enum status st = passage_ref_parse(a->request->passage, &id, &ordinal, e);
    if (st == OK && ordinal == 0)
        st = error_set(e, ERR_OPTION, "passage= names a passage: article#ordinal");
    if (st == OK)
        st = search_explain(&x, a->searcher, a->request->text, answer_mode(a), answer_rank(a), buf_slice(&id), ordinal,
                            &a->stop, e);
    if (st == OK)
        put_explanation(a, x);
    explanation_free(x);
    buf_clear(&id);
    return st;
}
