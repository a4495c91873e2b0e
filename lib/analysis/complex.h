/**
 * Words of scripts that are written without spaces (Thai, Lao, Khmer, Burmese), cut by ICU's dictionaries.
 * One thread at a time.
 */
#ifndef QUOTH_COMPLEX_H
#define QUOTH_COMPLEX_H

#include "words.h"

#define COMPLEX_PIECE_MAX 512 /* UTF-16 units given to ICU at once; a longer run is cut at the last break before */

struct complex_cutter;

enum status complex_new(struct complex_cutter **out, struct error *e) CHECK_RESULT;
void complex_free(struct complex_cutter *c);

/** Begin with a run (kind WORD_COMPLEX) of text; both stay until complex_next has returned false. */
void complex_begin(struct complex_cutter *c, struct slice text, const struct word *run);

/** @param[out] found  false at the end of the run; then *out is left as it was */
enum status complex_next(struct complex_cutter *c, struct char_classes *t, struct word *out, bool *found,
                         struct error *e) CHECK_RESULT;

#endif
