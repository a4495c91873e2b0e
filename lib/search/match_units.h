/**
 * Phrases and words near each other in a token sequence as it stands in the file: nothing is decoded but what stands
 * around the rarest word. They decide as phrase_find() does, and near_step() at any token. Nothing is allocated for a
 * sequence.
 */
#ifndef QUOTH_MATCH_UNITS_H
#define QUOTH_MATCH_UNITS_H

#include "match_phrase.h"
#include "status.h"
#include "token_units.h"

#define SCAN_KEYS_MAX 8

/**
 * How a set's tokens are found among units. The key of an id is the unit that it ends with, so a key that stands there
 * may also be another token's; the ids decide. Up to SCAN_KEYS_MAX keys are compared with each unit, more are looked up
 * in a table. Shared once made.
 */
struct unit_scan {
    struct id_set set;
    uint16_t keys[SCAN_KEYS_MAX]; /* as in the file */
    size_t n_keys;                /* the last is repeated up to 1, 2, 4 or 8; 0: table */
    uint8_t *table;               /* 1 for the low bits of a key, else 0 */
};

/** @param set  not empty; its ids are borrowed until unit_scan_clear() */
enum status unit_scan_init(struct unit_scan *out, struct id_set set, struct error *e) CHECK_RESULT;
void unit_scan_clear(struct unit_scan *s);

/** Which set is best looked for first: few ids, of rare forms. Form ids count by falling frequency. */
size_t unit_scan_choose(const struct id_set *sets, size_t n);

/** @param scan  of p->sets[anchor] */
bool phrase_in_units(const struct phrase *p, size_t anchor, const struct unit_scan *scan, const struct token_units *u);

/** @param scan  of any of near->sets */
bool near_in_units(const struct near *near, const struct unit_scan *scan, const struct token_units *u);

#endif
