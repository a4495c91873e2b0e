/**
 * Phrases and words near each other in a token sequence as it stands in the file: nothing is decoded but what stands
 * around the rarest word. They decide as phrase_find() does, and near_step() at any token. Nothing is allocated for a
 * sequence.
 */
#ifndef QUOTH_MATCH_UNITS_H
#define QUOTH_MATCH_UNITS_H

#include "match_scan.h"
#include "token_units.h"

/** @param scan  of p */
bool phrase_in_units(const struct phrase *p, const struct unit_scan *scan, const struct token_units *u);

/** @param scan  of any of near->sets, without offsets */
bool near_in_units(const struct near *near, const struct unit_scan *scan, const struct token_units *u);

#endif
