/**
 * Sorting by numbers and by texts in a few passes over the data, whatever the data: no input makes it slow.
 */
#ifndef QUOTH_RADIX_H
#define QUOTH_RADIX_H

#include "intern.h"

struct radix_item {
    uint64_t key;
    uint32_t number;
};

/** Ascending by key; equal keys keep their order. `scratch` has room for n as well. */
void radix_sort(struct radix_item *items, struct radix_item *scratch, size_t n);

/** Sort ids by the bytes of their strings in t, a shorter prefix first. Takes RADIX_SORT_BYTES an id meanwhile. */
enum status radix_sort_interned(const struct intern *t, uint32_t *ids, size_t n, struct error *e) CHECK_RESULT;

#define RADIX_SORT_BYTES (2 * sizeof(struct radix_item))

#endif
