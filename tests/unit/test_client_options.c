#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "client_options.h"
#include "bounds.h"
#include "request_line.h"

#define ARGS_MAX 12

/* Command lines -> the request that is sent, or the words of the error. */
static const struct {
    const char *args[ARGS_MAX];
    const char *want, *error;
} line_cases[] = {
    {{"storm", "surge"}, "SEARCH -- storm surge\n", NULL},
    {{"storm", "-surge"}, "SEARCH -- storm -surge\n", NULL},
    {{"a=b"}, "SEARCH -- a=b\n", NULL},
    {{"--", "--json"}, "SEARCH -- --json\n", NULL},
    {{"--", "-n", "--from"}, "SEARCH -- -n --from\n", NULL},
    {{"two\nlines\tand\x7f"
      "del"},
     "SEARCH -- two lines and del\n",
     NULL},
    {{"-n", "3", "--from", "20", "--per-article", "1", "--width", "99", "--show", "passage", "x"},
     "SEARCH n=3 from=20 per=1 width=99 show=passage -- x\n",
     NULL},
    {{"--json", "--plain", "x"}, "SEARCH mode=plain out=json -- x\n", NULL},
    {{"--tsv", "--timeout", "3", "x"}, "SEARCH deadline=3000 -- x\n", NULL},
    {{"--count", "--json", "x"}, "COUNT -- x\n", NULL},
    {{"--count", "--timeout", "3", "x"}, "COUNT deadline=3000 -- x\n", NULL},
    {{"--explain", "a#4", "--timeout", "3", "x"}, "EXPLAIN passage=a#4 deadline=3000 -- x\n", NULL},
    {{"--get", "a", "--timeout", "3"}, "GET -- a\n", NULL},
    {{"--explain", "sea/a b.md#4", "x"}, "EXPLAIN passage=sea/a%20b.md#4 -- x\n", NULL},
    {{"--whynot", "a b#4", "-n", "3", "--plain", "x"}, "WHYNOT n=3 passage=a%20b#4 mode=plain -- x\n", NULL},
    {{"--similar", "a b#4", "-n", "3", "--show", "none"}, "SIMILAR n=3 show=none -- a%20b#4\n", NULL},
    {{"--suggest", "-n", "3", "--plain", "storm su"}, "SUGGEST n=3 -- storm su\n", NULL},
    {{"--spell", "--json", "-n", "3", "strom"}, "SPELL out=json -- strom\n", NULL},
    {{"--similar", "a", "x"}, NULL, "take no query"},
    {{"--spell"}, NULL, "no query"},
    {{"--spell", "--suggest", "x"}, NULL, "exclude each other"},
    {{"--get", "sea/a%20b.md#4"}, "GET -- sea/a%20b.md#4\n", NULL},
    {{"--get", "c#2.txt"}, "GET -- c%232.txt\n", NULL},
    {{"--get", "c#2.txt#1"}, "GET -- c%232.txt#1\n", NULL},
    {{"--get", "c%232.txt#1"}, "GET -- c%232.txt#1\n", NULL},
    {{"--get", "c#"}, "GET -- c%23\n", NULL},
    {{"--explain", "a#b#3", "x"}, "EXPLAIN passage=a%23b#3 -- x\n", NULL},
    {{"--get", "100%.md"}, "GET -- 100%25.md\n", NULL},
    {{"--get", "a%2"}, "GET -- a%252\n", NULL},
    {{"--stats", "--json"}, "STATS out=json\n", NULL},
    {{NULL}, NULL, "no query given"},
    {{"  "}, NULL, "no query given"},
    {{"--get", "a", "x"}, NULL, "take no query"},
    {{"--stats", "x"}, NULL, "take no query"},
    {{"--count", "--stats", "x"}, NULL, "exclude each other"},
    {{"x", "--json"}, NULL, "--json stands behind the query"},
    {{"x", "--from=3"}, NULL, "--from=3 stands behind the query"},
    {{"x", "-n", "3"}, NULL, "-n stands behind the query"},
    {{"-n"}, NULL, "-n needs a value"},
    {{"-n", "0", "x"}, NULL, "from 1 to 1000"},
    {{"-n", "1001", "x"}, NULL, "from 1 to 1000"},
    {{"-n", "3x", "x"}, NULL, "from 1 to 1000"},
    {{"--timeout", "601", "x"}, NULL, "from 1 to 600"},
    {{"--show", "all", "x"}, NULL, "snippet, passage or none"},
    {{"--color", "no", "x"}, NULL, "auto, always or never"},
    {{"--port", "65536", "x"}, NULL, "from 1 to 65535"},
    {{"--host", "", "x"}, NULL, "the host is empty"},
    {{"--index", "", "x"}, NULL, "takes a folder"},
    {{"--index", "d", "--port", "1", "x"}, NULL, "without a daemon"},
    {{"--index", "d", "--stats"}, NULL, "quoth-index --info"},
    {{"--wrong", "x"}, NULL, "unknown option --wrong"},
    {{"-xy", "x"}, NULL, "unknown option -x; a query that begins with - goes after --"},
    {{"-storm", "surge"}, NULL, "unknown option -s; a query"},
    {{"-n", "2", "-surge"}, NULL, "unknown option -s; a query"},
    {{"-\xc3\xa9"}, NULL, "unknown option; a query"},
    {{"--json", "--tsv", "x"}, NULL, "--json and --tsv exclude each other"},
    {{"--json", "--json", "x"}, "SEARCH out=json -- x\n", NULL},
    {{"--json=3", "x"}, NULL, "--json=3: this option takes no value"},
};

