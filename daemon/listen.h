/**
 * Listening sockets. Until there is authentication, only this machine may connect: loopback addresses and Unix sockets.
 */
#ifndef QUOTH_LISTEN_H
#define QUOTH_LISTEN_H

#include "status.h"

#include <stdbool.h>
#include <sys/types.h>

#define LISTEN_BACKLOG 1024

/**
 * A listening, non-blocking TCP socket.
 *
 * @param port      0: any free one
 * @param[out] got  the port it has
 * @retval ERR_OPTION  the host is not a loopback address, or unknown
 * @retval ERR_IO      the port is taken, …
 */
enum status listen_tcp(int *fd, const char *host, uint16_t port, uint16_t *got, struct error *e) CHECK_RESULT;

/** A Unix socket that we bound: what to remove at the end. */
struct unix_socket {
    int fd; /* -1: none */
    const char *path;
    dev_t device;
    ino_t inode;
};

/**
 * A listening, non-blocking Unix socket of mode 0600. One that nobody answers on is replaced; a live one is ERR_LOCKED.
 * path is borrowed. Changes the umask for a moment: call it before threads are started.
 */
enum status listen_unix(struct unix_socket *out, const char *path, struct error *e) CHECK_RESULT;

/** Remove the path unless somebody else's socket is there by now. The fd is not closed. */
void unix_socket_remove(const struct unix_socket *s);

#endif
