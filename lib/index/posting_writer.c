#include "posting_writer.h"

#include "array.h"
#include "dictionary.h"
#include "glass.h"
#include "intern.h"
#include "posting_pool.h"

#include <stdlib.h>

#define XAPIAN_BYTES_A_POSTING 120 /* what libxapian's inverter holds for one, from above */
#define COUNT_MAX ((size_t)UINT32_MAX - 1)

/* A list of the database in the making: a term's or a filter's. */
struct entry {
    uint32_t number;
    bool is_filter;
};

struct posting_writer {
    enum posting_writer_kind kind;
    char *folder;
    const struct dictionary *dictionary;
    struct intern *filters;
    uint32_t n_passages;
    /* bulk */
    struct posting_pool *terms, *filter_lists;
    uint32_t *lengths; /* by passage: the sum of its impacts */
    size_t lengths_cap;
    /* libxapian */
    struct xapiandb_writer *db;
    struct xapiandb_posting *scratch;
    size_t scratch_cap;
    size_t n_pending, n_pending_max;
    /* both, once finished */
    struct xapiandb *finished;
};

enum status posting_writer_new(struct posting_writer **out, enum posting_writer_kind kind, const char *folder,
                               const struct dictionary *dictionary, size_t memory, struct error *e)
{
    *out = NULL;
    struct posting_writer *w = calloc(1, sizeof *w);
    if (w == NULL)
        return error_nomem(e);
    w->kind = kind;
    w->dictionary = dictionary;
    w->n_pending_max = memory / 3 / XAPIAN_BYTES_A_POSTING + 1;
    w->folder = strdup(folder);
    enum status st = w->folder == NULL ? error_nomem(e) : intern_new(&w->filters, e);
    if (st == OK)
        st = posting_pool_new(&w->terms, e);
    if (st == OK)
        st = posting_pool_new(&w->filter_lists, e);
    if (st != OK)
        posting_writer_free(w);
    else
        *out = w;
    return st;
}

void posting_writer_free(struct posting_writer *w)
{
    if (w == NULL)
        return;
    xapiandb_abandon(w->db);
    xapiandb_close(w->finished);
    intern_free(w->filters);
    posting_pool_free(w->terms);
    posting_pool_free(w->filter_lists);
    free(w->lengths);
    free(w->scratch);
    free(w->folder);
    free(w);
}

enum status posting_writer_filter(struct posting_writer *w, struct slice term, uint32_t *number, struct error *e)
{
    return intern_put(w->filters, term, number, e);
}

static struct slice text_of(const struct posting_writer *w, uint32_t number, bool is_filter)
{
    return is_filter ? intern_get(w->filters, number) : dictionary_term_text(w->dictionary, number);
}

static enum status add_bulk(struct posting_writer *w, const struct passage_posting *postings, size_t n, struct error *e)
{
    enum status st =
        array_reserve(&w->lengths, &w->lengths_cap, (size_t)w->n_passages + 1, sizeof *w->lengths, COUNT_MAX, e);
    uint32_t length = 0;
    for (size_t i = 0; i < n && st == OK; i++) {
        struct posting_pool *pool = postings[i].is_filter ? w->filter_lists : w->terms;
        st = posting_pool_add(pool, postings[i].number, w->n_passages + 1, postings[i].impact, e);
        length += postings[i].impact;
    }
    if (st == OK)
        w->lengths[w->n_passages] = length;
    return st;
}

static enum status add_libxapian(struct posting_writer *w, const struct passage_posting *postings, size_t n,
                                 struct error *e)
{
    enum status st = array_reserve(&w->scratch, &w->scratch_cap, n + 1, sizeof *w->scratch, COUNT_MAX, e);
    if (st == OK && w->db == NULL)
        st = xapiandb_create(&w->db, w->folder, e);
    if (st != OK)
        return st;
    for (size_t i = 0; i < n; i++)
        w->scratch[i] =
            (struct xapiandb_posting){text_of(w, postings[i].number, postings[i].is_filter), postings[i].impact};
    st = xapiandb_add(w->db, w->scratch, n, e);
    w->n_pending += n;
    if (st == OK && w->n_pending > w->n_pending_max) {
        st = xapiandb_commit(w->db, e);
        w->n_pending = 0;
    }
    return st;
}

