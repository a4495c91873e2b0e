/* The bytes of replies over a small index of known articles. */
#include "index_fixture.h"

#include "answer.h"
#include "clock.h"

#include <math.h>

static const struct fixture_article floods = {
    .id = "floods.md",
    .title = "Delta works",
    .author = "Ann Lee",
    .tags = "sea\nweather",
    .url = "http://example.org/floods",
    .path = "floods.md",
    .date = 19530201,
    .passages = {"The storm surge broke the dikes.\nA barrier was built.", "Nothing\tof note."},
};
static const struct fixture_article tides = {
    .id = "coast/tides 1#2.txt",
    .title = "Storm tides",
    .path = "coast/tides 1#2.txt",
    .date = 19530200,
    .passages = {"Tides of 1953; the sea came in."},
};
static const struct fixture_article calm = {
    .id = "calm.txt",
    .path = "calm.txt",
    .passages = {"Calm sea."},
};

struct service {
    struct fixture fixture;
    struct snapshot *snapshot;
    struct searcher *searcher;
};

static int setup(void **state)
{
    struct error e = {0};
    static const struct fixture_article *const first[] = {&floods}, *const second[] = {&tides, &calm};
    struct service *s = calloc(1, sizeof *s);
    assert_non_null(s);
    fixture_init(&s->fixture);
    fixture_update(&s->fixture, NULL, 0, first, 1);
    fixture_update(&s->fixture, NULL, 0, second, 2);
    s->snapshot = fixture_open(&s->fixture);
    fixture_ok(searcher_new(&s->searcher, s->snapshot, NULL, &e), &e);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct service *s = *state;
    searcher_free(s->searcher);
    snapshot_unref(s->snapshot);
    fixture_clear(&s->fixture);
    free(s);
    return 0;
}

/* The reply to a line, the value of us= put as N. The caller clears it. */
static enum status ask_at(struct service *s, struct buf *out, const char *line, uint64_t started_us,
                          const atomic_bool *cancel)
{
    struct error e = {0};
    struct request request;
    struct request_error wire;
    struct buf reply;
    buf_init(&reply, REPLY_MAX_BYTES);
    buf_init(out, REPLY_MAX_BYTES);
    fixture_ok(request_parse(&request, slice_cstr(line), &wire, &e), &e);
    enum status st = answer(&reply, s->searcher, &request, started_us, cancel);
    buf_put_byte(&reply, '\0');
    const char *us = strstr(reply.data, " us=");
    if (us == NULL) {
        buf_put_cstr(out, reply.data);
    } else {
        buf_put(out, slice_of(reply.data, (size_t)(us + 4 - reply.data)));
        buf_put_byte(out, 'N');
        buf_put_cstr(out, us + 4 + strspn(us + 4, "0123456789"));
    }
    buf_put_byte(out, '\0');
    buf_clear(&reply);
    return st;
}

static void check(struct service *s, const char *line, const char *want)
{
    struct buf got;
    (void)ask_at(s, &got, line, clock_us(), NULL);
    if (strcmp(got.data, want) != 0)
        fail_msg("%s\ngot:\n%swant:\n%s", line, got.data, want);
    buf_clear(&got);
}

static void check_begins(struct service *s, const char *line, const char *want)
{
    struct buf got;
    (void)ask_at(s, &got, line, clock_us(), NULL);
    if (strncmp(got.data, want, strlen(want)) != 0 || strchr(got.data, '\n') != got.data + strlen(got.data) - 1)
        fail_msg("%s\ngot:\n%swant one line that begins:\n%s", line, got.data, want);
    buf_clear(&got);
}

#define FLOODS_HIT                                                                                                     \
    "floods.md#1\t0+53\t4+5\t1953-02-01\tDelta works\tThe storm surge broke the dikes.\\nA barrier was built."         \
    "\tAnn Lee\thttp://example.org/floods\ten\t\t0\ttext\tfloods.md\n"
