#include "glass_table.h"

#include "file.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define HEADER_BYTES 11
#define DIR_ENTRY_BYTES 2
#define REVISION 1
#define BRANCH_OVERHEAD (4 + 1 + 2) /* u32 block, u8 key length, u16 component */
#define LEVELS_MAX 10               /* of libxapian's cursor */
#define WRITE_CHUNK ((size_t)16 * GLASS_BLOCK_MAX_BYTES)
#define FLAG_FIRST_AND_LAST 0x6000u /* the item's tag is one component */

/* A block being filled: directory from the front, items from the back. */
struct block {
    unsigned char bytes[GLASS_BLOCK_MAX_BYTES];
    size_t dir_end, lowest;
    char separator[GLASS_KEY_MAX_BYTES]; /* stands between this block and the one before it */
    size_t separator_len;
};

struct glass_table {
    int fd;
    char path[PATH_MAX];
    size_t block_bytes;
    struct block levels[LEVELS_MAX];
    size_t n_levels;
    uint32_t n_blocks;
    uint64_t n_entries;
    unsigned char last_key[GLASS_KEY_MAX_BYTES]; /* of the leaf item before */
    size_t last_key_len;
    struct buf pending;
    enum status status;
    struct error error;
};

static void put_u16be(unsigned char *p, size_t v)
{
    p[0] = (unsigned char)(v >> 8);
    p[1] = (unsigned char)v;
}

static void put_u32be(unsigned char *p, uint32_t v)
{
    put_u16be(p, v >> 16);
    put_u16be(p + 2, v & 0xFFFF);
}

static void block_init(const struct glass_table *t, struct block *b)
{
    b->dir_end = HEADER_BYTES;
    b->lowest = t->block_bytes;
}

static struct slice block_separator(const struct block *b)
{
    return slice_of(b->separator, b->separator_len);
}

static void block_set_separator(struct block *b, struct slice separator)
{
    if (separator.len > 0)
        memcpy(b->separator, separator.data, separator.len);
    b->separator_len = separator.len;
}

static bool block_has_room(const struct block *b, size_t n)
{
    return b->lowest - b->dir_end >= n + DIR_ENTRY_BYTES;
}

/* Room for an item of n bytes, listed in the directory. */
static unsigned char *block_item(struct block *b, size_t n)
{
    b->lowest -= n;
    put_u16be(b->bytes + b->dir_end, b->lowest);
    b->dir_end += DIR_ENTRY_BYTES;
    return b->bytes + b->lowest;
}

static void add_leaf_item(struct block *b, struct slice key, struct slice tag)
{
    size_t n = GLASS_ITEM_OVERHEAD + key.len + tag.len;
    unsigned char *p = block_item(b, n);
    put_u16be(p, FLAG_FIRST_AND_LAST | (n - GLASS_ITEM_OVERHEAD));
    p[2] = (unsigned char)key.len;
    memcpy(p + 3, key.data, key.len);
    memcpy(p + 3 + key.len, tag.data, tag.len);
}

/* The first item of a branch block has the null key and component 0, the others their key and component 1. */
static void add_branch_item(struct block *b, uint32_t child, struct slice key, unsigned component)
{
    unsigned char *p = block_item(b, BRANCH_OVERHEAD + key.len);
    put_u32be(p, child);
    p[4] = (unsigned char)key.len;
    if (key.len > 0)
        memcpy(p + 5, key.data, key.len);
    put_u16be(p + 5 + key.len, component);
}

static void flush(struct glass_table *t)
{
    if (t->status == OK)
        t->status = buf_status(&t->pending, &t->error);
    if (t->status == OK)
        t->status = file_write_all(t->fd, buf_slice(&t->pending), t->path, &t->error);
    buf_reset(&t->pending);
}

/* Give the block of this level a number and send it off; the level begins a new one. */
static uint32_t emit(struct glass_table *t, size_t level)
{
    struct block *b = &t->levels[level];
    size_t n_free = b->lowest - b->dir_end;
    put_u32be(b->bytes, REVISION);
    b->bytes[4] = (unsigned char)level;
    put_u16be(b->bytes + 5, n_free);
    put_u16be(b->bytes + 7, n_free);
    put_u16be(b->bytes + 9, b->dir_end);
    memset(b->bytes + b->dir_end, 0, n_free);
    if (t->pending.len + t->block_bytes > WRITE_CHUNK)
        flush(t);
    buf_put(&t->pending, slice_of((const char *)b->bytes, t->block_bytes));
    block_init(t, b);
    return t->n_blocks++;
}

