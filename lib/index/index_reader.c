#include "snapshot.h"

#include <stdlib.h>

struct index_reader {
    struct snapshot *snapshot;
};

enum status index_reader_open(struct index_reader **out, struct snapshot *s, struct error *e)
{
    *out = NULL;
    struct index_reader *r = calloc(1, sizeof *r);
    if (r == NULL)
        return error_nomem(e);
    r->snapshot = snapshot_ref(s);
    *out = r;
    return OK;
}

void index_reader_close(struct index_reader *r)
{
    if (r == NULL)
        return;
    snapshot_unref(r->snapshot);
    free(r);
}

struct snapshot *index_reader_snapshot(const struct index_reader *r)
{
    return r->snapshot;
}

enum status index_reader_postings(struct index_reader *r, size_t segment, struct slice term, const struct stop *stop,
                                  struct postings *out, struct error *e)
{
    return segment_postings(snapshot_segment(r->snapshot, segment), term, stop, out, e);
}
