#include "connect.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"
#include "reply.h"

#define READ_BYTES 65536

/* One connection while it is asked. */
struct call {
    int fd;
    uint64_t deadline_us;
    char name[ENDPOINT_HOST_MAX + 16]; /* for messages */
    struct buf in;                     /* all bytes received */
    size_t scanned;                    /* bytes of it that belong to lines already handed out */
};

static enum status wait_for(const struct call *c, int fd, short events, struct error *e)
{
    for (;;) {
        uint64_t now = clock_us();
        if (now >= c->deadline_us)
            return error_set(e, ERR_DEADLINE, "%s did not answer in time; --timeout SECONDS allows more", c->name);
        struct pollfd p = {.fd = fd, .events = events};
        uint64_t left_ms = (c->deadline_us - now + 999) / 1000;
        int n = poll(&p, 1, left_ms > 60000 ? 60000 : (int)left_ms);
        if (n > 0)
            return OK;
        if (n < 0 && errno != EINTR)
            return error_errno(e, ERR_IO, "poll");
    }
}

/** A connected, non-blocking socket, or -1 with errno; *timed_out where the deadline passed. */
static int try_address(const struct call *c, int family, const struct sockaddr *address, socklen_t len, bool *timed_out)
{
    int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (connect(fd, address, len) == 0)
        return fd;
    int failure = errno;
    if (failure == EINPROGRESS) {
        socklen_t size = sizeof failure;
        *timed_out = wait_for(c, fd, POLLOUT, NULL) != OK;
        if (!*timed_out && getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size) == 0 && failure == 0)
            return fd;
    }
    close(fd);
    errno = failure;
    return -1;
}

static enum status cannot_connect(const struct call *c, int failure, bool timed_out, struct error *e)
{
    if (timed_out)
        return error_set(e, ERR_DEADLINE, "%s did not answer in time; --timeout SECONDS allows more", c->name);
    if (failure == ECONNREFUSED || failure == ENOENT)
        return error_set(e, ERR_NONE,
                         "no daemon answers at %s; start one with: quothd INDEX, or search without one: quoth --index "
                         "INDEX QUERY",
                         c->name);
    errno = failure;
    return error_errno(e, ERR_IO, "cannot connect to %s", c->name);
}

static enum status connect_path(struct call *c, const char *path, struct error *e)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    bool timed_out = false;
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    c->fd = try_address(c, AF_UNIX, (const struct sockaddr *)&address, sizeof address, &timed_out);
    return c->fd >= 0 ? OK : cannot_connect(c, errno, timed_out, e);
}

static enum status connect_host(struct call *c, const struct endpoint *server, struct error *e)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *list = NULL;
    char port[8];
    snprintf(port, sizeof port, "%u", server->port);
    int code = getaddrinfo(server->host, port, &hints, &list);
    /* A loopback address in any case (RFC 6761, 6.3), also where no /etc/hosts says so. */
    if (code != 0 && slice_equal_ascii_case(slice_cstr(server->host), SLICE("localhost")))
        code = getaddrinfo("127.0.0.1", port, &hints, &list);
    if (code != 0)
        return error_set(e, ERR_IO, "cannot find the host %s: %s", server->host, gai_strerror(code));
    int failure = 0;
    bool timed_out = false;
    for (struct addrinfo *a = list; a != NULL && c->fd < 0 && !timed_out; a = a->ai_next) {
        c->fd = try_address(c, a->ai_family, a->ai_addr, a->ai_addrlen, &timed_out);
        if (c->fd < 0)
            failure = errno;
    }
    freeaddrinfo(list);
    return c->fd >= 0 ? OK : cannot_connect(c, failure, timed_out, e);
}

static enum status send_all(struct call *c, struct slice bytes, struct error *e)
{
    while (bytes.len > 0) {
        ssize_t n = send(c->fd, bytes.data, bytes.len, MSG_NOSIGNAL);
        if (n >= 0) {
            bytes = slice_from(bytes, (size_t)n);
            continue;
        }
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK)
            return error_errno(e, ERR_IO, "writing to %s", c->name);
        enum status st = wait_for(c, c->fd, POLLOUT, e);
        if (st != OK)
            return st;
    }
    return OK;
}

