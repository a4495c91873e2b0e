/**
 * What a prefix or a fuzzy word stands for: the commonest forms that start with it, or lie within a few edits of it,
 * over all segments of a snapshot.
 *
 * Counts are of live passages, so the same articles give the same expansion whatever way they came in. A form
 * dictionary counts dead passages too; how many of them held each form is counted from their token sequences on the
 * first such query, once per segment that has any.
 */
#ifndef QUOTH_KERNEL_FORMS_H
#define QUOTH_KERNEL_FORMS_H

#include "arena.h"
#include "query.h"
#include "snapshot.h"

struct kernel_forms;

/** @param s  borrowed until kernel_forms_free() */
enum status kernel_forms_new(struct kernel_forms **out, const struct snapshot *s, struct error *e) CHECK_RESULT;
void kernel_forms_free(struct kernel_forms *f);

/** Which forms: those that begin with text, or, where edits are given, those within as many of it. */
struct form_pattern {
    struct slice text;
    uint32_t edits;
};

/**
 * Set out->terms to the terms of the forms of a pattern, of its QUERY_EXPANSION_MAX commonest forms by live passages
 * (ties by spelling) where there are more. With edits, out->factors says what each term's weight is multiplied by: of
 * the nearest of its forms, FUZZY_FACTOR an edit.
 *
 * @param[out] out     terms distinct, ascending, never NULL; arrays and bytes are the arena's
 * @param[out] is_cut  there were more forms
 */
enum status kernel_forms_expand(struct kernel_forms *f, struct form_pattern pattern, const struct stop *stop,
                                struct arena *arena, struct query_word *out, bool *is_cut,
                                struct error *e) CHECK_RESULT;

/**
 * How many dead passages of a segment held each of its forms, by form id; counted when first asked for.
 *
 * @param[out] dead  NULL where the segment has no dead passages; stays until kernel_forms_free()
 */
enum status kernel_forms_dead(struct kernel_forms *f, size_t segment, const struct stop *stop, const uint32_t **dead,
                              struct error *e) CHECK_RESULT;

#endif
