/*
 * Which part of a text is shown, and where a text may be cut.
 */
#include "snippet.h"
#include "text_break.h"
#include "utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SPANS_MAX 32

/* Spans are written as [leaf:text] in the case's text: taken out into spans. */
struct marked {
    char text[4096];
    size_t len;
    struct span items[SPANS_MAX];
    size_t n;
};

static void unmark(struct marked *m, const char *marked)
{
    m->len = m->n = 0;
    for (const char *p = marked; *p != '\0'; p++) {
        if (*p == '[') {
            m->items[m->n] = (struct span){.start = (uint32_t)m->len, .leaf = (uint32_t)(p[1] - '0')};
            p += 2;
        } else if (*p == ']') {
            m->items[m->n].len = (uint32_t)m->len - m->items[m->n].start;
            m->n++;
        } else {
            m->text[m->len++] = *p;
        }
    }
}

struct snippet_case {
    const char *marked;
    uint32_t width;
    const char *want;
};

static const double weights[] = {1, 2, 4, 0.1, 0.2, 0.3, 0, 1};

static void check(const struct snippet_case *c)
{
    struct marked m;
    unmark(&m, c->marked);
    struct spans spans = {.items = m.items, .n = m.n};
    struct slice text = slice_of(m.text, m.len);
    uint32_t start, len;
    snippet_choose(text, &spans, weights, sizeof weights / sizeof weights[0], c->width, &start, &len);
    struct slice got = slice_of(m.text + start, len);
    if (!slice_equal(got, slice_cstr(c->want)))
        fail_msg("%s, %u: got '%.*s', want '%s'", c->marked, c->width, SLICE_ARG(got), c->want);
}

