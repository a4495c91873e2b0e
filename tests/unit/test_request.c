#include "request.h"
#include "reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static enum status parse(struct request *r, struct request_error *wire, const char *line)
{
    struct error e;
    return request_parse(r, slice_cstr(line), wire, &e);
}

static void assert_slice(struct slice got, const char *want)
{
    assert_int_equal(got.len, strlen(want));
    if (got.len > 0)
        assert_memory_equal(got.data, want, got.len);
}

static void test_request_parse__good_lines(void **state)
{
    (void)state;
    static const struct {
        const char *name, *line, *tag, *text;
        enum verb verb;
    } cases[] = {
        {"verb alone", "QUIT", "", "", VERB_QUIT},
        {"any case", "sEaRcH storm", "", "storm", VERB_SEARCH},
        {"CR is dropped", "SEARCH storm\r", "", "storm", VERB_SEARCH},
        {"tag", "@k7 SEARCH storm", "k7", "storm", VERB_SEARCH},
        {"tag of 32", "@abcdefghijklmnopqrstuvwxyz_.-AZ9 PING", "abcdefghijklmnopqrstuvwxyz_.-AZ9", "", VERB_PING},
        {"text is verbatim", "PING a  b \"c\\", "", "a  b \"c\\", VERB_PING},
        {"text ends in spaces", "PING a  ", "", "a  ", VERB_PING},
        {"-- and text like an option", "SEARCH -- a=b", "", "a=b", VERB_SEARCH},
        {"-- twice", "SEARCH -- -- a", "", "-- a", VERB_SEARCH},
        {"-- keeps leading spaces", "PING --  a", "", " a", VERB_PING},
        {"-- at the end", "SEARCH n=3 --", "", "", VERB_SEARCH},
        {"option, then text with one", "SEARCH n=3 storm n=4", "", "storm n=4", VERB_SEARCH},
        {"no key: capitals", "SEARCH A=b", "", "A=b", VERB_SEARCH},
        {"no key: a digit", "SEARCH a1=b", "", "a1=b", VERB_SEARCH},
        {"no key: nothing before =", "SEARCH =storm", "", "=storm", VERB_SEARCH},
        {"TAB is a space", "SEARCH\tn=3\tstorm\tsurge", "", "storm\tsurge", VERB_SEARCH},
        {"spaces between", "SEARCH   n=3   storm", "", "storm", VERB_SEARCH},
        {"no HTTP in mid-line", "SEARCH HTTP/1.1 method", "", "HTTP/1.1 method", VERB_SEARCH},
        {"HTTP/2 is a word", "SEARCH what is HTTP/2", "", "what is HTTP/2", VERB_SEARCH},
        {"umlauts", "SEARCH Größe", "", "Größe", VERB_SEARCH},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct request r;
        struct request_error wire;
        if (parse(&r, &wire, cases[i].line) != OK)
            fail_msg("%s: refused as %s", cases[i].name, wire.code);
        assert_int_equal(r.verb, cases[i].verb);
        assert_string_equal(r.tag, cases[i].tag);
        assert_slice(r.text, cases[i].text);
    }
}

static void test_request_parse__defaults(void **state)
{
    (void)state;
    struct request r;
    struct request_error wire;
    assert_int_equal(parse(&r, &wire, "SEARCH storm"), OK);
    assert_int_equal(r.n, 10);
    assert_int_equal(r.from, 0);
    assert_int_equal(r.per, 0);
    assert_int_equal(r.width, 240);
    assert_int_equal(r.deadline_ms, 2000);
    assert_int_equal(r.gen, 0);
    assert_false(r.is_gen_chosen);
    assert_int_equal(r.show, REQUEST_SNIPPET);
    assert_int_equal(r.total, REQUEST_ESTIMATE);
    assert_int_equal(r.out, OUT_TSV);
    assert_false(r.is_plain);
}

