#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>

#include "buf.h"
#include "json_line.h"

static const char *const keys[] = {"id", "text", "tags", "é", "a\"b", "", "\xEF\xBF\xBD"};
#define N_KEYS (sizeof keys / sizeof *keys)

static void check_item(struct slice line, const char *key, struct json_item got, struct json_item want)
{
    if (got.kind != want.kind || !slice_equal(got.text, want.text) || got.integer != want.integer ||
        (got.tree != NULL && want.tree != NULL && !json_equal((json_t *)got.tree, (json_t *)want.tree)))
        fail_msg("key \"%s\" of %.*s", key, SLICE_ARG(line));
    if (got.kind == ITEM_OTHER && got.tree == NULL && !json_is_boolean(want.tree))
        fail_msg("no tree for key \"%s\" of %.*s", key, SLICE_ARG(line));
    if (got.kind == ITEM_STRING)
        assert_int_equal(got.text.data[got.text.len], 0);
}

static void join_key(void *ctx, struct slice key)
{
    buf_put(ctx, key);
    buf_put_byte(ctx, '\n');
}

/* Both ways give the same; true: the scanner knew the line. */
static bool check_line(struct slice line)
{
    /* Its end is the end of its memory: a sanitizer sees what is read behind it. */
    char *copy = malloc(line.len + 1);
    assert_non_null(copy);
    memcpy(copy + 1, line.data, line.len);
    struct slice alone = slice_of(copy + 1, line.len);
    struct article a, b;
    struct json_line got, want;
    struct error first = {.text = ""}, second = {.text = ""};
    article_init(&a);
    article_init(&b);
    enum status status = json_line_read(&got, &a, alone, &first);
    if (status != json_line_load(&want, &b, alone, &second) || strcmp(first.text, second.text) != 0)
        fail_msg("%.*s: %s, %s", SLICE_ARG(line), first.text, second.text);
    bool is_scanned = status == OK && got.object == NULL;
    if (status == OK) {
        struct buf names[2];
        for (size_t i = 0; i < N_KEYS; i++)
            check_item(line, keys[i], json_line_get(&got, keys[i]), json_line_get(&want, keys[i]));
        for (size_t i = 0; i < 2; i++) {
            buf_init(&names[i], (size_t)1 << 20);
            json_line_keys(i == 0 ? &got : &want, join_key, &names[i]);
        }
        assert_true(slice_equal(buf_slice(&names[0]), buf_slice(&names[1])));
        buf_clear(&names[0]);
        buf_clear(&names[1]);
        assert_int_equal(a.n_damaged, b.n_damaged);
        assert_int_equal(got.is_kept, is_scanned);
    }
    json_line_clear(&got);
    json_line_clear(&want);
    article_clear(&a);
    article_clear(&b);
    free(copy);
    return is_scanned;
}

