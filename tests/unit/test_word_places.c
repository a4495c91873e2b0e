/*
 * Words found by position alone against the tokens of the analyzer: every character, random texts that try all that can
 * join or part words, and the articles of corpus/.
 */
#include "analyzer.h"
#include "buf.h"
#include "file.h"
#include "utf8.h"
#include "word_places.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define TOKENS_MAX 400000

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

struct range {
    uint32_t position, start, len;
};

struct state {
    struct analyzer *analyzer, *parity;
    struct word_places *places;
    struct range *ranges; /* of the tokens of the text at hand */
    size_t n;
    uint32_t seed;
};

static int setup(void **state)
{
    static struct state s = {.seed = 11};
    s.ranges = calloc(TOKENS_MAX, sizeof *s.ranges);
    *state = &s;
    return s.ranges == NULL || analyzer_new(&s.analyzer, ANALYZER_DEFAULT, NULL) != OK ||
           analyzer_new(&s.parity, ANALYZER_PARITY, NULL) != OK || word_places_new(&s.places, NULL) != OK;
}

static int teardown(void **state)
{
    struct state *s = *state;
    analyzer_free(s->analyzer);
    analyzer_free(s->parity);
    word_places_free(s->places);
    free(s->ranges);
    return 0;
}

static enum status keep_range(void *ctx, const struct token *t, struct error *e)
{
    (void)e;
    struct state *s = ctx;
    assert_true(s->n < TOKENS_MAX);
    s->ranges[s->n++] = (struct range){t->position, t->start, t->len};
    return OK;
}

/* One of `every` tokens is looked for. */
static void check(struct state *s, struct analyzer *analyzer, const char *lang, struct slice text, uint32_t every)
{
    s->n = 0;
    assert_int_equal(analyzer_run(analyzer, lang, text, keep_range, s, NULL), OK);
    uint32_t start, len, last = 0;
    bool found;
    word_places_begin(s->places, text);
    for (size_t i = 0; i < s->n; i++) {
        const struct range *want = &s->ranges[i];
        if (next_random(&s->seed) % every != 0)
            continue;
        assert_int_equal(word_places_find(s->places, want->position, &start, &len, &found, NULL), OK);
        if (!found || start != want->start || len != want->len)
            fail_msg("position %u of \"%.*s\": got %u+%u, want %u+%u", want->position, SLICE_ARG(text), start, len,
                     want->start, want->len);
        last = want->position;
        assert_int_equal(word_places_find(s->places, last, &start, &len, &found, NULL), OK);
        assert_false(found); /* it was passed */
    }
    if (analyzer != s->analyzer)
        return;
    uint32_t end = s->n > 0 ? s->ranges[s->n - 1].position : 0;
    assert_int_equal(word_places_find(s->places, end + 1, &start, &len, &found, NULL), OK);
    assert_false(found);
}

static void test_word_places_find__every_character(void **state)
{
    struct state *s = *state;
    struct buf b;
    buf_init(&b, 64);
    for (uint32_t c = 1; c <= 0x10FFFF; c++) {
        bool is_empty_plane = c > 0x3FFFF && c >> 16 != 0xE; /* unassigned, or private */
        if ((c >= 0xD800 && c < 0xE000) || is_empty_plane)
            continue;
        static const char *const frames[][2] = {{"", ""}, {"a", "'s b"}, {" ", "\xCC\x81'"}};
        for (size_t i = 0; i < 3; i++) {
            buf_reset(&b);
            buf_put_cstr(&b, frames[i][0]);
            utf8_put(&b, c);
            buf_put_cstr(&b, frames[i][1]);
            check(s, s->analyzer, "en", buf_slice(&b), 1);
        }
    }
    buf_clear(&b);
}

/* Words of letters alone, behind others, around the size of a block and a few times as long. */
static void test_word_places_find__long_words(void **state)
{
    static const char *const ends[] = {"", " b", ".", "'s b", "\u00e9 b"};
    struct state *s = *state;
    struct buf b;
    buf_init(&b, 1024);
    for (size_t before = 0; before < 3; before++) {
        for (size_t n = 1; n <= 200; n++) {
            for (size_t k = 0; k < sizeof ends / sizeof ends[0]; k++) {
                buf_reset(&b);
                for (size_t i = 0; i < before; i++)
                    buf_put_byte(&b, ' ');
                for (size_t i = 0; i < n; i++)
                    buf_put_byte(&b, 'a');
                buf_put_cstr(&b, ends[k]);
                check(s, s->analyzer, "en", buf_slice(&b), 1);
            }
        }
    }
    buf_clear(&b);
}

static void test_word_places_find__random_texts(void **state)
{
    static const char *const pieces[] = {
        "a",      "b",      "s",
        "word",   "other",  "1",
        "12",     "1,000",  "3.14",
        " ",      " ",      " ",
        " ",      "'",      "\u2019",
        "`",      ".",      ",",
        "-",      "_",      "U.S.",
        "e.g.",   "didn't", "O'Brien's",
        "\n",     ". ",     ", ",
        "the",    "\u00e9", "\u00fc",
        "\u4e2d", "\u6587", "\u306e",
        "\u00ad", "\u0301", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
        "\xFF",   "\xE4",   "\u2014",
        "\u0130", "\u00df", "\ufb01",
        "\uac00", "\u0661", "longerwordthanablockofthirtytwobytes",
    };
    struct state *s = *state;
    struct buf b;
    buf_init(&b, 1 << 16);
    for (int round = 0; round < 30000; round++) {
        uint32_t n = next_random(&s->seed) % 60, plain = next_random(&s->seed) % 40;
        buf_reset(&b);
        for (uint32_t i = 0; i < n; i++) {
            /* Plain words in between, so that blocks are passed over. */
            bool is_plain = next_random(&s->seed) % 40 < plain;
            buf_put_cstr(&b, is_plain ? pieces[3 + next_random(&s->seed) % 2]
                                      : pieces[next_random(&s->seed) % (sizeof pieces / sizeof pieces[0])]);
            if (is_plain || next_random(&s->seed) % 3 == 0)
                buf_put_byte(&b, ' ');
        }
        struct analyzer *analyzer = round % 8 == 0 ? s->parity : s->analyzer;
        check(s, analyzer, round % 3 == 0 ? "de" : "en", buf_slice(&b), 1 + next_random(&s->seed) % 9);
    }
    buf_clear(&b);
}

static void test_word_places_find__corpus(void **state)
{
    struct state *s = *state;
    glob_t files;
    assert_int_equal(glob(QUOTH_SOURCE_DIR "/corpus/*/*", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        struct buf b;
        buf_init(&b, 1 << 22);
        assert_int_equal(file_read(&b, files.gl_pathv[i], NULL), OK);
        for (uint32_t every = 1; every <= 40; every += 13)
            check(s, s->analyzer, "en", buf_slice(&b), every);
        buf_clear(&b);
    }
    assert_true(files.gl_pathc > 20);
    globfree(&files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_word_places_find__every_character),
        cmocka_unit_test(test_word_places_find__long_words),
        cmocka_unit_test(test_word_places_find__random_texts),
        cmocka_unit_test(test_word_places_find__corpus),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
