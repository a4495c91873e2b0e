#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "arena.h"

#define LARGE_BYTES ((size_t)100000) /* more than a block */

static void check_aligned(const void *p)
{
    assert_non_null(p);
    assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
}

/* What was handed out keeps its bytes, whatever comes after it. */
static void test_arena_take__stays(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 15, 16, 17, 300, 4000, 8191, 8192, 8193, LARGE_BYTES};
    struct arena a = {0};
    unsigned char *taken[200];
    size_t lens[200];
    for (size_t i = 0; i < 200; i++) {
        lens[i] = sizes[i % (sizeof sizes / sizeof *sizes)];
        taken[i] = arena_take(&a, lens[i]);
        check_aligned(taken[i]);
        memset(taken[i], (int)i, lens[i]);
    }
    for (size_t i = 0; i < 200; i++)
        for (size_t k = 0; k < lens[i]; k++)
            assert_int_equal(taken[i][k], (unsigned char)i);
    arena_clear(&a);
    assert_null(a.blocks);
    arena_clear(&a);
}

static void test_arena_take__too_much(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    assert_null(arena_take(&a, SIZE_MAX));
    assert_null(arena_alloc(&a, SIZE_MAX / 2));
    check_aligned(arena_take(&a, 8));
    arena_clear(&a);
}

static void test_arena_alloc__zeroed_after_reset(void **state)
{
    (void)state;
    struct arena a = {0};
    for (size_t round = 0; round < 3; round++) {
        for (size_t n = 0; n < 500; n += 7) {
            char *p = arena_alloc(&a, n);
            check_aligned(p);
            for (size_t i = 0; i < n; i++)
                assert_int_equal(p[i], 0);
            memset(p, 'x', n);
        }
        arena_reset(&a);
    }
    arena_clear(&a);
}

static void test_arena_reset__keeps_a_block(void **state)
{
    (void)state;
    struct arena a = {0};
    arena_reset(&a);
    assert_null(a.blocks);
    void *first = arena_take(&a, 100);
    arena_reset(&a);
    assert_ptr_equal(arena_take(&a, 100), first);
    /* No block of another size. */
    assert_non_null(arena_take(&a, LARGE_BYTES));
    arena_reset(&a);
    assert_null(a.blocks);
    arena_clear(&a);
}

static void test_arena_reserve__grows(void **state)
{
    (void)state;
    struct arena a = {0};
    uint32_t *items = NULL;
    size_t cap = 0;
    struct error e = {0};
    for (uint32_t i = 0; i < 5000; i++) {
        assert_int_equal(arena_reserve(&a, &items, &cap, i + 1, sizeof *items, 5000, &e), OK);
        assert_true(cap > i && cap <= 5000);
        items[i] = i;
        arena_take(&a, i % 32);
    }
    for (uint32_t i = 0; i < 5000; i++)
        assert_int_equal(items[i], i);
    const uint32_t *before = items;
    assert_int_equal(arena_reserve(&a, &items, &cap, 5000, sizeof *items, 5000, &e), OK);
    assert_int_equal(arena_reserve(&a, &items, &cap, 5001, sizeof *items, 5000, &e), ERR_LIMIT);
    assert_int_equal(arena_reserve(&a, &items, &cap, SIZE_MAX / 4, sizeof *items, SIZE_MAX, &e), ERR_NOMEM);
    assert_ptr_equal(items, before);
    assert_int_equal(cap, 5000);
    arena_clear(&a);
}

static void test_arena_copy__ends_with_nul(void **state)
{
    (void)state;
    struct arena a = {0};
    struct slice s = arena_copy(&a, SLICE("storm"));
    assert_int_equal(s.len, 5);
    assert_string_equal(s.data, "storm");
    s = arena_copy(&a, (struct slice){0});
    assert_int_equal(s.len, 0);
    assert_string_equal(s.data, "");
    arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena_take__stays),
        cmocka_unit_test(test_arena_take__too_much),
        cmocka_unit_test(test_arena_alloc__zeroed_after_reset),
        cmocka_unit_test(test_arena_reset__keeps_a_block),
        cmocka_unit_test(test_arena_reserve__grows),
        cmocka_unit_test(test_arena_copy__ends_with_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
