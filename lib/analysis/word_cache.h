/**
 * What words as written become, so that the common ones are made once. Bounded: when it is full, words that were not
 * found again go, or, where that leaves too little room, all.
 * One thread at a time.
 *
 * Most words are found by comparing two numbers: their bytes themselves, so neither is the text looked at again nor is
 * any memory touched but the word's slot.
 */
#ifndef QUOTH_WORD_CACHE_H
#define QUOTH_WORD_CACHE_H

#include "slice.h"
#include "status.h"

#define WORD_CACHE_MAX_BYTES ((size_t)16 << 20) /* of memory, all languages together */
#define WORD_CACHE_KEY_MAX 64                   /* longer words are not kept */
#define WORD_CACHE_PROBES_MAX 32                /* so words that were chosen to collide cost no more than that */

struct made_word {
    struct slice form, term; /* at most 64 bytes each; both empty where the word leaves no token */
    bool is_stopword;
    uint32_t *note; /* kept with the word for whoever uses the cache; 0 until it is set */
};

/** Up to WORD_KEY_BYTES the bytes of a word, zeros behind them; of a longer word a hash. */
struct word_key {
    uint64_t low, high;
};
#define WORD_KEY_BYTES 16

struct word_slot {
    struct word_key key;
    uint32_t entry; /* where its form and term are in the pool; 0: the slot is free */
    uint32_t note;
    uint8_t language, raw_len, form_len, term_len;
    bool is_stopword, term_is_prefix;
    bool was_found; /* since it was put, or since the cache was last full */
};

struct word_cache {
    struct word_slot *slots;
    size_t n_slots;
    size_t n;         /* words */
    char *pool;       /* of each word its form, its term unless the form begins with it, as written if that is long */
    size_t used, cap; /* bytes; used is at least 1, for entry 0 means free */
};

enum status word_cache_new(struct word_cache **out, struct error *e) CHECK_RESULT;
void word_cache_free(struct word_cache *c);

struct word_key word_key_of(struct slice raw);

static inline uint64_t word_cache_hash(size_t language, struct word_key key)
{
    uint64_t hash = (key.low ^ ((uint64_t)language << 56)) * 0x9E3779B97F4A7C15u;
    return ((hash ^ hash >> 32) + key.high) * 0xD6E8FEB86659FD93u;
}

/** Where the search for a hash begins. */
static inline size_t word_cache_home(const struct word_cache *c, uint64_t hash)
{
    return (size_t)((hash >> 32) * c->n_slots >> 32);
}

/** The memory that word_cache_slot() will look at is to be brought near. */
static inline void word_cache_expect(const struct word_cache *c, uint64_t hash)
{
    __builtin_prefetch(&c->slots[word_cache_home(c, hash)]);
}

/** Are these the bytes of a slot's word that is longer than its key? */
bool word_slot_is_long(const struct word_cache *c, const struct word_slot *slot, struct slice raw);

/**
 * The slot of a word; it stays until the next word_cache_put. NULL: it is not there.
 *
 * @param key   word_key_of(raw)
 * @param hash  word_cache_hash(language, key)
 */
static inline struct word_slot *word_cache_slot(const struct word_cache *c, size_t language, struct word_key key,
                                                uint64_t hash, struct slice raw)
{
    size_t at = word_cache_home(c, hash);
    for (size_t i = 0; i < WORD_CACHE_PROBES_MAX; i++) {
        struct word_slot *slot = &c->slots[at];
        if (slot->key.low == key.low && slot->key.high == key.high && slot->language == language &&
            slot->raw_len == raw.len && slot->entry != 0 &&
            (raw.len <= WORD_KEY_BYTES || word_slot_is_long(c, slot, raw))) {
            if (!slot->was_found)
                slot->was_found = true;
            return slot;
        }
        if (slot->entry == 0)
            return NULL;
        at = at + 1 < c->n_slots ? at + 1 : 0;
    }
    return NULL;
}

/** What a slot says; its slices and note stay until the next word_cache_put. */
void word_slot_read(const struct word_cache *c, struct word_slot *slot, struct made_word *out);

/** word_cache_slot and word_slot_read in one. */
bool word_cache_find(const struct word_cache *c, size_t language, struct slice raw, struct made_word *out);

/**
 * Keep a word, its note 0. It is only a cache: where memory ends, the word is not kept. word's slices must not be the
 * cache's. Returns its note, NULL where it is not kept.
 */
uint32_t *word_cache_put(struct word_cache *c, size_t language, struct slice raw, const struct made_word *word);

/** All notes are 0 again. */
void word_cache_forget_notes(struct word_cache *c);

/** Words that are kept, and the bytes they take; for tests. */
size_t word_cache_count(const struct word_cache *c);
size_t word_cache_memory(const struct word_cache *c);

#endif