enum status posting_writer_add(struct posting_writer *w, const struct passage_posting *postings, size_t n,
                               struct error *e)
{
    enum status st = w->kind == WRITER_BULK ? add_bulk(w, postings, n, e) : add_libxapian(w, postings, n, e);
    if (st == OK)
        w->n_passages++;
    return st;
}

size_t posting_writer_memory(const struct posting_writer *w)
{
    /* The entries of the database in the making, and as much again to sort them. */
    size_t n_lists = (size_t)dictionary_n_terms(w->dictionary) + intern_count(w->filters);
    return intern_memory(w->filters) + posting_pool_memory(w->terms) + posting_pool_memory(w->filter_lists) +
           w->lengths_cap * sizeof *w->lengths + w->n_pending * XAPIAN_BYTES_A_POSTING +
           n_lists * 2 * sizeof(struct entry);
}

static int compare_entries(const void *a, const void *b, void *ctx)
{
    const struct entry *x = a, *y = b;
    return slice_compare(text_of(ctx, x->number, x->is_filter), text_of(ctx, y->number, y->is_filter));
}

static size_t collect(const struct posting_writer *w, struct entry *entries)
{
    size_t n = 0;
    for (uint32_t i = 0; i < dictionary_n_terms(w->dictionary); i++)
        if (posting_pool_count(w->terms, i) > 0)
            entries[n++] = (struct entry){i, false};
    for (uint32_t i = 0; i < intern_count(w->filters); i++)
        if (posting_pool_count(w->filter_lists, i) > 0)
            entries[n++] = (struct entry){i, true};
    return n;
}

static void write_list(struct glass_writer *glass, const struct posting_writer *w, const struct entry *entry)
{
    const struct posting_pool *pool = entry->is_filter ? w->filter_lists : w->terms;
    glass_begin_term(glass, text_of(w, entry->number, entry->is_filter), posting_pool_count(pool, entry->number),
                     posting_pool_sum(pool, entry->number));
    struct posting_cursor c = posting_pool_walk(pool, entry->number);
    while (posting_cursor_next(&c))
        glass_posting(glass, c.document, c.wdf);
    glass_end_term(glass);
}

static enum status write_bulk(struct posting_writer *w, const char uuid[16], struct error *e)
{
    size_t n_max = (size_t)dictionary_n_terms(w->dictionary) + intern_count(w->filters);
    struct entry *entries = malloc((n_max + 1) * sizeof *entries);
    if (entries == NULL)
        return error_nomem(e);
    size_t n = collect(w, entries);
    qsort_r(entries, n, sizeof *entries, compare_entries, w);
    struct glass_writer *glass;
    enum status st = glass_create(&glass, w->folder, e);
    if (st == OK) {
        glass_lengths(glass, w->lengths, w->n_passages);
        for (size_t i = 0; i < n; i++)
            write_list(glass, w, &entries[i]);
        st = glass_finish(glass, uuid, e);
    }
    free(entries);
    return st;
}

static enum status write_libxapian(struct posting_writer *w, const char uuid[16], struct error *e)
{
    struct xapiandb_writer *db = w->db;
    w->db = NULL;
    enum status st = xapiandb_finish(db, e);
    return st == OK ? xapiandb_set_uuid(w->folder, uuid, e) : st;
}

struct tally {
    uint64_t n_terms, n_postings;
};

static enum status tally_term(void *ctx, struct slice term, uint32_t termfreq, struct error *e)
{
    (void)term;
    (void)e;
    struct tally *t = ctx;
    t->n_terms++;
    t->n_postings += termfreq;
    return OK;
}

