#include "answer_internal.h"
#include "whynot.h"

static void put_whynot(struct answering *a, const struct whynot *w)
{
    for (size_t i = 0; i < w->n_rows; i++) {
        struct row r = row_begin(&a->lines, a->request->out);
        row_text(&r, "stage", slice_cstr(w->rows[i].stage));
        put_text(&r, "detail", w->rows[i].detail);
        row_end(&r);
    }
    reply_ok(&a->status, a->request->tag, w->n_rows);
    if (w->rank > 0)
        reply_key_u64(&a->status, "rank", w->rank);
    reply_key_u64(&a->status, "gen", snapshot_generation(searcher_snapshot(a->searcher)));
    reply_end(&a->status);
}

enum status answer_whynot(struct answering *a, struct error *e)
{
    struct search_options options = answer_options(a);
    struct buf id;
    uint32_t ordinal;
    struct whynot *w = NULL;
    buf_init(&id, REF_MAX_BYTES);
    enum status st = passage_ref_parse(a->request->passage, &id, &ordinal, e);
    if (st == OK && ordinal == 0)
        st = error_set(e, ERR_OPTION, "passage= names a passage: article#ordinal");
    if (st == OK)
        st = search_whynot(&w, a->searcher, a->request->text, &options, buf_slice(&id), ordinal, e);
    if (st == OK)
        put_whynot(a, w);
    whynot_free(w);
    buf_clear(&id);
    return st;
}
