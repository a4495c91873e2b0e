/**
 * What a prefix stands for: the commonest forms that start with it, over all segments of a snapshot.
 *
 * Counts are of live passages, so the same articles give the same expansion whatever way they came in. A form
 * dictionary counts dead passages too; how many of them held each form is counted from their token sequences on the
 * first prefix query, once per segment that has any.
 */
#ifndef QUOTH_KERNEL_FORMS_H
#define QUOTH_KERNEL_FORMS_H

#include "arena.h"
#include "snapshot.h"

struct kernel_forms;

/** @param s  borrowed until kernel_forms_free() */
enum status kernel_forms_new(struct kernel_forms **out, const struct snapshot *s, struct error *e) CHECK_RESULT;
void kernel_forms_free(struct kernel_forms *f);

/**
 * The terms of the forms that start with prefix, of its QUERY_EXPANSION_MAX commonest forms by live passages (ties by
 * spelling) where there are more.
 *
 * @param[out] terms   distinct, ascending; array and bytes are the arena's
 * @param[out] is_cut  there were more forms
 */
enum status kernel_forms_expand(struct kernel_forms *f, struct slice prefix, const struct stop *stop,
                                struct arena *arena, struct slice **terms, size_t *n_terms, bool *is_cut,
                                struct error *e) CHECK_RESULT;

/**
 * How many dead passages of a segment held each of its forms, by form id; counted when first asked for.
 *
 * @param[out] dead  NULL where the segment has no dead passages; stays until kernel_forms_free()
 */
enum status kernel_forms_dead(struct kernel_forms *f, size_t segment, const struct stop *stop, const uint32_t **dead,
                              struct error *e) CHECK_RESULT;

#endif
