/* The worker pool as the loop uses it: whatever is handed in comes back, whether the loop naps, sleeps or is awake. No
 * index is needed, since a request for a generation that is not served is answered all the same. */
#include "pool.h"

#include "clock.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#define QUEUE_MAX 64
#define LOST_MS 30000 /* nobody is woken so late but by chance */

struct office {
    struct generations *generations;
    struct pool *pool;
    int wake_fd;
};

static void office_open(struct office *o, uint32_t n_workers)
{
    const struct pool_options options = {.n_workers = n_workers, .queue_max = QUEUE_MAX, .queue_wait_ms = LOST_MS};
    assert_int_equal(generations_new(&o->generations, 1, NULL, NULL), OK);
    o->wake_fd = eventfd(0, EFD_CLOEXEC);
    assert_true(o->wake_fd >= 0);
    assert_int_equal(pool_start(&o->pool, &options, o->generations, o->wake_fd, NULL), OK);
}

static void office_close(struct office *o)
{
    pool_stop(o->pool);
    generations_free(o->generations);
    close(o->wake_fd);
}

static struct task *new_task(uint64_t sequence)
{
    struct request_error wire;
    struct task *t = task_new(NULL, SLICE("COUNT gen=7 -- x"));
    assert_non_null(t);
    assert_int_equal(request_parse(&t->request, slice_of(t->line, t->line_len), &wire, NULL), OK);
    t->sequence = sequence;
    t->started_us = clock_us();
    return t;
}

/* Wait as the loop does, where there is nothing for it to do. Did it nap? */
static bool wait_for_answers(struct office *o)
{
    if (pool_loop_nap(o->pool))
        return true;
    if (pool_loop_may_sleep(o->pool)) {
        struct pollfd wake = {.fd = o->wake_fd, .events = POLLIN};
        uint64_t n;
        assert_int_equal(poll(&wake, 1, LOST_MS), 1);
        assert_int_equal(read(o->wake_fd, &n, sizeof n), sizeof n);
    }
    pool_loop_is_awake(o->pool);
    return false;
}

/* Hand in n at once, take all back; how often the loop napped. */
static size_t run(struct office *o, size_t n)
{
    bool is_back[QUEUE_MAX] = {false};
    size_t n_naps = 0;
    uint64_t retry_ms;
    for (size_t i = 0; i < n; i++)
        assert_int_equal(pool_submit(o->pool, new_task(i), &retry_ms), OK);
    for (size_t left = n; left > 0;) {
        for (struct task *t = pool_take_done(o->pool), *next; t != NULL; t = next, left--) {
            next = t->next;
            assert_false(is_back[t->sequence]);
            is_back[t->sequence] = true;
            assert_int_equal(t->status, ERR_GEN);
            task_free(t);
        }
        if (left > 0)
            n_naps += wait_for_answers(o);
    }
    return n_naps;
}

static void test_pool__all_come_back(void **state)
{
    (void)state;
    for (uint32_t n_workers = 1; n_workers <= 4; n_workers++) {
        struct office o;
        office_open(&o, n_workers);
        for (size_t round = 0; round < 20; round++)
            for (size_t n = 1; n < QUEUE_MAX; n += 1 + n / 4)
                run(&o, n);
        assert_int_equal(pool_n_queued(o.pool), 0);
        office_close(&o);
    }
}

static void test_pool_loop_nap__only_where_there_is_plenty(void **state)
{
    (void)state;
    struct office o;
    office_open(&o, 4);
    assert_false(pool_loop_nap(o.pool));
    for (size_t round = 0; round < 20; round++)
        assert_int_equal(run(&o, 3), 0); /* never as many as there are workers */
    office_close(&o);
}

/* What the pool still has when it ends is freed by it. */
static void test_pool_stop__with_work_to_do(void **state)
{
    (void)state;
    struct office o;
    uint64_t retry_ms;
    office_open(&o, 2);
    for (size_t i = 0; i < QUEUE_MAX / 2; i++)
        assert_int_equal(pool_submit(o.pool, new_task(i), &retry_ms), OK);
    office_close(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pool__all_come_back),
        cmocka_unit_test(test_pool_loop_nap__only_where_there_is_plenty),
        cmocka_unit_test(test_pool_stop__with_work_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
