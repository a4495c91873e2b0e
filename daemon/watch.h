/**
 * A thread that sees a new generation of the index, opens it beside the old, and has it served: told by inotify, and by
 * a slow poll for file systems that tell nothing.
 */
#ifndef QUOTH_WATCH_H
#define QUOTH_WATCH_H

#include "generations.h"

#include <sys/stat.h>

#define WATCH_POLL_MS 1000

struct watch;

/** How the index was found at the start. */
struct watch_start {
    bool is_absent; /* there was nothing to open */
    struct stat manifest;
};

/**
 * Open the index as it is and publish its generation; one that is absent is served as generation 0.
 */
enum status watch_open_first(struct generations *g, const char *index, struct watch_start *start,
                             struct error *e) CHECK_RESULT;

/**
 * @param changed  called in the watch's thread after each publication
 * @param index    borrowed until watch_stop()
 */
enum status watch_begin(struct watch **out, struct generations *g, const char *index, const struct watch_start *start,
                        void (*changed)(void *ctx), void *ctx, struct error *e) CHECK_RESULT;

/** End the thread and free the watch. NULL is allowed. */
void watch_stop(struct watch *w);

#endif
