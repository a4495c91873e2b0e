/**
 * One writer at a time: an open-file-description lock on INDEX/lock, which goes with the process that holds it.
 */
#ifndef QUOTH_LOCK_H
#define QUOTH_LOCK_H

#include "status.h"

/** @retval ERR_LOCKED  another holds it; the line says who, as far as the file tells */
enum status index_lock(int *fd, const char *index, struct error *e) CHECK_RESULT;
void index_unlock(int fd);

#endif
