#include "intern.h"

#include "array.h"
#include "buf.h"
#include "large.h"

#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define BYTES_MAX ((size_t)1 << 40)
#define STRINGS_MAX ((size_t)UINT32_MAX - 1)

struct slot {
    uint32_t hash;
    uint32_t number; /* of the string, plus 1; 0: empty */
};

struct intern {
    struct buf bytes; /* of all strings, one behind the other */
    size_t *starts;   /* of each in bytes */
    size_t n, starts_cap;
    struct slot *slots; /* open addressing, linear probing */
    size_t n_slots;     /* a power of two, at least 2/1 of n */
};

enum status intern_new(struct intern **out, struct error *e)
{
    *out = NULL;
    struct intern *t = calloc(1, sizeof *t);
    if (t == NULL)
        return error_nomem(e);
    buf_init(&t->bytes, BYTES_MAX);
    t->n_slots = 1024;
    t->slots = large_alloc(t->n_slots * sizeof *t->slots);
    if (t->slots == NULL) {
        intern_free(t);
        return error_nomem(e);
    }
    *out = t;
    return OK;
}

void intern_free(struct intern *t)
{
    if (t == NULL)
        return;
    buf_clear(&t->bytes);
    free(t->starts);
    free(t->slots);
    free(t);
}

static uint32_t hash_of(struct slice s)
{
    return (uint32_t)(XXH3_64bits(s.data, s.len) >> 32);
}

/* The slot that holds s, or the empty one where it belongs. */
static struct slot *slot_of(const struct intern *t, struct slice s, uint32_t hash)
{
    size_t mask = t->n_slots - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct slot *slot = &t->slots[i];
        if (slot->number == 0 || (slot->hash == hash && slice_equal(intern_get(t, slot->number - 1), s)))
            return slot;
    }
}

static enum status grow_slots(struct intern *t, struct error *e)
{
    size_t n_slots = t->n_slots * 2;
    struct slot *slots = large_alloc(n_slots * sizeof *slots);
    if (slots == NULL)
        return error_nomem(e);
    for (const struct slot *old = t->slots; old < t->slots + t->n_slots; old++) {
        if (old->number == 0)
            continue;
        size_t i = old->hash & (n_slots - 1);
        while (slots[i].number != 0)
            i = (i + 1) & (n_slots - 1);
        slots[i] = *old;
    }
    free(t->slots);
    t->slots = slots;
    t->n_slots = n_slots;
    return OK;
}

enum status intern_put(struct intern *t, struct slice s, uint32_t *id, struct error *e)
{
    *id = INTERN_NONE;
    uint32_t hash = hash_of(s);
    struct slot *slot = slot_of(t, s, hash);
    if (slot->number != 0) {
        *id = slot->number - 1;
        return OK;
    }
    enum status st = array_reserve(&t->starts, &t->starts_cap, t->n + 1, sizeof *t->starts, STRINGS_MAX, e);
    if (st != OK)
        return st;
    if ((t->n + 1) * 2 > t->n_slots) {
        st = grow_slots(t, e);
        if (st != OK)
            return st;
        slot = slot_of(t, s, hash);
    }
    size_t start = t->bytes.len;
    buf_put(&t->bytes, s);
    st = buf_status(&t->bytes, e);
    if (st != OK)
        return st;
    t->starts[t->n] = start;
    *slot = (struct slot){.hash = hash, .number = (uint32_t)++t->n};
    *id = (uint32_t)t->n - 1;
    return OK;
}

void intern_expect(const struct intern *t, struct slice s)
{
    __builtin_prefetch(&t->slots[hash_of(s) & (t->n_slots - 1)]);
}

uint32_t intern_find(const struct intern *t, struct slice s)
{
    uint32_t number = slot_of(t, s, hash_of(s))->number;
    return number == 0 ? INTERN_NONE : number - 1;
}

struct slice intern_get(const struct intern *t, uint32_t id)
{
    size_t start = t->starts[id], end = id + 1 < t->n ? t->starts[id + 1] : t->bytes.len;
    return slice_of(t->bytes.data + start, end - start);
}

uint32_t intern_count(const struct intern *t)
{
    return (uint32_t)t->n;
}

size_t intern_memory(const struct intern *t)
{
    return sizeof *t + t->bytes.cap + t->starts_cap * sizeof *t->starts + t->n_slots * sizeof *t->slots;
}
