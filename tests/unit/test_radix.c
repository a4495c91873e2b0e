#include "radix.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 8;
}

static int compare_items(const void *a, const void *b)
{
    const struct radix_item *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static void test_radix_sort__is_a_stable_sort(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 2, 3, 255, 1000};
    uint32_t seed = 1;
    for (unsigned shift = 0; shift < 64; shift++) {
        size_t n = sizes[shift % 6];
        struct radix_item items[1000], scratch[1000], want[1000];
        for (uint32_t i = 0; i < n; i++)
            want[i] = items[i] = (struct radix_item){(uint64_t)(next(&seed) % 300) << shift, i};
        radix_sort(items, scratch, n);
        qsort(want, n, sizeof *want, compare_items);
        for (size_t i = 0; i < n; i++) {
            assert_true(items[i].key == want[i].key);
            assert_int_equal(items[i].number, want[i].number);
        }
    }
}

/* Few letters, zeros among them, and long equal beginnings: the hard cases. */
static struct slice make_text(uint32_t *seed, char text[300])
{
    size_t len = next(seed) % 4 == 0 ? next(seed) % 300 : next(seed) % 12;
    uint32_t n_same = next(seed) % 2 == 0 ? 0 : next(seed) % 300;
    for (size_t i = 0; i < len; i++)
        text[i] = i < n_same ? (char)(n_same % 2) : "\0\1a\xFF"[next(seed) % 4];
    return slice_of(text, len);
}

static void test_radix_sort_interned__sorts_as_bytes(void **state)
{
    (void)state;
    uint32_t seed = 5;
    for (size_t n_put = 0; n_put < 6000; n_put = n_put * 2 + 1) {
        struct intern *t;
        assert_int_equal(intern_new(&t, NULL), OK);
        for (size_t i = 0; i < n_put; i++) {
            char text[300];
            uint32_t id;
            assert_int_equal(intern_put(t, make_text(&seed, text), &id, NULL), OK);
        }
        uint32_t n = intern_count(t), *ids = calloc((size_t)n + 1, sizeof *ids);
        bool *seen = calloc((size_t)n + 1, sizeof *seen);
        for (uint32_t i = 0; i < n; i++)
            ids[i] = n - 1 - i;
        assert_int_equal(radix_sort_interned(t, ids, n, NULL), OK);
        for (uint32_t i = 0; i < n; i++) {
            assert_false(seen[ids[i]]);
            seen[ids[i]] = true;
            if (i > 0)
                assert_true(slice_compare(intern_get(t, ids[i - 1]), intern_get(t, ids[i])) < 0);
        }
        free(seen);
        free(ids);
        intern_free(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_radix_sort__is_a_stable_sort),
        cmocka_unit_test(test_radix_sort_interned__sorts_as_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
