#include "local.h"

#include "answer.h"
#include "clock.h"

enum status local_ask(struct buf *reply, const char *index, struct slice request, struct error *e)
{
    uint64_t started_us = clock_us();
    struct snapshot *snapshot = NULL;
    struct searcher *searcher = NULL;
    struct request parsed;
    struct request_error wire;
    struct slice line = slice_of(request.data, request.len - 1);
    enum status st = request_parse(&parsed, line, &wire, e);
    if (st != OK)
        return st;
    st = snapshot_open(&snapshot, index, e);
    if (st == OK)
        st = searcher_new(&searcher, snapshot, e);
    if (st == OK) {
        /* The reply tells of a failure itself; here only memory and the bound matter. */
        (void)answer(reply, searcher, &parsed, started_us, NULL);
        st = buf_status(reply, e);
    }
    searcher_free(searcher);
    snapshot_unref(snapshot);
    return st;
}
