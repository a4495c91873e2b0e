#include "posting_writer.h"

#include "array.h"
#include "glass.h"
#include "intern.h"
#include "radix.h"

#include <stdlib.h>

#define XAPIAN_BYTES_A_POSTING 120 /* what libxapian's inverter holds for one, from above */
#define FINISH_BYTES_A_PASSAGE 4   /* the longest list in one piece */
#define COUNT_MAX ((size_t)UINT32_MAX - 1)
#define LIST_MAX_BYTES ((size_t)1 << 40)

struct posting_writer {
    enum posting_writer_kind kind;
    char *folder;
    const struct dictionary *dictionary;
    struct intern *filters;
    uint32_t n_passages;
    uint64_t n_postings;
    /* bulk */
    struct posting_pool *terms, *filter_lists;
    uint32_t *lengths; /* by passage: the sum of its impacts */
    size_t lengths_cap;
    struct buf list; /* scratch */
    uint32_t n_lists;
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
    buf_init(&w->list, LIST_MAX_BYTES);
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
    buf_clear(&w->list);
    free(w->lengths);
    free(w->scratch);
    free(w->folder);
    free(w);
}

enum status posting_writer_filter(struct posting_writer *w, struct slice term, uint32_t *number, struct error *e)
{
    return intern_put(w->filters, term, number, e);
}

static enum status add_bulk(struct posting_writer *w, const struct pool_posting *terms, size_t n,
                            const struct pool_posting *filters, size_t n_filters, struct error *e)
{
    enum status st =
        array_reserve(&w->lengths, &w->lengths_cap, (size_t)w->n_passages + 1, sizeof *w->lengths, COUNT_MAX, e);
    if (st == OK)
        st = posting_pool_add(w->terms, w->n_passages + 1, terms, n, e);
    if (st == OK)
        st = posting_pool_add(w->filter_lists, w->n_passages + 1, filters, n_filters, e);
    if (st != OK)
        return st;
    uint32_t length = 0;
    for (size_t i = 0; i < n; i++)
        length += terms[i].wdf;
    w->lengths[w->n_passages] = length;
    return OK;
}

static enum status add_libxapian(struct posting_writer *w, const struct pool_posting *terms, size_t n,
                                 const struct pool_posting *filters, size_t n_filters, struct error *e)
{
    enum status st = array_reserve(&w->scratch, &w->scratch_cap, n + n_filters + 1, sizeof *w->scratch, COUNT_MAX, e);
    if (st == OK && w->db == NULL)
        st = xapiandb_create(&w->db, w->folder, e);
    if (st != OK)
        return st;
    for (size_t i = 0; i < n; i++)
        w->scratch[i] = (struct xapiandb_posting){dictionary_term_text(w->dictionary, terms[i].list), terms[i].wdf};
    for (size_t i = 0; i < n_filters; i++)
        w->scratch[n + i] = (struct xapiandb_posting){intern_get(w->filters, filters[i].list), filters[i].wdf};
    st = xapiandb_add(w->db, w->scratch, n + n_filters, e);
    w->n_pending += n + n_filters;
    if (st == OK && w->n_pending > w->n_pending_max) {
        st = xapiandb_commit(w->db, e);
        w->n_pending = 0;
    }
    return st;
}

enum status posting_writer_add(struct posting_writer *w, const struct pool_posting *terms, size_t n,
                               const struct pool_posting *filters, size_t n_filters, struct error *e)
{
    enum status st = w->kind == WRITER_BULK ? add_bulk(w, terms, n, filters, n_filters, e)
                                            : add_libxapian(w, terms, n, filters, n_filters, e);
    if (st == OK) {
        w->n_passages++;
        w->n_postings += n + n_filters;
    }
    return st;
}

