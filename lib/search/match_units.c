#include "match_units.h"

#include <stdlib.h>

#define TABLE_BYTES 4096 /* a power of two: 64 forms are 1 in 64 of it */
#define CHUNK_UNITS 256  /* marked at a time: more than most passages have */
#define RUN_UNITS ((size_t)16)

/* What finding a set costs in a passage of some 120 tokens, in nanoseconds or so: the scan, and what stands around each
 * of its tokens, of which a form of rank r has about TOKENS / (r + 1). */
#define COST_KEY 4
#define COST_TABLE 80
#define COST_TOKENS 100

static uint16_t as_in_file(uint32_t unit)
{
    const char bytes[2] = {(char)unit, (char)(unit >> 8)};
    uint16_t key;
    memcpy(&key, bytes, sizeof key);
    return key;
}

static size_t table_place(uint16_t key)
{
    return key % TABLE_BYTES;
}

enum status unit_scan_init(struct unit_scan *out, struct id_set set, struct error *e)
{
    *out = (struct unit_scan){.set = set};
    if (set.n <= SCAN_KEYS_MAX) {
        for (out->n_keys = 1; out->n_keys < set.n;)
            out->n_keys *= 2;
        for (size_t i = 0; i < out->n_keys; i++)
            out->keys[i] = as_in_file(set.ids[i < set.n ? i : set.n - 1]);
        return OK;
    }
    out->table = calloc(TABLE_BYTES, 1);
    if (out->table == NULL)
        return error_nomem(e);
    for (size_t i = 0; i < set.n; i++)
        out->table[table_place(as_in_file(set.ids[i]))] = 1;
    return OK;
}

void unit_scan_clear(struct unit_scan *s)
{
    free(s->table);
    *s = (struct unit_scan){0};
}

static size_t cost_of(const struct id_set *set)
{
    size_t cost = set->n > SCAN_KEYS_MAX ? COST_TABLE : set->n * COST_KEY;
    for (size_t i = 0; i < set->n && i < SCAN_KEYS_MAX; i++)
        cost += COST_TOKENS / ((size_t)set->ids[i] + 1);
    return cost;
}

size_t unit_scan_choose(const struct id_set *sets, size_t n)
{
    size_t best = 0, least = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        size_t cost = cost_of(&sets[i]);
        best = cost < least ? i : best;
        least = cost < least ? cost : least;
    }
    return best;
}

static inline void mark_run(uint8_t *restrict marks, const char *restrict data, size_t n, const uint16_t *restrict keys,
                            size_t n_keys)
{
    for (size_t i = 0; i < n; i++) {
        uint16_t unit;
        memcpy(&unit, data + i * 2, sizeof unit);
        unsigned any = 0;
        for (size_t k = 0; k < n_keys; k++)
            any |= unit == keys[k];
        marks[i] = (uint8_t)any;
    }
}

/* marks[i]: is unit i one of the keys? With n_keys known to the compiler, whole runs are loops of vectors; the last of
 * them overlaps the one before. */
static inline void mark_keys(uint8_t *marks, const char *data, size_t n, const uint16_t *keys, size_t n_keys)
{
    if (n < RUN_UNITS) {
        mark_run(marks, data, n, keys, n_keys);
        return;
    }
    mark_run(marks, data, n / RUN_UNITS * RUN_UNITS, keys, n_keys);
    mark_run(marks + n - RUN_UNITS, data + (n - RUN_UNITS) * 2, RUN_UNITS, keys, n_keys);
}

static void mark_table(uint8_t *restrict marks, const char *restrict data, size_t n, const uint8_t *restrict table)
{
    for (size_t i = 0; i < n; i++) {
        uint16_t unit;
        memcpy(&unit, data + i * 2, sizeof unit);
        marks[i] = table[table_place(unit)];
    }
}

static void mark(uint8_t *marks, const char *data, size_t n, const struct unit_scan *s)
{
    switch (s->n_keys) {
    case 1:
        mark_keys(marks, data, n, s->keys, 1);
        break;
    case 2:
        mark_keys(marks, data, n, s->keys, 2);
        break;
    case 4:
        mark_keys(marks, data, n, s->keys, 4);
        break;
    case 8:
        mark_keys(marks, data, n, s->keys, 8);
        break;
    default:
        mark_table(marks, data, n, s->table);
        break;
    }
}

