/*
 * Phrase matching on ids against brute force, and the spans that a query marks in a text.
 */
#include "match.h"
#include "match_phrase.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void test_id_set_has__every_size(void **state)
{
    (void)state;
    uint32_t ids[100];
    for (uint32_t i = 0; i < 100; i++)
        ids[i] = 3 * i + 1;
    for (size_t n = 0; n <= 100; n++) {
        struct id_set set = {ids, n};
        for (uint32_t id = 0; id < 310; id++)
            assert_int_equal(id_set_has(&set, id), id % 3 == 1 && id / 3 < n);
        assert_false(id_set_has(&set, UINT32_MAX));
    }
}

static bool in_set(const struct id_set *set, uint32_t id)
{
    for (size_t i = 0; i < set->n; i++)
        if (set->ids[i] == id)
            return true;
    return false;
}

static size_t brute_find(const struct phrase *p, const uint32_t *tokens, size_t n, size_t from)
{
    for (size_t at = from; at < n; at++) {
        size_t i = 0;
        while (i < p->n && at + p->offsets[i] < n && in_set(&p->sets[i], tokens[at + p->offsets[i]]))
            i++;
        if (i == p->n)
            return at;
    }
    return PHRASE_NONE;
}

static void test_phrase_find__as_brute_force(void **state)
{
    (void)state;
    uint32_t seed = 7;
    for (int round = 0; round < 20000; round++) {
        uint32_t tokens[24], ids[4][6], offsets[4];
        struct id_set sets[4];
        size_t n = next_random(&seed) % 25;
        uint32_t n_ids = 2 + next_random(&seed) % 12;
        for (size_t i = 0; i < n; i++)
            tokens[i] = next_random(&seed) % 10 == 0 ? UINT32_MAX : next_random(&seed) % n_ids;
        struct phrase p = {.sets = sets, .offsets = offsets, .n = 1 + next_random(&seed) % 4};
        for (size_t k = 0; k < p.n; k++) {
            offsets[k] = k == 0 ? 0 : offsets[k - 1] + 1 + next_random(&seed) % 2;
            sets[k] = (struct id_set){ids[k], 0};
            for (uint32_t id = 0; id < n_ids && sets[k].n < 6; id++)
                if (next_random(&seed) % 3 == 0)
                    ids[k][sets[k].n++] = id;
        }
        for (size_t from = 0; from <= n; from++)
            assert_int_equal(phrase_find(&p, tokens, n, from), brute_find(&p, tokens, n, from));
    }
}

struct state {
    struct analyzer *analyzer, *parity;
};

static int setup(void **state)
{
    static struct state s;
    if (analyzer_new(&s.analyzer, ANALYZER_DEFAULT, NULL) != OK || analyzer_new(&s.parity, ANALYZER_PARITY, NULL) != OK)
        return -1;
    *state = &s;
    return 0;
}

static int teardown(void **state)
{
    struct state *s = *state;
    analyzer_free(s->analyzer);
    analyzer_free(s->parity);
    return 0;
}

struct span_case {
    const char *query, *text, *want; /* want: the text with [leaf:matched] */
    enum node_field field;
};

static void print_spans(struct buf *b, struct slice text, const struct spans *spans)
{
    size_t at = 0;
    for (size_t i = 0; i < spans->n; i++) {
        const struct span *s = &spans->items[i];
        assert_true(s->len > 0 && s->start >= at && s->start + s->len <= text.len);
        buf_put(b, slice_of(text.data + at, s->start - at));
        buf_printf(b, "[%u:%.*s]", s->leaf, (int)s->len, text.data + s->start);
        at = s->start + s->len;
    }
    buf_put(b, slice_from(text, at));
}

static void check_spans(const struct span_case *c, struct analyzer *analyzer, const char *lang)
{
    const char *langs[] = {lang};
    struct query_parser_options options = {.langs = langs, .n_langs = 1};
    struct query *q;
    assert_int_equal(query_parse(&q, slice_cstr(c->query), &options, analyzer, NULL), OK);
    struct spans spans = {0};
    struct slice text = slice_cstr(c->text);
    for (int again = 0; again < 2; again++) { /* the memory of *out is used again */
        assert_int_equal(match_spans(&spans, q, analyzer, lang, text, c->field, NULL), OK);
        struct buf b;
        buf_init(&b, 1 << 20);
        print_spans(&b, text, &spans);
        if (!slice_equal(buf_slice(&b), slice_cstr(c->want)))
            fail_msg("%s: got %.*s, want %s", c->query, SLICE_ARG(buf_slice(&b)), c->want);
        buf_clear(&b);
    }
    spans_clear(&spans);
    query_free(q);
}