size_t posting_writer_memory(const struct posting_writer *w)
{
    /* At the end: the filters in order and their sorting, the facts of the terms, the longest list. */
    size_t finish = intern_count(w->filters) * (sizeof(uint32_t) + RADIX_SORT_BYTES) +
                    dictionary_n_terms(w->dictionary) * sizeof(struct term_facts) +
                    (size_t)w->n_passages * FINISH_BYTES_A_PASSAGE;
    return finish + intern_memory(w->filters) + posting_pool_memory(w->terms) + posting_pool_memory(w->filter_lists) +
           w->lengths_cap * sizeof *w->lengths + w->n_pending * XAPIAN_BYTES_A_POSTING;
}

/* How often each impact occurs in a term's postings. */
struct histogram {
    uint32_t counts[POOL_WDF_MAX + 1];
    uint32_t n;
};

static struct term_facts facts_of(const struct histogram *h)
{
    struct term_facts facts = {.df = h->n};
    uint32_t seen = 0;
    size_t rank = 0;
    for (unsigned impact = POOL_WDF_MAX; impact > 0 && rank < N_TERM_RANKS && seen < h->n; impact--) {
        seen += h->counts[impact];
        while (rank < N_TERM_RANKS && seen >= term_rank(rank))
            facts.greatest[rank++] = (uint8_t)impact;
    }
    return facts;
}

/* ---- straight into the glass format ---- */

/* The facts of a term with few postings need no histogram: there is but the greatest. */
#define FEW (TERM_SHORT_DF - 1)

static struct term_facts measure(struct slice postings, uint32_t n, uint64_t *sum)
{
    const unsigned char *p = (const unsigned char *)postings.data, *end = p + postings.len;
    struct term_facts facts = {.df = n};
    struct histogram h;
    *sum = 0;
    if (n > FEW)
        memset(&h, 0, sizeof h);
    while (p < end) {
        while ((*p++ & 0x80) != 0) {
        }
        uint8_t wdf = *p++;
        *sum += wdf;
        if (n > FEW)
            h.counts[wdf & POOL_WDF_MAX]++;
        else if (wdf > facts.greatest[0])
            facts.greatest[0] = wdf;
    }
    h.n = n;
    return n > FEW ? facts_of(&h) : facts;
}

static enum status write_list(struct posting_writer *w, struct glass_writer *glass, const struct posting_pool *pool,
                              uint32_t list, struct slice text, struct term_facts *facts, struct error *e)
{
    struct slice postings;
    enum status st = posting_pool_bytes(pool, list, &w->list, &postings, e);
    if (st != OK || postings.len == 0)
        return st;
    struct glass_term term = {
        .term = text, .termfreq = posting_pool_count(pool, list), .last = posting_pool_last(pool, list)};
    *facts = measure(postings, term.termfreq, &term.collfreq);
    term.greatest_wdf = facts->greatest[0];
    glass_add_term(glass, &term, postings);
    w->n_lists++;
    return OK;
}

/* Two runs in byte order, merged. */
static enum status write_lists(struct posting_writer *w, struct glass_writer *glass, const uint32_t *filters,
                               struct term_facts *facts, struct error *e)
{
    uint32_t n_terms, n_filters = intern_count(w->filters), f = 0;
    const uint32_t *terms = dictionary_sorted_terms(w->dictionary, &n_terms);
    struct term_facts none;
    enum status st = OK;
    for (uint32_t t = 0; t < n_terms + 1 && st == OK; t++) {
        struct slice term = t < n_terms ? dictionary_term_text(w->dictionary, terms[t]) : (struct slice){0};
        for (; f < n_filters && st == OK; f++) {
            struct slice filter = intern_get(w->filters, filters[f]);
            if (t < n_terms && slice_compare(filter, term) > 0)
                break;
            st = write_list(w, glass, w->filter_lists, filters[f], filter, &none, e);
        }
        if (t < n_terms && st == OK)
            st = write_list(w, glass, w->terms, terms[t], term, &facts[t], e);
    }
    return st;
}