/* A walk along the tokens of a set. */
struct finder {
    const struct unit_scan *scan;
    const struct token_units *units;
    size_t from, end; /* the units that marks speaks of */
    size_t at;        /* the next to look at */
    size_t floor;     /* a token begins there, at most at `at` */
    uint8_t marks[CHUNK_UNITS];
};

static void finder_init(struct finder *f, const struct unit_scan *s, const struct token_units *u)
{
    f->scan = s;
    f->units = u;
    f->from = f->end = f->at = f->floor = 0;
}

/* The next marked unit, units->n where there is none. */
static size_t next_mark(struct finder *f)
{
    while (f->at < f->units->n) {
        if (f->at >= f->end) {
            size_t left = f->units->n - f->at;
            f->from = f->at;
            f->end = f->from + (left < CHUNK_UNITS ? left : CHUNK_UNITS);
            mark(f->marks, f->units->data + f->from * 2, f->end - f->from, f->scan);
        }
        const uint8_t *found = memchr(f->marks + (f->at - f->from), 1, f->end - f->at);
        if (found != NULL)
            return f->from + (size_t)(found - f->marks);
        f->at = f->end;
    }
    return f->units->n;
}

/* The unit at which the next token of the set begins, and the token; units->n where there is none. */
static size_t next_found(struct finder *f, uint32_t *token)
{
    for (size_t unit; (unit = next_mark(f)) < f->units->n;) {
        /* The second half of a token, or a token, which may be a first half that looks like a key. */
        bool begins = token_begins(f->units, f->floor, unit);
        size_t start = begins ? unit : unit - 1, at = start;
        f->at = unit + 1;
        f->floor = begins ? unit : unit + 1;
        *token = token_next(f->units, &at);
        if (id_set_has(&f->scan->set, *token))
            return start;
    }
    return f->units->n;
}

/* The token before the one that begins at `start`, which is above floor. */
static size_t token_before(const struct token_units *u, size_t floor, size_t start)
{
    return token_begins(u, floor, start - 1) ? start - 1 : start - 2;
}

/* Does the phrase stand around its word number `anchor`, which is the token that begins at `start`? */
static bool stands_around(const struct phrase *p, size_t anchor, const struct token_units *u, size_t start)
{
    size_t at = start;
    uint32_t token = token_next(u, &at), place = p->offsets[anchor];
    for (size_t i = anchor + 1; i < p->n; i++) {
        for (; place < p->offsets[i]; place++) {
            if (at >= u->n)
                return false;
            token = token_next(u, &at);
        }
        if (!id_set_has(&p->sets[i], token))
            return false;
    }
    place = p->offsets[anchor];
    for (size_t i = anchor; i-- > 0;) {
        for (; place > p->offsets[i]; place--) {
            if (start == 0)
                return false;
            start = token_before(u, 0, start);
        }
        at = start;
        if (!id_set_has(&p->sets[i], token_next(u, &at)))
            return false;
    }
    return true;
}

bool phrase_in_units(const struct phrase *p, size_t anchor, const struct unit_scan *scan, const struct token_units *u)
{
    if (u->n <= p->offsets[p->n - 1])
        return false;
    struct finder f;
    uint32_t token;
    finder_init(&f, scan, u);
    for (size_t start; (start = next_found(&f, &token)) < u->n;)
        if (stands_around(p, anchor, u, start))
            return true;
    return false;
}

bool near_in_units(const struct near *near, const struct unit_scan *scan, const struct token_units *u)
{
    struct finder f;
    struct near_walk walk = {{0}};
    uint32_t token;
    size_t walked = 0, at = 0; /* tokens that the walk was told of, and the unit behind them */
    finder_init(&f, scan, u);
    for (size_t start; (start = next_found(&f, &token)) < u->n;) {
        size_t left = near->distance + 1, from = start;
        for (; from > at && left <= 2 * near->distance; left++)
            from = token_before(u, at, from);
        if (from > at)
            walk = (struct near_walk){{0}};
        for (at = from; at < u->n && left > 0; left--) {
            token = token_next(u, &at);
            if (near_step(&walk, near, walked++, token))
                return true;
            if (id_set_has(&scan->set, token))
                left = near->distance + 1;
        }
        f.at = f.at > at ? f.at : at;
        f.floor = f.floor > at ? f.floor : at;
    }
    return false;
}
