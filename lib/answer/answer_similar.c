#include "answer_internal.h"
#include "similar.h"

enum status answer_similar(struct answering *a, struct error *e)
{
    struct search_options options = answer_options(a);
    struct buf id;
    uint32_t ordinal;
    struct hits *h = NULL;
    buf_init(&id, REF_MAX_BYTES);
    enum status st = passage_ref_parse(a->request->text, &id, &ordinal, e);
    if (st == OK)
        st = search_similar(&h, a->searcher, buf_slice(&id), ordinal, &options, e);
    if (st == OK)
        st = answer_hits(a, h, e);
    hits_free(h);
    buf_clear(&id);
    return st;
}
