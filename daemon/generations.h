/**
 * The generations of the index that are served: the current one and the few before it. Shared by all threads; each
 * getter hands out a reference that the caller drops with snapshot_unref().
 */
#ifndef QUOTH_GENERATIONS_H
#define QUOTH_GENERATIONS_H

#include "postings_cache.h"

#define FAULTS_MAX 64 /* reads of mapped files that ended in a fault */

struct generations;

/**
 * @param keep   served at most, at least 1
 * @param cache  of posting lists, in which the segments of what is served are held; borrowed, NULL: there is none
 */
enum status generations_new(struct generations **out, size_t keep, struct postings_cache *cache,
                            struct error *e) CHECK_RESULT;
void generations_free(struct generations *g);

struct postings_cache *generations_cache(const struct generations *g);

/** Make a snapshot the current one; takes the caller's reference. The oldest goes where there are too many. */
void generations_publish(struct generations *g, struct snapshot *taken);

/** The served generation with this number, the newest first; NULL: none. */
struct snapshot *generations_get(struct generations *g, uint64_t number);

/** The current one; never NULL once one was published. */
struct snapshot *generations_get_current(struct generations *g);
uint64_t generations_current(struct generations *g);

/** Counts publications, so that a thread sees cheaply that something changed. */
uint64_t generations_epoch(struct generations *g);

bool generations_serve(struct generations *g, const struct snapshot *s);

/**
 * A search of this generation was ended by a fault of its files. Such a search leaves its memory behind, so after
 * FAULTS_MAX of them the generation counts as unusable.
 */
void generations_fault(struct generations *g, const struct snapshot *s);
bool generations_is_usable(struct generations *g, const struct snapshot *s);

#endif
