/**
 * An update as the files of this layer see it: update.c begins and feeds it, publish.c ends it, sweep.c removes what
 * no generation needs.
 */
#ifndef QUOTH_UPDATE_FILES_H
#define QUOTH_UPDATE_FILES_H

#include "index_writer.h"
#include "manifest.h"
#include "merge.h"
#include "snapshot_files.h"
#include "sources_file.h"

#define WRITERS_MAX 64

struct update {
    char *index;
    char *scratch; /* INDEX/scratch */
    int lock;
    struct snapshot *start;
    struct manifest manifest; /* of the new generation, in the making */
    struct sources *sources;
    struct tombstones *dead[SEGMENTS_MAX]; /* of the start's segments; NULL: unchanged */
    struct index_writer *writers[WRITERS_MAX];
    size_t n_writers;
    size_t memory; /* of all writers */
    bool is_rebuild, is_root_changed;
    enum merge_policy policy;
    enum posting_writer_kind writer_kind;
};

/**
 * Remove what the manifest does not name: scratch, segments, tombstones, source tables. Segments that a reader holds
 * stay; *n_held says how many (may be NULL).
 */
enum status sweep(const char *index, const struct manifest *m, size_t *n_held, struct error *e) CHECK_RESULT;

#endif
