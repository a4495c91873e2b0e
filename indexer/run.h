/**
 * A run that changes an index: what the command line asked for, from the lock to the new generation.
 */
#ifndef QUOTH_RUN_H
#define QUOTH_RUN_H

#include "options.h"
#include "report.h"

/**
 * Bring roots up to date, forget roots, delete, compact.
 *
 * @param cancel  set by a signal: stop, publish nothing
 * @retval ERR_CANCELLED and all others: nothing was published
 */
enum status run_update(struct report *r, const atomic_bool *cancel, struct error *e) CHECK_RESULT;

/** Analyse all stored texts again with this program's analyzer. */
enum status run_rebuild(struct report *r, const atomic_bool *cancel, struct error *e) CHECK_RESULT;

#endif