enum status glass_table_create(struct glass_table **out, const char *path, size_t block_bytes, struct error *e)
{
    *out = NULL;
    struct glass_table *t = calloc(1, sizeof *t);
    if (t == NULL)
        return error_nomem(e);
    buf_init(&t->pending, WRITE_CHUNK);
    t->fd = -1;
    t->block_bytes = block_bytes;
    enum status st = OK;
    if (snprintf(t->path, sizeof t->path, "%s", path) >= (int)sizeof t->path)
        st = error_set(e, ERR_LIMIT, "%s: the path is too long", path);
    else if ((t->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) < 0)
        st = error_errno(e, ERR_IO, "%s", path);
    if (st != OK) {
        glass_table_abandon(t);
        return st;
    }
    t->n_levels = 1;
    block_init(t, &t->levels[0]);
    /* The very first leaf begins with the null item. */
    add_leaf_item(&t->levels[0], SLICE(""), SLICE(""));
    *out = t;
    return OK;
}

void glass_table_abandon(struct glass_table *t)
{
    if (t == NULL)
        return;
    if (t->fd >= 0)
        close(t->fd);
    buf_clear(&t->pending);
    free(t);
}

/* Hang a finished block of the level below; `separator` stands between it and the block before it. */
static void add_child(struct glass_table *t, size_t level, uint32_t child, struct slice separator)
{
    if (level == LEVELS_MAX) {
        t->status = error_set(&t->error, ERR_LIMIT, "%s: too many levels", t->path);
        return;
    }
    struct block *b = &t->levels[level];
    if (level == t->n_levels) {
        t->n_levels++;
        block_init(t, b);
    }
    if (!block_has_room(b, BRANCH_OVERHEAD + separator.len)) {
        uint32_t full = emit(t, level);
        add_child(t, level + 1, full, block_separator(b));
    }
    bool is_first = b->dir_end == HEADER_BYTES;
    if (is_first)
        block_set_separator(b, separator);
    add_branch_item(b, child, is_first ? SLICE("") : separator, !is_first);
}

/* The shortest beginning of key that differs from the key before it. */
static struct slice shortest_separator(const struct glass_table *t, struct slice key)
{
    size_t n = 0;
    while (n < key.len && n < t->last_key_len && (unsigned char)key.data[n] == t->last_key[n])
        n++;
    return slice_of(key.data, n < key.len ? n + 1 : n);
}

static bool is_in_order(const struct glass_table *t, struct slice key)
{
    return slice_compare(slice_of((const char *)t->last_key, t->last_key_len), key) < 0;
}

void glass_table_add(struct glass_table *t, struct slice key, struct slice tag)
{
    size_t n = GLASS_ITEM_OVERHEAD + key.len + tag.len;
    if (t->status != OK)
        return;
    if (key.len > GLASS_KEY_MAX_BYTES || n > GLASS_ITEM_MAX_BYTES || !is_in_order(t, key)) {
        t->status = error_set(&t->error, ERR_INTERNAL, "%s: an item of %zu bytes, or out of order", t->path, n);
        return;
    }
    struct block *leaf = &t->levels[0];
    if (!block_has_room(leaf, n)) {
        uint32_t full = emit(t, 0);
        add_child(t, 1, full, block_separator(leaf));
        block_set_separator(leaf, shortest_separator(t, key));
    }
    add_leaf_item(leaf, key, tag);
    memcpy(t->last_key, key.data, key.len);
    t->last_key_len = key.len;
    t->n_entries++;
}

size_t glass_table_room(const struct glass_table *t)
{
    size_t left = t->levels[0].lowest - t->levels[0].dir_end;
    return left < DIR_ENTRY_BYTES ? 0 : left - DIR_ENTRY_BYTES;
}

static void finish_levels(struct glass_table *t, struct glass_root *root)
{
    for (size_t level = 0; t->status == OK; level++) {
        uint32_t block = emit(t, level);
        if (level + 1 == t->n_levels) {
            *root = (struct glass_root){block, (uint32_t)level, t->n_entries, t->n_blocks};
            return;
        }
        add_child(t, level + 1, block, block_separator(&t->levels[level]));
    }
}

enum status glass_table_finish(struct glass_table *t, struct glass_root *root, struct error *e)
{
    *root = (struct glass_root){0};
    finish_levels(t, root);
    flush(t);
    enum status st = t->status;
    if (st != OK && e != NULL)
        *e = t->error;
    sync_file_range(t->fd, 0, 0, SYNC_FILE_RANGE_WRITE); /* begins what the caller's sync will wait for */
    if (close(t->fd) != 0 && st == OK)
        st = error_errno(e, ERR_IO, "%s", t->path);
    t->fd = -1;
    glass_table_abandon(t);
    return st;
}
