/*
 * Parts of quoth-index that its runs alone do not corner: the set of hashes, strings in JSON, the order that the crew
 * keeps.
 */
#include "crew.h"
#include "hash_set.h"
#include "json_text.h"
#include "report.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_hash_set__holds_what_was_added(void **state)
{
    (void)state;
    enum { N = 5000 };
    struct hash_set set;
    hash_set_init(&set);
    assert_false(hash_set_has(&set, hash_bytes(SLICE("x"), 0)));
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < N; i++) {
            bool is_new;
            struct hash128 h = hash_bytes(slice_of((const char *)&i, sizeof i), 0);
            assert_int_equal(hash_set_has(&set, h), round == 1);
            assert_int_equal(hash_set_add(&set, h, &is_new, NULL), OK);
            assert_int_equal(is_new, round == 0);
        }
        assert_int_equal(set.n, N);
    }
    assert_false(hash_set_has(&set, hash_bytes(SLICE("x"), 0)));
    hash_set_clear(&set);
    assert_int_equal(set.n, 0);
}

static void test_hash_bytes__depends_on_the_seed(void **state)
{
    (void)state;
    struct hash128 a = hash_bytes(SLICE("a"), 0), b = hash_bytes(SLICE("a"), 1), c = hash_bytes(SLICE("b"), 0);
    assert_true(a.low != b.low);
    assert_true(a.low != c.low);
    assert_true(hash_bytes(SLICE(""), 0).low != 0);
}

static void test_json_put_string(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct slice in;
        const char *want;
    } cases[] = {
        {"empty", {"", 0}, "\"\""},
        {"plain", {"a b", 3}, "\"a b\""},
        {"quotes", {"\"\\", 2}, "\"\\\"\\\\\""},
        {"control", {"\n\0\x7f", 3}, "\"\\u000a\\u0000\\u007f\""},
        {"letters", {"\xC3\xA4\xE4\xB8\xAD", 5}, "\"\xC3\xA4\xE4\xB8\xAD\""},
        {"damage", {"a\xFFz", 3}, "\"a\xEF\xBF\xBDz\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf b;
        buf_init(&b, 256);
        json_put_string(&b, cases[i].in);
        buf_put_byte(&b, '\0');
        if (strcmp(b.data, cases[i].want) != 0)
            fail_msg("%s: %s", cases[i].name, b.data);
        buf_clear(&b);
    }
}

enum { MANY_JOBS = 300, THREADS = 5 };

/* What the threads of a crew share. */
struct trial {
    struct crew *crew;
    uint64_t turns[MANY_JOBS]; /* in the order of the turns: only whose turn it is writes */
    size_t n_turns;
    uint64_t fails_at;
    atomic_size_t n_done;
    atomic_bool cancel;
};

struct worker {
    struct trial *trial;
    size_t number;
    pthread_t thread;
};

static void *work(void *ctx)
{
    struct worker *w = ctx;
    struct trial *t = w->trial;
    for (struct job *job; (job = crew_take(t->crew, w->number)) != NULL;) {
        struct error e;
        bool is_right = job->number % THREADS == w->number;
        if (crew_wait_turn(t->crew, job)) {
            t->turns[t->n_turns++] = job->number;
            if (job->number == t->fails_at || !is_right)
                crew_fail(t->crew, error_set(&e, ERR_IO, "job %d", (int)job->number), &e);
            else
                crew_pass_turn(t->crew, job);
        }
        atomic_fetch_add(&t->n_done, 1);
        crew_done(t->crew, job);
    }
    return NULL;
}

/** Hand out MANY_JOBS jobs of `cost` bytes each to THREADS threads; the crew's outcome. */
static enum status run_trial(struct trial *t, size_t cost, size_t in_flight_max, struct error *e)
{
    struct worker workers[THREADS];
    assert_int_equal(crew_new(&t->crew, THREADS, in_flight_max, &t->cancel, NULL), OK);
    for (size_t i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.trial = t, .number = i};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    enum status st = OK;
    for (size_t i = 0; i < MANY_JOBS && st == OK; i++) {
        struct job *job;
        assert_int_equal(job_new(&job, NULL), OK);
        job->cost = cost;
        st = crew_push(t->crew, job, NULL, NULL, e);
    }
    if (st == OK)
        st = crew_close(t->crew, NULL, NULL, e);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(workers[i].thread, NULL);
    crew_free(t->crew);
    return st;
}

static void test_crew__turns_come_in_order(void **state)
{
    (void)state;
    /* The last: each job is larger than all that may be in flight, so that they go one by one. */
    static const size_t costs[] = {0, 10, 1000};
    for (size_t c = 0; c < sizeof costs / sizeof *costs; c++) {
        struct trial t = {.fails_at = UINT64_MAX};
        assert_int_equal(run_trial(&t, costs[c], 100, NULL), OK);
        assert_int_equal(t.n_turns, MANY_JOBS);
        for (size_t i = 0; i < MANY_JOBS; i++)
            assert_int_equal(t.turns[i], i);
    }
}

