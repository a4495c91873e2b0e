#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <unicode/ubrk.h>
#include <unicode/utext.h>

#include "buf.h"
#include "sentence_break.h"

/* The oracle: ICU's breaks of the whole text. */
static void check_text(UBreakIterator *breaks, struct slice text)
{
    UErrorCode code = U_ZERO_ERROR;
    char *copy = malloc(text.len); /* a sanitizer sees what is read behind it */
    assert_non_null(copy);
    memcpy(copy, text.data, text.len);
    UText *view = utext_openUTF8(NULL, copy, (int64_t)text.len, &code);
    ubrk_setUText(breaks, view, &code);
    assert_true(U_SUCCESS(code));
    ubrk_first(breaks);
    for (size_t at = 0; at < text.len;) {
        int32_t want = ubrk_next(breaks);
        size_t got = sentence_break_next(slice_of(copy, text.len), at);
        if (want == UBRK_DONE || got != (size_t)want)
            fail_msg("\"%.*s\" from byte %zu: to %zu, ICU says %d", SLICE_ARG(text), at, got, (int)want);
        at = got;
    }
    utext_close(view);
    free(copy);
}

static UBreakIterator *icu_open(const char *lang)
{
    UErrorCode code = U_ZERO_ERROR;
    UBreakIterator *breaks = ubrk_open(UBRK_SENTENCE, lang, NULL, 0, &code);
    assert_true(U_SUCCESS(code));
    return breaks;
}

static void test_sentence_break_next__every_character(void **state)
{
    (void)state;
    UBreakIterator *breaks = icu_open("en");
    /* What comes between shows the class of the character. */
    static const char *const frames[][2] = {{"A. ", "b"},  {"a.", "B. C"}, {"a. ", "B"}, {"A", ".B c"},
                                            {"A.", "C d"}, {"A b", "c"},   {"a! ", "B"}, {"a!", " B"}};
    for (uint32_t c = 1; c < 0x3100; c++) {
        char bytes[4];
        struct buf one = {.data = bytes, .cap = sizeof bytes, .max = sizeof bytes};
        if (c < 0x80) {
            bytes[one.len++] = (char)c;
        } else {
            size_t n = c < 0x800 ? 2 : 3;
            bytes[0] = (char)(n == 2 ? 0xC0 | c >> 6 : 0xE0 | c >> 12);
            bytes[1] = (char)(0x80 | (n == 2 ? c & 0x3F : c >> 6 & 0x3F));
            bytes[2] = (char)(0x80 | (c & 0x3F));
            one.len = n;
        }
        for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
            char text[16];
            struct buf b = {.data = text, .cap = sizeof text, .max = sizeof text};
            buf_put_cstr(&b, frames[i][0]);
            buf_put(&b, buf_slice(&one));
            buf_put_cstr(&b, frames[i][1]);
            check_text(breaks, buf_slice(&b));
        }
    }
    ubrk_close(breaks);
}

static void test_sentence_break_next__random_texts(void **state)
{
    (void)state;
    static const char *const pieces[] = {"a",          "b",
                                         "A",          "B",
                                         "1",          ".",
                                         ".",          ".",
                                         "!",          "?",
                                         " ",          " ",
                                         " ",          "\n",
                                         "\r",         "\r\n",
                                         "\t",         ",",
                                         "-",          ":",
                                         ";",          "\"",
                                         "'",          "(",
                                         ")",          "é",
                                         "É",          "\u0301",
                                         "ª",          "中",
                                         "。",         "ا",
                                         "\u00ad",     "\u200d",
                                         "\u2028",     "\xC2\x85",
                                         "“",          "”",
                                         "…",          "٣",
                                         "१",          "।",
                                         "\u00a0",     "\u3000",
                                         "–",          "a longer run of words ",
                                         "Dr. ",       "Ж",
                                         "ж",          "ﬁ",
                                         "\U0001F600", "ǅ",
                                         "\x01",       "/",
                                         "\u2024",     "\uFE52",
                                         "\uFF0E"};
    UBreakIterator *breaks[] = {icu_open("en"), icu_open(""), icu_open("de"), icu_open("ja"), icu_open("ru")};
    uint32_t seed = 17;
    struct buf b;
    buf_init(&b, 4096);
    for (int i = 0; i < 200000; i++) {
        buf_reset(&b);
        seed = seed * 1664525u + 1013904223u;
        for (size_t n = 1 + (seed >> 8) % 24; n > 0; n--) {
            seed = seed * 1664525u + 1013904223u;
            buf_put_cstr(&b, pieces[(seed >> 8) % (sizeof pieces / sizeof *pieces)]);
        }
        check_text(breaks[i % 5], buf_slice(&b));
    }
    for (size_t i = 0; i < 5; i++)
        ubrk_close(breaks[i]);
    buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sentence_break_next__every_character),
        cmocka_unit_test(test_sentence_break_next__random_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
