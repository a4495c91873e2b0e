/* The parts of the daemon that need no loop: the ring of requests in flight, the counters, the command line. */
#include "daemon_options.h"
#include "outbox.h"
#include "ring.h"
#include "stats.h"

#include <getopt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static struct task *new_task(const char *reply)
{
    struct task *t = task_new(NULL, SLICE("PING"));
    assert_non_null(t);
    buf_put_cstr(&t->reply, reply);
    return t;
}

/* Pop all that is ready; their replies one after another. */
static void assert_popped(struct ring *r, const char *want)
{
    char got[64] = "";
    bool closes;
    for (struct task *t; (t = ring_pop(r, &closes)) != NULL; task_free(t))
        strncat(got, t->reply.data, t->reply.len);
    assert_string_equal(got, want);
}

static void test_ring__replies_leave_in_order(void **state)
{
    (void)state;
    struct ring r;
    struct task *running[3];
    assert_int_equal(ring_init(&r, 4, NULL), OK);
    for (int round = 0; round < 3; round++) { /* past the end of the array, too */
        assert_true(ring_is_empty(&r));
        for (int i = 0; i < 3; i++)
            ring_push(&r, running[i] = new_task(""), false, false);
        struct task *done = new_task("d");
        ring_push(&r, done, true, false);
        assert_true(ring_is_full(&r));
        assert_int_equal(r.held_bytes, task_memory(done));
        for (int i = 0; i < 3; i++) {
            struct slot *s = ring_next_waiting(&r);
            assert_ptr_equal(s->task, running[i]);
            ring_mark_running(&r, s);
        }
        assert_null(ring_next_waiting(&r));
        assert_int_equal(r.n_running, 3);
        assert_popped(&r, "");
        buf_put_cstr(&running[2]->reply, "c");
        assert_true(ring_take_back(&r, running[2]));
        assert_popped(&r, "");
        buf_put_cstr(&running[0]->reply, "a");
        assert_true(ring_take_back(&r, running[0]));
        assert_popped(&r, "a");
        buf_put_cstr(&running[1]->reply, "b");
        assert_true(ring_take_back(&r, running[1]));
        assert_popped(&r, "bcd");
        assert_int_equal(r.held_bytes, 0);
        assert_int_equal(r.n_running, 0);
    }
    ring_clear(&r);
}

static void test_ring__what_it_does_not_know_stays_outside(void **state)
{
    (void)state;
    struct ring r;
    assert_int_equal(ring_init(&r, 2, NULL), OK);
    struct task *stray = new_task("x");
    assert_false(ring_take_back(&r, stray)); /* empty */
    ring_push(&r, new_task(""), false, false);
    assert_false(ring_take_back(&r, stray)); /* that place still waits */
    stray->sequence = 1;
    assert_false(ring_take_back(&r, stray)); /* not given out yet */
    task_free(stray);
    ring_clear(&r); /* frees the one that waits */
}

static void test_ring__the_last_word_finds_a_place(void **state)
{
    (void)state;
    struct ring r;
    assert_int_equal(ring_init(&r, 1, NULL), OK);
    ring_push(&r, new_task("a"), true, false);
    assert_true(ring_is_full(&r));
    ring_push(&r, new_task("b"), true, true);
    assert_true(ring_is_full(&r));
    assert_popped(&r, "ab");
    ring_clear(&r);
}

static void test_ring__refused_at_the_head(void **state)
{
    (void)state;
    struct ring r;
    bool closes = false;
    assert_int_equal(ring_init(&r, 1, NULL), OK);
    ring_push(&r, new_task("busy"), false, true);
    ring_mark_done(&r, ring_next_waiting(&r));
    struct task *t = ring_pop(&r, &closes);
    assert_non_null(t);
    assert_true(closes);
    assert_null(ring_next_waiting(&r));
    task_free(t);
    ring_clear(&r);
}

/* A short reply in memory that once held a long one counts as that. */
static void test_outbox__counts_memory_that_is_used_again(void **state)
{
    (void)state;
    struct task_store store = {0};
    struct outbox o = {0};
    int ends[2];
    size_t n_sent;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    for (int round = 0; round < 2; round++) {
        struct task *t = task_new(&store, SLICE("PING"));
        assert_non_null(t);
        if (round == 0)
            assert_true(buf_reserve(&t->reply, TASK_REPLY_KEPT_BYTES));
        buf_put_cstr(&t->reply, "OK 0\n");
        outbox_put(&o, t);
        assert_int_equal(o.held_bytes, task_memory(t));
        assert_true(o.held_bytes >= TASK_REPLY_KEPT_BYTES);
        assert_true(outbox_send(&o, ends[0], &n_sent));
        assert_int_equal(n_sent, 5);
        assert_true(outbox_is_empty(&o));
        assert_int_equal(o.held_bytes, 0);
        assert_int_equal(store.n_kept, 1);
    }
    close(ends[0]);
    close(ends[1]);
    task_store_clear(&store);
}

