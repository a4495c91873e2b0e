/**
 * Walking the B-tree of a glass table in memory. Layout: docs/INDEX-FORMAT.md, "The glass table".
 *
 * Every byte is untrusted: block numbers, levels, offsets and lengths are looked at before they are followed. A walk
 * goes down as many levels as the tree was said to have and never back in a block, so it ends; who walks on from item
 * to item has to ask for ascending keys, since a damaged branch may name a block twice.
 */
#ifndef QUOTH_GLASS_CURSOR_H
#define QUOTH_GLASS_CURSOR_H

#include "slice.h"
#include "status.h"

#define GLASS_LEVELS_MAX 10 /* of libxapian's cursor */

/** A table; borrowed bytes. Immutable. */
struct glass_tree {
    struct slice blocks;
    size_t block_bytes;
    uint32_t root, level, revision;
};

/** An item of a leaf. */
struct glass_item {
    struct slice key, tag; /* tag: this component of it */
    uint32_t component;    /* from 1 */
    bool is_last;          /* component */
    bool is_compressed;
};

struct glass_cursor {
    const struct glass_tree *tree;
    struct {
        const char *block;
        size_t at, n; /* item, number of items */
    } places[GLASS_LEVELS_MAX];
};

/** Stand on the first item of the leaf that would hold `key`, not before it; maybe behind the leaf's last item. */
enum status glass_cursor_find(struct glass_cursor *c, const struct glass_tree *tree, struct slice key,
                              struct error *e) CHECK_RESULT;
/** Does it stand behind the last item of its leaf? */
bool glass_cursor_is_behind(const struct glass_cursor *c);
/** The item it stands on. */
enum status glass_cursor_item(const struct glass_cursor *c, struct glass_item *out, struct error *e) CHECK_RESULT;
/** On to the next item; false in *found: there is none. */
enum status glass_cursor_next(struct glass_cursor *c, bool *found, struct error *e) CHECK_RESULT;

/** ERR_INDEX with a line about this table. */
enum status glass_damaged(const char *what, uint64_t number, struct error *e);

#endif
