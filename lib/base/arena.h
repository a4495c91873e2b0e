/**
 * Memory for many small things that die together. One thread at a time.
 */
#ifndef QUOTH_ARENA_H
#define QUOTH_ARENA_H

#include "slice.h"
#include "status.h"

#include <stdalign.h>

struct arena_block;

/** All zero is an empty one. */
struct arena {
    struct arena_block *blocks; /* the newest first */
    size_t used, cap;           /* its bytes */
};

void arena_init(struct arena *a);

/** Free everything; the arena is empty and usable. */
void arena_clear(struct arena *a);

/** As arena_clear, but a block of the usual size stays for what comes next. */
void arena_reset(struct arena *a);

/** Take a further block, with room for n bytes at least; what is left of the last one is not used any more. */
bool arena_grow(struct arena *a, size_t n);

/** n bytes, not set, aligned for any type; NULL when memory ends. They stay until arena_clear or arena_reset. */
static inline void *arena_take(struct arena *a, size_t n)
{
    size_t unit = alignof(max_align_t), rounded = (n + unit - 1) / unit * unit;
    if (n > SIZE_MAX / 4 || (rounded >= a->cap - a->used && !arena_grow(a, rounded)))
        return NULL;
    void *p = (char *)a->blocks + a->used;
    a->used += rounded;
    return p;
}

/** As arena_take, but zeroed. */
static inline void *arena_alloc(struct arena *a, size_t n)
{
    void *p = arena_take(a, n);
    return p == NULL ? NULL : memset(p, 0, n);
}

/**
 * See that the array at *items, the arena's or NULL, has room for `need` elements of `size` bytes: *cap grows by
 * doubling. What it has grown out of stays in the arena, unused.
 *
 * @param items  address of the pointer (of any element type)
 * @param max    elements; need above it is ERR_LIMIT
 * @retval ERR_LIMIT ERR_NOMEM  *items and *cap are as before
 */
enum status arena_reserve(struct arena *a, void *items, size_t *cap, size_t need, size_t size, size_t max,
                          struct error *e) CHECK_RESULT;

/** A copy of s, with a NUL after it that is not counted; data is NULL when memory ends. */
struct slice arena_copy(struct arena *a, struct slice s);

#endif
