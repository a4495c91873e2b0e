/**
 * Asking a daemon one question over TCP or a Unix socket: connect, greeting, request, reply.
 *
 * Nothing the other side sends is trusted: the greeting and the status line, the whole reply and the time have bounds.
 */
#ifndef QUOTH_CONNECT_H
#define QUOTH_CONNECT_H

#include "buf.h"

#define ENDPOINT_HOST_MAX 255
#define ENDPOINT_PATH_MAX 107                      /* what a sockaddr_un holds */
#define STATUS_LINE_MAX_BYTES 65536                /* of a greeting or status line */
#define CLIENT_REPLY_MAX_BYTES ((size_t)257 << 20) /* greeting and reply together */

/** Where a daemon listens: a path where path is not empty, else host and port. */
struct endpoint {
    char host[ENDPOINT_HOST_MAX + 1];
    uint16_t port;
    char path[ENDPOINT_PATH_MAX + 1];
    bool is_given; /* an option named it */
};

/** 127.0.0.1:7788. */
void endpoint_default(struct endpoint *out);

/** "HOST:PORT", "HOST", "[::1]:PORT", "unix:PATH", or a path with a slash in it. ERR_OPTION: none of these. */
enum status endpoint_parse(struct endpoint *out, struct slice text, struct error *e) CHECK_RESULT;

/** What options set, over what was there; a host or port takes a path away. ERR_OPTION: empty or too long. */
enum status endpoint_set_host(struct endpoint *out, const char *host, struct error *e) CHECK_RESULT;
void endpoint_set_port(struct endpoint *out, uint16_t port);
enum status endpoint_set_path(struct endpoint *out, const char *path, struct error *e) CHECK_RESULT;

/** "127.0.0.1:7788", "[::1]:7788" or the path, for messages. */
void endpoint_name(struct buf *out, const struct endpoint *server);

/**
 * Send one request and read its whole reply.
 *
 * @param[out] reply  the reply's bytes, appended: the status line and its data lines, each with its LF
 * @param request     a line with its LF
 * @retval ERR_NONE      nobody listens there; e says how to start a daemon
 * @retval ERR_BUSY      the daemon turned the connection away; e is its message
 * @retval ERR_FORMAT    what answered does not speak the protocol
 * @retval ERR_DEADLINE  timeout_ms passed
 * @retval ERR_IO ERR_LIMIT ERR_NOMEM
 */
enum status endpoint_ask(struct buf *reply, const struct endpoint *server, struct slice request, uint32_t timeout_ms,
                         struct error *e) CHECK_RESULT;

#endif
