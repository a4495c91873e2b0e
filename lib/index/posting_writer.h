/**
 * The postings of a segment being built, written as a Xapian database in one of two ways: straight into the glass
 * format (glass.h), or through libxapian's ordinary API. Both give the same terms, frequencies and postings; the second
 * is the oracle of the tests, and works where a future libxapian has another format.
 */
#ifndef QUOTH_POSTING_WRITER_H
#define QUOTH_POSTING_WRITER_H

#include "dictionary.h"
#include "posting_pool.h"

enum posting_writer_kind { WRITER_BULK, WRITER_LIBXAPIAN };

struct posting_writer;

/**
 * @param folder      where the database will stand
 * @param dictionary  gives the terms' texts; borrowed
 * @param memory      bytes that libxapian may hold back
 */
enum status posting_writer_new(struct posting_writer **out, enum posting_writer_kind kind, const char *folder,
                               const struct dictionary *dictionary, size_t memory, struct error *e) CHECK_RESULT;
void posting_writer_free(struct posting_writer *w);

/** The number of a filter term (with its letter). */
enum status posting_writer_filter(struct posting_writer *w, struct slice term, uint32_t *number,
                                  struct error *e) CHECK_RESULT;

/** The next passage: its terms by their numbers in the dictionary, each once, and its filters, each once. */
enum status posting_writer_add(struct posting_writer *w, const struct pool_posting *terms, size_t n,
                               const struct pool_posting *filters, size_t n_filters, struct error *e) CHECK_RESULT;

size_t posting_writer_memory(const struct posting_writer *w);

/**
 * Write the database (none where there was no passage), open it through libxapian and compare its counts.
 *
 * @param[out] facts  of the terms, in the order of dictionary_sorted_terms(), which must be sorted; the caller frees
 */
enum status posting_writer_finish(struct posting_writer *w, const char uuid[16], struct term_facts **facts,
                                  struct error *e) CHECK_RESULT;

#endif
