/**
 * Where in a token sequence, as it stands in the file, a word of a phrase or a near may stand: loops over its units
 * without a branch, which leave most passages with nothing found.
 *
 * A token is known by the unit that it ends with and, where the phrase's next word must follow at once, by the unit
 * that one of that begins with. Of these only the low bytes are compared, of a word without another behind it both
 * bytes: other tokens may have the same, so the ids decide. Shared once made.
 */
#ifndef QUOTH_MATCH_SCAN_H
#define QUOTH_MATCH_SCAN_H

#include "match_phrase.h"
#include "status.h"

#define SCAN_UNITS_MAX 256 /* marked at a time: more than most passages have */
#define SCAN_KEYS_MAX 16

/* Bytes that are looked for; behind the n of them the last is repeated. */
struct scan_keys {
    size_t n;
    uint8_t bytes[SCAN_KEYS_MAX];
};

struct unit_scan {
    size_t anchor; /* the word that is looked for */
    struct id_set set;
    bool is_pair;           /* the next word must follow at once */
    struct scan_keys here;  /* low bytes of the units that its tokens end with */
    struct scan_keys there; /* of a pair the low bytes of those that the next word's begin with, else the high bytes */
    uint8_t *table;         /* where these are too many: by a unit's low bits, which of the two it may be; else NULL */
    bool is_word[UINT8_MAX + 1]; /* by the low byte of an id: may it be any of the words? */
};

/**
 * @param p       no set is empty; the ids are borrowed until unit_scan_clear(); p->offsets is NULL where the words may
 *                stand in any order
 * @param anchor  number of a word
 */
enum status unit_scan_init(struct unit_scan *out, const struct phrase *p, size_t anchor, struct error *e) CHECK_RESULT;
void unit_scan_clear(struct unit_scan *s);

/** The anchor that takes the least time: few ids, of rare forms, and so the next word. Form ids count by falling
 * frequency. */
size_t unit_scan_choose(const struct phrase *p);

/** Units behind a unit that are looked at to mark it: 0 or 1. */
static inline size_t unit_scan_reach(const struct unit_scan *s)
{
    return s->is_pair;
}

/**
 * Set marks[i] to 1 where a token of the anchor may end at unit i of n, else to 0.
 *
 * @param marks  SCAN_UNITS_MAX; those from n on are of no use
 * @param data   n units, at most SCAN_UNITS_MAX, and unit_scan_reach() more
 * @return       false: none of the n is marked
 */
bool unit_scan_mark(const struct unit_scan *s, uint8_t *marks, const char *data, size_t n);

#endif
