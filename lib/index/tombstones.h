/**
 * The dead of a segment: which articles (so which passages), and for each term how many dead passages held it, so that
 * N and df stay exact. A file is cumulative and never changed: a further deletion writes a new one.
 */
#ifndef QUOTH_TOMBSTONES_H
#define QUOTH_TOMBSTONES_H

#include "slice.h"
#include "status.h"

struct segment;
struct tombstones;

/** The dead of s so far, to add to; s outlives it. */
enum status tombstones_copy(struct tombstones **out, const struct segment *s, struct error *e) CHECK_RESULT;
void tombstones_free(struct tombstones *t);

/** Mark an article and its passages dead; already dead is OK. */
enum status tombstones_add(struct tombstones *t, const struct segment *s, uint32_t article,
                           struct error *e) CHECK_RESULT;

enum status tombstones_write(const struct tombstones *t, const char *folder, const char *name,
                             struct error *e) CHECK_RESULT;
/** For a segment of which all but the dead is open. */
enum status tombstones_read(struct tombstones **out, const struct segment *s, const char *folder, const char *name,
                            struct error *e) CHECK_RESULT;

/** Count again what the dead articles held, and compare. */
enum status tombstones_check(const struct tombstones *t, const struct segment *s, struct error *e) CHECK_RESULT;

bool tombstones_has_article(const struct tombstones *t, uint32_t article);
bool tombstones_has_passage(const struct tombstones *t, uint32_t passage);
uint32_t tombstones_n_articles(const struct tombstones *t);
uint32_t tombstones_n_passages(const struct tombstones *t);
uint32_t tombstones_df(const struct tombstones *t, uint32_t term);

#endif
