#include "segment_files.h"

struct decoding {
    struct postings *out;
    const struct stop *stop;
    uint32_t n_passages;
};

static enum status take_posting(void *ctx, uint32_t document, uint32_t wdf, struct error *e)
{
    struct decoding *d = ctx;
    struct postings *p = d->out;
    /* What is read becomes an index of arrays: looked at once, here. */
    if (document == 0 || document > d->n_passages || (p->n > 0 && document - 1 <= p->passages[p->n - 1]) ||
        wdf > IMPACT_MAX)
        return error_set(e, ERR_INDEX, "a posting of document %u with impact %u; run quoth-index --check", document,
                         wdf);
    enum status st = p->n < p->cap ? OK : postings_reserve(p, p->n * 2 + 16, e);
    if (st == OK && p->n % POSTINGS_STOP_EVERY == POSTINGS_STOP_EVERY - 1)
        st = stop_check(d->stop, e);
    if (st != OK)
        return st;
    p->passages[p->n] = document - 1;
    p->impacts[p->n++] = (uint8_t)wdf;
    return OK;
}

/* A table that our reader does not know, laid out by another program: libxapian's handles belong to one thread, so each
 * call opens its own. */
static enum status read_libxapian(const struct segment *s, struct slice term, const struct stop *stop,
                                  struct postings *out, struct error *e)
{
    struct xapiandb *db;
    struct decoding d = {out, stop, s->n_passages};
    enum status st = xapiandb_open(&db, s->folder, e);
    if (st == OK)
        st = xapiandb_postings(db, term, take_posting, &d, e);
    xapiandb_close(db);
    return st;
}

static enum status name_segment(const struct segment *s, enum status st, struct error *e)
{
    return st == ERR_INDEX ? error_context(e, st, "segment %s", s->id) : st;
}

enum status segment_postings(const struct segment *s, struct slice term, const struct stop *stop, struct postings *out,
                             struct error *e)
{
    out->n = 0;
    if (s->n_passages == 0 || term.len == 0 || term.len > XAPIAN_TERM_MAX_BYTES)
        return stop_check(stop, e);
    enum status st = ERR_SIGNATURE;
    if (s->glass != NULL)
        st = glass_reader_postings(s->glass, term, s->n_passages, stop, out, e);
    if (st == ERR_SIGNATURE) {
        out->n = 0;
        st = read_libxapian(s, term, stop, out, e);
    }
    if (st == OK)
        st = stop_check(stop, e);
    if (st != OK)
        out->n = 0;
    return name_segment(s, st, e);
}

/* A walk over terms, and what the caller's function said: its errors name the segment already where they should. */
struct term_walk {
    segment_term_fn *fn;
    void *ctx;
    enum status said;
};

static enum status take_term(void *ctx, struct slice term, struct error *e)
{
    struct term_walk *w = ctx;
    w->said = w->fn(w->ctx, term, e);
    return w->said;
}

static enum status take_counted_term(void *ctx, struct slice term, uint32_t termfreq, struct error *e)
{
    (void)termfreq;
    return take_term(ctx, term, e);
}

static enum status walk_libxapian(const struct segment *s, struct slice prefix, struct term_walk *w, struct error *e)
{
    struct xapiandb *db;
    enum status st = xapiandb_open(&db, s->folder, e);
    if (st == OK)
        st = xapiandb_terms(db, prefix, take_counted_term, w, e);
    xapiandb_close(db);
    return st;
}

enum status segment_terms(const struct segment *s, struct slice prefix, segment_term_fn *fn, void *ctx, struct error *e)
{
    struct term_walk w = {fn, ctx, OK};
    if (s->n_passages == 0)
        return OK;
    enum status st =
        s->glass != NULL ? glass_reader_terms(s->glass, prefix, take_term, &w, e) : walk_libxapian(s, prefix, &w, e);
    return w.said != OK ? st : name_segment(s, st, e);
}
