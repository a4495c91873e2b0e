#include "answer_internal.h"
#include "suggest.h"

_Static_assert(SUGGESTIONS_MAX <= SUGGEST_N_MAX, "what the protocol allows, the search can do");

enum status answer_suggest(struct answering *a, struct error *e)
{
    struct suggestions *x;
    enum status st = suggest_run(&x, a->searcher, a->request->text, a->request->n, &a->stop, e);
    if (st != OK)
        return st;
    for (size_t i = 0; i < x->n; i++) {
        struct row r = row_begin(&a->lines, a->request->out);
        put_text(&r, "text", x->items[i].text);
        row_u64(&r, "passages", x->items[i].n_passages);
        row_end(&r);
    }
    reply_ok(&a->status, a->request->tag, x->n);
    reply_key_u64(&a->status, "gen", snapshot_generation(searcher_snapshot(a->searcher)));
    reply_end(&a->status);
    suggestions_free(x);
    return OK;
}
