/* The features of random passages against sums taken place by place, to the last bit. */
#include "rank_features.h"

#include "rounds.h"
#include "score.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define N_PASSAGES 20000
#define WORDS_MAX 150
#define SPOTS_MAX 200
#define PLACES_MAX 200

static uint32_t roll(uint64_t *state, size_t n)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((*state >> 33) % n);
}

struct example {
    double iw[WORDS_MAX], early[RANK_EARLY_KNOWN + 1];
    struct rank_links links[WORDS_MAX];
    struct rank_pair pairs[SPOTS_MAX];
    struct rank_triple triples[SPOTS_MAX];
    struct rank_place places[PLACES_MAX];
    struct rank_shape shape;
    struct rank_passage passage;
};

/* Neighbours of different words, as rank_query.c makes them. */
static void add_neighbours(struct example *x, uint64_t *dice)
{
    uint32_t spots[SPOTS_MAX];
    size_t n = 1 + roll(dice, roll(dice, 4) == 0 ? SPOTS_MAX : 9);
    for (size_t i = 0; i < n; i++)
        spots[i] = roll(dice, x->shape.n_words);
    for (size_t i = 0; i + 1 < n; i++) {
        uint32_t a = spots[i], b = spots[i + 1];
        if (a == b)
            continue;
        x->pairs[x->shape.n_pairs] = (struct rank_pair){.a = a, .b = b, .next = x->links[a].pair};
        x->links[a].pair = (uint32_t)x->shape.n_pairs++;
    }
    for (size_t i = 0; i + 2 < n; i++) {
        uint32_t a = spots[i], b = spots[i + 1], c = spots[i + 2];
        if (a == b || b == c || a == c)
            continue;
        x->triples[x->shape.n_triples] = (struct rank_triple){.a = a,
                                                              .b = b,
                                                              .c = c,
                                                              .gap_ab = roll(dice, RANK_TRI_GAP + 1),
                                                              .gap_bc = roll(dice, RANK_TRI_GAP + 1),
                                                              .next = x->links[b].triple};
        x->links[b].triple = (uint32_t)x->shape.n_triples++;
    }
}

static void add_places(struct example *x, uint64_t *dice)
{
    uint32_t n_title = roll(dice, 5), step = 1 + roll(dice, 12), position = 1;
    size_t n_near = 1 + roll(dice, x->shape.n_words); /* of many words, only some stand there */
    x->passage.body_from = n_title + RANK_TITLE_GAP + 1;
    size_t n = roll(dice, 3) == 0 ? roll(dice, PLACES_MAX + 1) : roll(dice, 20);
    for (size_t i = 0; i < n; i++) {
        position += roll(dice, step);
        if (position > n_title && position < x->passage.body_from)
            position = x->passage.body_from;
        x->places[i] =
            (struct rank_place){.position = position, .word = roll(dice, n_near), .is_exact = roll(dice, 2) == 0};
    }
    x->passage.places = x->places;
    x->passage.n_places = n;
    x->passage.k = 0.45 + 0.0045 * roll(dice, 500);
}

static void make_example(struct example *x, uint64_t *dice)
{
    *x = (struct example){.shape = {.iw = x->iw, .links = x->links, .pairs = x->pairs, .triples = x->triples}};
    x->shape.early = x->early;
    x->shape.n_words = 1 + roll(dice, roll(dice, 4) == 0 ? WORDS_MAX : 8);
    for (uint32_t i = 0; i < RANK_EARLY_KNOWN; i++)
        x->early[i] = rank_early(i);
    bool is_wild = roll(dice, 4) == 0;
    for (size_t w = 0; w < x->shape.n_words; w++) {
        double weight = 0.1 + roll(dice, 1000000) / 1e5;
        x->iw[w] = is_wild ? weight * pow(10, (double)roll(dice, 31) - 15) : weight;
        x->links[w] = (struct rank_links){.pair = RANK_LAST, .triple = RANK_LAST};
    }
    add_neighbours(x, dice);
    add_places(x, dice);
}

static uint32_t distance(const struct rank_place *a, const struct rank_place *b)
{
    return a->position > b->position ? a->position - b->position : b->position - a->position;
}

static double expected_uw(const struct example *x)
{
    double sum = 0;
    for (size_t i = 0; i < x->shape.n_pairs; i++) {
        const struct rank_pair *pair = &x->pairs[i];
        double c = 0;
        for (size_t a = 0; a < x->passage.n_places; a++) {
            if (x->places[a].word != pair->a)
                continue;
            bool is_near = false;
            for (size_t b = 0; b < x->passage.n_places; b++) {
                uint32_t apart = distance(&x->places[a], &x->places[b]);
                is_near |= x->places[b].word == pair->b && apart >= 1 && apart <= RANK_UW_REACH;
            }
            c += is_near;
        }
        if (c > 0)
            sum += (x->iw[pair->a] + x->iw[pair->b]) / 2 * (c / (c + x->passage.k));
    }
    return sum;
}

