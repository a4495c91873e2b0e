#include "intern.h"

#include "array.h"
#include "buf.h"

#include <stdlib.h>

#define BYTES_MAX ((size_t)1 << 40)
#define STRINGS_MAX ((size_t)UINT32_MAX - 1)

struct entry {
    size_t start;
    uint32_t len;
    uint32_t hash;
};

struct intern {
    struct buf bytes;
    struct entry *entries;
    size_t n_entries, entries_cap;
    uint32_t *slots; /* open addressing, linear probing; entry number + 1, 0 empty */
    size_t n_slots;  /* a power of two, at least 2/1 of n_entries */
};

enum status intern_new(struct intern **out, struct error *e)
{
    *out = NULL;
    struct intern *t = calloc(1, sizeof *t);
    if (t == NULL)
        return error_nomem(e);
    buf_init(&t->bytes, BYTES_MAX);
    t->n_slots = 1024;
    t->slots = calloc(t->n_slots, sizeof *t->slots);
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
    free(t->entries);
    free(t->slots);
    free(t);
}

static uint32_t hash_of(struct slice s)
{
    return (uint32_t)(slice_hash(s) >> 32);
}

/* The slot that holds s, or the empty one where it belongs. */
static size_t slot_of(const struct intern *t, struct slice s, uint32_t hash)
{
    size_t mask = t->n_slots - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        if (t->slots[i] == 0)
            return i;
        const struct entry *entry = &t->entries[t->slots[i] - 1];
        if (entry->hash == hash && slice_equal(slice_of(t->bytes.data + entry->start, entry->len), s))
            return i;
    }
}

static enum status grow_slots(struct intern *t, struct error *e)
{
    size_t n_slots = t->n_slots * 2;
    uint32_t *slots = calloc(n_slots, sizeof *slots);
    if (slots == NULL)
        return error_nomem(e);
    for (size_t n = 0; n < t->n_entries; n++) {
        size_t i = t->entries[n].hash & (n_slots - 1);
        while (slots[i] != 0)
            i = (i + 1) & (n_slots - 1);
        slots[i] = (uint32_t)n + 1;
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
    size_t slot = slot_of(t, s, hash);
    if (t->slots[slot] != 0) {
        *id = t->slots[slot] - 1;
        return OK;
    }
    if (s.len > UINT32_MAX)
        return error_set(e, ERR_LIMIT, "a string of %zu bytes", s.len);
    enum status st = array_reserve(&t->entries, &t->entries_cap, t->n_entries + 1, sizeof *t->entries, STRINGS_MAX, e);
    if (st != OK)
        return st;
    if ((t->n_entries + 1) * 2 > t->n_slots) {
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
    t->entries[t->n_entries] = (struct entry){.start = start, .len = (uint32_t)s.len, .hash = hash};
    t->slots[slot] = (uint32_t)++t->n_entries;
    *id = (uint32_t)t->n_entries - 1;
    return OK;
}

uint32_t intern_find(const struct intern *t, struct slice s)
{
    uint32_t number = t->slots[slot_of(t, s, hash_of(s))];
    return number == 0 ? INTERN_NONE : number - 1;
}

struct slice intern_get(const struct intern *t, uint32_t id)
{
    const struct entry *entry = &t->entries[id];
    return slice_of(t->bytes.data + entry->start, entry->len);
}

uint32_t intern_count(const struct intern *t)
{
    return (uint32_t)t->n_entries;
}

size_t intern_memory(const struct intern *t)
{
    return sizeof *t + t->bytes.cap + t->entries_cap * sizeof *t->entries + t->n_slots * sizeof *t->slots;
}