static void test_request_parse__all_options(void **state)
{
    (void)state;
    struct request r;
    struct request_error wire;
    assert_int_equal(parse(&r, &wire,
                           "SEARCH n=5 from=20 per=2 show=passage width=100 mode=plain deadline=50 gen=57 total=exact "
                           "out=json storm"),
                     OK);
    assert_int_equal(r.n, 5);
    assert_int_equal(r.from, 20);
    assert_int_equal(r.per, 2);
    assert_int_equal(r.width, 100);
    assert_int_equal(r.deadline_ms, 50);
    assert_int_equal(r.gen, 57);
    assert_true(r.is_gen_chosen);
    assert_int_equal(r.show, REQUEST_PASSAGE);
    assert_int_equal(r.total, REQUEST_EXACT);
    assert_int_equal(r.out, OUT_JSON);
    assert_true(r.is_plain);
    assert_int_equal(parse(&r, &wire, "SEARCH spell=off strom"), OK);
    assert_true(r.is_spell_off);
    assert_int_equal(parse(&r, &wire, "SEARCH spell=on strom"), OK);
    assert_false(r.is_spell_off);
    assert_int_equal(parse(&r, &wire, "SIMILAR n=3 from=1 per=1 show=none width=9 gen=1 out=json a%20b#3"), OK);
    assert_int_equal(r.verb, VERB_SIMILAR);
    assert_int_equal(parse(&r, &wire, "SUGGEST n=100 storm su"), OK);
    assert_int_equal(r.verb, VERB_SUGGEST);
    assert_int_equal(r.n, 100);
    assert_int_equal(parse(&r, &wire, "SPELL deadline=5 lang=en strom"), OK);
    assert_int_equal(r.verb, VERB_SPELL);
    assert_int_equal(parse(&r, &wire, "WHYNOT passage=a#3 n=3 from=1 per=1 sort=date rank=first expand=on storm"), OK);
    assert_int_equal(r.verb, VERB_WHYNOT);
    assert_int_equal(parse(&r, &wire, "EXPLAIN passage=a%20b#3 gen=0 storm"), OK);
    assert_slice(r.passage, "a%20b#3");
    assert_true(r.is_gen_chosen);
    assert_int_equal(parse(&r, &wire, "STATS out=prometheus"), OK);
    assert_int_equal(r.out, OUT_PROMETHEUS);
    assert_int_equal(parse(&r, &wire, "HELLO proto=1"), OK);
}

static void test_request_parse__sort_lang_facets(void **state)
{
    (void)state;
    struct request r;
    struct request_error wire;
    assert_int_equal(parse(&r, &wire, "SEARCH storm"), OK);
    assert_true(r.sort == REQUEST_BY_SCORE && r.lang.len == 0 && r.n_facets == 0);
    assert_int_equal(parse(&r, &wire, "SEARCH sort=date storm"), OK);
    assert_int_equal(r.sort, REQUEST_NEWEST);
    assert_int_equal(parse(&r, &wire, "SEARCH sort=-date lang=german facet=tag:1000,year:1,month,author,lang storm"),
                     OK);
    assert_int_equal(r.sort, REQUEST_OLDEST);
    assert_slice(r.lang, "german");
    static const struct request_facet want[] = {
        {REQUEST_TAG, 1000}, {REQUEST_YEAR, 1}, {REQUEST_MONTH, 10}, {REQUEST_AUTHOR, 10}, {REQUEST_LANG, 10}};
    assert_int_equal(r.n_facets, N_REQUEST_FACETS);
    for (size_t i = 0; i < N_REQUEST_FACETS; i++)
        assert_true(r.facets[i].field == want[i].field && r.facets[i].n == want[i].n);
    assert_int_equal(parse(&r, &wire, "COUNT lang=de storm"), OK);
    assert_slice(r.lang, "de");
}

