/**
 * Memory for many small things that die together. One thread at a time.
 */
#ifndef QUOTH_ARENA_H
#define QUOTH_ARENA_H

#include "slice.h"
#include "status.h"

struct arena_block;

struct arena {
    struct arena_block *blocks; /* the newest first */
    size_t used;                /* bytes handed out, all in all */
};

void arena_init(struct arena *a);

/** Free everything; the arena is empty and usable. */
void arena_clear(struct arena *a);

/** n bytes, zeroed, aligned for any type; NULL when memory ends. They stay until arena_clear. */
void *arena_alloc(struct arena *a, size_t n);

/** As arena_alloc, but the bytes are not set. */
void *arena_take(struct arena *a, size_t n);

/** A copy of s, with a NUL after it that is not counted; data is NULL when memory ends. */
struct slice arena_copy(struct arena *a, struct slice s);

#endif
