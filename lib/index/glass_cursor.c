#include "glass_cursor.h"

#define HEADER_BYTES 11
#define ENTRY_BYTES 2     /* of a block's directory */
#define LEAF_OVERHEAD 3   /* u16 flags and size, u8 key length */
#define BRANCH_OVERHEAD 7 /* u32 block, u8 key length, u16 component */
#define COMPONENT_BYTES 2
#define HEAD_BYTES 8
#define FLAG_COMPRESSED 0x8000u
#define FLAG_LAST 0x4000u
#define FLAG_FIRST 0x2000u
#define SIZE_MASK 0x1FFFu

enum status glass_damaged(const char *what, uint64_t number, struct error *e)
{
    return error_set(e, ERR_INDEX, "postlist.glass: %s %llu is damaged; run quoth-index --check", what,
                     (unsigned long long)number);
}

static inline uint32_t u16be(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    return (uint32_t)b[0] << 8 | b[1];
}

static inline uint32_t u32be(const char *p)
{
    return u16be(p) << 16 | u16be(p + 2);
}

static uint64_t block_number(const struct glass_cursor *c, const char *block)
{
    return (uint64_t)(block - c->tree->blocks.data) / c->tree->block_bytes;
}

static enum status damaged(const struct glass_cursor *c, uint32_t level, struct error *e)
{
    return glass_damaged("block", block_number(c, c->places[level].block), e);
}

/* Stand before the first item of a block. */
static enum status enter(struct glass_cursor *c, uint32_t level, uint32_t block, struct error *e)
{
    const struct glass_tree *t = c->tree;
    if (block >= t->blocks.len / t->block_bytes)
        return glass_damaged("the number of block", block, e);
    const char *p = t->blocks.data + (size_t)block * t->block_bytes;
    uint32_t dir_end = u16be(p + 9);
    if (u32be(p) > t->revision || (unsigned char)p[4] != level || dir_end <= HEADER_BYTES || dir_end > t->block_bytes ||
        (dir_end - HEADER_BYTES) % ENTRY_BYTES != 0)
        return glass_damaged("block", block, e);
    c->places[level].block = p;
    c->places[level].at = 0;
    c->places[level].n = (dir_end - HEADER_BYTES) / ENTRY_BYTES;
    return OK;
}

/* Where item `at` of a level's block begins; false unless `overhead` bytes of it lie behind the directory. */
static inline bool item_start(const struct glass_cursor *c, uint32_t level, size_t at, size_t overhead, size_t *start)
{
    const char *block = c->places[level].block;
    *start = u16be(block + HEADER_BYTES + at * ENTRY_BYTES);
    return *start >= HEADER_BYTES + c->places[level].n * ENTRY_BYTES && *start + overhead <= c->tree->block_bytes;
}

static inline bool branch_item(const struct glass_cursor *c, uint32_t level, size_t at, struct slice *key,
                               uint32_t *component, uint32_t *child)
{
    size_t start;
    if (!item_start(c, level, at, BRANCH_OVERHEAD, &start))
        return false;
    const char *p = c->places[level].block + start;
    *key = slice_of(p + 5, (unsigned char)p[4]);
    if (start + BRANCH_OVERHEAD + key->len > c->tree->block_bytes)
        return false;
    *child = u32be(p);
    *component = u16be(p + 5 + key->len);
    return true;
}

static inline bool leaf_item(const struct glass_cursor *c, size_t at, struct glass_item *out)
{
    size_t start;
    if (!item_start(c, 0, at, LEAF_OVERHEAD, &start))
        return false;
    const char *p = c->places[0].block + start;
    uint32_t flags = u16be(p);
    size_t len = (flags & SIZE_MASK) + LEAF_OVERHEAD, key_len = (unsigned char)p[2];
    size_t head = LEAF_OVERHEAD + key_len + ((flags & FLAG_FIRST) != 0 ? 0 : COMPONENT_BYTES);
    if (start + len > c->tree->block_bytes || head > len)
        return false;
    *out = (struct glass_item){.key = slice_of(p + LEAF_OVERHEAD, key_len),
                               .tag = slice_of(p + head, len - head),
                               .component = (flags & FLAG_FIRST) != 0 ? 1 : u16be(p + LEAF_OVERHEAD + key_len),
                               .is_last = (flags & FLAG_LAST) != 0,
                               .is_compressed = (flags & FLAG_COMPRESSED) != 0};
    return true;
}

