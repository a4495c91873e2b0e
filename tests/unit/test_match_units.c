/*
 * Phrases and nears in token sequences as they stand in the file, against the same on numbers.
 */
#include "match_units.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define TOKENS_MAX 700 /* more than are marked at a time, SCAN_UNITS_MAX */
#define WORDS_MAX 5
#define IDS_MAX 60

struct world {
    uint32_t seed;
    uint32_t pool[16]; /* ids that a sequence is made of */
    size_t n_pool;
    uint32_t tokens[TOKENS_MAX];
    size_t n;
    struct buf bytes;
    struct token_units units;
    uint32_t ids[WORDS_MAX][IDS_MAX], offsets[WORDS_MAX];
    struct id_set sets[WORDS_MAX];
    size_t n_words;
};

static uint32_t below(struct world *w, uint32_t n)
{
    w->seed = w->seed * 1664525u + 1013904223u;
    return (w->seed >> 8) % n;
}

/* Of one unit, of two, and of two that look like the beginnings of others or like a gap. */
static uint32_t random_id(struct world *w)
{
    switch (below(w, 7)) {
    case 0:
        return TOKEN_ESCAPE - 1 - below(w, 3);
    case 1:
        return below(w, 3) << 16 | (TOKEN_ESCAPE + below(w, 4));
    case 2:
        return (1 + below(w, 3)) << 16 | 0xFFFF;
    case 3:
        return (1 + below(w, 0xFD)) << 16 | below(w, 8);
    case 4:
        return below(w, 0x800); /* of many low bytes */
    default:
        return below(w, 8);
    }
}

static uint32_t a_token(struct world *w)
{
    return w->pool[below(w, (uint32_t)w->n_pool)];
}

