/**
 * The files that an index was built from, and how they looked: what makes an unchanged file cost a stat. One row a
 * file, keyed by root and path; kept beside the segments, one immutable file a generation.
 */
#ifndef QUOTH_SOURCES_H
#define QUOTH_SOURCES_H

#include "slice.h"
#include "status.h"

struct source {
    uint32_t root;
    struct slice path; /* below the root; the root is a file: its name */
    uint64_t size, inode;
    int64_t mtime_ns, ctime_ns;
    char raw_hash[16];    /* XXH128 of the raw bytes; zero for JSON Lines, whose lines have their own */
    uint32_t n_bad_lines; /* JSON Lines: lines that gave no article */
};

struct sources;

enum status sources_new(struct sources **out, struct error *e) CHECK_RESULT;
void sources_free(struct sources *t);

/** NULL: not there. Valid until the next call with this table. */
const struct source *sources_find(struct sources *t, uint32_t root, struct slice path);
/** Add or replace; path is copied. */
enum status sources_put(struct sources *t, const struct source *s, struct error *e) CHECK_RESULT;
void sources_remove(struct sources *t, uint32_t root, struct slice path);

size_t sources_count(const struct sources *t);
/** Walk: *at starts at 0; NULL at the end. No change in between. */
const struct source *sources_next(struct sources *t, size_t *at);

#endif
