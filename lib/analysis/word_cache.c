#include "word_cache.h"

#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define SLOTS_MIN ((size_t)1 << 10)
#define SLOTS_MAX ((size_t)1 << 20)
#define PROBES_MAX 32 /* so words that were chosen to collide cost no more than that */
#define POOL_MIN ((size_t)1 << 14)
#define POOL_FIRST sizeof(uint32_t)
#define POOL_MAX (WORD_CACHE_MAX_BYTES - SLOTS_MAX * sizeof(struct slot))

struct slot {
    uint32_t tag;   /* high bits of the hash */
    uint32_t entry; /* offset in the pool; 0: free */
};

/* An entry: this, then the word as written, then its form unless that is the same, then its term unless the form
 * begins with it. Entries are aligned for the note. */
struct entry {
    uint32_t note;
    unsigned char language, raw_len, form_len, term_len, flags;
};

enum { IS_STOPWORD = 1, FORM_IS_RAW = 2, TERM_IS_PREFIX = 4 };

struct word_cache {
    struct slot *slots;
    size_t n_slots; /* a power of two */
    size_t n;       /* entries in the pool */
    char *pool;
    size_t used, cap; /* bytes; used is at least POOL_FIRST, for entry 0 means free */
};

enum status word_cache_new(struct word_cache **out, struct error *e)
{
    struct word_cache *c = *out = calloc(1, sizeof *c);
    if (c == NULL)
        return error_nomem(e);
    c->n_slots = SLOTS_MIN;
    c->slots = calloc(c->n_slots, sizeof *c->slots);
    c->cap = POOL_MIN;
    c->pool = malloc(c->cap);
    c->used = POOL_FIRST;
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

static uint64_t hash_of(size_t language, struct slice raw)
{
    return XXH3_64bits_withSeed(raw.data, raw.len, language);
}

static bool is_entry(const struct entry *head, size_t language, struct slice raw)
{
    const char *bytes = (const char *)(head + 1);
    return head->language == language && head->raw_len == raw.len && memcmp(bytes, raw.data, raw.len) == 0;
}

/* What an entry takes in the pool. */
static size_t entry_bytes(const struct entry *head)
{
    size_t n = sizeof *head + head->raw_len;
    n += (head->flags & FORM_IS_RAW) != 0 ? 0 : head->form_len;
    n += (head->flags & TERM_IS_PREFIX) != 0 ? 0 : head->term_len;
    return (n + sizeof head->note - 1) / sizeof head->note * sizeof head->note;
}

static void read_entry(struct entry *head, struct made_word *out)
{
    const char *raw = (const char *)(head + 1), *p = raw + head->raw_len;
    out->form = slice_of((head->flags & FORM_IS_RAW) != 0 ? raw : p, head->form_len);
    if ((head->flags & FORM_IS_RAW) == 0)
        p += head->form_len;
    out->term = slice_of((head->flags & TERM_IS_PREFIX) != 0 ? out->form.data : p, head->term_len);
    out->is_stopword = (head->flags & IS_STOPWORD) != 0;
    out->note = &head->note;
}

bool word_cache_find(const struct word_cache *c, size_t language, struct slice raw, struct made_word *out)
{
    if (raw.len > WORD_CACHE_KEY_MAX)
        return false;
    uint64_t hash = hash_of(language, raw);
    for (size_t i = 0; i < PROBES_MAX; i++) {
        const struct slot *slot = &c->slots[(hash + i) & (c->n_slots - 1)];
        if (slot->entry == 0)
            return false;
        struct entry *head = (struct entry *)(c->pool + slot->entry);
        if (slot->tag == (uint32_t)(hash >> 32) && is_entry(head, language, raw)) {
            read_entry(head, out);
            return true;
        }
    }
    return false;
}

static void empty(struct word_cache *c)
{
    memset(c->slots, 0, c->n_slots * sizeof *c->slots);
    c->n = 0;
    c->used = POOL_FIRST;
}

/* Where there is no free slot near, the word at home there is forgotten. */
static void place(struct slot *slots, size_t n_slots, uint64_t hash, uint32_t entry)
{
    size_t home = hash & (n_slots - 1), at = home;
    for (size_t i = 0; i < PROBES_MAX && slots[at].entry != 0; i++)
        at = (home + i + 1) & (n_slots - 1);
    if (slots[at].entry != 0)
        at = home;
    slots[at] = (struct slot){(uint32_t)(hash >> 32), entry};
}

static bool grow_slots(struct word_cache *c)
{
    size_t n = c->n_slots * 2;
    struct slot *slots = calloc(n, sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t i = 0; i < c->n_slots; i++) {
        if (c->slots[i].entry == 0)
            continue;
        const struct entry *head = (const struct entry *)(c->pool + c->slots[i].entry);
        place(slots, n, hash_of(head->language, slice_of((const char *)(head + 1), head->raw_len)), c->slots[i].entry);
    }
    free(c->slots);
    c->slots = slots;
    c->n_slots = n;
    return true;
}

/* Room for one more entry of n bytes; the cache may be emptied for it. */
static bool make_room(struct word_cache *c, size_t n)
{
    if (c->used + n > POOL_MAX || (c->n * 2 >= c->n_slots && (c->n_slots >= SLOTS_MAX || !grow_slots(c))))
        empty(c);
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

static void append(struct word_cache *c, const void *data, size_t n)
{
    if (n > 0)
        memcpy(c->pool + c->used, data, n);
    c->used += n;
}

uint32_t *word_cache_put(struct word_cache *c, size_t language, struct slice raw, const struct made_word *word)
{
    size_t need = sizeof(struct entry) + raw.len + word->form.len + word->term.len + sizeof(uint32_t);
    if (raw.len > WORD_CACHE_KEY_MAX || !make_room(c, need))
        return NULL;
    size_t at = c->used;
    bool form_is_raw = slice_equal(word->form, raw), term_is_prefix = slice_starts(word->form, word->term);
    struct entry head = {
        .language = (unsigned char)language,
        .raw_len = (unsigned char)raw.len,
        .form_len = (unsigned char)word->form.len,
        .term_len = (unsigned char)word->term.len,
        .flags = (unsigned char)((word->is_stopword ? IS_STOPWORD : 0) | (form_is_raw ? FORM_IS_RAW : 0) |
                                 (term_is_prefix ? TERM_IS_PREFIX : 0)),
    };
    place(c->slots, c->n_slots, hash_of(language, raw), (uint32_t)at);
    append(c, &head, sizeof head);
    append(c, raw.data, raw.len);
    if (!form_is_raw)
        append(c, word->form.data, word->form.len);
    if (!term_is_prefix)
        append(c, word->term.data, word->term.len);
    c->used = at + entry_bytes(&head);
    c->n++;
    return &((struct entry *)(c->pool + at))->note;
}

void word_cache_forget_notes(struct word_cache *c)
{
    for (size_t at = POOL_FIRST; at < c->used;) {
        struct entry *head = (struct entry *)(c->pool + at);
        head->note = 0;
        at += entry_bytes(head);
    }
}

size_t word_cache_count(const struct word_cache *c)
{
    return c->n;
}

size_t word_cache_memory(const struct word_cache *c)
{
    return c->cap + c->n_slots * sizeof *c->slots;
}
