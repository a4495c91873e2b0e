/**
 * Reads posting lists of a Xapian database of the glass format from memory, with no call into libxapian.
 *
 * What other programs may lay out in another way (another version of the format, compressed tags) is ERR_SIGNATURE:
 * libxapian reads those. Immutable once open, shared by any number of threads. Damage is ERR_INDEX, never a stray read.
 * The tests compare it with libxapian, posting by posting. Format: docs/INDEX-FORMAT.md, "The glass table".
 */
#ifndef QUOTH_GLASS_READER_H
#define QUOTH_GLASS_READER_H

#include "postings.h"
#include "slice.h"

struct glass_reader;

/**
 * Open the database in a folder: its version file is read, its table of postings mapped.
 *
 * @retval ERR_NONE       there is none
 * @retval ERR_SIGNATURE  not a format that this reader knows
 * @retval ERR_INDEX      damaged
 */
enum status glass_reader_open(struct glass_reader **out, const char *folder, struct error *e) CHECK_RESULT;
void glass_reader_close(struct glass_reader *r);

/** Let go of the pages that were read; see segfile_release(). */
void glass_reader_release(const struct glass_reader *r);

/**
 * Decode a term's postings into *out (its memory is used again, else exactly what is needed is reserved; n is 0 where
 * the term is not there). After a failure *out holds nothing of use.
 *
 * @param n_documents  of the segment: all documents must be 1 to this
 * @retval ERR_SIGNATURE  this list is laid out in a way that the reader does not know
 * @retval ERR_INDEX      damaged
 * @retval ERR_DEADLINE ERR_CANCELLED ERR_NOMEM
 */
enum status glass_reader_postings(const struct glass_reader *r, struct slice term, uint32_t n_documents,
                                  const struct stop *stop, struct postings *out, struct error *e) CHECK_RESULT;

/** Return anything but OK to end the walk with it. */
typedef enum status glass_reader_term_fn(void *ctx, struct slice term, struct error *e);

/** The terms that start with prefix (not empty), in byte order. Failures as above. */
enum status glass_reader_terms(const struct glass_reader *r, struct slice prefix, glass_reader_term_fn *fn, void *ctx,
                               struct error *e) CHECK_RESULT;

#endif
