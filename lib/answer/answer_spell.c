#include "answer_internal.h"
#include "spell.h"

#define CORRECTED_MAX_BYTES ((size_t)4 * LINE_MAX_BYTES)

static enum status put_corrected(struct answering *a, const struct spelled *x, struct error *e)
{
    struct buf corrected;
    buf_init(&corrected, CORRECTED_MAX_BYTES);
    bool is_changed = spelled_apply(x, a->request->text, &corrected);
    enum status st = buf_status(&corrected, e);
    if (is_changed && st == OK)
        reply_key(&a->status, "spelled", buf_slice(&corrected));
    buf_clear(&corrected);
    return st;
}

enum status answer_spell(struct answering *a, struct error *e)
{
    struct spelled *x;
    enum status st = spell_run(&x, a->searcher, a->request->text, true, &a->stop, e);
    if (st != OK)
        return st;
    for (size_t i = 0; i < x->n_words; i++) {
        const struct spelled_word *w = &x->words[i];
        struct row r = row_begin(&a->lines, a->request->out);
        put_text(&r, "word", w->word);
        put_text(&r, "correction", w->correction);
        row_u64(&r, "passages", w->n_passages);
        if (w->correction.len > 0)
            row_u64(&r, "correction_passages", w->n_correction);
        else
            row_null(&r, "correction_passages");
        row_end(&r);
    }
    reply_ok(&a->status, a->request->tag, x->n_words);
    st = put_corrected(a, x, e);
    reply_key_u64(&a->status, "gen", snapshot_generation(searcher_snapshot(a->searcher)));
    reply_end(&a->status);
    spelled_free(x);
    return st;
}
