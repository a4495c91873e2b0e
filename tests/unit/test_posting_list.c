/*
 * Posting lists of every density against the postings they are made of.
 */
#include "posting_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROUNDS 60
#define PASSAGES_MAX 30000

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

struct made {
    struct postings postings;
    uint8_t *impacts; /* of each passage */
    uint32_t n_passages;
};

/* About one passage in `share` has the term; clustered: in runs of neighbours. */
static struct made make(uint64_t *state, uint32_t n_passages, uint32_t share, bool is_clustered, bool scores)
{
    struct made m = {.n_passages = n_passages};
    m.impacts = calloc(n_passages + 1, 1);
    m.postings.passages = calloc(n_passages + 1, sizeof(uint32_t));
    m.postings.impacts = calloc(n_passages + 1, 1);
    bool has = false;
    for (uint32_t p = 0; p < n_passages; p++) {
        if (!is_clustered || p % 16 == 0)
            has = next_random(state) % share == 0;
        if (!has)
            continue;
        m.impacts[p] = scores ? (uint8_t)(1 + next_random(state) % 127) : 0;
        m.postings.passages[m.postings.n] = p;
        m.postings.impacts[m.postings.n++] = m.impacts[p];
    }
    return m;
}

static void clear(struct made *m)
{
    free(m->impacts);
    free(m->postings.passages);
    free(m->postings.impacts);
}

static void check_walk(const struct posting_list *l, const struct postings *p)
{
    uint32_t at = 0;
    for (size_t i = 0; i < p->n; i++) {
        assert_int_equal(posting_list_next(l, &at), p->passages[i]);
        assert_int_equal(posting_list_last_impact(l, at), p->impacts[i]);
    }
    assert_int_equal(posting_list_next(l, &at), UINT32_MAX);
}

static void check_probes(const struct posting_list *l, const struct made *m)
{
    size_t next = 0;
    for (uint32_t p = 0; p < m->n_passages; p++) {
        while (next < m->postings.n && m->postings.passages[next] < p)
            next++;
        bool has = next < m->postings.n && m->postings.passages[next] == p;
        posting_list_prefetch(l, p);
        assert_int_equal(posting_list_impact(l, p), m->impacts[p]);
        assert_true(!has || posting_list_hint(l, p));
        if (l->hint_shift == 0)
            assert_int_equal(posting_list_hint(l, p), has);
        if (l->passages != NULL)
            assert_int_equal(posting_list_seek(l, p), next);
    }
    if (l->passages != NULL)
        assert_int_equal(posting_list_seek(l, m->n_passages), m->postings.n);
}

static void check_maxima(const struct posting_list *l, const struct made *m)
{
    uint8_t greatest = 0;
    for (uint32_t r = 0; r < posting_ranges(m->n_passages); r++) {
        uint8_t most = 0;
        for (uint32_t p = r << POSTING_RANGE_LOG; p < m->n_passages && p >> POSTING_RANGE_LOG == r; p++)
            most = m->impacts[p] > most ? m->impacts[p] : most;
        if (l->maxima != NULL)
            assert_int_equal(l->maxima[r], most);
        greatest = most > greatest ? most : greatest;
    }
    assert_int_equal(l->greatest, greatest);
}

#define HEAD_BYTES (sizeof(struct posting_list) + 24) /* as of who keeps something beside a list */

static void test_every_density(void **state)
{
    (void)state;
    uint64_t random = 7;
    static const uint32_t shares[] = {1, 2, 11, 13, 17, 60, 300, 2000, 100000};
    for (int round = 0; round < ROUNDS; round++) {
        uint32_t n_passages = 1 + (uint32_t)(next_random(&random) % PASSAGES_MAX);
        uint32_t share = shares[next_random(&random) % (sizeof shares / sizeof *shares)];
        struct made m = make(&random, n_passages, share, round % 3 == 0, round % 5 != 0);
        struct posting_list *l = posting_list_new(&m.postings, n_passages, HEAD_BYTES);
        assert_non_null(l);
        assert_int_equal((uintptr_t)l % CACHE_LINE_BYTES, 0);
        assert_in_range(l->n_bytes, HEAD_BYTES + m.postings.n, SIZE_MAX);
        for (const char *c = (char *)(l + 1); c < (char *)l + HEAD_BYTES; c++)
            assert_int_equal(*c, 0);
        assert_int_equal(l->n, m.postings.n);
        assert_true(l->passages != NULL || m.postings.n > n_passages / POSTING_DENSE_SHARE);
        check_walk(l, &m.postings);
        check_probes(l, &m);
        check_maxima(l, &m);
        free(l);
        clear(&m);
    }
}

/* A hint is a byte or two a posting, whatever the segment's size. */
static void test_hints_are_small(void **state)
{
    (void)state;
    uint32_t passages[] = {5, 1000000, 90000000};
    uint8_t impacts[] = {1, 2, 3};
    struct postings p = {.passages = passages, .impacts = impacts, .n = 3};
    struct posting_list *l = posting_list_new(&p, 100000000, sizeof *l);
    assert_non_null(l);
    assert_in_range(l->n_bytes, sizeof *l, sizeof *l + 200);
    assert_int_equal(posting_list_impact(l, 1000000), 2);
    assert_int_equal(posting_list_impact(l, 1000001), 0);
    free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_density),
        cmocka_unit_test(test_hints_are_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
