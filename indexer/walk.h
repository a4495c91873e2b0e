/**
 * A folder and all below it, in the order of the names' bytes.
 *
 * Hidden files and folders (a leading dot), devices, FIFOs, sockets, broken links and links back to a folder that
 * contains them are passed over and told of; links to files and to other folders are followed.
 */
#ifndef QUOTH_WALK_H
#define QUOTH_WALK_H

#include "slice.h"
#include "status.h"

#include <sys/stat.h>

#define WALK_DEPTH_MAX 128               /* folders within each other; deeper ones are told of as failed */
#define WALK_NAMES_MAX ((size_t)1 << 24) /* in one folder */

enum walk_kind {
    WALK_FILE,    /* stat is set */
    WALK_HIDDEN,  /* passed over */
    WALK_LINK,    /* a broken link or a loop, passed over */
    WALK_SPECIAL, /* passed over */
    WALK_FAILED,  /* a folder or file that cannot be looked at; message is set */
};

/** What was met. Slices are borrowed for the call. */
struct walk_entry {
    enum walk_kind kind;
    struct slice path; /* below the root; the root is a file: its name; the root itself failed: empty */
    const struct stat *stat;
    const char *message;
};

/** A status other than OK ends the walk with it. */
typedef enum status walk_fn(void *ctx, const struct walk_entry *entry, struct error *e);

/**
 * @param root   absolute, without links; a folder or a file
 * @param avoid  a folder that is passed over without a word (the index itself); may be NULL
 * @retval ERR_IO  the root itself cannot be looked at; below it, failures are told to fn
 */
enum status walk(const char *root, const struct stat *avoid, walk_fn *fn, void *ctx, struct error *e) CHECK_RESULT;

#endif
