#include "arena.h"

#include <stdlib.h>

#define BLOCK_BYTES ((size_t)8192)
#define FIRST_ELEMENTS 4

/* What is handed out follows. */
struct arena_block {
    alignas(max_align_t) struct arena_block *next;
    size_t cap;
};

void arena_init(struct arena *a)
{
    *a = (struct arena){0};
}

static void free_blocks(struct arena_block *b)
{
    while (b != NULL) {
        struct arena_block *next = b->next;
        free(b);
        b = next;
    }
}

void arena_clear(struct arena *a)
{
    free_blocks(a->blocks);
    arena_init(a);
}

void arena_reset(struct arena *a)
{
    struct arena_block *kept = a->blocks;
    if (kept == NULL || kept->cap != BLOCK_BYTES) {
        arena_clear(a);
        return;
    }
    free_blocks(kept->next);
    kept->next = NULL;
    *a = (struct arena){.blocks = kept, .used = sizeof *kept, .cap = kept->cap};
}

bool arena_grow(struct arena *a, size_t n)
{
    struct arena_block *b;
    size_t least = sizeof *b + n, cap = least > BLOCK_BYTES ? least : BLOCK_BYTES;
    b = malloc(cap);
    if (b == NULL)
        return false;
    *b = (struct arena_block){.next = a->blocks, .cap = cap};
    *a = (struct arena){.blocks = b, .used = sizeof *b, .cap = cap};
    return true;
}

enum status arena_reserve(struct arena *a, void *items, size_t *cap, size_t need, size_t size, size_t max,
                          struct error *e)
{
    if (need <= *cap)
        return OK;
    if (need > max)
        return error_set(e, ERR_LIMIT, "more than %zu elements", max);
    size_t grown = *cap < FIRST_ELEMENTS ? FIRST_ELEMENTS : *cap;
    while (grown < need)
        grown = grown > max / 2 ? max : grown * 2;
    void *old, *bigger = grown > SIZE_MAX / size ? NULL : arena_take(a, grown * size);
    if (bigger == NULL)
        return error_nomem(e);
    memcpy(&old, items, sizeof old);
    if (*cap > 0)
        memcpy(bigger, old, *cap * size);
    memcpy(items, &bigger, sizeof bigger);
    *cap = grown;
    return OK;
}

struct slice arena_copy(struct arena *a, struct slice s)
{
    char *p = arena_take(a, s.len + 1);
    if (p == NULL)
        return (struct slice){0};
    if (s.len > 0)
        memcpy(p, s.data, s.len);
    p[s.len] = '\0';
    return slice_of(p, s.len);
}
