/**
 * Which article has which id: what a run decides while it is a job's turn (crew.h). Nothing here is called by two
 * threads at a time, and all calls come in the order of the input, so that the outcome depends on nothing else.
 */
#ifndef QUOTH_REGISTRY_H
#define QUOTH_REGISTRY_H

#include "job.h"
#include "old_articles.h"

struct registry {
    struct target *target;
    struct old_articles old;
    struct hash_set ids; /* of articles that this run adds */
    struct report *report;
};

void registry_init(struct registry *g, struct target *t, struct report *r);
void registry_clear(struct registry *g);

/** The old articles of the plan's files; those of files that have vanished are removed. */
enum status registry_begin(struct registry *g, const struct plan *p, struct error *e) CHECK_RESULT;

/** Settle a unit. One whose state is UNIT_SETTLED afterwards is to be added. */
enum status registry_settle(struct registry *g, struct unit *u, struct error *e) CHECK_RESULT;

#endif
