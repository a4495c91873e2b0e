#include "local.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "answer.h"
#include "clock.h"
#include "manifest.h"

/** A folder that an index was never made in: an error here, where the daemon waits for the first generation. */
static enum status check_index(const char *index, struct error *e)
{
    static const char *const names[] = {MANIFEST_NAME, "segments"};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        int len = snprintf(path, sizeof path, "%s/%s", index, names[i]);
        if (len >= (int)sizeof path || access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR))
            return OK; /* or snapshot_open() says what is wrong */
    }
    return error_set(e, ERR_NONE, "%s: no index here (make one: quoth-index %s PATH…)", index, index);
}

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
    st = check_index(index, e);
    if (st == OK)
        st = snapshot_open(&snapshot, index, e);
    if (st == OK)
        st = searcher_new(&searcher, snapshot, NULL, e);
    if (st == OK) {
        /* The reply tells of a failure itself; here only memory and the bound matter. */
        (void)answer(reply, searcher, &parsed, started_us, NULL);
        st = buf_status(reply, e);
    }
    searcher_free(searcher);
    snapshot_unref(snapshot);
    return st;
}
