/**
 * The postings of a segment being built, written as a Xapian database in one of two ways: straight into the glass
 * format (glass.h), or through libxapian's ordinary API. Both give the same terms, frequencies and postings; the second
 * is the oracle of the tests, and works where a future libxapian has another format.
 */
#ifndef QUOTH_POSTING_WRITER_H
#define QUOTH_POSTING_WRITER_H

#include "slice.h"
#include "status.h"

enum posting_writer_kind { WRITER_BULK, WRITER_LIBXAPIAN };

/** A term of the passage at hand, by its number in the writer's dictionary, or a filter by its number from _filter().
 */
struct passage_posting {
    uint32_t number;
    uint8_t impact; /* 0 for filters */
    bool is_filter;
};

struct dictionary;
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

/** The next passage's postings, each number at most once. */
enum status posting_writer_add(struct posting_writer *w, const struct passage_posting *postings, size_t n,
                               struct error *e) CHECK_RESULT;

size_t posting_writer_memory(const struct posting_writer *w);

/**
 * Write the database (none where there was no passage), open it through libxapian and compare its counts. Then the
 * impacts of terms can be asked.
 */
enum status posting_writer_finish(struct posting_writer *w, const char uuid[16], struct error *e) CHECK_RESULT;

/** The greatest, 10th, 50th and 1,000th greatest impact of a term with df passages; 0 where there are fewer. */
enum status posting_writer_greatest(struct posting_writer *w, uint32_t term, uint32_t df, uint8_t greatest[4],
                                    struct error *e) CHECK_RESULT;

#endif
