#include "match_scan.h"

#include "token_units.h"

#include <stdlib.h>

#define TABLE_BYTES 4096 /* a power of two: 64 forms are 1 in 64 of it */
#define IS_LAST 1u       /* bits of the table */
#define IS_FIRST 2u
#define RUN_UNITS ((size_t)16) /* a vector of bytes */

/* What finding a word costs in a passage of some 120 tokens, in nanoseconds or so: the comparing, and what stands
 * around each mark. A form of rank r is about every COMMON * (r + 1)th token. */
#define COST_KEY 1
#define COST_TABLE 80
#define COST_MARK 25
#define PASSAGE_TOKENS 120
#define COMMON 10

static uint16_t as_in_file(uint32_t unit)
{
    const char bytes[2] = {(char)unit, (char)(unit >> 8)};
    uint16_t key;
    memcpy(&key, bytes, sizeof key);
    return key;
}

static uint16_t last_unit(uint32_t id)
{
    return as_in_file(id & 0xFFFF);
}

static uint16_t first_unit(uint32_t id)
{
    return as_in_file(id < TOKEN_ESCAPE ? id : TOKEN_ESCAPE + (id >> 16));
}

static uint8_t last_low(uint32_t id)
{
    return (uint8_t)last_unit(id);
}

static uint8_t last_high(uint32_t id)
{
    return (uint8_t)(last_unit(id) >> 8);
}

static uint8_t first_low(uint32_t id)
{
    return (uint8_t)first_unit(id);
}

/* The bytes of a set's units, none twice in a row. False: there are more than SCAN_KEYS_MAX. */
static bool keys_of(const struct id_set *set, uint8_t (*byte_of)(uint32_t id), struct scan_keys *out)
{
    out->n = 0;
    for (size_t i = 0; i < set->n; i++) {
        uint8_t byte = byte_of(set->ids[i]);
        if (out->n > 0 && out->bytes[out->n - 1] == byte)
            continue;
        if (out->n == SCAN_KEYS_MAX)
            return false;
        for (size_t k = out->n++; k < SCAN_KEYS_MAX; k++)
            out->bytes[k] = byte;
    }
    return true;
}

static bool is_followed(const struct phrase *p, size_t anchor)
{
    return p->offsets != NULL && anchor + 1 < p->n && p->offsets[anchor + 1] - p->offsets[anchor] == 1;
}

static size_t table_place(uint16_t key)
{
    return key % TABLE_BYTES;
}

/* All of a scan but its table. False: it needs one. */
static bool take_keys(struct unit_scan *out, const struct phrase *p, size_t anchor)
{
    out->anchor = anchor;
    out->set = p->sets[anchor];
    out->is_pair = is_followed(p, anchor);
    bool fit = keys_of(&out->set, last_low, &out->here);
    fit &= out->is_pair ? keys_of(&p->sets[anchor + 1], first_low, &out->there)
                        : keys_of(&out->set, last_high, &out->there);
    return fit;
}

enum status unit_scan_init(struct unit_scan *out, const struct phrase *p, size_t anchor, struct error *e)
{
    out->table = NULL;
    memset(out->is_word, 0, sizeof out->is_word);
    for (size_t w = 0; w < p->n; w++)
        for (size_t i = 0; i < p->sets[w].n; i++)
            out->is_word[(uint8_t)p->sets[w].ids[i]] = true;
    if (take_keys(out, p, anchor))
        return OK;
    out->table = calloc(TABLE_BYTES, 1);
    if (out->table == NULL)
        return error_nomem(e);
    for (size_t i = 0; i < out->set.n; i++)
        out->table[table_place(last_unit(out->set.ids[i]))] |= IS_LAST;
    for (size_t i = 0; out->is_pair && i < p->sets[anchor + 1].n; i++)
        out->table[table_place(first_unit(p->sets[anchor + 1].ids[i]))] |= IS_FIRST;
    return OK;
}

void unit_scan_clear(struct unit_scan *s)
{
    free(s->table);
    s->table = NULL;
}

/* How many of a passage's units have one of the bytes: one at least, since it has been found by its words. A byte is
 * mostly that of the form whose id it is, or else one of so many by chance. */
static double units_with(const struct scan_keys *keys)
{
    double n = 1;
    for (size_t k = 0; k < keys->n; k++)
        n += (double)PASSAGE_TOKENS / (COMMON * (keys->bytes[k] + 1.0)) + (double)PASSAGE_TOKENS / (UINT8_MAX + 1);
    return n;
}

static double cost_of(const struct phrase *p, size_t anchor)
{
    struct unit_scan s;
    bool fit = take_keys(&s, p, anchor);
    double marks = units_with(&s.here);
    if (s.is_pair)
        marks *= units_with(&s.there) / PASSAGE_TOKENS;
    return (fit ? COST_KEY * (double)(s.here.n + s.there.n) : COST_TABLE) + COST_MARK * marks;
}