static double expected_exact(const struct example *x)
{
    double sum = 0;
    for (uint32_t w = 0; w < x->shape.n_words; w++) {
        double n = 0;
        for (size_t i = 0; i < x->passage.n_places; i++)
            n += x->places[i].word == w && x->places[i].is_exact;
        if (n > 0)
            sum += x->iw[w] * (n / (n + x->passage.k));
    }
    return sum;
}

static double expected_early(const struct example *x)
{
    double sum = 0;
    for (uint32_t w = 0; w < x->shape.n_words; w++) {
        size_t i = 0;
        while (i < x->passage.n_places && x->places[i].word != w)
            i++;
        if (i == x->passage.n_places)
            continue;
        bool in_title = x->places[i].position < x->passage.body_from;
        sum += x->iw[w] * rank_early(in_title ? 0 : x->places[i].position - x->passage.body_from);
    }
    return sum;
}

static double expected_win(const struct example *x)
{
    double best = 0;
    for (size_t i = 0; i < x->passage.n_places; i++) {
        double sum = 0;
        for (size_t j = i; j < x->passage.n_places; j++) {
            bool is_new = distance(&x->places[i], &x->places[j]) < RANK_WIN_WIDTH;
            for (size_t k = i; k < j; k++)
                is_new &= x->places[k].word != x->places[j].word;
            if (is_new)
                sum += x->iw[x->places[j].word];
        }
        best = sum > best ? sum : best;
    }
    return best;
}

static bool stands(const struct example *x, const struct rank_triple *t, uint32_t word, size_t middle, int side)
{
    uint32_t gap = side < 0 ? t->gap_ab : t->gap_bc;
    for (size_t i = 0; i < x->passage.n_places; i++) {
        int64_t apart = (int64_t)x->places[i].position - x->places[middle].position;
        if (x->places[i].word == word && apart * side >= 1 && apart * side <= gap)
            return true;
    }
    return false;
}

static double expected_tri(const struct example *x)
{
    double sum = 0;
    for (size_t n = 0; n < x->shape.n_triples; n++) {
        const struct rank_triple *t = &x->triples[n];
        bool is_there = false;
        for (size_t i = 0; i < x->passage.n_places; i++)
            is_there |= x->places[i].word == t->b && stands(x, t, t->a, i, -1) && stands(x, t, t->c, i, 1);
        if (is_there)
            sum += (x->iw[t->a] + x->iw[t->b] + x->iw[t->c]) / 3;
    }
    return sum;
}

static void test_rank_features__as_the_formulas_to_the_last_bit(void **state)
{
    static struct example x;
    struct rank_seen words[WORDS_MAX];
    uint32_t pairs[SPOTS_MAX], triples[SPOTS_MAX];
    uint64_t near[PLACES_MAX], dice = 7;
    const struct rank_room room = {.words = words, .pairs = pairs, .triples = triples, .near = near};
    size_t n_with[N_RANK_FEATURES] = {0};
    (void)state;
    for (size_t i = 0; i < test_rounds(N_PASSAGES); i++) {
        double got[N_RANK_FEATURES];
        make_example(&x, &dice);
        memset(words, (int)roll(&dice, 256), sizeof words); /* room may hold anything before */
        memset(near, (int)roll(&dice, 256), sizeof near);
        rank_features(got, &x.shape, &x.passage, &room);
        const double want[N_RANK_FEATURES] = {[RANK_UW] = expected_uw(&x),
                                              [RANK_EXACT] = expected_exact(&x),
                                              [RANK_EARLY] = expected_early(&x),
                                              [RANK_WIN] = expected_win(&x),
                                              [RANK_TRI] = expected_tri(&x)};
        for (size_t f = 0; f < N_RANK_FEATURES; f++) {
            if (memcmp(&got[f], &want[f], sizeof got[f]) != 0)
                fail_msg("passage %zu: feature %zu is %.17g, not %.17g", i, f, got[f], want[f]);
            n_with[f] += want[f] > 0;
        }
    }
    for (size_t f = 0; f < N_RANK_FEATURES; f++)
        assert_true(n_with[f] >= test_rounds(N_PASSAGES) / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rank_features__as_the_formulas_to_the_last_bit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
