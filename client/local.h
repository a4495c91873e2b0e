/**
 * A request answered in this process from an index folder, by the very function that the daemon's workers call.
 */
#ifndef QUOTH_LOCAL_H
#define QUOTH_LOCAL_H

#include "buf.h"

/**
 * @param[out] reply  the reply's bytes are appended
 * @param request     a line with its LF
 * @retval ERR_NONE ERR_INDEX ERR_SIGNATURE  no index there, or one that cannot be used; e says what to do
 * @retval ERR_FORMAT ERR_OPTION ERR_LIMIT   a request that is none (the reply would say so)
 */
enum status local_ask(struct buf *reply, const char *index, struct slice request, struct error *e) CHECK_RESULT;

#endif
