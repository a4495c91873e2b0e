/**
 * Copying live articles from finished segments into a new one, from their token sequences: no article is read again,
 * and the result is the same as if they had been indexed together.
 */
#ifndef QUOTH_MERGE_H
#define QUOTH_MERGE_H

#include "index_writer.h"

/** A segment as the update sees it now. */
struct merge_input {
    const struct segment *segment;
    const struct tombstones *dead; /* as the update will publish them; NULL: none */
};

enum status merge_copy(struct index_writer *to, const struct merge_input *from, struct error *e) CHECK_RESULT;

/** Which segments to merge into one. */
struct merge_candidate {
    uint64_t n_live, n_dead; /* passages */
    bool is_picked;
};

enum merge_policy {
    MERGE_USUAL, /* keep the number of small ones small, and rewrite those more than half dead */
    MERGE_DEAD,  /* all with anything dead: --purge */
    MERGE_ALL,   /* --compact */
};

/**
 * Sets is_picked; returns whether anything is to be done.
 *
 * @param fits  live passages that one segment can hold in the memory at hand
 */
bool merge_pick(struct merge_candidate *candidates, size_t n, enum merge_policy policy, uint64_t fits);

#endif
