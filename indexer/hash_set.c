#include "hash_set.h"

#include <stdlib.h>
#include <xxhash.h>

#define SLOTS_FIRST ((size_t)1024)
#define SLOTS_MAX ((size_t)1 << 36)

struct hash128 hash_bytes(struct slice s, uint64_t seed)
{
    XXH128_hash_t h = XXH3_128bits_withSeed(s.data, s.len, seed);
    return (struct hash128){h.low64 == 0 ? 1 : h.low64, h.high64};
}

void hash_set_init(struct hash_set *set)
{
    *set = (struct hash_set){0};
}

void hash_set_clear(struct hash_set *set)
{
    free(set->slots);
    hash_set_init(set);
}

/** The slot that holds h, or the free one where it belongs. */
static struct hash128 *find_slot(const struct hash_set *set, struct hash128 h)
{
    size_t at = h.low & (set->n_slots - 1);
    for (;; at = (at + 1) & (set->n_slots - 1)) {
        struct hash128 *slot = &set->slots[at];
        if (slot->low == 0 || (slot->low == h.low && slot->high == h.high))
            return slot;
    }
}

static enum status grow(struct hash_set *set, struct error *e)
{
    struct hash_set larger = {.n = set->n, .n_slots = set->n_slots == 0 ? SLOTS_FIRST : 2 * set->n_slots};
    if (larger.n_slots > SLOTS_MAX)
        return error_set(e, ERR_LIMIT, "too many ids");
    larger.slots = calloc(larger.n_slots, sizeof *larger.slots);
    if (larger.slots == NULL)
        return error_nomem(e);
    for (size_t i = 0; i < set->n_slots; i++)
        if (set->slots[i].low != 0)
            *find_slot(&larger, set->slots[i]) = set->slots[i];
    free(set->slots);
    *set = larger;
    return OK;
}

bool hash_set_has(const struct hash_set *set, struct hash128 h)
{
    return set->n > 0 && find_slot(set, h)->low != 0;
}

enum status hash_set_add(struct hash_set *set, struct hash128 h, bool *is_new, struct error *e)
{
    if (set->n + set->n / 2 >= set->n_slots) {
        enum status st = grow(set, e);
        if (st != OK)
            return st;
    }
    struct hash128 *slot = find_slot(set, h);
    if (is_new != NULL)
        *is_new = slot->low == 0;
    set->n += slot->low == 0;
    *slot = h;
    return OK;
}
