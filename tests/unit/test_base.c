/*
 * The base: what comes from outside may be anything, and is told apart without harm.
 */
#include "date.h"
#include "file.h"

#include "temp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>

#include <cmocka.h>

static void test_date__of_any_number(void **state)
{
    (void)state;
    static const struct {
        int32_t date;
        bool is_valid;
        int32_t first, last;
    } rows[] = {
        {DATE_NONE, true, DATE_NONE, DATE_NONE},  {20240000, true, 20240101, 20241231},
        {20240200, true, 20240201, 20240229},     {20230228, true, 20230228, 20230228},
        {20230229, false, DATE_NONE, DATE_NONE},  {20241300, false, DATE_NONE, DATE_NONE},
        {20249900, false, DATE_NONE, DATE_NONE},  {20240015, false, DATE_NONE, DATE_NONE},
        {99991231, true, 99991231, 99991231},     {100000101, false, DATE_NONE, DATE_NONE},
        {INT32_MAX, false, DATE_NONE, DATE_NONE}, {-20240101, false, DATE_NONE, DATE_NONE},
        {INT32_MIN, false, DATE_NONE, DATE_NONE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(date_is_valid(rows[i].date), rows[i].is_valid);
        assert_int_equal(date_first(rows[i].date), rows[i].first);
        assert_int_equal(date_last(rows[i].date), rows[i].last);
    }
}

static void test_file_map_open__a_fifo_is_refused_at_once(void **state)
{
    (void)state;
    struct temp t;
    struct file_map map;
    struct error e;
    char path[PATH_MAX];
    temp_make(&t);
    assert_int_equal(mkfifo(temp_path(&t, "fifo", path), 0600), 0);
    assert_int_equal(file_map_open(&map, path, &e), ERR_IO);
    assert_int_equal(map.fd, -1);
    assert_int_equal(file_map_open(&map, temp_path(&t, "absent", path), &e), ERR_NONE);
    temp_remove(&t);
}

static void test_file_write_atomic__leaves_nothing_behind_when_it_fails(void **state)
{
    (void)state;
    struct temp t;
    struct error e;
    char path[PATH_MAX];
    uint64_t size;
    temp_make(&t);
    assert_int_equal(mkdir(temp_path(&t, "taken", path), 0777), 0);
    assert_int_equal(file_write_atomic(t.path, "taken", SLICE("x"), &e), ERR_IO);
    assert_int_equal(file_size(temp_path(&t, "taken.tmp", path), &size, &e), ERR_NONE);
    temp_remove(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_date__of_any_number),
        cmocka_unit_test(test_file_map_open__a_fifo_is_refused_at_once),
        cmocka_unit_test(test_file_write_atomic__leaves_nothing_behind_when_it_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