static enum status receive(struct call *c, struct error *e)
{
    for (;;) {
        if (!buf_reserve(&c->in, READ_BYTES))
            return error_context(e, buf_status(&c->in, e), "the reply of %s", c->name);
        ssize_t n = recv(c->fd, c->in.data + c->in.len, READ_BYTES, 0);
        if (n > 0) {
            c->in.len += (size_t)n;
            return OK;
        }
        if (n == 0)
            return error_set(e, ERR_IO, "%s closed the connection before its reply was whole", c->name);
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK)
            return error_errno(e, ERR_IO, "reading from %s", c->name);
        enum status st = wait_for(c, c->fd, POLLIN, e);
        if (st != OK)
            return st;
    }
}

/** The next line, without its LF, as offsets into c->in: receiving moves the bytes. */
static enum status next_line(struct call *c, size_t max, size_t *start, size_t *len, struct error *e)
{
    size_t looked = c->scanned;
    for (;;) {
        const char *lf = c->in.len > looked ? memchr(c->in.data + looked, '\n', c->in.len - looked) : NULL;
        size_t have = lf != NULL ? (size_t)(lf - c->in.data) - c->scanned : c->in.len - c->scanned;
        if (have > max)
            return error_set(e, ERR_FORMAT, "%s answers with a line of more than %zu bytes: it is no quothd", c->name,
                             max);
        if (lf != NULL) {
            *start = c->scanned;
            *len = have;
            c->scanned += have + 1;
            return OK;
        }
        looked = c->in.len;
        enum status st = receive(c, e);
        if (st != OK)
            return st;
    }
}

static enum status read_greeting(struct call *c, struct error *e)
{
    size_t start = 0, len = 0;
    enum status st = next_line(c, STATUS_LINE_MAX_BYTES, &start, &len, e);
    if (st != OK)
        return st;
    struct slice line = slice_of(c->in.data + start, len), proto;
    struct reply_status greeting;
    if (reply_parse(&greeting, line, NULL) != OK)
        return error_set(e, ERR_FORMAT, "%s does not speak quothd's protocol: it says '%.*s'", c->name,
                         len > 80 ? 80 : (int)len, line.data);
    if (!greeting.is_ok)
        return error_set(e, ERR_BUSY, "%s turns us away: %.*s", c->name, SLICE_ARG(greeting.message));
    if (greeting.n_lines != 0 || !reply_value(&greeting, "proto", &proto) || !slice_equal(proto, SLICE("1")))
        return error_set(e, ERR_FORMAT, "%s speaks another version of the protocol; this is a client of version 1",
                         c->name);
    return OK;
}

static enum status read_reply(struct call *c, struct buf *reply, struct error *e)
{
    size_t begin = c->scanned, start = 0, len = 0;
    enum status st = next_line(c, STATUS_LINE_MAX_BYTES, &start, &len, e);
    if (st != OK)
        return st;
    struct reply_status status;
    if (reply_parse(&status, slice_of(c->in.data + start, len), NULL) != OK)
        return error_set(e, ERR_FORMAT, "%s does not speak quothd's protocol", c->name);
    uint64_t n_lines = status.is_ok ? status.n_lines : 0;
    for (uint64_t i = 0; i < n_lines && st == OK; i++)
        st = next_line(c, CLIENT_REPLY_MAX_BYTES, &start, &len, e);
    if (st != OK)
        return st;
    buf_put(reply, slice_of(c->in.data + begin, c->scanned - begin));
    return buf_status(reply, e);
}

enum status endpoint_ask(struct buf *reply, const struct endpoint *server, struct slice request, uint32_t timeout_ms,
                         struct error *e)
{
    struct call c = {.fd = -1, .deadline_us = clock_us() + (uint64_t)timeout_ms * 1000};
    struct buf name;
    buf_init(&name, sizeof c.name - 1);
    endpoint_name(&name, server);
    snprintf(c.name, sizeof c.name, "%.*s", (int)name.len, name.data == NULL ? "" : name.data);
    buf_clear(&name);
    buf_init(&c.in, CLIENT_REPLY_MAX_BYTES);

    enum status st = server->path[0] != '\0' ? connect_path(&c, server->path, e) : connect_host(&c, server, e);
    if (st == OK)
        st = read_greeting(&c, e);
    if (st == OK)
        st = send_all(&c, request, e);
    if (st == OK)
        st = read_reply(&c, reply, e);
    if (c.fd >= 0)
        close(c.fd);
    buf_clear(&c.in);
    return st;
}
