/**
 * What a run has to read: the roots it was given, walked and compared with the sources table. A file that looks as it
 * did is left alone; the others are the plan's files, in the order of roots and names; rows whose file is gone have
 * vanished.
 */
#ifndef QUOTH_PLAN_H
#define QUOTH_PLAN_H

#include "arena.h"
#include "hash_set.h"
#include "report.h"
#include "sources.h"
#include "update.h"

#define PLAN_FILES_MAX ((size_t)1 << 32)

/* A file that was changed so recently may change again without its dates telling. */
#define FRESH_NS INT64_C(2000000000)

struct plan_root {
    uint32_t number;
    const char *path;    /* absolute */
    struct slice prefix; /* of the ids below it */
    struct slice part;   /* only this file or folder below it is looked at; empty: all of it */
};

struct plan_file {
    const struct plan_root *root;
    struct slice path; /* below the root, as it is on disk; ends with NUL */
    struct hash128 key;
    struct source now; /* as it was found; path is the one above; raw_hash is set by who reads it */
    char old_hash[16]; /* of its row; zero where there was none */
    bool is_named;     /* the root itself: given by name */
    /* While it is worked on, by whose turn it is: */
    bool is_failed;    /* not read to its end */
    bool has_conflict; /* to be read again next time: an id of it is another file's, or a line of it was too long */
    uint32_t n_bad_lines;
};

/** What is changed: an update, or, in a rehearsal for an index that is not there yet, nothing. */
struct target {
    struct update *update;     /* may be NULL */
    struct snapshot *snapshot; /* may be NULL; borrowed from the update */
    struct sources *sources;
    bool forgotten[ROOTS_MAX]; /* roots that this run forgets */
};

struct plan {
    struct arena arena;
    struct plan_root *roots;
    size_t n_roots, roots_cap;
    struct plan_file *files;
    size_t n_files, files_cap;
    struct source *vanished; /* path copied */
    size_t n_vanished, vanished_cap;
    uint64_t n_bytes; /* of files, as they lie on disk */
};

/** Is it compressed, by its name? Then its size says little of what is in it. */
bool plan_file_is_packed(const struct plan_file *f);

void plan_init(struct plan *p);
void plan_clear(struct plan *p);

/**
 * Resolve, walk, compare. What cannot be looked at is reported and goes on.
 *
 * @param index  its folder, passed over where it lies below a root
 */
enum status plan_make(struct plan *p, struct target *t, const char *index, struct report *r,
                      struct error *e) CHECK_RESULT;

/** ROOT/path, or the root where it is a file; in *out, ended by NUL. */
enum status plan_file_path(struct buf *out, const struct plan_file *f, struct error *e) CHECK_RESULT;

/** What stands for (root, path) in sets and tables. */
struct hash128 plan_key(uint32_t root, struct slice path);

/** The raw hash in the sources table of a file that was found to be binary. */
extern const char SOURCE_BINARY[16];

#endif