/* What libxapian reads must be what was given; the ordinary API's counts are its own, the bulk writer's are ours. */
static enum status compare_counts(struct posting_writer *w, struct error *e)
{
    uint32_t n_documents;
    struct tally found = {0, 0}, want = {0, 0};
    enum status st = xapiandb_doccount(w->finished, &n_documents, e);
    if (st == OK)
        st = xapiandb_terms(w->finished, (struct slice){0}, tally_term, &found, e);
    if (st != OK)
        return st;
    for (uint32_t i = 0; i < dictionary_n_terms(w->dictionary); i++) {
        want.n_postings += posting_pool_count(w->terms, i);
        want.n_terms += posting_pool_count(w->terms, i) > 0;
    }
    for (uint32_t i = 0; i < intern_count(w->filters); i++) {
        want.n_postings += posting_pool_count(w->filter_lists, i);
        want.n_terms += posting_pool_count(w->filter_lists, i) > 0;
    }
    bool fits = n_documents == w->n_passages &&
                (w->kind == WRITER_LIBXAPIAN || (found.n_terms == want.n_terms && found.n_postings == want.n_postings));
    return fits ? OK
                : error_set(e, ERR_INTERNAL,
                            "libxapian reads %u documents, %llu terms, %llu postings of the segment just written, not "
                            "%u, %llu, "
                            "%llu: try --writer libxapian",
                            n_documents, (unsigned long long)found.n_terms, (unsigned long long)found.n_postings,
                            w->n_passages, (unsigned long long)want.n_terms, (unsigned long long)want.n_postings);
}

enum status posting_writer_finish(struct posting_writer *w, const char uuid[16], struct error *e)
{
    if (w->n_passages == 0)
        return OK;
    enum status st = w->kind == WRITER_BULK ? write_bulk(w, uuid, e) : write_libxapian(w, uuid, e);
    if (st == OK)
        st = xapiandb_open(&w->finished, w->folder, e);
    return st == OK ? compare_counts(w, e) : st;
}

/* How often each impact occurs in a term's postings. */
struct histogram {
    uint32_t counts[256];
    uint32_t n;
};

static enum status count_posting(void *ctx, uint32_t document, uint32_t wdf, struct error *e)
{
    (void)document;
    (void)e;
    struct histogram *h = ctx;
    h->counts[wdf & 0xFF]++;
    h->n++;
    return OK;
}

static enum status histogram_of(struct posting_writer *w, uint32_t term, struct histogram *h, struct error *e)
{
    if (w->kind == WRITER_LIBXAPIAN)
        return xapiandb_postings(w->finished, dictionary_term_text(w->dictionary, term), count_posting, h, e);
    struct posting_cursor c = posting_pool_walk(w->terms, term);
    enum status st = OK;
    while (st == OK && posting_cursor_next(&c))
        st = count_posting(h, c.document, c.wdf, e);
    return st;
}

enum status posting_writer_greatest(struct posting_writer *w, uint32_t term, uint32_t df, uint8_t greatest[4],
                                    struct error *e)
{
    static const uint32_t ranks[4] = {1, 10, 50, 1000};
    struct histogram h = {0};
    memset(greatest, 0, 4);
    enum status st = histogram_of(w, term, &h, e);
    if (st != OK)
        return st;
    if (h.n != df)
        return error_set(e, ERR_INTERNAL, "term %.*s: the database has %u postings instead of %u",
                         SLICE_ARG(dictionary_term_text(w->dictionary, term)), h.n, df);
    uint32_t seen = 0;
    size_t rank = 0;
    for (unsigned impact = 255; impact > 0; impact--) {
        seen += h.counts[impact];
        while (rank < 4 && seen >= ranks[rank])
            greatest[rank++] = (uint8_t)impact;
    }
    return OK;
}
