/**
 * A glass B-tree, built from its items in key order: leaves fill up, then their branches; block numbers ascend.
 */
#ifndef QUOTH_GLASS_TABLE_H
#define QUOTH_GLASS_TABLE_H

#include "buf.h"

#define GLASS_BLOCK_MIN_BYTES 8192
#define GLASS_BLOCK_MAX_BYTES 32768
/* The smallest block must hold at least four items: (block - header - four directory entries) / 4. A longer tag would
   have to be split into components, which this writer does not do: its tags are chunks of a list and can be cut
   shorter. */
#define GLASS_ITEM_MAX_BYTES ((GLASS_BLOCK_MIN_BYTES - 11 - 8) / 4)
#define GLASS_ITEM_OVERHEAD 3 /* u16 size and flags, u8 key length */
#define GLASS_KEY_MAX_BYTES 255

struct glass_table;

/** What the version file says of a finished table. */
struct glass_root {
    uint32_t block;
    uint32_t level;     /* 0: the root is a leaf */
    uint64_t n_entries; /* items, the null item not counted */
    uint32_t n_blocks;
};

/** @param block_bytes  a power of two, GLASS_BLOCK_MIN_BYTES to GLASS_BLOCK_MAX_BYTES */
enum status glass_table_create(struct glass_table **out, const char *path, size_t block_bytes,
                               struct error *e) CHECK_RESULT;
/** The next item; keys ascend strictly; GLASS_ITEM_OVERHEAD + key + tag at most GLASS_ITEM_MAX_BYTES. Failures stick.
 */
void glass_table_add(struct glass_table *t, struct slice key, struct slice tag);
/** Bytes that the leaf at hand has room for in its next item: overhead, key and tag. */
size_t glass_table_room(const struct glass_table *t);
enum status glass_table_finish(struct glass_table *t, struct glass_root *root, struct error *e) CHECK_RESULT;
void glass_table_abandon(struct glass_table *t);

#endif
