/**
 * The sources table as a file beside the segments.
 */
#ifndef QUOTH_SOURCES_FILE_H
#define QUOTH_SOURCES_FILE_H

#include "sources.h"

/** Rows ascend by root and path, so equal tables are equal bytes. */
enum status sources_write(struct sources *t, const char *folder, const char *name, struct error *e) CHECK_RESULT;
/** Has a row come, gone or changed since sources_read()? */
bool sources_is_changed(const struct sources *t);
/** Replace the rows of t by the file's. */
enum status sources_read(struct sources *t, const char *folder, const char *name, struct error *e) CHECK_RESULT;

#endif
