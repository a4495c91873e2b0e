/**
 * The manifest: which segments, with which tombstones, make the current generation, and how the index was built. A
 * small text with a checksum at its end; replaced as a whole. docs/INDEX-FORMAT.md.
 */
#ifndef QUOTH_MANIFEST_H
#define QUOTH_MANIFEST_H

#include "segment_files.h"
#include "snapshot.h"

#include <limits.h>

#define MANIFEST_NAME "manifest"
#define SEGMENTS_NAME "segments"
#define SCRATCH_NAME "scratch"
#define SOURCES_PREFIX "sources-"
#define INDEX_FORMAT 3
#define MANIFEST_MAX_BYTES ((size_t)16 << 20)
#define FILE_NAME_MAX 64

struct manifest_segment {
    char id[SEGMENT_ID_BYTES + 1];
    char del[FILE_NAME_MAX]; /* name of the tombstone file in segments/, or "" */
    uint64_t n_bytes;        /* of all files in its folder */
};

struct manifest_root {
    char *path;   /* absolute; NULL: this number was forgotten */
    char *prefix; /* of the ids below it, may be "" */
};

struct manifest {
    uint64_t generation;
    struct index_settings settings;
    char sources[FILE_NAME_MAX]; /* name of the sources file in INDEX, or "" */
    char langs[LANGS_MAX][8];
    size_t n_langs;
    struct manifest_root *roots;
    size_t n_roots, roots_cap;
    struct manifest_segment *segments;
    size_t n_segments, segments_cap;
};

void manifest_init(struct manifest *m);
void manifest_clear(struct manifest *m);
enum status manifest_copy(struct manifest *to, const struct manifest *from, struct error *e) CHECK_RESULT;

/** *m was initialised. A folder without a manifest is generation 0. */
enum status manifest_read(struct manifest *m, const char *index, struct error *e) CHECK_RESULT;
/** From the text alone; `name` for messages. */
enum status manifest_parse(struct manifest *m, struct slice text, const char *name, struct error *e) CHECK_RESULT;
void manifest_print(struct buf *out, const struct manifest *m);
/** Replace INDEX/manifest atomically. */
enum status manifest_write(const struct manifest *m, const char *index, struct error *e) CHECK_RESULT;

enum status manifest_add_segment(struct manifest *m, const struct manifest_segment *s, struct error *e) CHECK_RESULT;
enum status manifest_set_root(struct manifest *m, size_t number, struct slice path, struct slice prefix,
                              struct error *e) CHECK_RESULT;

#endif
