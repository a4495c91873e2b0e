/**
 * The crew at work: a plan, or all that a snapshot holds, goes through the builders.
 */
#ifndef QUOTH_BUILD_H
#define QUOTH_BUILD_H

#include "builder.h"
#include "dispatch.h"
#include "progress.h"

enum build_mode {
    BUILD_ADD,      /* into the update's writers */
    BUILD_REHEARSE, /* read and settle, write nothing */
    BUILD_MEASURE,  /* the same, and count the tokens */
};

struct build {
    enum build_mode mode;
    struct update *update; /* BUILD_ADD */
    const struct index_settings *settings;
    struct registry *registry;
    struct report *report;
    struct progress *progress;
    const atomic_bool *cancel;
    struct plan *plan; /* or: */
    const struct snapshot *snapshot;
};

/** @param mean  tokens a passage, of body and title; may be NULL; 0 where there are none */
enum status build_run(const struct build *b, double *mean, struct error *e) CHECK_RESULT;

/** The analyzer's profile that goes with an index's. */
enum analyzer_profile build_analyzer_profile(enum index_profile profile);

/** What is left of --memory when the program and its libraries have theirs. */
size_t build_memory(const struct indexer_options *o);

#endif
