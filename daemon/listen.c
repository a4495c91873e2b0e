#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "slice.h"

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof v4);
        return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, address, sizeof v6);
        return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
    }
    return false;
}

static uint16_t port_of(int fd)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        return 0;
    if (address.ss_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, &address, sizeof v6);
        return ntohs(v6.sin6_port);
    }
    struct sockaddr_in v4;
    memcpy(&v4, &address, sizeof v4);
    return ntohs(v4.sin_port);
}

static enum status bind_tcp(int *fd, const struct addrinfo *a, struct error *e)
{
    const int on = 1;
    *fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (*fd < 0)
        return error_errno(e, ERR_IO, "socket");
    if (setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 && bind(*fd, a->ai_addr, a->ai_addrlen) == 0 &&
        listen(*fd, LISTEN_BACKLOG) == 0)
        return OK;
    enum status st = error_errno(e, ERR_IO, "cannot listen; --port 0 takes any free port");
    close(*fd);
    *fd = -1;
    return st;
}

enum status listen_tcp(int *fd, const char *host, uint16_t port, uint16_t *got, struct error *e)
{
    char service[8];
    struct addrinfo *list = NULL;
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    *fd = -1;
    *got = 0;
    snprintf(service, sizeof service, "%u", port);
    /* A loopback address in any case (RFC 6761, 6.3), also where no /etc/hosts says so. */
    bool is_localhost = slice_equal_ascii_case(slice_cstr(host), SLICE("localhost"));
    int failed = getaddrinfo(is_localhost ? "127.0.0.1" : host, service, &hints, &list);
    if (failed != 0)
        return error_set(e, ERR_OPTION, "--host %s: %s", host, gai_strerror(failed));
    const struct addrinfo *chosen = list;
    enum status st = OK;
    for (const struct addrinfo *a = list; a != NULL && st == OK; a = a->ai_next) {
        if (!is_loopback(a->ai_addr))
            st =
                error_set(e, ERR_OPTION,
                          "--host %s: only loopback addresses (127.0.0.1, ::1), since anybody who can connect can read "
                          "everything; for other machines use an SSH tunnel",
                          host);
        else if (a->ai_family == AF_INET && chosen->ai_family != AF_INET)
            chosen = a;
    }
    if (st == OK)
        st = bind_tcp(fd, chosen, e);
    if (st == OK)
        *got = port_of(*fd);
    else
        st = error_context(e, st, "%s port %u", host, port);
    freeaddrinfo(list);
    return st;
}

static enum status unix_address(struct sockaddr_un *address, const char *path, struct error *e)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof address->sun_path)
        return error_set(e, ERR_OPTION, "--socket: a path of 1 to %zu bytes", sizeof address->sun_path - 1);
    memcpy(address->sun_path, path, len + 1);
    return OK;
}

/* Remove what an ended daemon left at the path; a living one's socket, or a file, is not touched. */
static enum status remove_stale(const struct sockaddr_un *address, struct error *e)
{
    struct stat info;
    if (lstat(address->sun_path, &info) != 0)
        return errno == ENOENT ? OK : error_errno(e, ERR_IO, "%s", address->sun_path);
    if (!S_ISSOCK(info.st_mode))
        return error_set(e, ERR_IO, "%s exists and is not a socket; choose another path", address->sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return error_errno(e, ERR_IO, "socket");
    int failed = connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 ? 0 : errno;
    close(fd);
    if (failed != ECONNREFUSED && failed != ENOENT)
        return error_set(e, ERR_LOCKED, "%s is served by another process", address->sun_path);
    if (failed == ECONNREFUSED && unlink(address->sun_path) != 0 && errno != ENOENT)
        return error_errno(e, ERR_IO, "%s", address->sun_path);
    return OK;
}

static int bind_private(int fd, const struct sockaddr_un *address)
{
    mode_t before = umask(0177);
    int failed = bind(fd, (const struct sockaddr *)address, sizeof *address) == 0 ? 0 : errno;
    umask(before);
    errno = failed;
    return failed == 0 ? 0 : -1;
}

enum status listen_unix(struct unix_socket *out, const char *path, struct error *e)
{
    struct sockaddr_un address;
    *out = (struct unix_socket){.fd = -1};
    enum status st = unix_address(&address, path, e);
    if (st == OK)
        st = remove_stale(&address, e);
    if (st != OK)
        return st;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return error_errno(e, ERR_IO, "socket");
    struct stat info;
    if (bind_private(fd, &address) != 0 || listen(fd, LISTEN_BACKLOG) != 0 || lstat(path, &info) != 0) {
        st = error_errno(e, ERR_IO, "%s", path);
        close(fd);
        return st;
    }
    *out = (struct unix_socket){.fd = fd, .path = path, .device = info.st_dev, .inode = info.st_ino};
    return OK;
}

void unix_socket_remove(const struct unix_socket *s)
{
    struct stat info;
    if (s->path != NULL && lstat(s->path, &info) == 0 && info.st_dev == s->device && info.st_ino == s->inode)
        unlink(s->path);
}
