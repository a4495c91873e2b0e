#include "reply.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_slice(struct slice got, const char *want)
{
    if (got.len != strlen(want) || (got.len > 0 && memcmp(got.data, want, got.len) != 0))
        fail_msg("got \"%.*s\", want \"%s\"", (int)got.len, got.data, want);
}

static void assert_buf(struct buf *b, const char *want)
{
    assert_slice(buf_slice(b), want);
    buf_clear(b);
}

static struct buf new_buf(void)
{
    struct buf b;
    buf_init(&b, 65536);
    return b;
}

static void test_reply_ok__keys_are_encoded(void **state)
{
    (void)state;
    struct buf b = new_buf();
    reply_ok(&b, "k7", 2);
    reply_key_u64(&b, "hits", 2);
    reply_key(&b, "ignored", SLICE("the,of a%\n"));
    reply_end(&b);
    assert_buf(&b, "@k7 OK 2 hits=2 ignored=the,of%20a%25%0A\n");
    reply_ok(&b, "", 0);
    reply_end(&b);
    assert_buf(&b, "OK 0\n");
}

static void test_reply_error(void **state)
{
    (void)state;
    static const struct {
        const char *tag, *code;
        int64_t at;
        const char *message, *want;
    } cases[] = {
        {"", "verb", -1, "unknown", "ERR verb unknown\n"},
        {"k7", "query", 0, "quote opened here", "@k7 ERR query at=0 quote opened here\n"},
        {"", "query", 17, "two\nlines\x7f", "ERR query at=17 two lines \n"},
        {"", "option", -1, "n=5000 is too much", "ERR option n =5000 is too much\n"},
        {"", "option", -1, "a word, then n=5", "ERR option a word, then n=5\n"},
        {NULL, "index", -1, "", "ERR index \n"},
        {"", "index", -1, "/srv/\xff/m\xc3\xa9/\xc3", "ERR index /srv/\xef\xbf\xbd/m\xc3\xa9/\xef\xbf\xbd\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf b = new_buf();
        reply_error(&b, cases[i].tag, cases[i].code, cases[i].at, cases[i].message);
        assert_buf(&b, cases[i].want);
    }
    struct buf b = new_buf();
    reply_error_key(&b, "", "busy", "retry_ms", 50, "later");
    assert_buf(&b, "ERR busy retry_ms=50 later\n");
}

static void assert_real(double value, int decimals)
{
    char want[400];
    struct buf b = new_buf();
    struct row r = row_begin(&b, OUT_TSV);
    row_real(&r, "score", value, decimals);
    snprintf(want, sizeof want, "%.*f", decimals, value);
    assert_buf(&b, want);
}

/* Whatever way the digits are made, they are printf's: ties and what lies beside them included. */
static void test_row_real__rounds_as_printf(void **state)
{
    (void)state;
    static const double values[] = {0,        -0.0,     0.5,     1.5,       2.5,      0.25,  0.9999995, 0.9999994,
                                    1.000005, 8191.999, 8192.25, 8191.9999, 1e15 + 1, 1e300, -3.25,     4.9e-324,
                                    0.125,    0.375,    5e-7,    4.999e-7,  1.5e-6,   2.5e-6};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        for (int decimals = 0; decimals <= 8; decimals++)
            assert_real(values[i], decimals);
    uint64_t random = 1;
    for (int i = 0; i < 20000; i++) {
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
        double value = (double)(random >> 11) / (double)(UINT64_C(1) << 53) * 30;
        assert_real(value, 6);
        assert_real(floor(value * 1e6) / 1e6 + 5e-7, 6); /* as near to a tie as a double gets */
    }
}

/* Special bytes at every place around the blocks in which texts are looked through. */
static void test_row_text__special_bytes_at_any_place(void **state)
{
    (void)state;
    for (size_t at = 0; at < 140; at++) {
        char text[141], tsv[150], json[166];
        memset(text, 'x', 140);
        text[140] = '\0';
        text[at] = '\\';
        snprintf(tsv, sizeof tsv, "%.*s\\%s", (int)at, text, text + at);
        snprintf(json, sizeof json, "{\"t\":\"%s\"}\n", tsv);
        strcat(tsv, "\n");
        for (int form = OUT_TSV; form <= OUT_JSON; form++) {
            struct buf b = new_buf();
            struct row r = row_begin(&b, (enum out_format)form);
            row_text(&r, "t", slice_cstr(text));
            row_end(&r);
            assert_buf(&b, form == OUT_TSV ? tsv : json);
        }
    }
}

/* Byte by byte, as the protocol says; JSON of ASCII alone. */
static void put_as_told(struct buf *b, const char *text, size_t len, bool is_json)
{
    static const char specials[] = "\\\t\n\r\"\b\f", tsv[] = "\\tnr", json[] = "\\tnr\"bf";
    for (size_t i = 0; i < len; i++) {
        const char *letters = is_json ? json : tsv;
        const char *found = memchr(specials, text[i], strlen(letters));
        if (found != NULL)
            buf_printf(b, "\\%c", letters[found - specials]);
        else if (is_json && (text[i] < ' ' || text[i] == 0x7F))
            buf_printf(b, "\\u%04x", (unsigned)text[i]);
        else
            buf_put_byte(b, text[i]);
    }
}

static void test_row_text__as_byte_by_byte(void **state)
{
    (void)state;
    uint32_t chance = 20240327;
    for (int round = 0; round < 20000; round++) {
        char text[48];
        size_t len = (chance = chance * 1664525 + 1013904223) >> 16 & 31;
        for (size_t i = 0; i < len; i++) {
            chance = chance * 1664525 + 1013904223;
            text[i] = (char)((chance >> 28) < 13 ? 'a' : (chance >> 16) & 0x7F);
        }
        for (int form = OUT_TSV; form <= OUT_JSON; form++) {
            struct buf got = new_buf(), want = new_buf();
            buf_put_cstr(&want, form == OUT_TSV ? "" : "{\"t\":\"");
            put_as_told(&want, text, len, form == OUT_JSON);
            buf_put_cstr(&want, form == OUT_TSV ? "\n" : "\"}\n");
            struct row r = row_begin(&got, (enum out_format)form);
            row_text(&r, "t", slice_of(text, len));
            row_end(&r);
            assert_true(slice_equal(buf_slice(&got), buf_slice(&want)));
            buf_clear(&got);
            buf_clear(&want);
        }
    }
}

static void test_row_pairs__many_and_large(void **state)
{
    (void)state;
    uint32_t pairs[2 * 40];
    for (size_t i = 0; i < 2 * 40; i++)
        pairs[i] = i % 7 == 0 ? UINT32_MAX : (uint32_t)(i * i * i);
    for (size_t n = 0; n <= 40; n++) {
        for (int form = OUT_TSV; form <= OUT_JSON; form++) {
            bool is_json = form == OUT_JSON;
            struct buf got = new_buf(), want = new_buf();
            buf_put_cstr(&want, is_json ? "{\"p\":[" : "");
            for (size_t i = 0; i < n; i++)
                buf_printf(&want, is_json ? "%s[%u,%u]" : "%s%u+%u", i > 0 ? "," : "", pairs[2 * i], pairs[2 * i + 1]);
            buf_put_cstr(&want, is_json ? "],\"at\":[18446744073709551615,0]}\n" : "\t18446744073709551615+0\n");
            struct row r = row_begin(&got, (enum out_format)form);
            row_pairs(&r, "p", pairs, n);
            row_at(&r, "at", UINT64_MAX, 0);
            row_end(&r);
            assert_true(slice_equal(buf_slice(&got), buf_slice(&want)));
            buf_clear(&got);
            buf_clear(&want);
        }
    }
}

static void fill_row(struct buf *b, enum out_format format)
{
    static const uint32_t pairs[] = {4, 5, 10, 2};
    struct row r = row_begin(b, format);
    row_u64(&r, "rank", 1);
    row_real(&r, "score", 14.2213, 6);
    row_exact(&r, "exact", 0.1);
    row_text(&r, "text", SLICE("a\tb\nc\rd\\e\"f\x01\x7f"));
    row_null(&r, "url");
    row_pairs(&r, "spans", pairs, 2);
    row_pairs(&r, "none", pairs, 0);
    row_at(&r, "at", 1830, 412);
    row_real(&r, "odd", (double)NAN, 6);
    row_end(&r);
}

static void test_row__tsv_and_json(void **state)
{
    (void)state;
    struct buf b = new_buf();
    fill_row(&b, OUT_TSV);
    assert_buf(&b, "1\t14.221300\t0.10000000000000001\ta\\tb\\nc\\rd\\\\e\"f\x01\x7f\t\t4+5,10+2\t\t1830+412\t\n");
    fill_row(&b, OUT_JSON);
    assert_buf(&b,
               "{\"rank\":1,\"score\":14.221300,\"exact\":0.10000000000000001,"
               "\"text\":\"a\\tb\\nc\\rd\\\\e\\\"f\\u0001\\u007f\",\"url\":null,\"spans\":[[4,5],[10,2]],\"none\":[],"
               "\"at\":[1830,412],\"odd\":null}\n");
}

static void test_row__json_of_bytes_that_are_no_utf8(void **state)
{
    (void)state;
    struct buf b = new_buf();
    struct row r = row_begin(&b, OUT_JSON);
    row_text(&r, "text", SLICE("ä\xff\b\f\v"));
    row_end(&r);
    assert_buf(&b, "{\"text\":\"ä\xef\xbf\xbd\\b\\f\\u000b\"}\n");
}

static void test_row__each_byte_comes_back(void **state)
{
    (void)state;
    char all[256];
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (char)i;
    struct buf b = new_buf(), back = new_buf();
    struct row r = row_begin(&b, OUT_TSV);
    row_text(&r, "a", slice_of(all, sizeof all));
    row_text(&r, "b", SLICE(""));
    row_text(&r, "c", SLICE("\\t"));
    row_end(&r);
    struct slice line = slice_of(b.data, b.len - 1);
    assert_null(memchr(line.data, '\n', line.len));
    assert_true(row_next(&line, &back));
    assert_int_equal(back.len, sizeof all);
    assert_memory_equal(back.data, all, sizeof all);
    buf_reset(&back);
    assert_true(row_next(&line, &back));
    assert_int_equal(back.len, 0);
    assert_true(row_next(&line, &back));
    assert_slice(buf_slice(&back), "\\t");
    assert_false(row_next(&line, &back));
    buf_clear(&b);
    buf_clear(&back);
}

static void test_row_next__odd_escapes(void **state)
{
    (void)state;
    struct buf out = new_buf();
    struct slice line = SLICE("a\\");
    assert_true(row_next(&line, &out));
    assert_buf(&out, "a\\");
    line = SLICE("\\x\\\\n");
    assert_true(row_next(&line, &out));
    assert_buf(&out, "\\x\\n");
    line = SLICE("");
    assert_true(row_next(&line, &out));
    assert_false(row_next(&line, &out));
    line = SLICE("a\t");
    assert_true(row_next(&line, &out));
    assert_true(row_next(&line, &out));
    assert_false(row_next(&line, &out));
    assert_buf(&out, "a");
}

static void test_reply_parse__good(void **state)
{
    (void)state;
    struct reply_status s;
    struct slice value;
    assert_int_equal(reply_parse(&s, SLICE("@k7 OK 2 hits=2 gen=57 cut=comput*\r"), NULL), OK);
    assert_true(s.is_ok);
    assert_slice(s.tag, "k7");
    assert_int_equal(s.n_lines, 2);
    assert_true(reply_value(&s, "gen", &value));
    assert_slice(value, "57");
    assert_true(reply_value(&s, "cut", &value));
    assert_slice(value, "comput*");
    assert_false(reply_value(&s, "ge", &value));
    assert_false(reply_value(&s, "next", &value));
    assert_int_equal(reply_parse(&s, SLICE("OK 0"), NULL), OK);
    assert_int_equal(s.tag.len, 0);
    assert_false(reply_value(&s, "gen", &value));
    assert_int_equal(reply_parse(&s, SLICE("@t ERR query at=0 later=1 quote opened here at=3"), NULL), OK);
    assert_false(s.is_ok);
    assert_slice(s.code, "query");
    assert_slice(s.message, "quote opened here at=3");
    assert_true(reply_value(&s, "at", &value));
    assert_slice(value, "0");
    assert_int_equal(reply_parse(&s, SLICE("ERR busy"), NULL), OK);
    assert_slice(s.code, "busy");
    assert_int_equal(s.message.len, 0);
}

static void test_reply_parse__refused(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",       "OK",        "OK x",   "OK -1",        "OK 1 word",           "ok 1", "HTTP/1.1 400 Bad Request",
        "ERR",    "ERR 5 bad", "ERR  x", "EVENT 1 x=1",  "SSH-2.0-OpenSSH_9.2", "@t",   "@t OK",
        "OK 1 =", "OK  1",     "+OK",    "OK 0 a=1  b=2"};
    struct reply_status s;
    struct error e;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (reply_parse(&s, slice_cstr(lines[i]), &e) != ERR_FORMAT)
            fail_msg("\"%s\" was taken", lines[i]);
}