static void make_sequence(struct world *w)
{
    static const uint32_t lengths[] = {0, 3, 17, 40, SCAN_UNITS_MAX, TOKENS_MAX};
    uint32_t gaps = below(w, 4) == 0 ? 2 : 12;
    w->n_pool = 1 + below(w, sizeof w->pool / sizeof w->pool[0]);
    for (size_t i = 0; i < w->n_pool; i++)
        w->pool[i] = random_id(w);
    w->n = below(w, 1 + lengths[below(w, sizeof lengths / sizeof lengths[0])]);
    buf_reset(&w->bytes);
    buf_put_byte(&w->bytes, 'x'); /* the units stand at odd addresses as well */
    for (size_t i = 0; i < w->n; i++) {
        uint32_t id = w->tokens[i] = below(w, gaps) == 0 ? FORM_NONE : a_token(w);
        if (id != FORM_NONE && id >= TOKEN_ESCAPE)
            put_u16(&w->bytes, (uint16_t)(TOKEN_ESCAPE + (id >> 16)));
        put_u16(&w->bytes, (uint16_t)id);
    }
    w->units = (struct token_units){.data = w->bytes.data + 1, .n = w->bytes.len / 2};
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void make_words(struct world *w)
{
    w->n_words = 1 + below(w, WORDS_MAX);
    for (size_t k = 0; k < w->n_words; k++) {
        size_t n = 1 + below(w, below(w, 4) == 0 ? IDS_MAX : 4), kept = 1;
        w->offsets[k] = k == 0 ? 0 : w->offsets[k - 1] + (below(w, 4) == 0 ? below(w, 4) : 1);
        for (size_t i = 0; i < n; i++)
            w->ids[k][i] = below(w, 3) == 0 ? random_id(w) : a_token(w);
        qsort(w->ids[k], n, sizeof w->ids[k][0], by_number);
        for (size_t i = 1; i < n; i++)
            if (w->ids[k][i] != w->ids[k][kept - 1])
                w->ids[k][kept++] = w->ids[k][i];
        w->sets[k] = (struct id_set){.ids = w->ids[k], .n = kept};
    }
}

/* A phrase that stands somewhere: else long ones never do. */
static void plant(struct world *w)
{
    size_t at = w->n == 0 ? 0 : below(w, (uint32_t)w->n);
    for (size_t k = 0; k < w->n_words; k++)
        if (at + w->offsets[k] < w->n && w->tokens[at + w->offsets[k]] != FORM_NONE) {
            w->ids[k][0] = w->tokens[at + w->offsets[k]];
            w->sets[k].n = 1;
        }
}

static bool near_find(const struct near *near, const uint32_t *tokens, size_t n)
{
    struct near_walk walk = {{0}};
    for (size_t i = 0; i < n; i++)
        if (near_step(&walk, near, i, tokens[i]))
            return true;
    return false;
}

/* Of what was looked for. */
struct tally {
    size_t stands, is_near; /* was found */
    size_t pairs, tables;   /* scans */
};

static void check_anchor(const struct world *w, const struct phrase *p, const struct near *near, size_t anchor,
                         bool stands, bool is_near, struct tally *tally)
{
    const struct phrase anywhere = {.sets = near->sets, .n = near->n};
    struct unit_scan scan;
    assert_int_equal(unit_scan_init(&scan, p, anchor, NULL), OK);
    assert_int_equal(phrase_in_units(p, &scan, &w->units), stands);
    tally->pairs += scan.is_pair;
    tally->tables += scan.table != NULL;
    unit_scan_clear(&scan);
    assert_int_equal(unit_scan_init(&scan, &anywhere, anchor, NULL), OK);
    assert_int_equal(near_in_units(near, &scan, &w->units), is_near);
    unit_scan_clear(&scan);
}

static void check(struct world *w, struct tally *tally)
{
    static const size_t distances[] = {0, 1, 2, 5, 30, 1000};
    struct phrase p = {.sets = w->sets, .offsets = w->offsets, .n = w->n_words};
    bool stands = phrase_find(&p, w->tokens, w->n, 0) != PHRASE_NONE;
    struct near near = {.sets = w->sets, .n = w->n_words, .distance = distances[below(w, 6)]};
    bool is_near = near_find(&near, w->tokens, w->n);
    assert_true(unit_scan_choose(&p) < w->n_words);
    for (size_t anchor = 0; anchor < w->n_words; anchor++)
        check_anchor(w, &p, &near, anchor, stands, is_near, tally);
    tally->stands += stands;
    tally->is_near += is_near;
}

static void world_init(struct world *w, uint32_t seed)
{
    *w = (struct world){.seed = seed};
    buf_init(&w->bytes, (size_t)TOKENS_MAX * 4 + 1);
}

static void test_in_units__as_in_numbers(void **state)
{
    (void)state;
    enum { ROUNDS = 60000 };
    struct world w;
    struct tally tally = {0};
    world_init(&w, 11);
    for (int round = 0; round < ROUNDS; round++) {
        make_sequence(&w);
        make_words(&w);
        if (round % 2 == 0)
            plant(&w);
        check(&w, &tally);
    }
    /* All of it comes often, or the test says little. */
    assert_in_range(tally.stands, ROUNDS / 10, ROUNDS / 10 * 9);
    assert_in_range(tally.is_near, ROUNDS / 10, ROUNDS / 10 * 9);
    assert_true(tally.pairs > ROUNDS / 10);
    assert_true(tally.tables > ROUNDS / 20);
    buf_clear(&w.bytes);
}

static void test_token_next__as_written(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, 5);
    for (int round = 0; round < 2000; round++) {
        size_t at = 0, unit = 0;
        make_sequence(&w);
        for (size_t i = 0; i < w.n; i++) {
            for (; unit < at; unit++)
                assert_false(token_begins(&w.units, 0, unit));
            assert_true(token_begins(&w.units, 0, at));
            unit = at + 1;
            assert_int_equal(token_next(&w.units, &at), w.tokens[i]);
        }
        assert_int_equal(at, w.units.n);
    }
    buf_clear(&w.bytes);
}

/* Units that no writer wrote: whatever is found, nothing beside them is read (the sanitizers see it). */
static void test_in_units__damaged(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, 3);
    for (int round = 0; round < 20000; round++) {
        make_sequence(&w);
        make_words(&w);
        size_t n = below(&w, 40);
        char *units = malloc(n * 2 + 1);
        assert_non_null(units);
        for (size_t i = 0; i < n; i++) {
            uint32_t unit = below(&w, 3) == 0 ? random_id(&w) : TOKEN_ESCAPE + below(&w, 0x100);
            units[2 * i] = (char)unit;
            units[2 * i + 1] = (char)(unit >> 8);
        }
        struct token_units u = {.data = units, .n = n};
        struct phrase p = {.sets = w.sets, .offsets = w.offsets, .n = w.n_words};
        struct near near = {.sets = w.sets, .n = w.n_words, .distance = below(&w, 9)};
        struct unit_scan scan;
        for (int is_near = 0; is_near < 2; is_near++) {
            if (is_near)
                p.offsets = NULL;
            assert_int_equal(unit_scan_init(&scan, &p, unit_scan_choose(&p), NULL), OK);
            (void)(is_near ? near_in_units(&near, &scan, &u) : phrase_in_units(&p, &scan, &u));
            unit_scan_clear(&scan);
        }
        free(units);
    }
    buf_clear(&w.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_units__as_in_numbers),
        cmocka_unit_test(test_token_next__as_written),
        cmocka_unit_test(test_in_units__damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
