#include "rank_features.h"

#include "score.h"

#include <math.h>
#include <string.h>

/* The positions of one word, ascending. */
struct word_places {
    const uint32_t *at;
    size_t n;
};

static struct word_places places_of(const struct rank_room *room, uint32_t word)
{
    return (struct word_places){.at = room->positions + room->starts[word],
                                .n = room->starts[word + 1] - room->starts[word]};
}

/* Positions word by word: places_of() finds them then. */
static void gather(const struct rank_shape *shape, const struct rank_passage *p, const struct rank_room *room)
{
    memset(room->starts, 0, (shape->n_words + 1) * sizeof *room->starts);
    for (size_t i = 0; i < p->n_places; i++)
        room->starts[p->places[i].word]++;
    uint32_t end = 0;
    for (size_t w = 0; w <= shape->n_words; w++) {
        end += room->starts[w];
        room->starts[w] = end;
    }
    for (size_t i = p->n_places; i-- > 0;)
        room->positions[--room->starts[p->places[i].word]] = p->places[i].position;
}

/* Occurrences of a that have some b nearby. */
static double count_near(struct word_places a, struct word_places b)
{
    size_t n = 0, from = 0;
    for (size_t i = 0; i < a.n; i++) {
        while (from < b.n && b.at[from] + RANK_UW_REACH < a.at[i])
            from++;
        size_t j = from;
        while (j < b.n && b.at[j] == a.at[i])
            j++;
        n += j < b.n && b.at[j] <= a.at[i] + RANK_UW_REACH;
    }
    return (double)n;
}

static double unordered_pairs(const struct rank_shape *shape, const struct rank_passage *p,
                              const struct rank_room *room)
{
    double sum = 0;
    for (size_t i = 0; i < shape->n_pairs; i++) {
        const struct rank_pair *pair = &shape->pairs[i];
        double c = count_near(places_of(room, pair->a), places_of(room, pair->b));
        if (c > 0)
            sum += (shape->iw[pair->a] + shape->iw[pair->b]) / 2 * (c / (c + p->k));
    }
    return sum;
}

static double exact_forms(const struct rank_shape *shape, const struct rank_passage *p, const struct rank_room *room)
{
    memset(room->seen, 0, shape->n_words * sizeof *room->seen);
    for (size_t i = 0; i < p->n_places; i++)
        room->seen[p->places[i].word] += p->places[i].is_exact;
    double sum = 0;
    for (size_t w = 0; w < shape->n_words; w++)
        if (room->seen[w] > 0)
            sum += shape->iw[w] * (room->seen[w] / (room->seen[w] + p->k));
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
        struct word_places places = places_of(room, w);
        if (places.n == 0)
            continue;
        uint32_t offset = places.at[0] < p->body_from ? 0 : places.at[0] - p->body_from;
        sum += shape->iw[w] * (offset < RANK_EARLY_KNOWN ? shape->early[offset] : rank_early(offset));
    }
    return sum;
}

/* Each window that begins with a place: a best one does. Its sum is made anew, for sums that slide gather errors. */
static double best_window(const struct rank_shape *shape, const struct rank_passage *p, const struct rank_room *room)
{
    double best = 0;
    memset(room->seen, 0, shape->n_words * sizeof *room->seen);
    for (size_t i = 0; i < p->n_places; i++) {
        double sum = 0;
        for (size_t j = i; j < p->n_places && p->places[j].position - p->places[i].position < RANK_WIN_WIDTH; j++) {
            uint32_t word = p->places[j].word;
            if (room->seen[word] != i + 1)
                sum += shape->iw[word];
            room->seen[word] = (uint32_t)(i + 1);
        }
        best = sum > best ? sum : best;
    }
    return best;
}

/* Is there a position of the word in from..to, both included? */
static bool has_between(struct word_places places, uint64_t from, uint64_t to)
{
    size_t low = 0, high = places.n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (places.at[middle] < from)
            low = middle + 1;
        else
            high = middle;
    }
    return low < places.n && places.at[low] <= to;
}

static bool has_triple(const struct rank_triple *t, const struct rank_room *room)
{
    struct word_places a = places_of(room, t->a), b = places_of(room, t->b), c = places_of(room, t->c);
    for (size_t i = 0; i < b.n && a.n > 0 && c.n > 0; i++) {
        uint32_t at = b.at[i], before = at > t->gap_ab ? at - t->gap_ab : 0;
        if (has_between(a, before, at - 1) && has_between(c, (uint64_t)at + 1, (uint64_t)at + t->gap_bc))
            return true;
    }
    return false;
}

static double ordered_triples(const struct rank_shape *shape, const struct rank_room *room)
{
    double sum = 0;
    for (size_t i = 0; i < shape->n_triples; i++) {
        const struct rank_triple *t = &shape->triples[i];
        if (has_triple(t, room))
            sum += (shape->iw[t->a] + shape->iw[t->b] + shape->iw[t->c]) / 3;
    }
    return sum;
}

void rank_features(double values[N_RANK_FEATURES], const struct rank_shape *shape, const struct rank_passage *passage,
                   const struct rank_room *room)
{
    gather(shape, passage, room);
    values[RANK_UW] = unordered_pairs(shape, passage, room);
    values[RANK_EXACT] = exact_forms(shape, passage, room);
    values[RANK_EARLY] = early_words(shape, passage, room);
    values[RANK_WIN] = best_window(shape, passage, room);
    values[RANK_TRI] = ordered_triples(shape, room);
}