size_t unit_scan_choose(const struct phrase *p)
{
    size_t best = 0;
    double least = cost_of(p, 0);
    for (size_t i = 1; i < p->n; i++) {
        double cost = cost_of(p, i);
        best = cost < least ? i : best;
        least = cost < least ? cost : least;
    }
    return best;
}

static inline uint16_t unit_at(const char *data)
{
    uint16_t unit;
    memcpy(&unit, data, sizeof unit);
    return unit;
}

static bool is_key(const struct scan_keys *keys, uint8_t byte)
{
    for (size_t k = 0; k < keys->n; k++)
        if (keys->bytes[k] == byte)
            return true;
    return false;
}

/* Too short for a run, as most titles are. */
static bool mark_few(const struct unit_scan *s, uint8_t *marks, const char *data, size_t n)
{
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        uint16_t unit = unit_at(data + i * 2);
        marks[i] = is_key(&s->here, (uint8_t)unit) &&
                   is_key(&s->there, (uint8_t)(s->is_pair ? unit_at(data + i * 2 + 2) : unit >> 8));
        any |= marks[i];
    }
    return any;
}

static inline void take_run(uint8_t *restrict bytes, const char *restrict data, size_t n, unsigned shift)
{
    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)(unit_at(data + i * 2) >> shift);
}

/* The low or high bytes of n units, at least a run, and zeros to fill up another. The last run overlaps the one before.
 */
static inline void take_bytes(uint8_t *bytes, const char *data, size_t n, unsigned shift)
{
    memset(bytes + n, 0, RUN_UNITS);
    take_run(bytes, data, n / RUN_UNITS * RUN_UNITS, shift);
    take_run(bytes + n - RUN_UNITS, data + (n - RUN_UNITS) * 2, RUN_UNITS, shift);
}

/* The compiler knows the last two, and makes vectors of the rest. */
static inline void walk(uint8_t *restrict marks, const uint8_t *restrict bytes, size_t n, const uint8_t *keys,
                        size_t n_keys, bool adds)
{
    uint8_t k[8] = {0};
    memcpy(k, keys, n_keys);
    for (size_t i = 0; i < n; i++) {
        uint8_t byte = bytes[i], is = (byte == k[0]) | (byte == k[1]);
        if (n_keys > 2)
            is |= (byte == k[2]) | (byte == k[3]);
        if (n_keys > 4)
            is |= (byte == k[4]) | (byte == k[5]) | (byte == k[6]) | (byte == k[7]);
        marks[i] = adds ? marks[i] | is : is;
    }
}

/* marks[i]: is bytes[i] one of the keys? */
static void mark_keys(uint8_t *marks, const uint8_t *bytes, size_t n, const struct scan_keys *keys)
{
    if (keys->n <= 2)
        walk(marks, bytes, n, keys->bytes, 2, false);
    else if (keys->n <= 4)
        walk(marks, bytes, n, keys->bytes, 4, false);
    else
        walk(marks, bytes, n, keys->bytes, 8, false);
    if (keys->n > 8)
        walk(marks, bytes, n, keys->bytes + 8, 8, true);
}

static bool keep_marks(uint8_t *restrict marks, const uint8_t *restrict others, size_t n)
{
    uint8_t any = 0;
    for (size_t i = 0; i < n; i++)
        any |= marks[i] &= others[i];
    return any;
}

static bool mark_by_bytes(const struct unit_scan *s, uint8_t *marks, const char *data, size_t n)
{
    uint8_t low[SCAN_UNITS_MAX + 1 + RUN_UNITS], high[SCAN_UNITS_MAX + RUN_UNITS], others[SCAN_UNITS_MAX];
    size_t whole = (n + RUN_UNITS - 1) / RUN_UNITS * RUN_UNITS;
    take_bytes(low, data, n + unit_scan_reach(s), 0);
    if (!s->is_pair)
        take_bytes(high, data, n, 8);
    mark_keys(marks, low, whole, &s->here);
    mark_keys(others, s->is_pair ? low + 1 : high, whole, &s->there);
    return keep_marks(marks, others, whole);
}

static bool mark_by_table(const struct unit_scan *s, uint8_t *restrict marks, const char *restrict data, size_t n)
{
    const uint8_t *restrict table = s->table;
    size_t behind = 2 * unit_scan_reach(s);
    uint8_t wanted = s->is_pair ? IS_FIRST : IS_LAST, any = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t here = table[table_place(unit_at(data + i * 2))];
        uint8_t there = table[table_place(unit_at(data + i * 2 + behind))];
        marks[i] = (here & IS_LAST) != 0 && (there & wanted) != 0;
        any |= marks[i];
    }
    return any;
}

bool unit_scan_mark(const struct unit_scan *s, uint8_t *marks, const char *data, size_t n)
{
    if (s->table != NULL)
        return mark_by_table(s, marks, data, n);
    return n < RUN_UNITS ? mark_few(s, marks, data, n) : mark_by_bytes(s, marks, data, n);
}
