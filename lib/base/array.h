/**
 * Growing an array of elements, with a bound.
 */
#ifndef QUOTH_ARRAY_H
#define QUOTH_ARRAY_H

#include "status.h"

#include <stddef.h>

/**
 * See that the array at *items has room for `need` elements of `size` bytes: *cap grows by doubling.
 *
 * @param items  address of the pointer (of any element type); malloc's memory, the caller frees it
 * @param max    elements; need above it is ERR_LIMIT
 * @retval ERR_LIMIT ERR_NOMEM  *items and *cap are as before
 */
enum status array_reserve(void *items, size_t *cap, size_t need, size_t size, size_t max, struct error *e) CHECK_RESULT;

#endif