static void test_crew__who_runs_alone(void **state)
{
    (void)state;
    struct crew *c;
    assert_int_equal(crew_new(&c, THREADS, 100, NULL, NULL), OK);
    assert_int_equal(crew_n_threads(c), THREADS);
    assert_false(crew_runs_alone(c, 100));
    assert_true(crew_runs_alone(c, 101));
    crew_free(c);
}

static void test_crew__a_failure_ends_all(void **state)
{
    (void)state;
    struct trial t = {.fails_at = 17};
    struct error e;
    assert_int_equal(run_trial(&t, 10, 1000, &e), ERR_IO);
    assert_string_equal(e.text, "job 17");
    assert_int_equal(t.n_turns, 18);
}

static void test_crew__can_be_cancelled(void **state)
{
    (void)state;
    struct error e;
    struct trial t = {.fails_at = UINT64_MAX};
    struct job *job;
    atomic_store(&t.cancel, true);
    assert_int_equal(crew_new(&t.crew, 1, 100, &t.cancel, NULL), OK);
    assert_int_equal(job_new(&job, NULL), OK);
    assert_int_equal(crew_push(t.crew, job, NULL, NULL, NULL), OK);
    /* Nobody takes the job: waiting for it ends only because of the cancelling. */
    assert_int_equal(crew_close(t.crew, NULL, NULL, &e), ERR_CANCELLED);
    assert_null(crew_take(t.crew, 0));
    crew_free(t.crew);
}

static const struct {
    const char *name;
    uint64_t n_files, n_bytes, n_passages, n_each;
    struct publish_result result;
    double seconds;
    const char *want;
} report_cases[] = {
    {"nothing",
     0,
     0,
     0,
     0,
     {.generation = 3},
     0.5,
     "nothing had changed, generation 3 stays: 0 added, 0 replaced, 0 removed, 0 unchanged\n"
     "the index: 0 articles, 0 passages, 0 segments\n"},
    {"one",
     1,
     900,
     1,
     1,
     {.is_new = true, .generation = 1, .n_articles = 1, .n_passages = 1, .n_segments = 1},
     2,
     "generation 1: 0 added, 0 replaced, 0 removed, 0 unchanged\n"
     "the index: 1 article, 1 passage, 1 segment\n"
     "passed over: 1 hidden, 1 binary, 1 broken or looping link, 1 special file\n"
     "trouble: 1 failure, 1 bad line, 1 damaged character, 1 article without text\n"
     "read 1 file, 0.0 MB, 1 passage in 2.0 s\n"},
    {"two",
     2,
     4000000,
     2,
     2,
     {.is_new = true, .generation = 2, .n_articles = 2, .n_passages = 2, .n_segments = 2},
     2,
     "generation 2: 0 added, 0 replaced, 0 removed, 0 unchanged\n"
     "the index: 2 articles, 2 passages, 2 segments\n"
     "passed over: 2 hidden, 2 binary, 2 broken or looping links, 2 special files\n"
     "trouble: 2 failures, 2 bad lines, 2 damaged characters, 2 articles without text\n"
     "read 2 files, 4.0 MB, 2 passages in 2.0 s (2.0 MB/s)\n"},
    {"rebuild",
     0,
     4000000,
     2,
     0,
     {.is_new = true, .generation = 2},
     2,
     "generation 2: 0 added, 0 replaced, 0 removed, 0 unchanged\n"
     "the index: 0 articles, 0 passages, 0 segments\n"
     "analysed 4.0 MB, 2 passages in 2.0 s (2.0 MB/s)\n"},
};

/* Numbers agree with their nouns, and a run that read nothing says nothing of its speed. */
static void test_report_text__numbers_and_nouns(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof report_cases / sizeof *report_cases; i++) {
        struct indexer_options options = {0};
        struct report r;
        struct buf out;
        report_init(&r, &options);
        buf_init(&out, 4096);
        r.n_files_read = report_cases[i].n_files;
        r.n_hidden = r.n_binary = r.n_links = r.n_special = report_cases[i].n_each;
        r.n_failed = r.n_bad_lines = r.n_damaged = r.n_empty = report_cases[i].n_each;
        atomic_store(&r.n_bytes, report_cases[i].n_bytes);
        atomic_store(&r.n_passages, report_cases[i].n_passages);
        report_text(&out, &r, &report_cases[i].result, report_cases[i].seconds);
        if (!slice_equal(buf_slice(&out), slice_cstr(report_cases[i].want)))
            fail_msg("%s: %.*s", report_cases[i].name, SLICE_ARG(buf_slice(&out)));
        buf_clear(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hash_set__holds_what_was_added),
        cmocka_unit_test(test_hash_bytes__depends_on_the_seed),
        cmocka_unit_test(test_json_put_string),
        cmocka_unit_test(test_crew__turns_come_in_order),
        cmocka_unit_test(test_crew__who_runs_alone),
        cmocka_unit_test(test_crew__a_failure_ends_all),
        cmocka_unit_test(test_crew__can_be_cancelled),
        cmocka_unit_test(test_report_text__numbers_and_nouns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
