/* What is remembered of terms. */
#include "term_memo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#define N_TERMS 40000 /* more than there is room for */

static struct slice write_term(char *out, unsigned i)
{
    return slice_of(out, (size_t)snprintf(out, TERM_MEMO_TEXT, "t%u", i));
}

static void fill_views(struct term_view *views, size_t n, unsigned i)
{
    for (size_t k = 0; k < n; k++)
        views[k] = (struct term_view){.id = i + (uint32_t)k, .df = i * 2, .greatest = {(uint8_t)i}};
}

static void check_term(const struct term_view *views, uint64_t df, size_t n, unsigned i)
{
    assert_int_equal(df, i);
    for (size_t k = 0; k < n; k++) {
        assert_int_equal(views[k].id, i + k);
        assert_int_equal(views[k].df, i * 2);
        assert_int_equal(views[k].greatest[0], (uint8_t)i);
    }
}

/* What was put is there as it was, or is not there; the last one always is. */
static void test_term_memo_get__many_terms(void **state)
{
    (void)state;
    static const size_t counts[] = {0, 1, 2, 14, 300};
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        struct term_memo *m;
        struct term_view views[300];
        char text[TERM_MEMO_TEXT];
        uint64_t df;
        size_t n_known = 0;
        assert_int_equal(term_memo_new(&m, counts[c], NULL), OK);
        for (unsigned i = 0; i < N_TERMS; i++) {
            struct slice term = write_term(text, i);
            uint32_t hash = segment_term_hash(term);
            assert_null(term_memo_get(m, term, hash, &df));
            fill_views(views, counts[c], i);
            term_memo_expect(m, hash);
            term_memo_put(m, term, hash, i, views);
            const struct term_view *known = term_memo_get(m, term, hash, &df);
            assert_non_null(known);
            check_term(known, df, counts[c], i);
        }
        for (unsigned i = 0; i < N_TERMS; i++) {
            struct slice term = write_term(text, i);
            const struct term_view *known = term_memo_get(m, term, segment_term_hash(term), &df);
            if (known == NULL)
                continue;
            check_term(known, df, counts[c], i);
            n_known++;
        }
        assert_in_range(n_known, 100, N_TERMS - 1);
        term_memo_free(m);
    }
}

static void test_term_memo_put__lengths(void **state)
{
    (void)state;
    static const char text[] = "abcdefghijklmnopqrstuvwxyz";
    struct term_memo *m;
    struct term_view view = {.id = 7}, other = {.id = 8};
    uint64_t df;
    assert_int_equal(term_memo_new(&m, 1, NULL), OK);
    for (size_t len = 0; len < sizeof text; len++) {
        struct slice term = slice_of(text, len);
        /* All in one place. */
        term_memo_put(m, term, 5, 1, &view);
        bool fits = len > 0 && len <= TERM_MEMO_TEXT;
        assert_int_equal(term_memo_get(m, term, 5, &df) != NULL, fits);
        assert_null(term_memo_get(m, slice_of(text, len + 1), 5, &df));
        if (!fits)
            continue;
        term_memo_put(m, term, 5, 2, &other);
        assert_int_equal(term_memo_get(m, term, 5, &df)->id, 8);
        assert_int_equal(df, 2);
    }
    assert_null(term_memo_get(NULL, SLICE("a"), 5, &df));
    term_memo_free(m);
    term_memo_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_term_memo_get__many_terms),
        cmocka_unit_test(test_term_memo_put__lengths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
