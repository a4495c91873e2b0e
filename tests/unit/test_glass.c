/*
 * Databases written straight into the glass format against libxapian's own of the same documents: equal terms,
 * frequencies and postings, and nothing for xapian-check to find.
 */
#include "glass_collection.h"
#include "temp.h"

#include <sys/stat.h>

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
    write_libxapian(&c, theirs, 0);
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
    compare(9, 4095, 150); /* on either side of where blocks are larger */
    compare(10, 4096, 150);
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
        assert_int_equal(glass_create(&w, t.path, 1, NULL), OK);
        glass_lengths(w, &length);
        for (size_t k = 0; k < 2; k++) {
            struct glass_term term = {.term = bad[i][k], .termfreq = 1, .last = 1};
            glass_add_term(w, &term, SLICE("\0\0"));
        }
        assert_int_equal(glass_finish(w, "0123456789abcdef", &e), ERR_INTERNAL);
        temp_remove(&t);
    }
    assert_int_equal(glass_create(&w, "/nonexistent/folder", 1, &e), ERR_IO);
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
