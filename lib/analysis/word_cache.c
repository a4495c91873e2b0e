#include "word_cache.h"

#include "large.h"
#include "pack.h"

#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define SLOTS_MIN ((size_t)1 << 10)
#define SLOTS_MAX ((size_t)6 << 16) /* so that slots and pool are full at about the same time */
#define POOL_MIN ((size_t)1 << 14)
#define POOL_MAX (WORD_CACHE_MAX_BYTES - SLOTS_MAX * sizeof(struct word_slot))

enum status word_cache_new(struct word_cache **out, struct error *e)
{
    struct word_cache *c = *out = calloc(1, sizeof *c);
    if (c == NULL)
        return error_nomem(e);
    c->n_slots = SLOTS_MIN;
    c->slots = large_alloc(c->n_slots * sizeof *c->slots);
    c->cap = POOL_MIN;
    c->pool = malloc(c->cap);
    c->used = 1;
    if (c->slots != NULL && c->pool != NULL)
        return OK;
    word_cache_free(c);
    *out = NULL;
    return error_nomem(e);
}

void word_cache_free(struct word_cache *c)
{
    if (c == NULL)
        return;
    free(c->slots);
    free(c->pool);
    free(c);
}

struct word_key word_key_of(struct slice raw)
{
    if (raw.len > WORD_KEY_BYTES) {
        XXH128_hash_t hash = XXH3_128bits(raw.data, raw.len);
        return (struct word_key){hash.low64, hash.high64};
    }
    char bytes[WORD_KEY_BYTES] = {0};
    if (raw.len > 0)
        memcpy(bytes, raw.data, raw.len);
    return (struct word_key){get_u64(bytes), get_u64(bytes + 8)};
}

static size_t term_bytes(const struct word_slot *slot)
{
    return slot->term_is_prefix ? 0 : slot->term_len;
}

bool word_slot_is_long(const struct word_cache *c, const struct word_slot *slot, struct slice raw)
{
    return memcmp(c->pool + slot->entry + slot->form_len + term_bytes(slot), raw.data, raw.len) == 0;
}

void word_slot_read(const struct word_cache *c, struct word_slot *slot, struct made_word *out)
{
    const char *form = c->pool + slot->entry;
    out->form = slice_of(form, slot->form_len);
    out->term = slice_of(slot->term_is_prefix ? form : form + slot->form_len, slot->term_len);
    out->is_stopword = slot->is_stopword;
    out->note = &slot->note;
}

bool word_cache_find(const struct word_cache *c, size_t language, struct slice raw, struct made_word *out)
{
    struct word_key key = word_key_of(raw);
    struct word_slot *slot = word_cache_slot(c, language, key, word_cache_hash(language, key), raw);
    if (slot != NULL)
        word_slot_read(c, slot, out);
    return slot != NULL;
}

static void empty(struct word_cache *c)
{
    memset(c->slots, 0, c->n_slots * sizeof *c->slots);
    c->n = 0;
    c->used = 1;
}

static size_t home_of(const struct word_cache *c, const struct word_slot *slot)
{
    return word_cache_home(c, word_cache_hash(slot->language, slot->key));
}

static size_t distance(const struct word_cache *c, size_t from, size_t to)
{
    return to >= from ? to - from : to + c->n_slots - from;
}

/* Free a slot. Words behind it that are not where their search begins move up, so that none is lost behind a gap. */
static void remove_slot(struct word_cache *c, size_t gap)
{
    for (size_t at = gap;;) {
        at = at + 1 < c->n_slots ? at + 1 : 0;
        if (c->slots[at].entry == 0)
            break;
        if (distance(c, home_of(c, &c->slots[at]), at) < distance(c, gap, at))
            continue;
        c->slots[gap] = c->slots[at];
        gap = at;
    }
    c->slots[gap].entry = 0;
    c->n--;
}

static size_t pool_bytes(const struct word_slot *slot)
{
    return slot->form_len + term_bytes(slot) + (slot->raw_len > WORD_KEY_BYTES ? slot->raw_len : 0u);
}