static void test_snippet_choose__windows(void **state)
{
    (void)state;
    static const struct snippet_case cases[] = {
        /* whole texts, and those without spans */
        {"", 10, ""},
        {"short", 5, "short"},
        {"short text", 0, ""},
        {"one two three", 12, "one two"},
        {"one two three", 13, "one two three"},
        {"one two three", 7, "one two"},
        {"one two three", 6, "one"},
        {"\xC3\xA9\xC3\xA9 \xC3\xA9\xC3\xA9", 4, "\xC3\xA9\xC3\xA9"},
        {"unbreakableword here", 6, "unbrea"},
        /* the heaviest leaves, each once; more spans break ties; then the earlier */
        {"[0:aa] bb cc dd ee [1:ff] gg hh", 6, "ff gg"},
        {"[0:aa] bb [0:cc] dd ee ff [1:gg] hh ii", 8, "ff gg hh"},
        {"aa bb cc [0:dd] ee ff gg hh [0:ii] [0:jj] kk", 6, "ii jj"},
        {"[0:aa] bb cc dd ee [0:ff] gg hh", 6, "aa bb"},
        {"[3:aa] [4:bb] xx xx xx xx xx [5:cc] xx", 6, "aa bb"},
        {"[6:aa] xx xx xx xx [0:bb]", 6, "xx bb"},
        {"xx xx xx xx xx [6:aa] xx xx", 6, "aa xx"},
        /* begins at a sentence, else a clause, else a word */
        {"One two three. Four five [0:six] seven eight nine ten eleven.", 24, "Four five six seven"},
        {"One two three, four five [0:six] seven eight nine ten eleven.", 24, "four five six seven"},
        {"One two three four five [0:six] seven eight nine ten eleven.", 20, "five six seven eight"},
        {"Mr J. Smith met the U.S. [0:army] at sea and at noon, then later", 24, "the U.S. army at sea and"},
        {"Title here\n\nIt was [0:said] so and so and so on and on", 20, "It was said so and"},
        /* the end of a text is not shown short */
        {"Aaa bbb ccc. Ddd eee fff. Ggg hhh. Iii [0:jjj].", 30, "Ddd eee fff. Ggg hhh. Iii jjj."},
        {"aaa bbb ccc ddd eee fff ggg hhh iii [0:jjj]", 16, "ggg hhh iii jjj"},
        /* never within a word */
        {"aaa bbb-ccc [0:ddd] eee-fff", 11, "ddd eee-fff"},
        {"aaa O'Brien's [0:ddd] and 3.14 or so", 9, "ddd and"},
        {"xxxx [0:phrase longer than] all", 10, "phrase"},
        {"xxxx [0:unbreakable] all", 5, "unbre"},
        {"e\xCC\x81"
         "e\xCC\x81"
         " xx",
         3, "e\xCC\x81"},
        {"\xE6\x9D\xB1\xE4\xBA\xAC\xE9\x83\xBD\xE3\x81\xAE\xE3\x80\x82[0:\xE6\xB5\xB7]\xE3\x81\xAF\xE9\x9D\x92", 2,
         "\xE6\xB5\xB7\xE3\x81\xAF"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(&cases[i]);
}

static void test_text_boundary_at__kinds(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t at;
        enum text_boundary want;
    } cases[] = {
        {"abc", 0, BOUNDARY_SENTENCE},
        {"abc", 1, BOUNDARY_NONE},
        {"a b", 1, BOUNDARY_NONE},
        {"a b", 2, BOUNDARY_WORD},
        {"ab. Cd", 4, BOUNDARY_SENTENCE},
        {"ab. cd", 4, BOUNDARY_WORD},
        {"ab? Cd", 4, BOUNDARY_SENTENCE},
        {"ab.\" Cd", 5, BOUNDARY_SENTENCE},
        {"A. Cd", 3, BOUNDARY_WORD},
        {"U.S. Cd", 5, BOUNDARY_WORD},
        {"ab, cd", 4, BOUNDARY_CLAUSE},
        {"ab (cd) ef", 4, BOUNDARY_WORD},
        {"ab\ncd", 3, BOUNDARY_WORD},
        {"ab\n\ncd", 4, BOUNDARY_SENTENCE},
        {"ab-cd", 3, BOUNDARY_NONE},
        {"ab-cd", 2, BOUNDARY_NONE},
        {"ab.cd", 3, BOUNDARY_NONE},
        {"  ab", 2, BOUNDARY_SENTENCE},
        {"a\xE2\x80\x94"
         "b",
         4, BOUNDARY_CLAUSE},
        {"\xE6\xB5\xB7\xE3\x80\x82\xE6\xB5\xB7", 6, BOUNDARY_SENTENCE},
        {"\xE6\xB5\xB7\xE6\xB5\xB7", 3, BOUNDARY_WORD},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (text_boundary_at(slice_cstr(cases[i].text), cases[i].at) != cases[i].want)
            fail_msg("%s at %zu: %d", cases[i].text, cases[i].at,
                     (int)text_boundary_at(slice_cstr(cases[i].text), cases[i].at));
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* The weight of the best window of whole spans, by trying all. */
static double brute_best(struct slice text, const struct spans *spans, uint32_t width)
{
    double best = 0;
    for (size_t i = 0; i < spans->n; i++) {
        double sum = 0;
        bool seen[8] = {false};
        for (size_t j = i; j < spans->n; j++) {
            const struct span *s = &spans->items[j];
            size_t start = spans->items[i].start, end = (size_t)s->start + s->len;
            if (j > i && utf8_length(slice_of(text.data + start, end - start)) > width)
                break;
            sum += seen[s->leaf] ? 0 : weights[s->leaf];
            seen[s->leaf] = true;
        }
        best = sum > best ? sum : best;
    }
    return best;
}

static double weight_shown(const struct spans *spans, uint32_t start, uint32_t len)
{
    double sum = 0;
    bool seen[8] = {false};
    for (size_t i = 0; i < spans->n; i++) {
        const struct span *s = &spans->items[i];
        if (s->start < start || s->start >= start + len || seen[s->leaf])
            continue;
        seen[s->leaf] = true;
        sum += weights[s->leaf];
    }
    return sum;
}

/* Of random texts: never too long, never within a character, and all of the best window is shown. */
static void test_snippet_choose__as_brute_force(void **state)
{
    (void)state;
    static const char *const pieces[] = {"a",        "bc",           " ",    " ",  ". ", ", ",
                                         "\xC3\xA9", "\xE6\xB5\xB7", "\n\n", "'s", "-"};
    uint32_t seed = 11;
    for (int round = 0; round < 20000; round++) {
        struct marked m = {.len = 0};
        size_t n = next_random(&seed) % 60;
        for (size_t i = 0; i < n; i++) {
            const char *piece = pieces[next_random(&seed) % 11];
            bool is_span = next_random(&seed) % 4 == 0 && m.n < SPANS_MAX && strchr(" .,\n'-", piece[0]) == NULL;
            if (is_span)
                m.items[m.n++] = (struct span){(uint32_t)m.len, (uint32_t)strlen(piece), next_random(&seed) % 8};
            memcpy(m.text + m.len, piece, strlen(piece));
            m.len += strlen(piece);
        }
        struct slice text = slice_of(m.text, m.len);
        struct spans spans = {.items = m.items, .n = m.n};
        uint32_t width = 2 + next_random(&seed) % 30, start, len;
        snippet_choose(text, &spans, weights, 8, width, &start, &len);
        assert_true((size_t)start + len <= m.len);
        struct slice shown = slice_of(m.text + start, len);
        assert_true(utf8_is_valid(shown));
        assert_true(utf8_length(shown) <= width);
        assert_true(weight_shown(&spans, start, len) > brute_best(text, &spans, width) - 1e-5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_snippet_choose__windows),
        cmocka_unit_test(test_text_boundary_at__kinds),
        cmocka_unit_test(test_snippet_choose__as_brute_force),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
