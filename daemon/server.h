/**
 * The event loop: listeners, connections, signals, the clock tick, and replies coming back from the workers.
 */
#ifndef QUOTH_SERVER_H
#define QUOTH_SERVER_H

#include "generations.h"
#include "daemon_options.h"

#define DRAIN_MS 5000

struct server;

/**
 * @param tcp_fd   listening; the server closes it
 * @param unix_fd  the same, or -1
 */
enum status server_new(struct server **out, const struct daemon_options *options, struct generations *g, int tcp_fd,
                       int unix_fd, struct error *e) CHECK_RESULT;

/** Serve until SIGTERM or SIGINT, then drain for at most DRAIN_MS; a second signal ends at once. */
enum status server_run(struct server *s, struct error *e) CHECK_RESULT;

/** Generations changed. Any thread, until server_free(). */
void server_refresh(struct server *s);

void server_free(struct server *s);

#endif