/* What words are left moves to a new pool; where there is no memory for one, none is left. */
static void shrink_pool(struct word_cache *c)
{
    char *pool = malloc(c->cap);
    if (pool == NULL) {
        empty(c);
        return;
    }
    c->used = 1;
    for (struct word_slot *s = c->slots; s < c->slots + c->n_slots; s++) {
        if (s->entry == 0)
            continue;
        memcpy(pool + c->used, c->pool + s->entry, pool_bytes(s));
        s->entry = (uint32_t)c->used;
        s->was_found = false;
        c->used += pool_bytes(s);
    }
    free(c->pool);
    c->pool = pool;
}

/* The cache is full: only words that were found are kept. */
static void forget_rare(struct word_cache *c)
{
    c->n = 0;
    for (size_t i = 0; i < c->n_slots; i++)
        c->n += c->slots[i].entry != 0;
    for (size_t i = 0; i < c->n_slots; i++)
        while (c->slots[i].entry != 0 && !c->slots[i].was_found)
            remove_slot(c, i);
    if (c->n > SLOTS_MAX / 2)
        empty(c);
    else
        shrink_pool(c);
    if (c->used > POOL_MAX / 2)
        empty(c);
}

/* A free slot near the word's home; where there is none, the word at home there is forgotten. */
static struct word_slot *room_for(const struct word_cache *c, size_t language, struct word_key key)
{
    size_t home = word_cache_home(c, word_cache_hash(language, key)), at = home;
    for (size_t i = 0; i < WORD_CACHE_PROBES_MAX; i++) {
        if (c->slots[at].entry == 0)
            return &c->slots[at];
        at = at + 1 < c->n_slots ? at + 1 : 0;
    }
    return &c->slots[home];
}

static bool grow_slots(struct word_cache *c)
{
    struct word_cache old = *c;
    size_t n = c->n_slots * 2 < SLOTS_MAX ? c->n_slots * 2 : SLOTS_MAX;
    struct word_slot *slots = large_alloc(n * sizeof *slots);
    if (slots == NULL)
        return false;
    c->slots = slots;
    c->n_slots = n;
    for (const struct word_slot *s = old.slots; s < old.slots + old.n_slots; s++)
        if (s->entry != 0)
            *room_for(c, s->language, s->key) = *s;
    free(old.slots);
    return true;
}

/* Room for one more word of n bytes; the cache may be emptied for it. */
static bool make_room(struct word_cache *c, size_t n)
{
    if (c->used + n > POOL_MAX || (c->n * 4 >= c->n_slots * 3 && (c->n_slots >= SLOTS_MAX || !grow_slots(c))))
        forget_rare(c);
    if (c->used + n <= c->cap)
        return true;
    size_t cap = c->cap * 2 < POOL_MAX ? c->cap * 2 : POOL_MAX;
    char *pool = realloc(c->pool, cap);
    if (pool == NULL)
        return false;
    c->pool = pool;
    c->cap = cap;
    return true;
}

static void append(struct word_cache *c, struct slice s)
{
    if (s.len > 0)
        memcpy(c->pool + c->used, s.data, s.len);
    c->used += s.len;
}

uint32_t *word_cache_put(struct word_cache *c, size_t language, struct slice raw, const struct made_word *word)
{
    bool is_long = raw.len > WORD_KEY_BYTES;
    if (raw.len > WORD_CACHE_KEY_MAX || !make_room(c, word->form.len + word->term.len + (is_long ? raw.len : 0)))
        return NULL;
    struct word_key key = word_key_of(raw);
    struct word_slot *slot = room_for(c, language, key);
    *slot = (struct word_slot){
        .key = key,
        .entry = (uint32_t)c->used,
        .language = (uint8_t)language,
        .raw_len = (uint8_t)raw.len,
        .form_len = (uint8_t)word->form.len,
        .term_len = (uint8_t)word->term.len,
        .is_stopword = word->is_stopword,
        .term_is_prefix = slice_starts(word->form, word->term),
    };
    append(c, word->form);
    if (!slot->term_is_prefix)
        append(c, word->term);
    if (is_long)
        append(c, raw);
    c->n++;
    return &slot->note;
}

void word_cache_forget_notes(struct word_cache *c)
{
    for (size_t i = 0; i < c->n_slots; i++)
        c->slots[i].note = 0;
}

size_t word_cache_count(const struct word_cache *c)
{
    return c->n;
}

size_t word_cache_memory(const struct word_cache *c)
{
    return c->cap + c->n_slots * sizeof *c->slots;
}