static void test_request_parse__refused(void **state)
{
    (void)state;
    static const struct {
        const char *name, *line, *code, *tag;
        enum status status;
        bool closes;
    } cases[] = {
        {"empty", "", "verb", "", ERR_OPTION, false},
        {"blank", "   ", "verb", "", ERR_OPTION, false},
        {"unknown verb", "@t FIND x", "verb", "t", ERR_OPTION, false},
        {"planned verb", "WATCH x", "verb", "", ERR_OPTION, false},
        {"tag alone", "@t", "verb", "t", ERR_OPTION, false},
        {"empty tag", "@ PING", "option", "", ERR_OPTION, false},
        {"tag of 33", "@abcdefghijklmnopqrstuvwxyz_.-AZ99 PING", "option", "", ERR_OPTION, false},
        {"bad tag", "@a/b PING", "option", "", ERR_OPTION, false},
        {"unknown option", "@t SEARCH colour=red x", "option", "t", ERR_OPTION, false},
        {"unknown facet", "SEARCH facet=colour x", "option", "", ERR_OPTION, false},
        {"facet twice", "SEARCH facet=year,tag,year:3 x", "option", "", ERR_OPTION, false},
        {"facet of none", "SEARCH facet=year:0 x", "option", "", ERR_OPTION, false},
        {"facet of 1001", "SEARCH facet=year:1001 x", "option", "", ERR_OPTION, false},
        {"facet without number", "SEARCH facet=year: x", "option", "", ERR_OPTION, false},
        {"empty facet", "SEARCH facet=year,,tag x", "option", "", ERR_OPTION, false},
        {"facet and no other", "SEARCH facet=year, x", "option", "", ERR_OPTION, false},
        {"unknown sort", "SEARCH sort=size x", "option", "", ERR_OPTION, false},
        {"sort of another verb", "COUNT sort=date x", "option", "", ERR_OPTION, false},
        {"option of another verb", "COUNT n=3 x", "option", "", ERR_OPTION, false},
        {"twice", "SEARCH n=3 n=3 x", "option", "", ERR_OPTION, false},
        {"no value", "SEARCH n= x", "option", "", ERR_OPTION, false},
        {"sign", "SEARCH n=+3 x", "option", "", ERR_OPTION, false},
        {"bad word", "SEARCH show=all x", "option", "", ERR_OPTION, false},
        {"prometheus is for STATS", "SEARCH out=prometheus x", "option", "", ERR_OPTION, false},
        {"text where none is taken", "STATS now", "option", "", ERR_OPTION, false},
        {"EXPLAIN what", "EXPLAIN x", "option", "", ERR_OPTION, false},
        {"WHYNOT what", "WHYNOT x", "option", "", ERR_OPTION, false},
        {"WHYNOT too deep", "WHYNOT passage=a#1 n=1000 from=9001 x", "option", "", ERR_OPTION, false},
        {"SUGGEST too many", "SUGGEST n=101 x", "option", "", ERR_OPTION, false},
        {"SUGGEST none", "SUGGEST n=0 x", "option", "", ERR_OPTION, false},
        {"SPELL has no n", "SPELL n=1 x", "option", "", ERR_OPTION, false},
        {"SIMILAR has no mode", "SIMILAR mode=plain a", "option", "", ERR_OPTION, false},
        {"spell is for SEARCH", "COUNT spell=off x", "option", "", ERR_OPTION, false},
        {"spell is on or off", "SEARCH spell=yes x", "option", "", ERR_OPTION, false},
        {"another protocol", "HELLO proto=2", "option", "", ERR_OPTION, false},
        {"control byte", "@t PING a\x01", "bytes", "t", ERR_FORMAT, false},
        {"DEL", "PING a\x7f", "bytes", "", ERR_FORMAT, false},
        {"CR within", "PING a\rb", "bytes", "", ERR_FORMAT, false},
        {"CR twice", "PING a\r\r", "bytes", "", ERR_FORMAT, false},
        {"invalid UTF-8", "PING \xff", "bytes", "", ERR_FORMAT, false},
        {"cut UTF-8", "PING \xc3", "bytes", "", ERR_FORMAT, false},
        {"surrogate", "PING \xed\xa0\x80", "bytes", "", ERR_FORMAT, false},
        {"HTTP", "GET / HTTP/1.1", "http", "", ERR_FORMAT, true},
        {"HTTP and CR", "POST /x HTTP/1.0\r", "http", "", ERR_FORMAT, true},
        {"HTTP after text", "SEARCH what is HTTP/1.1", "http", "", ERR_FORMAT, true},
        {"HTTP with a tag", "@t GET / HTTP/1.1", "http", "t", ERR_FORMAT, true},
        {"TLS", "\x16\x03\x01", "http", "", ERR_FORMAT, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct request r;
        struct request_error wire;
        enum status st = parse(&r, &wire, cases[i].line);
        if (st != cases[i].status || strcmp(wire.code, cases[i].code) != 0 || wire.closes != cases[i].closes)
            fail_msg("%s: status %d, %s, closes %d", cases[i].name, st, wire.code, wire.closes);
        assert_string_equal(r.tag, cases[i].tag);
    }
}

static void test_request_take_tag(void **state)
{
    (void)state;
    static const struct {
        const char *line, *tag;
    } cases[] = {
        {"", ""},
        {"PING", ""},
        {"@", ""},
        {"@a", "a"},
        {"@a PING", "a"},
        {"@a/b PING", ""},
        {" @a PING", ""},
        {"@abcdefghijklmnopqrstuvwxyz012345 ", "abcdefghijklmnopqrstuvwxyz012345"},
        {"@abcdefghijklmnopqrstuvwxyz0123456", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct request r;
        request_take_tag(&r, slice_cstr(cases[i].line));
        assert_string_equal(r.tag, cases[i].tag);
        assert_int_equal(r.verb, VERB_NONE);
    }
}

static void test_request_parse__numbers_at_their_limits(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        bool is_good;
    } cases[] = {
        {"SEARCH n=0 x", false},
        {"SEARCH n=1 x", true},
        {"SEARCH n=999 x", true},
        {"SEARCH n=1000 x", true},
        {"SEARCH n=1001 x", false},
        {"SEARCH from=9989 x", true},
        {"SEARCH from=9990 x", true},
        {"SEARCH from=9991 x", false},
        {"SEARCH n=1000 from=9000 x", true},
        {"SEARCH n=1000 from=9001 x", false},
        {"SEARCH from=18446744073709551616 x", false},
        {"SEARCH per=0 x", true},
        {"SEARCH per=9999 x", true},
        {"SEARCH per=10000 x", true},
        {"SEARCH per=10001 x", false},
        {"SEARCH width=0 x", false},
        {"SEARCH width=1 x", true},
        {"SEARCH width=9999 x", true},
        {"SEARCH width=10000 x", true},
        {"SEARCH width=10001 x", false},
        {"SEARCH deadline=0 x", false},
        {"SEARCH deadline=1 x", true},
        {"SEARCH deadline=599999 x", true},
        {"SEARCH deadline=600000 x", true},
        {"SEARCH deadline=600001 x", false},
        {"SEARCH gen=18446744073709551614 x", true},
        {"SEARCH gen=18446744073709551615 x", true},
        {"SEARCH gen=18446744073709551616 x", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct request r;
        struct request_error wire;
        enum status st = parse(&r, &wire, cases[i].line);
        if ((st == OK) != cases[i].is_good)
            fail_msg("%s: status %d", cases[i].line, st);
    }
}

static void test_request_parse__line_at_its_limit(void **state)
{
    (void)state;
    static char line[LINE_CLOSE_BYTES];
    memset(line, 'a', sizeof line);
    memcpy(line, "@t PING ", 8);
    static const size_t lens[] = {LINE_MAX_BYTES - 1, LINE_MAX_BYTES, LINE_MAX_BYTES + 1, LINE_CLOSE_BYTES};
    for (size_t i = 0; i < 4; i++) {
        struct request r;
        struct request_error wire;
        enum status st = request_parse(&r, slice_of(line, lens[i]), &wire, NULL);
        assert_int_equal(st, lens[i] <= LINE_MAX_BYTES ? OK : ERR_LIMIT);
        assert_string_equal(r.tag, "t");
        if (st != OK)
            assert_string_equal(wire.code, "line");
    }
}

static void test_request_parse__nul_byte(void **state)
{
    (void)state;
    struct request r;
    struct request_error wire;
    assert_int_equal(request_parse(&r, slice_of("PING a\0b", 8), &wire, NULL), ERR_FORMAT);
    assert_string_equal(wire.code, "bytes");
}

static void test_passage_ref_parse(void **state)
{
    (void)state;
    static const struct {
        const char *ref, *id;
        uint32_t ordinal;
        enum status status;
    } cases[] = {
        {"a.md#4", "a.md", 4, OK},
        {"a.md", "a.md", 0, OK},
        {" a.md#1 ", "a.md", 1, OK},
        {"a%20b%23c#2", "a b#c", 2, OK},
        {"100%", "100%", 0, OK},
        {"a#4294967294", "a", 4294967294u, OK},
        {"a#4294967295", "a", 4294967295u, OK},
        {"a#4294967296", "", 0, ERR_OPTION},
        {"a#0", "", 0, ERR_OPTION},
        {"a#", "", 0, ERR_OPTION},
        {"a#b", "", 0, ERR_OPTION},
        {"a#1#2", "", 0, ERR_OPTION},
        {"#1", "", 0, ERR_OPTION},
        {"", "", 0, ERR_OPTION},
        {"  ", "", 0, ERR_OPTION},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf id;
        uint32_t ordinal = 99;
        buf_init(&id, 4096);
        enum status st = passage_ref_parse(slice_cstr(cases[i].ref), &id, &ordinal, NULL);
        if (st != cases[i].status || ordinal != cases[i].ordinal)
            fail_msg("%s: status %d, ordinal %u", cases[i].ref, st, ordinal);
        if (st == OK)
            assert_slice(buf_slice(&id), cases[i].id);
        buf_clear(&id);
    }
}

static void test_passage_ref_parse__id_at_its_limit(void **state)
{
    (void)state;
    char ref[REF_ID_MAX_BYTES + 2];
    memset(ref, 'a', sizeof ref);
    for (size_t len = REF_ID_MAX_BYTES - 1; len <= REF_ID_MAX_BYTES + 1; len++) {
        struct buf id;
        uint32_t ordinal;
        buf_init(&id, 4096);
        assert_int_equal(passage_ref_parse(slice_of(ref, len), &id, &ordinal, NULL),
                         len <= REF_ID_MAX_BYTES ? OK : ERR_OPTION);
        buf_clear(&id);
    }
}

static void test_wire_code(void **state)
{
    (void)state;
    static const struct {
        enum status status;
        const char *code;
    } cases[] = {
        {ERR_QUERY, "query"},       {ERR_OPTION, "option"},  {ERR_NONE, "none"},         {ERR_GEN, "gen"},
        {ERR_DEADLINE, "deadline"}, {ERR_BUSY, "busy"},      {ERR_INDEX, "index"},       {ERR_SIGNATURE, "index"},
        {ERR_IO, "index"},          {ERR_NOMEM, "internal"}, {ERR_INTERNAL, "internal"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(wire_code(cases[i].status), cases[i].code);
}

static void test_verb_names(void **state)
{
    (void)state;
    for (int verb = VERB_NONE + 1; verb < N_VERBS; verb++) {
        assert_non_null(verb_name((enum verb)verb));
        assert_int_equal(verb_find(slice_cstr(verb_name((enum verb)verb))), verb);
    }
    assert_null(verb_name(VERB_NONE));
    assert_int_equal(verb_find(SLICE("search")), VERB_SEARCH);
    assert_int_equal(verb_find(SLICE("SEARC")), VERB_NONE);
    assert_int_equal(verb_find(SLICE("")), VERB_NONE);
}

/* The status line announces what help_lines() returns, so it must be what it wrote. */
static void test_help_lines__count_what_they_write(void **state)
{
    (void)state;
    for (int format = OUT_TSV; format <= OUT_JSON; format++) {
        for (int verb = VERB_NONE; verb < N_VERBS; verb++) {
            struct buf out;
            buf_init(&out, 65536);
            size_t n = help_lines(&out, (enum verb)verb, (enum out_format)format), found = 0;
            for (size_t i = 0; i < out.len; i++)
                found += out.data[i] == '\n';
            assert_int_equal(n, found);
            assert_true(verb != VERB_NONE || n == N_VERBS - 1);
            buf_clear(&out);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request_parse__good_lines),
        cmocka_unit_test(test_request_parse__defaults),
        cmocka_unit_test(test_request_parse__all_options),
        cmocka_unit_test(test_request_parse__sort_lang_facets),
        cmocka_unit_test(test_request_parse__refused),
        cmocka_unit_test(test_request_take_tag),
        cmocka_unit_test(test_request_parse__numbers_at_their_limits),
        cmocka_unit_test(test_request_parse__line_at_its_limit),
        cmocka_unit_test(test_request_parse__nul_byte),
        cmocka_unit_test(test_passage_ref_parse),
        cmocka_unit_test(test_passage_ref_parse__id_at_its_limit),
        cmocka_unit_test(test_wire_code),
        cmocka_unit_test(test_verb_names),
        cmocka_unit_test(test_help_lines__count_what_they_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