#define TIDES_HIT                                                                                                      \
    "coast/tides%201%232.txt#1\t0+31\t\t1953-02\tStorm tides\tTides of 1953; the sea came in."                         \
    "\t\t\ten\t0+5\t0\ttext\tcoast/tides 1#2.txt\n"

static void test_answer__search(void **state)
{
    static const struct {
        const char *line, *want;
    } rows[] = {
        {"SEARCH rank=first storm", "OK 2 hits=2 found=2 bound=exact gen=2 us=N\n"
                                    "1\t0.325649\t" TIDES_HIT "2\t0.268182\t" FLOODS_HIT},
        {"@k7 SEARCH rank=first n=1 the storm", "@k7 OK 1 hits=1 found=2 bound=exact gen=2 us=N next=1 ignored=the\n"
                                                "1\t0.325649\t" TIDES_HIT},
        {"SEARCH rank=first n=1 from=1 storm", "OK 1 hits=1 found=2 bound=exact gen=2 us=N\n2\t0.268182\t" FLOODS_HIT},
        {"SEARCH from=2 storm", "OK 0 hits=0 found=2 bound=exact gen=2 us=N\n"},
        {"SEARCH rank=first total=none show=none -- calm",
         "OK 1 hits=1 gen=2 us=N\n1\t0.580432\tcalm.txt#1\t0+9\t\t\t\t\t\t\ten\t\t\ttext\tcalm.txt\n"},
        {"SEARCH rank=first out=json calm",
         "OK 1 hits=1 found=1 bound=exact gen=2 us=N\n"
         "{\"rank\":1,\"score\":0.580432,\"passage\":\"calm.txt#1\",\"at\":[0,9],\"spans\":[[0,4]],\"date\":null,"
         "\"title\":null,\"text\":\"Calm sea.\",\"author\":null,\"url\":null,\"lang\":\"en\",\"tspans\":[],"
         "\"textat\":0,\"format\":\"text\",\"path\":\"calm.txt\"}\n"},
        {"SEARCH nowhere", "OK 0 hits=0 found=0 bound=exact gen=2 us=N\n"},
        {"SEARCH", "OK 0 hits=0 found=0 bound=exact gen=2 us=N\n"},
        {"SEARCH mode=plain \"open", "OK 0 hits=0 found=0 bound=exact gen=2 us=N\n"},
        {"SEARCH gen=2 from=1 n=1 date:<=1953",
         "OK 1 hits=1 found=3 bound=exact gen=2 us=N next=2\n"
         "2\t0.000000\tfloods.md#2\t55+16\t\t1953-02-01\tDelta works\tNothing\\tof note.\tAnn "
         "Lee\thttp://example.org/floods\ten\t\t0\ttext\tfloods.md\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check(*state, rows[i].line, rows[i].want);
}

static void test_answer__count(void **state)
{
    check(*state, "COUNT sea", "OK 0 passages=2 articles=2\n");
    check(*state, "@a COUNT author:lee", "@a OK 0 passages=2 articles=1\n");
    check(*state, "COUNT", "OK 0 passages=0 articles=0\n");
}

static void test_answer__get(void **state)
{
    check(*state, "GET floods.md",
          "OK 12 fields=10 gen=2\n"
          "id\tfloods.md\ntitle\tDelta works\nauthor\tAnn Lee\ndate\t1953-02-01\ntags\tsea\\nweather\nlang\ten\n"
          "url\thttp://example.org/floods\nformat\ttext\npath\tfloods.md\npassages\t2\n"
          "floods.md#1\t0+53\tThe storm surge broke the dikes.\\nA barrier was built.\n"
          "floods.md#2\t55+16\tNothing\\tof note.\n");
    check(*state, "GET coast/tides%201%232.txt",
          "OK 11 fields=10 gen=2\n"
          "id\tcoast/tides%201%232.txt\ntitle\tStorm tides\nauthor\t\ndate\t1953-02\ntags\t\nlang\ten\nurl\t\n"
          "format\ttext\npath\tcoast/tides 1#2.txt\npassages\t1\n"
          "coast/tides%201%232.txt#1\t0+31\tTides of 1953; the sea came in.\n");
    check(*state, "GET coast/tides%201%232.txt#1",
          "OK 1 gen=2\ncoast/tides%201%232.txt#1\t0+31\tTides of 1953; the sea came in.\n");
    check(*state, "GET out=json calm.txt#1",
          "OK 1 gen=2\n{\"passage\":\"calm.txt#1\",\"at\":[0,9],\"text\":\"Calm sea.\"}\n");
}

/* What a script of ten lines would do with the rows: the parts from their factors, the sum from the parts. */
static void recompute(char *lines, const char *const *names, size_t n, double *sum)
{
    double total = 0;
    char *at = lines;
    for (size_t i = 0; i < n; i++) {
        char name[64];
        double qtf, df, n_passages, idf, impact, weight, value;
        int len = 0;
        assert_int_equal(sscanf(at, "term\t%63s\t%lf\t%lf\t%lf\t%lf\t%lf\t%lf\t%lf\n%n", name, &qtf, &df, &n_passages,
                                &idf, &impact, &weight, &value, &len),
                         8);
        assert_string_equal(name, names[i]);
        double x = (n_passages - df + 0.5) / (df + 0.5);
        assert_true(fabs(idf - log(x < 2 ? 1 + x / 2 : x)) < 1e-12);
        assert_true(weight == qtf * idf);
        assert_true(value == weight * impact / 127);
        total += value;
        at += len;
    }
    assert_int_equal(sscanf(at, "sum\t\t\t\t\t\t\t\t%lf\n", sum), 1);
    assert_true(*sum == total);
    assert_int_equal(strcspn(at, "\n") + 1, strlen(at));
}

static void test_answer__explain(void **state)
{
    static const struct {
        const char *line, *status, *names[3];
        size_t n;
        double sum; /* as the search has it, to six decimals; of no match, what the words would bring */
    } rows[] = {
        {"EXPLAIN rank=first passage=floods.md#1 storm", "OK 2 reranked=no gen=2\n", {"storm"}, 1, 0.268182},
        {"EXPLAIN rank=first passage=floods.md#1 storm sea storm",
         "OK 3 reranked=no gen=2\n",
         {"storm", "sea"},
         2,
         0.536363},
        {"@e EXPLAIN rank=first passage=calm.txt#1 storm", "@e OK 2 reranked=no matches=no gen=2\n", {"storm"}, 1, 0},
        {"EXPLAIN rank=first passage=calm.txt#1 +storm calm",
         "OK 3 reranked=no matches=no gen=2\n",
         {"calm", "storm"},
         2,
         0.580432},
        {"EXPLAIN rank=first passage=coast/tides%201%232.txt#1 \"storm tides\"",
         "OK 3 reranked=no gen=2\n",
         {"storm", "tide"},
         2,
         -1},
        {"EXPLAIN rank=first passage=calm.txt#1 tag:sea", "OK 1 reranked=no matches=no gen=2\n", {NULL}, 0, 0},
        {"EXPLAIN rank=first passage=calm.txt#1", "OK 1 reranked=no matches=no gen=2\n", {NULL}, 0, -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf got;
        double sum;
        assert_int_equal(ask_at(*state, &got, rows[i].line, clock_us(), NULL), OK);
        if (strncmp(got.data, rows[i].status, strlen(rows[i].status)) != 0)
            fail_msg("%s\ngot:\n%s", rows[i].line, got.data);
        recompute(got.data + strlen(rows[i].status), rows[i].names, rows[i].n, &sum);
        if (rows[i].sum >= 0 && fabs(sum - rows[i].sum) > 1e-6)
            fail_msg("%s\nsum %.9f", rows[i].line, sum);
        buf_clear(&got);
    }
}

/* K = 0.45 + 0.0045 (10 words + 2 of the title, twice); "storm" is the second word of the text and spelt as in the
 * query. */
static void test_answer__explain_reranked(void **state)
{
    static const char *const names[] = {"UW", "EXACT", "EARLY", "WIN", "TRI"};
    static const double weights[] = {0.2, 0.2, 0.2, 0.2, 0.1};
    double k = 0.45 + 0.0045 * 14, idf = log(1 + (4 - 2 + 0.5) / (2 + 0.5) / 2);
    const double features[] = {0, idf / (1 + k), idf * exp(-1.0 / 50), idf, 0};
    struct buf got;
    assert_int_equal(ask_at(*state, &got, "EXPLAIN passage=floods.md#1 storm", clock_us(), NULL), OK);
    const char *status = "OK 7 reranked=yes gen=2\n";
    assert_memory_equal(got.data, status, strlen(status));
    const char *at = got.data + strlen(status);
    double total = 0, value = 0, weight;
    assert_int_equal(sscanf(at, "term\tstorm\t%*f\t%*f\t%*f\t%*f\t%*f\t%*f\t%lf", &value), 1);
    total = value;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char name[64];
        at = strchr(at, '\n') + 1;
        assert_int_equal(sscanf(at, "feature\t%63s\t\t\t\t\t\t%lf\t%lf\n", name, &weight, &value), 3);
        assert_string_equal(name, names[i]);
        assert_true(weight == weights[i]);
        if (fabs(value - weight * features[i]) > 1e-9)
            fail_msg("%s: %.9f, not %.9f", name, value, weight * features[i]);
        total += value;
    }
    at = strchr(at, '\n') + 1;
    assert_int_equal(sscanf(at, "sum\t\t\t\t\t\t\t\t%lf\n", &value), 1);
    assert_true(value == total);
    buf_clear(&got);
}

static void test_answer__explain_json(void **state)
{
    check(*state, "EXPLAIN out=json passage=calm.txt#1 tag:sea",
          "OK 1 reranked=no matches=no gen=2\n"
          "{\"part\":\"sum\",\"name\":null,\"qtf\":null,\"df\":null,\"N\":null,\"idf\":null,\"impact\":null,"
          "\"weight\":null,\"value\":0}\n");
}

static void test_answer__errors(void **state)
{
    check_begins(*state, "@x SEARCH \"open", "@x ERR query at=0 ");
    check_begins(*state, "SEARCH -- -storm", "ERR query ");
    check_begins(*state, "SEARCH gen=9 storm", "ERR gen ");
    check_begins(*state, "GET nowhere.txt", "ERR none ");
    check_begins(*state, "GET floods.md#3", "ERR none ");
    check_begins(*state, "GET floods.md#0", "ERR option ");
    check_begins(*state, "EXPLAIN passage=floods.md storm", "ERR option ");
    check_begins(*state, "EXPLAIN passage=nowhere#1 storm", "ERR none ");
    check_begins(*state, "PING", "ERR internal ");
}

static void test_answer__deadline_and_cancel(void **state)
{
    struct buf got;
    atomic_bool cancel = true;
    assert_int_equal(ask_at(*state, &got, "SEARCH storm", clock_us() - 10000000, NULL), ERR_DEADLINE);
    assert_string_equal(got.data, "ERR deadline not done within 2000 ms; allow more with deadline=, or ask for less\n");
    buf_clear(&got);
    assert_int_equal(ask_at(*state, &got, "COUNT storm", clock_us(), &cancel), ERR_CANCELLED);
    buf_clear(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answer__search),
        cmocka_unit_test(test_answer__count),
        cmocka_unit_test(test_answer__get),
        cmocka_unit_test(test_answer__explain),
        cmocka_unit_test(test_answer__explain_reranked),
        cmocka_unit_test(test_answer__explain_json),
        cmocka_unit_test(test_answer__errors),
        cmocka_unit_test(test_answer__deadline_and_cancel),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
