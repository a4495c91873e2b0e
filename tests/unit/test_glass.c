/*
 * Databases written straight into the glass format against libxapian's own of the same documents: equal terms,
 * frequencies and postings, and nothing for xapian-check to find.
 */
#include "glass.h"
#include "posting_pool.h"
#include "xapiandb.h"

#include "temp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>

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

/* A collection: terms in byte order, each with its postings. */
struct collection {
    struct term *terms;
    size_t n_terms;
    uint32_t n_documents;
    unsigned seed;
};

static unsigned chance(struct collection *c, unsigned below)
{
    c->seed = c->seed * 1103515245u + 12345u;
    return (c->seed >> 8) % below;
}

static int compare_terms(const void *a, const void *b)
{
    const struct term *x = a, *y = b;
    return slice_compare(slice_of(x->text, x->len), slice_of(y->text, y->len));
}

/* Give each term its share of documents: about one in `rarity` of its own. */
static void make_postings(struct collection *c, struct term *t)
{
    static const unsigned rarities[] = {1, 2, 20, 1000, 100000};
    unsigned rarity = rarities[chance(c, 5)];
    t->postings = malloc((c->n_documents + 1) * sizeof *t->postings);
    for (uint32_t d = 1; d <= c->n_documents; d++)
        if (chance(c, rarity) == 0)
            t->postings[t->n++] = (struct posting){d, (uint8_t)chance(c, 128)};
    if (t->n == 0)
        t->postings[t->n++] = (struct posting){1 + chance(c, c->n_documents), 127};
}

