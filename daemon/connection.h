/**
 * One peer: its lines become requests, its replies leave in the order of its requests. Everything here runs in the
 * loop's thread; no call blocks.
 *
 * OPEN: lines are read and served. ENDING: no more lines are read; what is in flight is answered. LINGERING: all was
 * sent, our side is shut, and the peer's bytes are thrown away until it closes or a second has passed, since closing a
 * socket with unread bytes would take our last reply back. Then the connection is dead, and its owner, told through
 * `closed`, frees it.
 */
#ifndef QUOTH_CONNECTION_H
#define QUOTH_CONNECTION_H

#include "desk.h"

#define REQUESTS_PER_EVENT 64  /* then it is the other connections' turn */
#define CONNECTION_TASKS_MAX 8 /* of one connection with the workers at a time, and two a worker at most */
#define LINGER_MS 1000

struct event_base;
struct connection;

/** What connections need of the daemon; lives as long as they do. */
struct connection_host {
    struct event_base *base;
    struct desk desk;
    /** The connection is dead: free it. Called last in whatever went on; the connection is not touched afterwards. */
    void (*closed)(void *ctx, struct connection *c);
    void *ctx;
    /* What connections share, since the loop serves one at a time. */
    struct buf spare; /* to receive into; may have no memory */
    struct task_store tasks;
};

/** Take a connected, non-blocking socket. connection_settle() is then due, and greets. On failure the socket is closed.
 */
enum status connection_new(struct connection **out, struct connection_host *host, int fd, struct connection_id id,
                           struct error *e) CHECK_RESULT;
void connection_free(struct connection *c);

struct connection_id connection_id_of(const struct connection *c);

/** A task that this connection had handed out comes back; takes it. connection_settle() is then due, once for many. */
void connection_take_back(struct connection *c, struct task *task);

/** Move whatever can move. The connection may be freed by it. */
void connection_settle(struct connection *c);

/** Several times a second: close what is idle, stalled, or lingers. */
void connection_tick(struct connection *c, uint64_t now_us);

/** The daemon ends: answer what is in flight, say ERR shutdown, close. */
void connection_drain(struct connection *c);

#endif
