/**
 * Collections of terms and postings, random and adversarial, and databases of them by either writer.
 */
#ifndef QUOTH_TEST_GLASS_COLLECTION_H
#define QUOTH_TEST_GLASS_COLLECTION_H

#include "glass.h"
#include "posting_pool.h"
#include "xapiandb.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <setjmp.h>

#include <cmocka.h>

struct posting {
    uint32_t document;
    uint8_t wdf;
};

struct term {
    char text[GLASS_TERM_MAX_BYTES];
    size_t len;
    struct posting *postings;
    size_t n;
};

/* Terms in byte order, each with its postings. */
struct collection {
    struct term *terms;
    size_t n_terms;
    uint32_t n_documents;
    unsigned seed;
};

static inline unsigned chance(struct collection *c, unsigned below)
{
    c->seed = c->seed * 1103515245u + 12345u;
    return (c->seed >> 8) % below;
}

static inline struct slice term_text_of(const struct term *t)
{
    return slice_of(t->text, t->len);
}

static inline int compare_terms(const void *a, const void *b)
{
    return slice_compare(term_text_of(a), term_text_of(b));
}

/* Give each term its share of documents: about one in `rarity` of its own. */
static inline void make_postings(struct collection *c, struct term *t)
{
    static const unsigned rarities[] = {1, 2, 20, 100, 1000, 100000};
    unsigned rarity = rarities[chance(c, 6)];
    t->postings = malloc((c->n_documents + 1) * sizeof *t->postings);
    for (uint32_t d = 1; d <= c->n_documents; d++)
        if (chance(c, rarity) == 0)
            t->postings[t->n++] = (struct posting){d, (uint8_t)chance(c, 128)};
    if (t->n == 0)
        t->postings[t->n++] = (struct posting){1 + chance(c, c->n_documents), 127};
}

static inline void make_collection(struct collection *c, unsigned seed, uint32_t n_documents, size_t n_terms)
{
    *c = (struct collection){.n_documents = n_documents, .seed = seed};
    c->terms = calloc(n_terms, sizeof *c->terms);
    for (size_t i = 0; i < n_terms; i++) {
        struct term *t = &c->terms[c->n_terms];
        t->len = 1 + chance(c, i % 7 == 0 ? GLASS_TERM_MAX_BYTES : 8);
        for (size_t k = 0; k < t->len; k++)
            t->text[k] = (char)(chance(c, 3) == 0 ? chance(c, 256) : 'a' + chance(c, 3));
        /* libxapian keeps keys within 255 bytes, a zero byte taking two: few of them in long terms. */
        for (size_t k = 0; k < t->len; k++)
            if (t->text[k] == '\0' && t->len > 100)
                t->text[k] = 'z';
        bool is_new = true;
        for (size_t k = 0; k < c->n_terms && is_new; k++)
            is_new = compare_terms(t, &c->terms[k]) != 0;
        if (!is_new) {
            memset(t, 0, sizeof *t);
            continue;
        }
        make_postings(c, t);
        c->n_terms++;
    }
    qsort(c->terms, c->n_terms, sizeof *c->terms, compare_terms);
}

static inline void free_collection(struct collection *c)
{
    for (size_t i = 0; i < c->n_terms; i++)
        free(c->terms[i].postings);
    free(c->terms);
}

/* A term's postings by way of the pool, as glass_add_term() wants them. */
static inline void add_term(struct glass_writer *w, const struct term *t)
{
    struct posting_pool *pool;
    struct buf scratch;
    struct slice bytes;
    struct glass_term term = {.term = term_text_of(t), .termfreq = (uint32_t)t->n};
    buf_init(&scratch, SIZE_MAX);
    assert_int_equal(posting_pool_new(&pool, NULL), OK);
    for (size_t k = 0; k < t->n; k++) {
        struct pool_posting posting = {.list = 0, .wdf = t->postings[k].wdf};
        assert_int_equal(posting_pool_add(pool, t->postings[k].document, &posting, 1, NULL), OK);
        term.last = t->postings[k].document;
        term.collfreq += posting.wdf;
        term.greatest_wdf = posting.wdf > term.greatest_wdf ? posting.wdf : term.greatest_wdf;
    }
    assert_int_equal(posting_pool_bytes(pool, 0, &scratch, &bytes, NULL), OK);
    glass_add_term(w, &term, bytes);
    buf_clear(&scratch);
    posting_pool_free(pool);
}

static inline void write_glass(const struct collection *c, const char *folder)
{
    struct glass_writer *w;
    struct error e;
    uint32_t *lengths = calloc(c->n_documents, sizeof *lengths);
    assert_int_equal(glass_create(&w, folder, c->n_documents, NULL), OK);
    for (size_t i = 0; i < c->n_terms; i++)
        for (size_t k = 0; k < c->terms[i].n; k++)
            lengths[c->terms[i].postings[k].document - 1] += c->terms[i].postings[k].wdf;
    glass_lengths(w, lengths);
    for (size_t i = 0; i < c->n_terms; i++)
        add_term(w, &c->terms[i]);
    free(lengths);
    if (glass_finish(w, "0123456789abcdef", &e) != OK)
        fail_msg("%s", e.text);
}

/* `commits`: documents between two commits, after each of which blocks of the table are written anew; 0: one commit. */
static inline void write_libxapian(const struct collection *c, const char *folder, uint32_t commits)
{
    struct xapiandb_writer *w;
    size_t *at = calloc(c->n_terms + 1, sizeof *at);
    struct xapiandb_posting *document = calloc(c->n_terms + 1, sizeof *document);
    assert_int_equal(xapiandb_create(&w, folder, NULL), OK);
    for (uint32_t d = 1; d <= c->n_documents; d++) {
        size_t n = 0;
        for (size_t i = 0; i < c->n_terms; i++) {
            const struct term *t = &c->terms[i];
            if (at[i] < t->n && t->postings[at[i]].document == d)
                document[n++] = (struct xapiandb_posting){term_text_of(t), t->postings[at[i]++].wdf};
        }
        assert_int_equal(xapiandb_add(w, document, n, NULL), OK);
        if (commits > 0 && d % commits == 0)
            assert_int_equal(xapiandb_commit(w, NULL), OK);
    }
    free(at);
    free(document);
    assert_int_equal(xapiandb_finish(w, NULL), OK);
}

#endif
