/**
 * Writes a Xapian database of the glass format directly, sorted and in one pass, with no call into libxapian.
 *
 * Only what this index needs: the postlist table (document lengths and postings), the version file, the lock file.
 * Documents 1..n all exist. Format: glass of Xapian 1.4 (its version 2016-03-14); what is laid out how:
 * docs/INDEX-FORMAT.md, "The glass table". The tests compare databases written here with libxapian's own, term by term
 * and posting by posting.
 */
#ifndef QUOTH_GLASS_H
#define QUOTH_GLASS_H

#include "slice.h"
#include "status.h"

#define GLASS_TERM_MAX_BYTES 245

struct glass_writer;

/**
 * Begin a database in an existing folder that has none.
 *
 * @param n_documents  that it will have, at least 1
 */
enum status glass_create(struct glass_writer **out, const char *folder, uint32_t n_documents,
                         struct error *e) CHECK_RESULT;

/** First: the length of every document, in order. A length is the sum of the document's wdfs. */
void glass_lengths(struct glass_writer *w, const uint32_t *lengths);

/** What is known of a term's postings; all must be true. */
struct glass_term {
    struct slice term;
    uint32_t termfreq, last; /* documents; the last of them */
    uint64_t collfreq;       /* sum of the wdfs */
    uint32_t greatest_wdf;
};

/** Then each term, in byte order, with its postings as of posting_pool_bytes(), at least one. */
void glass_add_term(struct glass_writer *w, const struct glass_term *term, struct slice postings);

/** Finish all files; the first failure of all calls is told here. Not synced. w is freed whatever happens. */
enum status glass_finish(struct glass_writer *w, const char uuid[16], struct error *e) CHECK_RESULT;
void glass_abandon(struct glass_writer *w);

#endif
