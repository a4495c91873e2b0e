/**
 * From a plan, or from a snapshot, to jobs for the crew.
 */
#ifndef QUOTH_DISPATCH_H
#define QUOTH_DISPATCH_H

#include "crew.h"
#include "old_articles.h"

struct dispatch {
    struct crew *crew;
    struct report *report;
    const struct old_articles *old;
    void (*tick)(void *ctx);
    void *tick_ctx;
    struct job *job; /* being filled */
    struct buf path;
};

/** Hand out all files of the plan, JSON Lines line by line. */
enum status dispatch_plan(struct dispatch *d, struct plan *p, struct error *e) CHECK_RESULT;

/** Hand out all live articles of a snapshot. */
enum status dispatch_snapshot(struct dispatch *d, const struct snapshot *s, struct error *e) CHECK_RESULT;

#endif
