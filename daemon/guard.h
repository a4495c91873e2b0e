/**
 * A mapped file that shrinks or cannot be read raises SIGBUS in whoever reads it. In a worker that must end one search,
 * in the watch one look, not the daemon.
 */
#ifndef QUOTH_GUARD_H
#define QUOTH_GUARD_H

#include "status.h"

#include <stdbool.h>

/** Install the handler, once, at start. Outside guard_run() a SIGBUS ends the program as ever. */
enum status guard_install(struct error *e) CHECK_RESULT;

/**
 * fn(ctx) in this thread; false: a SIGBUS ended it in the middle, and what it was working on is not to be trusted.
 * Not to be nested.
 */
bool guard_run(void (*fn)(void *ctx), void *ctx);

#endif