static void test_stats_percentile(void **state)
{
    (void)state;
    struct stats s;
    stats_init(&s, 0);
    assert_int_equal(stats_percentile(&s, 50), 0);
    for (uint64_t us = 1; us <= 1000; us++)
        stats_latency(&s, us);
    static const struct {
        unsigned percent;
        uint64_t exact;
    } cases[] = {{1, 10}, {50, 500}, {95, 950}, {99, 990}, {100, 1000}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t got = stats_percentile(&s, cases[i].percent);
        if (got < cases[i].exact || got > cases[i].exact + cases[i].exact / 8)
            fail_msg("p%u is %llu", cases[i].percent, (unsigned long long)got);
    }
}

static void test_stats_latency__every_time_has_its_bucket(void **state)
{
    (void)state;
    static const uint64_t times[] = {0, 1, 7, 8, 9, 15, 16, 17, 255, 256, 1000000, (UINT64_C(1) << 34) - 1};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        struct stats s;
        stats_init(&s, 0);
        stats_latency(&s, times[i]);
        uint64_t got = stats_percentile(&s, 100);
        assert_true(got >= times[i] && got <= times[i] + times[i] / 8);
    }
    struct stats s;
    stats_init(&s, 0);
    stats_latency(&s, UINT64_MAX); /* the last bucket takes all the rest */
    assert_int_equal(s.latency[LATENCY_BUCKETS - 1], 1);
}

static void test_stats_lines__three_forms(void **state)
{
    (void)state;
    static const struct {
        enum out_format format;
        const char *part;
    } cases[] = {{OUT_TSV, "\nerrors_busy\t1\n"},
                 {OUT_JSON, "\n{\"name\":\"errors_busy\",\"value\":1}\n"},
                 {OUT_PROMETHEUS, "\nquoth_errors{code=\"busy\"} 1\n"}};
    struct stats s;
    const struct stats_now now = {.now_us = 5000000, .generation = 57};
    stats_init(&s, 0);
    stats_error(&s, "busy");
    stats_error(&s, "no such code");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf out;
        buf_init(&out, 65536);
        size_t n = stats_lines(&out, &s, &now, cases[i].format), found = 0;
        for (size_t at = 0; at < out.len; at++)
            found += out.data[at] == '\n';
        assert_int_equal(n, found);
        buf_put_byte(&out, '\0');
        assert_non_null(strstr(out.data, cases[i].part));
        buf_clear(&out);
    }
}

static void test_daemon_options_parse__values(void **state)
{
    (void)state;
    struct daemon_options o;
    char *argv[] = {"quothd", "--port", "0", "INDEX", "--queue=65536", "--log-level", "debug", NULL};
    assert_int_equal(daemon_options_parse(&o, 7, argv), -1);
    assert_string_equal(o.index, "INDEX");
    assert_int_equal(o.port, 0);
    assert_int_equal(o.queue, 65536);
    assert_int_equal(o.log_level, LOG_DEBUG);
    assert_int_equal(o.idle_s, 300);
    assert_int_equal(o.deadline_ms, 2000);
    assert_int_equal(o.pipeline, 64);
    assert_int_equal(o.reply_queue, 1 << 20);
    assert_int_equal(o.keep_generations, 2);
    assert_int_equal(o.results, 0);
    assert_int_equal(o.cache, 512 << 20);
    assert_true(o.n_workers >= 1 && o.n_workers <= WORKERS_MAX);
    assert_null(o.socket);
}

static void test_daemon_options_parse__sizes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t want;
    } cases[] = {
        {"0", 0}, {"1", 1}, {"65536", 65536}, {"3k", 3 << 10}, {"512M", 512 << 20}, {"1024G", UINT64_C(1) << 40}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct daemon_options o;
        char *argv[] = {"quothd", "--results", (char *)cases[i].text, "INDEX", NULL};
        optind = 0;
        assert_int_equal(daemon_options_parse(&o, 4, argv), -1);
        assert_int_equal(o.results, cases[i].want);
    }
    uint64_t value;
    static const char *const bad[] = {"", "M", "-1", "1T", "1025G", "1 M", "1MM", "99999999999999999999G"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(slice_to_size(slice_cstr(bad[i]), UINT64_C(1) << 40, &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ring__replies_leave_in_order),
        cmocka_unit_test(test_ring__what_it_does_not_know_stays_outside),
        cmocka_unit_test(test_ring__the_last_word_finds_a_place),
        cmocka_unit_test(test_ring__refused_at_the_head),
        cmocka_unit_test(test_outbox__counts_memory_that_is_used_again),
        cmocka_unit_test(test_stats_percentile),
        cmocka_unit_test(test_stats_latency__every_time_has_its_bucket),
        cmocka_unit_test(test_stats_lines__three_forms),
        cmocka_unit_test(test_daemon_options_parse__values),
        cmocka_unit_test(test_daemon_options_parse__sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