static void test_request_line__command_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof line_cases / sizeof line_cases[0]; i++) {
        char *argv[ARGS_MAX + 2] = {"quoth"};
        int argc = 1;
        for (; argc <= ARGS_MAX && line_cases[i].args[argc - 1] != NULL; argc++)
            argv[argc] = (char *)(uintptr_t)line_cases[i].args[argc - 1];
        struct client_options o;
        struct error e = {.text = ""};
        struct buf line;
        buf_init(&line, 10000);
        enum status st = client_options_parse(&o, argc, argv, NULL, &e);
        if (st == OK)
            st = request_line(&line, &o, &e);
        if (line_cases[i].want != NULL) {
            assert_string_equal(e.text, "");
            assert_int_equal(st, OK);
            buf_put_byte(&line, '\0');
            assert_string_equal(line.data, line_cases[i].want);
        } else {
            assert_int_not_equal(st, OK);
            if (strstr(e.text, line_cases[i].error) == NULL)
                fail_msg("'%s' does not say '%s'", e.text, line_cases[i].error);
        }
        buf_clear(&line);
        client_options_clear(&o);
    }
}

static void test_request_line__bound(void **state)
{
    (void)state;
    const size_t room = LINE_MAX_BYTES - strlen("SEARCH -- ");
    static const struct {
        int over;
        enum status want;
    } cases[] = {{-1, OK}, {0, OK}, {1, ERR_LIMIT}, {CLIENT_QUERY_MAX_BYTES, ERR_LIMIT}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t len = room + (size_t)cases[i].over;
        char *query = malloc(len + 1);
        assert_non_null(query);
        memset(query, 'q', len);
        query[len] = '\0';
        char *argv[] = {"quoth", query, NULL};
        struct client_options o;
        struct error e;
        struct buf line;
        buf_init(&line, LINE_MAX_BYTES + 1);
        enum status st = client_options_parse(&o, 2, argv, NULL, &e);
        if (st == OK)
            st = request_line(&line, &o, &e);
        assert_int_equal(st, cases[i].want);
        if (st == OK)
            assert_int_equal(line.len, len + strlen("SEARCH -- \n"));
        else
            assert_non_null(strstr(e.text, "too long"));
        buf_clear(&line);
        client_options_clear(&o);
        free(query);
    }
}

static void test_endpoint_parse__forms(void **state)
{
    (void)state;
    char long_path[ENDPOINT_PATH_MAX + 3];
    memset(long_path, '/', sizeof long_path);
    long_path[ENDPOINT_PATH_MAX + 1] = '\0';
    const struct {
        const char *input, *want; /* NULL: refused */
    } cases[] = {
        {"localhost", "localhost:7788"},
        {"localhost:1", "localhost:1"},
        {"10.0.0.1:65535", "10.0.0.1:65535"},
        {"[::1]:80", "[::1]:80"},
        {"[::1]", "[::1]:7788"},
        {"::1", "[::1]:7788"},
        {"/run/quothd", "/run/quothd"},
        {"./quothd.sock", "./quothd.sock"},
        {"unix:quothd.sock", "quothd.sock"},
        {long_path + 1, long_path + 1},
        {"", NULL},
        {":80", NULL},
        {"host:", NULL},
        {"host:0", NULL},
        {"host:65536", NULL},
        {"host:port", NULL},
        {"[::1]80", NULL},
        {"unix:", NULL},
        {long_path, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct endpoint server;
        struct buf name;
        buf_init(&name, 1000);
        endpoint_default(&server);
        enum status st = endpoint_parse(&server, slice_cstr(cases[i].input), NULL);
        assert_int_equal(st, cases[i].want != NULL ? OK : ERR_OPTION);
        if (st == OK) {
            endpoint_name(&name, &server);
            buf_put_byte(&name, '\0');
            assert_string_equal(name.data, cases[i].want);
        }
        buf_clear(&name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request_line__command_lines),
        cmocka_unit_test(test_request_line__bound),
        cmocka_unit_test(test_endpoint_parse__forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
