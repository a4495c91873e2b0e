#include "rank_features.h"

#include "score.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define NEAR_BITS 64
#define NOWHERE UINT32_MAX

static_assert(RANK_UW_REACH < RANK_WIN_WIDTH, "what is near is in a window that begins there");
static_assert(RANK_TRI_GAP <= RANK_UW_REACH, "words of a triple are near each other");

/* What hangs on where words stand cannot be foreseen, and there are 50 passages to a query: so sums take in what is 0
 * as well, and few branches depend on the passage. */

/* Words of a query of more words share a bit. */
static inline unsigned near_bit(uint32_t word)
{
    return word % NEAR_BITS;
}

/*
 * The best window: each that begins with a place, for a best one does. Its sum is made anew, for sums that slide gather
 * errors. By the way, which words are near each place.
 */
static double look_around(const struct rank_shape *shape, const struct rank_passage *p, const struct rank_room *room)
{
    double best = 0;
    memset(room->near, 0, p->n_places * sizeof *room->near);
    for (size_t i = 0; i < p->n_places; i++) {
        const struct rank_place *from = &p->places[i];
        double sum = 0;
        for (size_t j = i; j < p->n_places && p->places[j].position - from->position < RANK_WIN_WIDTH; j++) {
            const struct rank_place *to = &p->places[j];
            struct rank_seen *word = &room->words[to->word];
            double more[2] = {0, shape->iw[to->word]};
            sum += more[word->window != i];
            word->window = (uint32_t)i;
            /* Not near is what stands at the same position, too. */
            uint64_t is_near = to->position - from->position - 1 < RANK_UW_REACH;
            room->near[i] |= is_near << near_bit(to->word);
            room->near[j] |= is_near << near_bit(from->word);
        }
        best = sum > best ? sum : best;
    }
    return best;
}

/* Is the word near place i? What the bits say is looked into where several words share one. */
static bool is_near(const struct rank_shape *shape, const struct rank_passage *p, const struct rank_room *room,
                    size_t i, uint32_t word)
{
    bool may_be = (room->near[i] >> near_bit(word) & 1) != 0;
    if (shape->n_words <= NEAR_BITS || !may_be)
        return may_be;
    uint32_t at = p->places[i].position;
    size_t j = i;
    while (j > 0 && at - p->places[j - 1].position <= RANK_UW_REACH)
        j--;
    for (; j < p->n_places && p->places[j].position <= at + RANK_UW_REACH; j++)
        if (p->places[j].word == word && p->places[j].position != at)
            return true;
    return false;
}

/* Does the triple stand with its middle at place i? */
static bool has_triple(const struct rank_passage *p, const struct rank_triple *t, size_t i)
{
    const struct rank_place *places = p->places;
    uint32_t at = places[i].position;
    bool has_a = false, has_c = false;
    for (size_t j = i; j-- > 0 && at - places[j].position <= t->gap_ab;)
        has_a |= places[j].word == t->a && places[j].position < at;
    for (size_t j = i + 1; j < p->n_places && places[j].position - at <= t->gap_bc; j++)
        has_c |= places[j].word == t->c && places[j].position > at;
    return has_a && has_c;
}

static void clear(const struct rank_shape *shape, const struct rank_room *room)
{
    for (size_t w = 0; w < shape->n_words; w++)
        room->words[w] = (struct rank_seen){.first = NOWHERE, .window = NOWHERE};
    for (size_t i = 0; i < shape->n_pairs; i++)
        room->pairs[i] = 0;
    for (size_t i = 0; i < shape->n_triples; i++)
        room->triples[i] = 0;
}

/* Count over the places, backwards, so that each word's first is what remains. */
static void count(const struct rank_shape *shape, const struct rank_passage *p, const struct rank_room *room)
{
    for (size_t i = p->n_places; i-- > 0;) {
        const struct rank_place *place = &p->places[i];
        struct rank_seen *word = &room->words[place->word];
        word->first = place->position;
        word->n_exact += place->is_exact;
        for (uint32_t n = shape->links[place->word].pair; n != RANK_LAST; n = shape->pairs[n].next)
            room->pairs[n] += is_near(shape, p, room, i, shape->pairs[n].b);
        for (uint32_t n = shape->links[place->word].triple; n != RANK_LAST; n = shape->triples[n].next) {
            const struct rank_triple *t = &shape->triples[n];
            uint64_t both = room->near[i] >> near_bit(t->a) & room->near[i] >> near_bit(t->c) & 1;
            if (both != 0 && has_triple(p, t, i))
                room->triples[n] = 1;
        }
    }
}

static double unordered_pairs(const struct rank_shape *shape, const struct rank_passage *p,
                              const struct rank_room *room)
{
    double sum = 0;
    for (size_t i = 0; i < shape->n_pairs; i++) {
        const struct rank_pair *pair = &shape->pairs[i];
        double c = room->pairs[i];
        sum += (shape->iw[pair->a] + shape->iw[pair->b]) / 2 * (c / (c + p->k));
    }
    return sum;
}

static double exact_forms(const struct rank_shape *shape, const struct rank_passage *p, const struct rank_room *room)
{
    double sum = 0;
    for (size_t w = 0; w < shape->n_words; w++) {
        double n = room->words[w].n_exact;
        sum += shape->iw[w] * (n / (n + p->k));
    }
    return sum;
}

double rank_early(uint32_t offset)
{
    return exp(-(double)offset / RANK_EARLY_OFFSET);
}

static double early_words(const struct rank_shape *shape, const struct rank_passage *p, const struct rank_room *room)
{
    double sum = 0;
    for (uint32_t w = 0; w < shape->n_words; w++) {
        uint32_t first = room->words[w].first, offset = first < p->body_from ? 0 : first - p->body_from;
        bool is_late = offset >= RANK_EARLY_KNOWN;
        double early = shape->early[is_late ? RANK_EARLY_KNOWN : offset];
        if (is_late & (first != NOWHERE))
            early = rank_early(offset);
        sum += shape->iw[w] * early;
    }
    return sum;
}

static double ordered_triples(const struct rank_shape *shape, const struct rank_room *room)
{
    double sum = 0;
    for (size_t i = 0; i < shape->n_triples; i++) {
        const struct rank_triple *t = &shape->triples[i];
        sum += (shape->iw[t->a] + shape->iw[t->b] + shape->iw[t->c]) / 3 * room->triples[i];
    }
    return sum;
}

void rank_features(double values[N_RANK_FEATURES], const struct rank_shape *shape, const struct rank_passage *passage,
                   const struct rank_room *room)
{
    clear(shape, room);
    values[RANK_WIN] = look_around(shape, passage, room);
    count(shape, passage, room);
    values[RANK_UW] = unordered_pairs(shape, passage, room);
    values[RANK_EXACT] = exact_forms(shape, passage, room);
    values[RANK_EARLY] = early_words(shape, passage, room);
    values[RANK_TRI] = ordered_triples(shape, room);
}
