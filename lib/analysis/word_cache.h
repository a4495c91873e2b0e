/**
 * What words as written become, so that the common ones are made once. Bounded: when it is full, it is emptied.
 * One thread at a time.
 */
#ifndef QUOTH_WORD_CACHE_H
#define QUOTH_WORD_CACHE_H

#include "slice.h"
#include "status.h"

#define WORD_CACHE_MAX_BYTES ((size_t)16 << 20) /* of memory, all languages together */
#define WORD_CACHE_KEY_MAX 64                   /* longer words are not kept */

struct made_word {
    struct slice form, term; /* at most 64 bytes each; both empty where the word leaves no token */
    bool is_stopword;
    uint32_t *note; /* kept with the word for whoever uses the cache; 0 until it is set */
};

struct word_cache;

enum status word_cache_new(struct word_cache **out, struct error *e) CHECK_RESULT;
void word_cache_free(struct word_cache *c);

/** @param[out] out  its slices and note stay until the next word_cache_put */
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
