/**
 * The forms of a segment within a few edits of a word, without looking at every form.
 *
 * Forms lie sorted by spelling, so those that begin alike share the rows of the table of edits that their common
 * beginning fills; where a beginning is already too far away, all forms that begin so are passed over at once.
 */
#ifndef QUOTH_EDITS_WALK_H
#define QUOTH_EDITS_WALK_H

#include "edits.h"
#include "snapshot.h"

#define EDITS_WALK_MAX 3 /* edits that a walk may be asked for */

/** @param form  its form id */
typedef enum status edits_walk_fn(void *ctx, uint32_t form, const struct form_view *view, uint32_t edits,
                                  struct error *e);

/**
 * Call fn for each form within max edits, as edits_between() counts them, in order of spelling.
 *
 * @param max  at most EDITS_WALK_MAX
 * @retval ERR_INDEX ERR_DEADLINE ERR_CANCELLED  or what fn returned
 */
enum status edits_walk(const struct segment *s, const struct edits_word *word, uint32_t max, const struct stop *stop,
                       edits_walk_fn *fn, void *ctx, struct error *e) CHECK_RESULT;

#endif
