/*
 * Load on a quothd: tcp_bench PORT QUERIES CONNECTIONS DEPTH LIMIT_MS [OPTION=VALUE…]
 *
 * Asks for the ten best with their texts; the options are added to each request. Each connection has DEPTH requests
 * under way; the queries go round. Stops sending after LIMIT_MS, takes the replies that are due, then prints a line
 * "MICROSECONDS HITS REPLY_BYTES" for each and "end WALL_US ERRORS". One thread.
 */
#include "driver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 1000
#define DEPTH_MAX 64
#define REPLIES_MAX 2000000
#define RECEIVE_BYTES 65536
#define STATUS_MAX 4096

struct connection {
    int fd;
    double sent[DEPTH_MAX]; /* ring: when the requests that wait were sent */
    size_t first, waiting;
    char status[STATUS_MAX]; /* of the line being received, its beginning */
    size_t status_len;
    bool greeted;
    uint64_t lines_left, bytes;
    unsigned hits;
};

struct reply {
    float us;
    unsigned hits;
    uint64_t bytes;
};

struct load {
    char **requests;
    size_t n_requests, next;
    size_t n_connections, depth;
    struct connection *connections;
    struct reply *replies;
    size_t n_replies, n_errors, under_way;
    double until;
    char received[RECEIVE_BYTES];
};

static int complain(const char *what)
{
    fprintf(stderr, "tcp_bench: %s: %s\n", what, strerror(errno));
    return -1;
}

/* A request is far below what a socket's buffer takes, so it goes in one piece. */
static int send_more(struct load *l, struct connection *c)
{
    while (c->waiting < l->depth && seconds_now() < l->until) {
        const char *request = l->requests[l->next++ % l->n_requests];
        size_t len = strlen(request);
        c->sent[(c->first + c->waiting++) % DEPTH_MAX] = seconds_now();
        l->under_way++;
        if (send(c->fd, request, len, MSG_NOSIGNAL) != (ssize_t)len)
            return complain("send");
    }
    return 0;
}

static void end_reply(struct load *l, struct connection *c, bool is_error)
{
    double us = (seconds_now() - c->sent[c->first % DEPTH_MAX]) * 1e6;
    c->first++;
    c->waiting--;
    l->under_way--;
    l->n_errors += is_error ? 1 : 0;
    if (!is_error && l->n_replies < REPLIES_MAX)
        l->replies[l->n_replies++] = (struct reply){(float)us, c->hits, c->bytes};
    c->bytes = 0;
}

static void end_status(struct load *l, struct connection *c)
{
    c->status[c->status_len] = '\0';
    c->status_len = 0;
    if (!c->greeted) {
        c->greeted = true;
        c->bytes = 0;
        return;
    }
    unsigned n = 0;
    bool is_ok = sscanf(c->status, "OK %u", &n) == 1;
    c->hits = n;
    c->lines_left = n;
    if (n == 0)
        end_reply(l, c, !is_ok);
}

static void take_bytes(struct load *l, struct connection *c, const char *data, size_t len)
{
    for (size_t at = 0; at < len;) {
        const char *lf = memchr(data + at, '\n', len - at);
        size_t end = lf == NULL ? len : (size_t)(lf - data);
        if (c->lines_left == 0) {
            size_t room = STATUS_MAX - 1 - c->status_len, n = end - at < room ? end - at : room;
            memcpy(c->status + c->status_len, data + at, n);
            c->status_len += n;
        }
        c->bytes += end - at + (lf != NULL ? 1 : 0);
        at = end + 1;
        if (lf == NULL)
            return;
        if (c->lines_left == 0)
            end_status(l, c);
        else if (--c->lines_left == 0)
            end_reply(l, c, false);
    }
}

static int connection_open(struct connection *c, uint16_t port, int poll, size_t number)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (const struct sockaddr *)&address, sizeof address) != 0)
        return complain("connect");
    int on = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = number};
    return epoll_ctl(poll, EPOLL_CTL_ADD, c->fd, &event) == 0 ? 0 : complain("epoll");
}

static int load_run(struct load *l, int poll)
{
    for (size_t i = 0; i < l->n_connections; i++)
        if (send_more(l, &l->connections[i]) != 0)
            return -1;
    while (l->under_way > 0) {
        struct epoll_event events[64];
        int n = epoll_wait(poll, events, 64, 30000);
        if (n <= 0)
            return complain("no reply for 30 seconds");
        for (int i = 0; i < n; i++) {
            struct connection *c = &l->connections[events[i].data.u64];
            ssize_t got = recv(c->fd, l->received, RECEIVE_BYTES, 0);
            if (got <= 0)
                return complain("closed by quothd");
            take_bytes(l, c, l->received, (size_t)got);
            if (send_more(l, c) != 0)
                return -1;
        }
    }
    return 0;
}

static bool requests_read(struct load *l, const char *path, char **options, int n_options)
{
    char more[256] = "";
    for (int i = 0; i < n_options; i++)
        snprintf(more + strlen(more), sizeof more - strlen(more), "%s ", options[i]);
    struct bench_query *queries = queries_read(path, &l->n_requests);
    l->requests = queries == NULL ? NULL : calloc(l->n_requests, sizeof *l->requests);
    for (size_t i = 0; l->requests != NULL && i < l->n_requests; i++) {
        char text[BENCH_QUERY_MAX_BYTES];
        query_write_quoth(text, &queries[i]);
        if (asprintf(&l->requests[i], "SEARCH n=%d show=passage total=none %s-- %s\n", BENCH_TOP, more, text) < 0)
            return false;
    }
    free(queries);
    return l->requests != NULL;
}

static void load_print(const struct load *l, double wall)
{
    for (size_t i = 0; i < l->n_replies; i++)
        printf("%.1f %u %" PRIu64 "\n", (double)l->replies[i].us, l->replies[i].hits, l->replies[i].bytes);
    printf("end %.0f %zu\n", wall * 1e6, l->n_errors);
}

int main(int argc, char **argv)
{
    static struct load load; /* for its buffer */
    struct load *l = &load;
    if (argc < 6) {
        fprintf(stderr, "usage: tcp_bench PORT QUERIES CONNECTIONS DEPTH LIMIT_MS [OPTION=VALUE…]\n");
        return 2;
    }
    l->n_connections = strtoul(argv[3], NULL, 10);
    l->depth = strtoul(argv[4], NULL, 10);
    if (l->n_connections == 0 || l->n_connections > CONNECTIONS_MAX || l->depth == 0 || l->depth > DEPTH_MAX)
        return fprintf(stderr, "tcp_bench: 1 to %d connections, depth 1 to %d\n", CONNECTIONS_MAX, DEPTH_MAX), 2;
    l->connections = calloc(l->n_connections, sizeof *l->connections);
    l->replies = calloc(REPLIES_MAX, sizeof *l->replies);
    int poll = epoll_create1(EPOLL_CLOEXEC);
    if (l->connections == NULL || l->replies == NULL || poll < 0 || !requests_read(l, argv[2], argv + 6, argc - 6))
        return 1;
    for (size_t i = 0; i < l->n_connections; i++)
        if (connection_open(&l->connections[i], (uint16_t)strtoul(argv[1], NULL, 10), poll, i) != 0)
            return 1;
    double from = seconds_now();
    l->until = from + strtod(argv[5], NULL) / 1000;
    int status = load_run(l, poll) == 0 ? 0 : 1;
    load_print(l, seconds_now() - from);
    for (size_t i = 0; i < l->n_connections; i++)
        close(l->connections[i].fd);
    return status;
}
