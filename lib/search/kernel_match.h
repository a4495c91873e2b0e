/**
 * Which live passages of one segment match a plan: a set of passages for each slot of the plan, the root's the answer.
 *
 * Brackets narrow from the cheap to the dear: plain terms first, then brackets, then leaves whose tokens have to be
 * read, which look only at passages that everything cheaper has let through.
 */
#ifndef QUOTH_KERNEL_MATCH_H
#define QUOTH_KERNEL_MATCH_H

#include "kernel_lists.h"
#include "match.h"

/** One segment being searched. Sets have n_words words each; all but `within` are empty before match_segment(). */
struct segment_run {
    const struct plan *plan;
    const struct segment *segment;
    struct kernel_lists *lists;
    struct matcher *matcher; /* NULL where the plan needs no tokens */
    const struct stop *stop;
    size_t n_words;
    uint64_t *slots;                      /* plan->n_slots sets, one after the other */
    const uint64_t *within;               /* only these passages are looked at */
    uint64_t *target, *narrow, *narrower; /* scratch */
    bool wants_scores;                    /* else what only adds to the score is passed over */
};

/** The set of a slot. */
static inline uint64_t *run_slot(const struct segment_run *r, size_t slot)
{
    return r->slots + slot * r->n_words;
}

/** Can anything match in the segment that the lists are of, by which terms it has? n is the plan's root. */
enum status match_is_possible(struct kernel_lists *l, const struct plan_node *n, bool *out,
                              struct error *e) CHECK_RESULT;

/** Fill the sets of all slots. */
enum status match_segment(struct segment_run *r, struct error *e) CHECK_RESULT;

/** Only what filters and excludes among an AND's children: out becomes the passages of `within` that pass. */
enum status match_filters(struct segment_run *r, const struct plan_node *n, uint64_t *out,
                          struct error *e) CHECK_RESULT;

/** Take from each scoring slot what the brackets around it do not match; after match_segment(). */
void match_gate(struct segment_run *r);

#endif
