/**
 * Options -> the request line that is sent, the same for a daemon and for an index in this process.
 */
#ifndef QUOTH_REQUEST_LINE_H
#define QUOTH_REQUEST_LINE_H

#include "client_options.h"

/**
 * Append the request, its LF included.
 *
 * @retval ERR_LIMIT  more than LINE_MAX_BYTES: the query is too long
 */
enum status request_line(struct buf *out, const struct client_options *o, struct error *e) CHECK_RESULT;

#endif