static void test_match_spans__english(void **state)
{
    static const struct span_case cases[] = {
        {"", "a sea", "a sea", FIELD_ANY},
        {"sea", "", "", FIELD_ANY},
        {"date:2024", "2024", "2024", FIELD_ANY},
        {"floods sea", "Flood, seas: flooded!", "[0:Flood], [1:seas]: [0:flooded]!", FIELD_ANY},
        {"obrien",
         "O\xE2\x80\x99"
         "Brien's U.S.",
         "[0:O\xE2\x80\x99"
         "Brien]'s U.S.",
         FIELD_ANY},
        {"us", "the U.S. army", "the [0:U.S.] army", FIELD_ANY},
        {"sea -land", "sea and land", "[0:sea] and land", FIELD_ANY},
        {"sea -(land +air)", "sea land air", "[0:sea] land air", FIELD_ANY},
        {"sea NOT land (land)", "sea land", "[0:sea] [1:land]", FIELD_ANY},
        {"author:byman tag:sea sea", "Byman sea", "Byman [0:sea]", FIELD_ANY},
        {"title:storm sea", "storm sea", "storm [0:sea]", FIELD_ANY},
        {"title:storm sea", "storm sea", "[1:storm] [0:sea]", FIELD_TITLE},
        {"title:comp* sea", "computer", "computer", FIELD_ANY},
        {"title:comp* sea", "computer", "[1:computer]", FIELD_TITLE},
        {"comput*", "Computers computing compute compact", "[0:Computers] [0:computing] [0:compute] compact",
         FIELD_ANY},
        {"computer*", "computing computers", "computing [0:computers]", FIELD_ANY},
        {"sea se*", "sea seat", "[0:sea] [1:seat]", FIELD_ANY},
        {"se* sea", "sea seat", "[0:sea] [0:seat]", FIELD_ANY},
        {"\"north sea\"", "the North Sea; sea north", "the [0:North Sea]; sea north", FIELD_ANY},
        {"\"flood water\"", "floods-waters rose", "[0:floods-waters] rose", FIELD_ANY},
        {"\"north sea\" sea", "north sea sea", "[0:north sea] [1:sea]", FIELD_ANY},
        {"sea \"north sea\"", "north sea sea", "[1:north sea] [0:sea]", FIELD_ANY},
        {"\"a b c\" \"c d\"", "a b c d", "[0:a b c] d", FIELD_ANY},
        {"\"b c d\" \"a b\" b", "a b c d a b b", "a [0:b c d] [1:a b] [2:b]", FIELD_ANY},
        {"\"a a\"", "a a a a a", "[0:a a] [0:a a] a", FIELD_ANY},
        {"\"state of the union\"", "state of the union, state union", "[0:state of the union], state union", FIELD_ANY},
        {"(sea) +(sea)", "sea", "[0:sea]", FIELD_ANY},
        {"sea", "s\xFF sea\xFF", "s\xFF [0:sea]\xFF", FIELD_ANY},
    };
    struct state *s = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_spans(&cases[i], s->analyzer, "en");
}

static void test_match_spans__bigrams_mark_the_whole_run(void **state)
{
    static const struct span_case cases[] = {
        {"\xE6\x9D\xB1\xE4\xBA\xAC\xE9\x83\xBD", "x\xE6\x9D\xB1\xE4\xBA\xAC\xE9\x83\xBD",
         "x[0:\xE6\x9D\xB1\xE4\xBA\xAC][1:\xE9\x83\xBD]", FIELD_ANY},
        {"\"\xE6\x9D\xB1\xE4\xBA\xAC\xE9\x83\xBD\"", "\xE6\x9D\xB1\xE4\xBA\xAC\xE9\x83\xBD\xE3\x81\xAE",
         "[0:\xE6\x9D\xB1\xE4\xBA\xAC\xE9\x83\xBD]\xE3\x81\xAE", FIELD_ANY},
    };
    struct state *s = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_spans(&cases[i], s->analyzer, "none");
}

static void test_match_spans__parity_phrases_keep_gaps(void **state)
{
    static const struct span_case cases[] = {
        {"\"state of the union\"", "state of the union, state union", "[0:state of the union], state union", FIELD_ANY},
        {"\"state of the union\"", "the state in a union", "the [0:state in a union]", FIELD_ANY},
    };
    struct state *s = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_spans(&cases[i], s->parity, "en");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_id_set_has__every_size),
        cmocka_unit_test(test_phrase_find__as_brute_force),
        cmocka_unit_test(test_match_spans__english),
        cmocka_unit_test(test_match_spans__bigrams_mark_the_whole_run),
        cmocka_unit_test(test_match_spans__parity_phrases_keep_gaps),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
