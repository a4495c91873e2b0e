#include "match_units.h"

/* A walk along the tokens that a scan finds. */
struct finder {
    const struct unit_scan *scan;
    const struct token_units *units;
    size_t from, end; /* the units that marks speaks of */
    size_t at;        /* the next to look at */
    size_t floor;     /* a token begins there, at most at `at` */
    size_t n;         /* units that can be marked */
    uint8_t marks[SCAN_UNITS_MAX];
};

static void finder_init(struct finder *f, const struct unit_scan *s, const struct token_units *u)
{
    size_t reach = unit_scan_reach(s);
    f->scan = s;
    f->units = u;
    f->from = f->end = f->at = f->floor = 0;
    f->n = u->n > reach ? u->n - reach : 0;
}

/* The next marked unit, units->n where there is none. */
static size_t next_mark(struct finder *f)
{
    while (f->at < f->n) {
        bool any = true;
        if (f->at >= f->end) {
            size_t left = f->n - f->at;
            f->from = f->at;
            f->end = f->from + (left < SCAN_UNITS_MAX ? left : SCAN_UNITS_MAX);
            any = unit_scan_mark(f->scan, f->marks, f->units->data + f->from * 2, f->end - f->from);
        }
        const uint8_t *found = any ? memchr(f->marks + (f->at - f->from), 1, f->end - f->at) : NULL;
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

bool phrase_in_units(const struct phrase *p, const struct unit_scan *scan, const struct token_units *u)
{
    if (u->n <= p->offsets[p->n - 1])
        return false;
    struct finder f;
    uint32_t token;
    finder_init(&f, scan, u);
    for (size_t start; (start = next_found(&f, &token)) < u->n;)
        if (stands_around(p, scan->anchor, u, start))
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
            size_t number = walked++;
            token = token_next(u, &at);
            if (!scan->is_word[(uint8_t)token])
                continue;
            if (near_step(&walk, near, number, token))
                return true;
            if (id_set_has(&scan->set, token))
                left = near->distance + 1;
        }
        f.at = f.at > at ? f.at : at;
        f.floor = f.floor > at ? f.floor : at;
    }
    return false;
}