static enum status write_bulk(struct posting_writer *w, const char uuid[16], struct term_facts *facts, struct error *e)
{
    size_t n = intern_count(w->filters);
    struct glass_writer *glass = NULL;
    uint32_t *filters = malloc((n + 1) * sizeof *filters);
    if (filters == NULL)
        return error_nomem(e);
    for (uint32_t i = 0; i < n; i++)
        filters[i] = i;
    enum status st = radix_sort_interned(w->filters, filters, n, e);
    if (st == OK)
        st = glass_create(&glass, w->folder, w->n_passages, e);
    if (st == OK) {
        glass_lengths(glass, w->lengths);
        st = write_lists(w, glass, filters, facts, e);
    }
    free(filters);
    if (st == OK)
        return glass_finish(glass, uuid, e);
    glass_abandon(glass);
    return st;
}

/* ---- through libxapian ---- */

static enum status count_posting(void *ctx, uint32_t document, uint32_t wdf, struct error *e)
{
    (void)document;
    (void)e;
    struct histogram *h = ctx;
    h->counts[wdf & POOL_WDF_MAX]++;
    h->n++;
    return OK;
}

static enum status write_libxapian(struct posting_writer *w, const char uuid[16], struct error *e)
{
    struct xapiandb_writer *db = w->db;
    w->db = NULL;
    enum status st = xapiandb_finish(db, e);
    return st == OK ? xapiandb_set_uuid(w->folder, uuid, e) : st;
}

static enum status read_facts(struct posting_writer *w, struct term_facts *facts, struct error *e)
{
    uint32_t n;
    const uint32_t *terms = dictionary_sorted_terms(w->dictionary, &n);
    enum status st = OK;
    for (uint32_t i = 0; i < n && st == OK; i++) {
        struct histogram h = {0};
        st = xapiandb_postings(w->finished, dictionary_term_text(w->dictionary, terms[i]), count_posting, &h, e);
        facts[i] = facts_of(&h);
    }
    return st;
}

/* ---- either way ---- */

struct totals {
    uint64_t n_terms, n_postings;
};

static enum status add_term(void *ctx, struct slice term, uint32_t termfreq, struct error *e)
{
    (void)term;
    (void)e;
    struct totals *t = ctx;
    t->n_terms++;
    t->n_postings += termfreq;
    return OK;
}

/* What libxapian reads must be what was given; how many lists that makes, the bulk writer alone has counted. */
static enum status compare_counts(struct posting_writer *w, struct error *e)
{
    uint32_t n_documents;
    struct totals found = {0, 0};
    enum status st = xapiandb_doccount(w->finished, &n_documents, e);
    if (st == OK)
        st = xapiandb_terms(w->finished, (struct slice){0}, add_term, &found, e);
    if (st != OK)
        return st;
    bool fits = n_documents == w->n_passages && found.n_postings == w->n_postings &&
                (w->kind == WRITER_LIBXAPIAN || found.n_terms == w->n_lists);
    return fits ? OK
                : error_set(e, ERR_INTERNAL,
                            "libxapian reads %u documents, %llu terms, %llu postings of the segment just written, not "
                            "%u, %u, %llu: try --writer libxapian",
                            n_documents, (unsigned long long)found.n_terms, (unsigned long long)found.n_postings,
                            w->n_passages, w->n_lists, (unsigned long long)w->n_postings);
}

enum status posting_writer_finish(struct posting_writer *w, const char uuid[16], struct term_facts **facts,
                                  struct error *e)
{
    uint32_t n_terms;
    dictionary_sorted_terms(w->dictionary, &n_terms);
    *facts = calloc((size_t)n_terms + 1, sizeof **facts);
    if (*facts == NULL)
        return error_nomem(e);
    if (w->n_passages == 0)
        return OK;
    enum status st = w->kind == WRITER_BULK ? write_bulk(w, uuid, *facts, e) : write_libxapian(w, uuid, e);
    if (st == OK)
        st = xapiandb_open(&w->finished, w->folder, e);
    if (st == OK && w->kind == WRITER_LIBXAPIAN)
        st = read_facts(w, *facts, e);
    return st == OK ? compare_counts(w, e) : st;
}
