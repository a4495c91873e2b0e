/**
 * Reading every byte of an index.
 */
#ifndef QUOTH_CHECK_H
#define QUOTH_CHECK_H

#include "status.h"

/** Told what is looked at and what was found, a line at a time; the line is borrowed for the call. */
typedef void check_report_fn(void *ctx, const char *line);

/**
 * Check the manifest, every segment's checksums, its records against each other, its postings against its token
 * sequences, and its Xapian database as xapian-check does. Goes on after a fault, so that all of them are reported.
 *
 * @retval ERR_INDEX  something is wrong; the first of it in e
 */
enum status index_check(const char *index, check_report_fn *report, void *ctx, struct error *e) CHECK_RESULT;

#endif