static void make_collection(struct collection *c, unsigned seed, uint32_t n_documents, size_t n_terms)
{
    *c = (struct collection){.n_documents = n_documents, .seed = seed};
    c->terms = calloc(n_terms, sizeof *c->terms);
    for (size_t i = 0; i < n_terms; i++) {
        struct term *t = &c->terms[c->n_terms];
        t->len = 1 + chance(c, i % 7 == 0 ? GLASS_TERM_MAX_BYTES : 8);
        for (size_t k = 0; k < t->len; k++)
            t->text[k] = (char)(chance(c, 3) == 0 ? chance(c, 256) : 'a' + chance(c, 3));
        /* libxapian keeps keys within 255 bytes, a zero byte taking two: few of them in long terms. */
        for (size_t k = 0, n_zero = 0; k < t->len; k++)
            if (t->text[k] == '\0' && t->len > 100 && ++n_zero > 0)
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

static void free_collection(struct collection *c)
{
    for (size_t i = 0; i < c->n_terms; i++)
        free(c->terms[i].postings);
    free(c->terms);
}

/* A term's postings by way of the pool, as glass_add_term() wants them. */
static void add_term(struct glass_writer *w, const struct term *t)
{
    struct posting_pool *pool;
    struct buf scratch;
    struct slice bytes;
    struct glass_term term = {.term = slice_of(t->text, t->len), .termfreq = (uint32_t)t->n};
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

static void write_glass(const struct collection *c, const char *folder)
{
    struct glass_writer *w;
    struct error e;
    uint32_t *lengths = calloc(c->n_documents, sizeof *lengths);
    assert_int_equal(glass_create(&w, folder, NULL), OK);
    for (size_t i = 0; i < c->n_terms; i++)
        for (size_t k = 0; k < c->terms[i].n; k++)
            lengths[c->terms[i].postings[k].document - 1] += c->terms[i].postings[k].wdf;
    glass_lengths(w, lengths, c->n_documents);
    for (size_t i = 0; i < c->n_terms; i++)
        add_term(w, &c->terms[i]);
    free(lengths);
    if (glass_finish(w, "0123456789abcdef", &e) != OK)
        fail_msg("%s", e.text);
}

static void write_libxapian(const struct collection *c, const char *folder)
{
    struct xapiandb_writer *w;
    size_t *at = calloc(c->n_terms, sizeof *at);
    struct xapiandb_posting *document = calloc(c->n_terms, sizeof *document);
    assert_int_equal(xapiandb_create(&w, folder, NULL), OK);
    for (uint32_t d = 1; d <= c->n_documents; d++) {
        size_t n = 0;
        for (size_t i = 0; i < c->n_terms; i++) {
            const struct term *t = &c->terms[i];
            if (at[i] < t->n && t->postings[at[i]].document == d)
                document[n++] = (struct xapiandb_posting){slice_of(t->text, t->len), t->postings[at[i]++].wdf};
        }
        assert_int_equal(xapiandb_add(w, document, n, NULL), OK);
    }
    free(at);
    free(document);
    assert_int_equal(xapiandb_finish(w, NULL), OK);
}

struct reading {
    const struct collection *collection;
    struct xapiandb *db;
    size_t next_term, next_posting;
};

static enum status read_posting(void *ctx, uint32_t document, uint32_t wdf, struct error *e)
{
    (void)e;
    struct reading *r = ctx;
    const struct term *t = &r->collection->terms[r->next_term];
    assert_true(r->next_posting < t->n);
    assert_int_equal(document, t->postings[r->next_posting].document);
    assert_int_equal(wdf, t->postings[r->next_posting].wdf);
    r->next_posting++;
    return OK;
}

static enum status read_term(void *ctx, struct slice term, uint32_t termfreq, struct error *e)
{
    struct reading *r = ctx;
    assert_true(r->next_term < r->collection->n_terms);
    const struct term *t = &r->collection->terms[r->next_term];
    assert_true(slice_equal(term, slice_of(t->text, t->len)));
    assert_int_equal(termfreq, t->n);
    r->next_posting = 0;
    enum status st = xapiandb_postings(r->db, term, read_posting, r, e);
    assert_int_equal(r->next_posting, t->n);
    r->next_term++;
    return st;
}

static void check_database(const struct collection *c, const char *folder)
{
    struct reading r = {.collection = c};
    struct error e;
    uint32_t n;
    if (xapiandb_open(&r.db, folder, &e) != OK || xapiandb_check(folder, &e) != OK)
        fail_msg("%s", e.text);
    assert_int_equal(xapiandb_doccount(r.db, &n, NULL), OK);
    assert_int_equal(n, c->n_documents);
    if (xapiandb_terms(r.db, (struct slice){0}, read_term, &r, &e) != OK)
        fail_msg("%s", e.text);
    assert_int_equal(r.next_term, c->n_terms);
    xapiandb_close(r.db);
}

/* xapian-compact rewrites every table; what it makes must be the same collection. */
static void check_compacted(const struct collection *c, const char *folder, const char *target)
{
    char command[PATH_MAX * 2 + 64];
    if (system("command -v xapian-compact >/dev/null 2>&1") != 0)
        return;
    snprintf(command, sizeof command, "xapian-compact '%s' '%s' >/dev/null 2>&1", folder, target);
    assert_int_equal(system(command), 0);
    check_database(c, target);
}

static void compare(unsigned seed, uint32_t n_documents, size_t n_terms)
{
    struct temp t;
    struct collection c;
    char ours[PATH_MAX], theirs[PATH_MAX], compacted[PATH_MAX];
    temp_make(&t);
    temp_path(&t, "ours", ours);
    temp_path(&t, "theirs", theirs);
    temp_path(&t, "compacted", compacted);
    assert_int_equal(mkdir(ours, 0777), 0);
    assert_int_equal(mkdir(theirs, 0777), 0);
    make_collection(&c, seed, n_documents, n_terms);
    write_glass(&c, ours);
    write_libxapian(&c, theirs);
    check_database(&c, theirs);
    check_database(&c, ours);
    check_compacted(&c, ours, compacted);
    free_collection(&c);
    temp_remove(&t);
}

static void test_glass__equals_libxapian_on_random_collections(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 60; seed++)
        compare(seed, 1 + seed * seed % 97, 1 + seed * 7 % 90);
}

static void test_glass__many_terms_need_branches_of_branches(void **state)
{
    (void)state;
    compare(7, 3, 6000);
}

static void test_glass__long_lists_need_chunks(void **state)
{
    (void)state;
    /* Past 0x8000 document numbers take three bytes in a key. */
    compare(8, 70000, 12);
}

static void test_glass__refuses_what_it_cannot_write(void **state)
{
    (void)state;
    struct temp t;
    struct glass_writer *w;
    struct error e;
    const uint32_t length = 0;
    char long_term[GLASS_TERM_MAX_BYTES + 1];
    memset(long_term, 'x', sizeof long_term);
    char zeros[GLASS_TERM_MAX_BYTES] = "a"; /* each takes two bytes in a key */
    const struct slice bad[][2] = {{SLICE("b"), SLICE("a")},
                                   {SLICE("a"), SLICE("a")},
                                   {SLICE("a"), slice_of(long_term, sizeof long_term)},
                                   {SLICE("a"), slice_of(zeros, sizeof zeros)}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        temp_make(&t);
        assert_int_equal(glass_create(&w, t.path, NULL), OK);
        glass_lengths(w, &length, 1);
        for (size_t k = 0; k < 2; k++) {
            struct glass_term term = {.term = bad[i][k], .termfreq = 1, .last = 1};
            glass_add_term(w, &term, SLICE("\0\0"));
        }
        assert_int_equal(glass_finish(w, "0123456789abcdef", &e), ERR_INTERNAL);
        temp_remove(&t);
    }
    assert_int_equal(glass_create(&w, "/nonexistent/folder", &e), ERR_IO);
    assert_null(w);
}

static void test_posting_pool__gives_back_what_was_put(void **state)
{
    (void)state;
    enum { N_LISTS = 50, N_ROUNDS = 20000, FAR = 5000 };
    static uint32_t documents[N_LISTS][N_ROUNDS];
    static uint8_t wdfs[N_LISTS][N_ROUNDS];
    uint32_t counts[N_LISTS] = {0}, document = 0;
    struct collection dice = {.seed = 3};
    struct posting_pool *p;
    struct buf scratch;
    struct slice bytes;
    buf_init(&scratch, SIZE_MAX);
    assert_int_equal(posting_pool_new(&p, NULL), OK);
    for (int round = 0; round < N_ROUNDS; round++) {
        struct pool_posting postings[N_LISTS];
        size_t n = 0;
        document += 1 + (chance(&dice, 100) == 0 ? chance(&dice, 1u << 18) : chance(&dice, 200));
        for (uint32_t list = 0; list < N_LISTS; list++) {
            if (chance(&dice, 1 + list * list) != 0)
                continue;
            postings[n] = (struct pool_posting){list * FAR, (uint8_t)chance(&dice, POOL_WDF_MAX + 1)};
            documents[list][counts[list]] = document;
            wdfs[list][counts[list]++] = postings[n++].wdf;
        }
        assert_int_equal(posting_pool_add(p, document, postings, n, NULL), OK);
    }
    for (uint32_t list = 0; list < N_LISTS; list++) {
        assert_int_equal(posting_pool_bytes(p, list * FAR, &scratch, &bytes, NULL), OK);
        const unsigned char *at = (const unsigned char *)bytes.data, *end = at + bytes.len;
        for (uint32_t i = 0, before = 0, gap; i < counts[list]; i++) {
            assert_true(at < end);
            at = pool_read_gap(at, &gap);
            before += gap + 1;
            assert_int_equal(before, documents[list][i]);
            assert_int_equal(*at++, wdfs[list][i]);
        }
        assert_ptr_equal(at, end);
        assert_int_equal(posting_pool_count(p, list * FAR), counts[list]);
        assert_int_equal(posting_pool_last(p, list * FAR), counts[list] == 0 ? 0 : documents[list][counts[list] - 1]);
    }
    assert_int_equal(posting_pool_bytes(p, 1u << 30, &scratch, &bytes, NULL), OK);
    assert_int_equal(bytes.len, 0);
    assert_int_equal(posting_pool_bytes(p, 1, &scratch, &bytes, NULL), OK);
    assert_int_equal(bytes.len, 0);
    buf_clear(&scratch);
    posting_pool_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_posting_pool__gives_back_what_was_put),
        cmocka_unit_test(test_glass__equals_libxapian_on_random_collections),
        cmocka_unit_test(test_glass__many_terms_need_branches_of_branches),
        cmocka_unit_test(test_glass__long_lists_need_chunks),
        cmocka_unit_test(test_glass__refuses_what_it_cannot_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
