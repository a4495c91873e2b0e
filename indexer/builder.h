/**
 * One thread of a run: takes jobs, reads and parses them, has them settled in its turn, analyses and adds what is to be
 * added.
 */
#ifndef QUOTH_BUILDER_H
#define QUOTH_BUILDER_H

#include "crew.h"
#include "feed.h"
#include "registry.h"
#include "splitter.h"
#include "text_room.h"

#include <pthread.h>

struct builder {
    struct crew *crew;
    struct registry *registry;
    struct report *report;
    const struct snapshot *snapshot; /* of stored articles */
    enum split_mode split;
    size_t number; /* in the crew */
    pthread_t thread;
    struct index_writer *writer; /* NULL: nothing is written */
    enum status status;          /* once the thread has ended: of what it did when there were no more jobs */
    struct error error;
    struct feed feed;
    struct buf raw; /* of the file at hand */
    struct buf path;
    struct buf joined; /* tags */
    struct text_room texts;
};

enum status builder_init(struct builder *b, enum analyzer_profile profile, struct index_writer *writer,
                         struct error *e) CHECK_RESULT;
void builder_clear(struct builder *b);

/** Runs until the crew has no more jobs; a pthread function, ctx is the builder. */
void *builder_run(void *ctx);

#endif
