#include "snapshot.h"

#include "array.h"
#include "clock.h"
#include "snapshot_files.h"

#include <stdlib.h>

#define STOP_EVERY 4096 /* postings between two looks at the clock */

struct index_reader {
    struct snapshot *snapshot;
    struct xapiandb **dbs; /* one a segment; NULL where it has no passage */
};

enum status stop_check(const struct stop *stop, struct error *e)
{
    if (stop == NULL)
        return OK;
    if (stop->cancel != NULL && atomic_load_explicit(stop->cancel, memory_order_relaxed))
        return error_set(e, ERR_CANCELLED, "cancelled");
    if (stop->deadline_us != 0 && clock_us() >= stop->deadline_us)
        return error_set(e, ERR_DEADLINE, "the deadline passed");
    return OK;
}

void postings_clear(struct postings *p)
{
    free(p->passages);
    free(p->impacts);
    *p = (struct postings){0};
}

enum status index_reader_open(struct index_reader **out, struct snapshot *s, struct error *e)
{
    *out = NULL;
    struct index_reader *r = calloc(1, sizeof *r);
    if (r == NULL)
        return error_nomem(e);
    size_t n = snapshot_n_segments(s);
    r->snapshot = snapshot_ref(s);
    r->dbs = calloc(n + 1, sizeof(struct xapiandb *));
    enum status st = r->dbs == NULL ? error_nomem(e) : OK;
    for (size_t i = 0; i < n && st == OK; i++)
        if (segment_n_passages(snapshot_segment(s, i)) > 0)
            st = xapiandb_open(&r->dbs[i], snapshot_segment_folder(s, i), e);
    if (st != OK)
        index_reader_close(r);
    else
        *out = r;
    return st;
}

void index_reader_close(struct index_reader *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; r->dbs != NULL && i < snapshot_n_segments(r->snapshot); i++)
        xapiandb_close(r->dbs[i]);
    free(r->dbs);
    snapshot_unref(r->snapshot);
    free(r);
}

struct snapshot *index_reader_snapshot(const struct index_reader *r)
{
    return r->snapshot;
}

struct decoding {
    struct postings *out;
    const struct stop *stop;
    const struct segment *segment;
    uint32_t n_passages;
};

static enum status reserve(struct postings *p, size_t need, struct error *e)
{
    size_t impacts_cap = p->cap;
    enum status st = array_reserve(&p->impacts, &impacts_cap, need, sizeof *p->impacts, UINT32_MAX, e);
    if (st == OK)
        st = array_reserve(&p->passages, &p->cap, need, sizeof *p->passages, UINT32_MAX, e);
    return st;
}

static enum status take_posting(void *ctx, uint32_t document, uint32_t wdf, struct error *e)
{
    struct decoding *d = ctx;
    struct postings *p = d->out;
    /* What is read becomes an index of arrays: looked at once, here. */
    if (document == 0 || document > d->n_passages || (p->n > 0 && document - 1 <= p->passages[p->n - 1]) ||
        wdf > IMPACT_MAX)
        return error_set(e, ERR_INDEX, "segment %s: a posting of document %u with impact %u; run quoth-index --check",
                         segment_id(d->segment), document, wdf);
    enum status st = p->n < p->cap ? OK : reserve(p, p->n + 1, e);
    if (st == OK && p->n % STOP_EVERY == STOP_EVERY - 1)
        st = stop_check(d->stop, e);
    if (st != OK)
        return st;
    p->passages[p->n] = document - 1;
    p->impacts[p->n++] = (uint8_t)wdf;
    return OK;
}

enum status index_reader_postings(struct index_reader *r, size_t segment, struct slice term, const struct stop *stop,
                                  struct postings *out, struct error *e)
{
    out->n = 0;
    if (r->dbs[segment] == NULL || term.len == 0 || term.len > XAPIAN_TERM_MAX_BYTES)
        return stop_check(stop, e);
    const struct segment *s = snapshot_segment(r->snapshot, segment);
    struct decoding d = {out, stop, s, segment_n_passages(s)};
    enum status st = xapiandb_postings(r->dbs[segment], term, take_posting, &d, e);
    return st == OK ? stop_check(stop, e) : st;
}
