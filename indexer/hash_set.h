/**
 * A set of 128-bit hashes: which ids and paths were met. Two strings with one hash are taken for equal. One thread at a
 * time.
 */
#ifndef QUOTH_HASH_SET_H
#define QUOTH_HASH_SET_H

#include "slice.h"
#include "status.h"

struct hash128 {
    uint64_t low, high;
};

struct hash_set {
    struct hash128 *slots; /* zero: free */
    size_t n, n_slots;     /* n_slots is 0 or a power of two */
};

/** XXH128 of s; never zero. */
struct hash128 hash_bytes(struct slice s, uint64_t seed);

void hash_set_init(struct hash_set *set);
void hash_set_clear(struct hash_set *set);
bool hash_set_has(const struct hash_set *set, struct hash128 h);
/** *is_new (may be NULL): it was not there. */
enum status hash_set_add(struct hash_set *set, struct hash128 h, bool *is_new, struct error *e) CHECK_RESULT;

#endif