static void test_json_line_read__rows(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        bool is_scanned;
    } rows[] = {
        {"{}", true},
        {" { \t} ", true},
        {"{\"id\":1,\"text\":\"one\"}", true},
        {"{\"id\":-0,\"text\":\"\"}", true},
        {"{\"id\":-17 , \"text\" : null}", true},
        {"{\"id\":999999999999999999}", true},
        {"{\"id\":1000000000000000000}", false},
        {"{\"id\":99999999999999999999, \"tags\":1}", false},
        {"{\"id\":1.5,\"tags\":-2e3}", true},
        {"{\"id\":1e999}", false},
        {"{\"id\":1.}", false},
        {"{\"id\":01}", false},
        {"{\"id\":+1}", false},
        {"{\"id\":-}", false},
        {"{\"id\":true,\"text\":false}", true},
        {"{\"id\":tru}", false},
        {"{\"id\":nullx}", false},
        {"{\"tags\":[\"a\",\"b]\",{\"c\":\"\\\"}\"}],\"id\":{\"x\":[]}}", true},
        {"{\"tags\":[\"\\u0000\"]}", false},
        {"{\"tags\":[1,]}", false},
        {"{\"tags\":[}", false},
        {"{\"tags\":[\"a", false},
        {"{\"tags\":[\"a\\", false},
        {"{\"id\":1,\"id\":2,\"text\":\"x\",\"id\":3}", true},
        {"{\"text\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20AC\\ud83d\\ude00\"}", true},
        {"{\"text\":\"\\u0000 \\ud83d \\ude00 \\ud83d\\u0041 \\ud83d\\ud83d\\ude00\"}", true},
        {"{\"text\":\"\\ud83d\"}", true},
        {"{\"text\":\"\\u12\"}", false},
        {"{\"text\":\"\\u12g4\"}", false},
        {"{\"text\":\"\\x\"}", false},
        {"{\"text\":\"\\", false},
        {"{\"text\":\"a\x01\"}", false},
        {"{\"text\":\"0123456789\x1f\"}", false},
        {"{\"text\":\"no end", false},
        {"{\"text\":\"é\x7f\"}", true},
        {"{\"a\\\"b\":\"é\",\"\\u00e9\":1,\"\":2,\"\\u0000\":3}", true},
        {"{\"text\":\"a\"} x", false},
        {"{\"text\":\"a\",}", false},
        {"{\"text\" \"a\"}", false},
        {"{text:1}", false},
        {"{", false},
        {"[]", false},
        {"[1", false},
        {"1", false},
        {"", false},
        {" ", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (check_line(slice_cstr(rows[i].line)) != rows[i].is_scanned)
            fail_msg("%s: %s", rows[i].line, rows[i].is_scanned ? "was left to jansson" : "was not left to jansson");
}

static void test_json_line_read__number_of_fields(void **state)
{
    (void)state;
    for (size_t n = JSON_LINE_FIELDS_MAX - 1; n <= JSON_LINE_FIELDS_MAX + 1; n++) {
        struct buf b;
        buf_init(&b, 4096);
        for (size_t i = 0; i < n; i++)
            buf_printf(&b, "%s\"k%zu\":[%zu]", i == 0 ? "{" : ",", i, i);
        buf_put_byte(&b, '}');
        assert_int_equal(check_line(buf_slice(&b)), n <= JSON_LINE_FIELDS_MAX);
        buf_clear(&b);
    }
}

static void test_json_line_read__depth(void **state)
{
    (void)state;
    for (size_t depth = 62; depth <= 66; depth++) {
        struct buf b;
        buf_init(&b, 4096);
        buf_put_cstr(&b, "{\"tags\":");
        for (size_t i = 0; i < depth; i++)
            buf_put_byte(&b, '[');
        for (size_t i = 0; i < depth; i++)
            buf_put_byte(&b, ']');
        buf_put_byte(&b, '}');
        assert_int_equal(check_line(buf_slice(&b)), depth <= 64);
        buf_clear(&b);
    }
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static const char *random_piece(const char *const *pieces, size_t n, uint32_t *seed)
{
    return pieces[next_random(seed) % n];
}

#define PIECE(pieces, seed) random_piece(pieces, sizeof(pieces) / sizeof *(pieces), seed)

static void put_string(struct buf *b, uint32_t *seed)
{
    static const char *const parts[] = {"a",       "é",       "日",      "12345678",  "a longer run of text, ",
                                        "\\n",     "\\\"",    "\\\\",    "\\u00e9",   "\\ud83d\\ude00",
                                        "\\ud83d", "\\ude00", "\\u0000", "\\u0041bc", "😀"};
    buf_put_byte(b, '"');
    for (size_t n = next_random(seed) % 6; n > 0; n--)
        buf_put_cstr(b, PIECE(parts, seed));
    buf_put_byte(b, '"');
}

/* Nearly all are JSON; some then lose or gain a byte. */
static void random_line(struct buf *b, uint32_t *seed)
{
    static const char *const names[] = {"\"id\"", "\"text\"", "\"tags\"", "\"\\u00e9\"", "\"a\\\"b\"", "\"\"", "\"x\""};
    static const char *const values[] = {
        "1", "-20", "0", "1.25", "true", "null", "[]", "[\"a\",[1,\"}\"]]", "{\"name\":\"b\"}", "false", "1E5"};
    static const char *const gaps[] = {"", "", " ", "\t "};
    static const char odd[] = "\"\\{}[]:,u0 \x01";
    buf_reset(b);
    buf_put_byte(b, '{');
    for (size_t i = 0, n = next_random(seed) % 6; i < n; i++) {
        buf_put_cstr(b, i > 0 ? "," : "");
        buf_put_cstr(b, PIECE(gaps, seed));
        buf_put_cstr(b, PIECE(names, seed));
        buf_put_cstr(b, PIECE(gaps, seed));
        buf_put_byte(b, ':');
        buf_put_cstr(b, PIECE(gaps, seed));
        if (next_random(seed) % 2 == 0)
            put_string(b, seed);
        else
            buf_put_cstr(b, PIECE(values, seed));
        buf_put_cstr(b, PIECE(gaps, seed));
    }
    buf_put_byte(b, '}');
    size_t at = next_random(seed) % b->len;
    uint32_t how = next_random(seed) % 8;
    if (how == 0)
        b->len = at;
    else if (how == 1 && (unsigned char)b->data[at] < 0x80)
        b->data[at] = odd[next_random(seed) % (sizeof odd - 1)];
}

static void test_json_line_read__random_lines(void **state)
{
    (void)state;
    uint32_t seed = 5;
    size_t n_scanned = 0;
    struct buf b;
    buf_init(&b, 8192);
    for (int i = 0; i < 60000; i++) {
        random_line(&b, &seed);
        n_scanned += check_line(buf_slice(&b));
    }
    assert_in_range(n_scanned, 30000, 60000);
    buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_line_read__rows),
        cmocka_unit_test(test_json_line_read__number_of_fields),
        cmocka_unit_test(test_json_line_read__depth),
        cmocka_unit_test(test_json_line_read__random_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