/* A key that is looked for. Most comparisons are settled by the first eight bytes, as a number. */
struct wanted {
    struct slice key;
    uint64_t head;
};

/* The first eight bytes, zeros where there are fewer; `end` is where what may be read ends. */
static inline uint64_t head_of(struct slice key, const char *end)
{
    if (end - key.data < HEAD_BYTES) {
        char bytes[HEAD_BYTES] = {0};
        memcpy(bytes, key.data, key.len < HEAD_BYTES ? key.len : HEAD_BYTES);
        return (uint64_t)u32be(bytes) << 32 | u32be(bytes + 4);
    }
    uint64_t head = (uint64_t)u32be(key.data) << 32 | u32be(key.data + 4);
    return key.len < HEAD_BYTES ? head & ~(UINT64_MAX >> 8 * key.len) : head;
}

/* Is (key, component) before the first component of the wanted key? */
static inline bool is_before(const struct glass_cursor *c, uint32_t level, struct slice key, uint32_t component,
                             const struct wanted *w, bool or_there)
{
    uint64_t head = head_of(key, c->places[level].block + c->tree->block_bytes);
    if (head != w->head)
        return head < w->head;
    int order = slice_compare(key, w->key);
    return order < 0 || (order == 0 && (component < 1 || (or_there && component == 1)));
}

/* The last item of a branch that is not behind the key. The first has no key: it is before all. */
static enum status search_branch(struct glass_cursor *c, uint32_t level, const struct wanted *w, struct error *e)
{
    size_t low = 0, high = c->places[level].n;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        struct slice found;
        uint32_t component, child;
        if (!branch_item(c, level, middle, &found, &component, &child))
            return damaged(c, level, e);
        if (is_before(c, level, found, component, w, true))
            low = middle;
        else
            high = middle;
    }
    c->places[level].at = low;
    return OK;
}

static enum status search_leaf(struct glass_cursor *c, const struct wanted *w, struct error *e)
{
    size_t low = 0, high = c->places[0].n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct glass_item found;
        if (!leaf_item(c, middle, &found))
            return damaged(c, 0, e);
        if (is_before(c, 0, found.key, found.component, w, false))
            low = middle + 1;
        else
            high = middle;
    }
    c->places[0].at = low;
    return OK;
}

/* From the item that a level stands on into the block below. */
static enum status descend(struct glass_cursor *c, uint32_t level, struct error *e)
{
    struct slice key;
    uint32_t component, child;
    if (!branch_item(c, level, c->places[level].at, &key, &component, &child))
        return damaged(c, level, e);
    return enter(c, level - 1, child, e);
}

enum status glass_cursor_find(struct glass_cursor *c, const struct glass_tree *tree, struct slice key, struct error *e)
{
    c->tree = tree;
    struct wanted w = {key, head_of(key, key.data + key.len)};
    enum status st = enter(c, tree->level, tree->root, e);
    for (uint32_t level = tree->level; level > 0 && st == OK; level--) {
        st = search_branch(c, level, &w, e);
        if (st == OK)
            st = descend(c, level, e);
    }
    return st == OK ? search_leaf(c, &w, e) : st;
}

bool glass_cursor_is_behind(const struct glass_cursor *c)
{
    return c->places[0].at == c->places[0].n;
}

enum status glass_cursor_item(const struct glass_cursor *c, struct glass_item *out, struct error *e)
{
    return leaf_item(c, c->places[0].at, out) ? OK : damaged(c, 0, e);
}

enum status glass_cursor_next(struct glass_cursor *c, bool *found, struct error *e)
{
    uint32_t level = 0;
    *found = false;
    if (!glass_cursor_is_behind(c))
        c->places[0].at++;
    while (c->places[level].at == c->places[level].n) {
        if (level == c->tree->level)
            return OK;
        c->places[++level].at++;
    }
    for (; level > 0; level--) {
        enum status st = descend(c, level, e);
        if (st != OK)
            return st;
    }
    *found = true;
    return OK;
}
