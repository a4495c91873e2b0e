/**
 * A folder of a test's own, gone with it.
 */
#ifndef QUOTH_TEST_TEMP_H
#define QUOTH_TEST_TEMP_H

#include "file.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

struct temp {
    char path[256];
};

static inline void temp_make(struct temp *t)
{
    const char *base = getenv("TMPDIR");
    snprintf(t->path, sizeof t->path, "%s/quoth-test-XXXXXX", base == NULL ? "/tmp" : base);
    if (mkdtemp(t->path) == NULL) {
        perror(t->path);
        abort();
    }
}

static inline void temp_remove(struct temp *t)
{
    if (file_remove_tree(t->path, NULL) != OK)
        perror(t->path);
}

/* path/name in a buffer of the caller's. */
static inline const char *temp_path(const struct temp *t, const char *name, char out[PATH_MAX])
{
    snprintf(out, PATH_MAX, "%s/%s", t->path, name);
    return out;
}

#endif