static void test_reply_parse__lines_at_their_limit(void **state)
{
    (void)state;
    struct reply_status s;
    assert_int_equal(reply_parse(&s, SLICE("OK 999999999"), NULL), OK);
    assert_int_equal(reply_parse(&s, SLICE("OK 1000000000"), NULL), OK);
    assert_int_equal(s.n_lines, REPLY_LINES_MAX);
    assert_int_equal(reply_parse(&s, SLICE("OK 1000000001"), NULL), ERR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reply_ok__keys_are_encoded),
        cmocka_unit_test(test_reply_error),
        cmocka_unit_test(test_row__tsv_and_json),
        cmocka_unit_test(test_row__json_of_bytes_that_are_no_utf8),
        cmocka_unit_test(test_row__each_byte_comes_back),
        cmocka_unit_test(test_row_next__odd_escapes),
        cmocka_unit_test(test_reply_parse__good),
        cmocka_unit_test(test_row_real__rounds_as_printf),
        cmocka_unit_test(test_row_text__special_bytes_at_any_place),
        cmocka_unit_test(test_row_text__as_byte_by_byte),
        cmocka_unit_test(test_row_pairs__many_and_large),
        cmocka_unit_test(test_reply_parse__refused),
        cmocka_unit_test(test_reply_parse__lines_at_their_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
