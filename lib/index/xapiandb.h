/**
 * libxapian behind plain C: the only door to it. No exception passes; every failure is a status and a line.
 *
 * A database here holds postings only: document p + 1 is passage p, a posting's wdf is its impact (filter terms: 0). No
 * positions, no termlist, no document data. A handle belongs to one thread at a time.
 */
#ifndef QUOTH_XAPIANDB_H
#define QUOTH_XAPIANDB_H

#include "slice.h"
#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define XAPIAN_TERM_MAX_BYTES 245

struct xapiandb_posting {
    struct slice term; /* 1 to XAPIAN_TERM_MAX_BYTES bytes */
    uint8_t wdf;
};

struct xapiandb_writer;

/** Create a database in an existing folder that has none. */
enum status xapiandb_create(struct xapiandb_writer **out, const char *folder, struct error *e) CHECK_RESULT;
/** Append the next document with these terms, each at most once. */
enum status xapiandb_add(struct xapiandb_writer *w, const struct xapiandb_posting *postings, size_t n,
                         struct error *e) CHECK_RESULT;
/** Write what is held in memory to disk. */
enum status xapiandb_commit(struct xapiandb_writer *w, struct error *e) CHECK_RESULT;
/** Commit and close; w is freed whatever happens. */
enum status xapiandb_finish(struct xapiandb_writer *w, struct error *e) CHECK_RESULT;
/** Close without a thought for the database. NULL is allowed. */
void xapiandb_abandon(struct xapiandb_writer *w);

/** Replace the random uuid of a closed database, so that equal content is equal bytes. */
enum status xapiandb_set_uuid(const char *folder, const char uuid[16], struct error *e) CHECK_RESULT;

struct xapiandb;

/** @retval ERR_INDEX  not a database, damaged, or of another libxapian */
enum status xapiandb_open(struct xapiandb **out, const char *folder, struct error *e) CHECK_RESULT;
void xapiandb_close(struct xapiandb *db);
enum status xapiandb_doccount(struct xapiandb *db, uint32_t *out, struct error *e) CHECK_RESULT;

/** Return anything but OK to end the walk with it. `document` counts from 1. */
typedef enum status xapiandb_posting_fn(void *ctx, uint32_t document, uint32_t wdf, struct error *e);
typedef enum status xapiandb_term_fn(void *ctx, struct slice term, uint32_t termfreq, struct error *e);

/** The postings of a term, ascending; none where it is not there. */
enum status xapiandb_postings(struct xapiandb *db, struct slice term, xapiandb_posting_fn *fn, void *ctx,
                              struct error *e) CHECK_RESULT;
/** The terms that start with prefix (may be empty), in byte order. */
enum status xapiandb_terms(struct xapiandb *db, struct slice prefix, xapiandb_term_fn *fn, void *ctx,
                           struct error *e) CHECK_RESULT;

/** xapian-check's own look at every table; ERR_INDEX with the number of errors found. */
enum status xapiandb_check(const char *folder, struct error *e) CHECK_RESULT;

#ifdef __cplusplus
}
#endif

#endif
