/**
 * Word numbers of a segment being built, spooled to a file without a name, since their form ids are only known at the
 * end.
 */
#ifndef QUOTH_WORD_SPOOL_H
#define QUOTH_WORD_SPOOL_H

#include "slice.h"
#include "status.h"

struct word_spool;

enum status word_spool_new(struct word_spool **out, const char *folder, struct error *e) CHECK_RESULT;
void word_spool_free(struct word_spool *s);
enum status word_spool_add(struct word_spool *s, const uint32_t *words, size_t n, struct error *e) CHECK_RESULT;

/** From now on it is read, from the beginning. */
enum status word_spool_rewind(struct word_spool *s, struct error *e) CHECK_RESULT;
/** The next n words, in the order they came. ERR_INTERNAL: there are fewer. */
enum status word_spool_take(struct word_spool *s, uint32_t *words, size_t n, struct error *e) CHECK_RESULT;

#endif
