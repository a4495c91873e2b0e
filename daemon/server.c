#include "server.h"

#include "clock.h"
#include "connection.h"
#include "log.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define TICK_MS 250
#define ACCEPT_PAUSE_MS 100 /* after the process ran out of file descriptors */
#define N_LISTENERS 2
#define N_SIGNALS 2

/* Whom the bound per address counts: an IP address, or all peers of the Unix socket together. */
struct peer {
    sa_family_t family;
    unsigned char bytes[16];
};

struct place {
    struct connection *connection; /* NULL: free */
    uint32_t generation;           /* of the last connection here */
    uint32_t next_free;
    bool is_due; /* replies came back: connection_settle() */
    uint32_t next_due;
    struct peer peer;
};

struct server {
    const struct daemon_options *options;
    struct generations *generations;
    struct event_base *base;
    struct evconnlistener *listeners[N_LISTENERS];
    struct event *signals[N_SIGNALS], *tick, *wake, *accept_again;
    int wake_fd;
    struct pool *pool;
    struct stats stats;
    struct connection_host host;
    struct place *places; /* max_connections of them */
    uint32_t first_free, n_connections;
    bool is_draining, is_over;
    bool is_accept_failing; /* and the log knows */
    uint64_t drain_until_us;
};

/* ---- connections */

static struct peer peer_of(const struct sockaddr *address)
{
    struct peer p = {.family = address->sa_family};
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof v4);
        memcpy(p.bytes, &v4.sin_addr, sizeof v4.sin_addr);
    } else if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, address, sizeof v6);
        memcpy(p.bytes, &v6.sin6_addr, sizeof p.bytes);
    }
    return p;
}

static bool peer_is_full(const struct server *s, const struct peer *peer)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->options->max_connections; i++)
        if (s->places[i].connection != NULL && s->places[i].peer.family == peer->family &&
            memcmp(s->places[i].peer.bytes, peer->bytes, sizeof peer->bytes) == 0)
            n++;
    return n >= s->options->max_per_address;
}

/* One line to a peer that gets no connection. What it sent so far is read away, or the close would take the line back.
 */
static void turn_away(struct server *s, int fd, const char *code, const char *message)
{
    struct buf line;
    char unread[4096];
    buf_init(&line, LINE_MAX_BYTES);
    reply_error(&line, "", code, -1, message);
    stats_error(&s->stats, code);
    ssize_t sent = send(fd, line.data, line.len, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent == (ssize_t)line.len) {
        shutdown(fd, SHUT_WR);
        for (int i = 0; i < 16 && recv(fd, unread, sizeof unread, MSG_DONTWAIT) > 0; i++)
            ;
    }
    buf_clear(&line);
    close(fd);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *address, int len, void *ctx)
{
    struct server *s = ctx;
    (void)listener;
    s->is_accept_failing = false;
    struct peer peer = len > 0 ? peer_of(address) : (struct peer){.family = AF_UNIX};
    s->stats.connections_total++;
    if (s->n_connections == s->options->max_connections) {
        turn_away(s, fd, "full", "too many connections; try again later");
        return;
    }
    if (peer_is_full(s, &peer)) {
        turn_away(s, fd, "full", "too many connections from your address; send more requests over fewer");
        return;
    }
    uint32_t index = s->first_free;
    struct place *place = &s->places[index];
    struct connection_id id = {.index = index, .generation = ++place->generation};
    struct error e;
    if (connection_new(&place->connection, &s->host, fd, id, &e) != OK) {
        log_line(LOG_WARNING, "connect", "failed: %s", e.text);
        return;
    }
    s->first_free = place->next_free;
    place->peer = peer;
    s->n_connections++;
    log_line(LOG_DEBUG, "connect", "c=%u.%u n=%u", id.index, id.generation, s->n_connections);
    connection_settle(place->connection); /* which ends it where the peer has gone already */
}

static void end_loop(struct server *s)
{
    s->is_over = true;
    event_base_loopbreak(s->base);
}

/* The one place where connections are freed. */
static void on_closed(void *ctx, struct connection *c)
{
    struct server *s = ctx;
    struct connection_id id = connection_id_of(c);
    struct place *place = &s->places[id.index];
    pool_cancel(s->pool, id);
    connection_free(c);
    place->connection = NULL;
    place->next_free = s->first_free;
    s->first_free = id.index;
    s->n_connections--;
    log_line(LOG_DEBUG, "disconnect", "c=%u.%u n=%u", id.index, id.generation, s->n_connections);
    if (s->is_draining && s->n_connections == 0)
        end_loop(s);
}

static void on_accept_error(struct evconnlistener *listener, void *ctx)
{
    struct server *s = ctx;
    int failed = EVUTIL_SOCKET_ERROR();
    (void)listener;
    if (!s->is_accept_failing)
        log_line(LOG_WARNING, "accept", "failed: %s", strerror(failed));
    s->is_accept_failing = true;
    /* A listener that cannot accept stays readable and would spin. */
    const struct timeval pause = {0, ACCEPT_PAUSE_MS * 1000};
    for (size_t i = 0; i < N_LISTENERS; i++)
        if (s->listeners[i] != NULL)
            evconnlistener_disable(s->listeners[i]);
    event_add(s->accept_again, &pause);
}

static void on_accept_again(evutil_socket_t fd, short what, void *ctx)
{
    struct server *s = ctx;
    (void)fd;
    (void)what;
    for (size_t i = 0; i < N_LISTENERS && !s->is_draining; i++)
        if (s->listeners[i] != NULL)
            evconnlistener_enable(s->listeners[i]);
}

/* ---- the rest of the events */

static void deliver(struct server *s, struct task *task, uint32_t *first_due)
{
    stats_latency(&s->stats, task->us);
    if (task->status != OK)
        stats_error(&s->stats, wire_code(task->status));
    log_line(LOG_DEBUG, "reply", "c=%u.%u status=%s us=%llu bytes=%zu", task->from.index, task->from.generation,
             task->status == OK ? "ok" : wire_code(task->status), (unsigned long long)task->us, task->reply.len);
    if (s->host.desk.results != NULL)
        results_keep(s->host.desk.results, task, generations_epoch(s->generations));
    uint32_t index = task->from.index;
    struct place *place = &s->places[index];
    if (place->connection == NULL || place->generation != task->from.generation) {
        task_free(task);
        return;
    }
    connection_take_back(place->connection, task);
    if (!place->is_due) {
        place->is_due = true;
        place->next_due = *first_due;
        *first_due = index;
    }
}

/* Each connection is settled once, however many of its replies have come. */
static void take_answers(struct server *s)
{
    uint32_t first_due = s->options->max_connections;
    for (struct task *task = pool_take_done(s->pool), *next; task != NULL; task = next) {
        next = task->next;
        deliver(s, task, &first_due);
    }
    while (first_due < s->options->max_connections) {
        struct place *place = &s->places[first_due];
        place->is_due = false;
        first_due = place->next_due;
        connection_settle(place->connection);
    }
}

/* Its only use is to end the wait; being edge-triggered it need not be read. */
static void on_wake(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    (void)ctx;
}

static void on_tick(evutil_socket_t fd, short what, void *ctx)
{
    struct server *s = ctx;
    uint64_t now = clock_us();
    (void)fd;
    (void)what;
    for (uint32_t i = 0; i < s->options->max_connections; i++)
        if (s->places[i].connection != NULL)
            connection_tick(s->places[i].connection, now);
    if (s->is_draining && now >= s->drain_until_us)
        end_loop(s);
}

static void on_signal(evutil_socket_t number, short what, void *ctx)
{
    struct server *s = ctx;
    (void)what;
    if (s->is_draining) {
        end_loop(s);
        return;
    }
    log_line(LOG_INFO, "drain", "signal=%d connections=%u", (int)number, s->n_connections);
    s->is_draining = true;
    s->drain_until_us = clock_us() + DRAIN_MS * 1000;
    for (size_t i = 0; i < N_LISTENERS; i++) {
        if (s->listeners[i] != NULL)
            evconnlistener_free(s->listeners[i]);
        s->listeners[i] = NULL;
    }
    for (uint32_t i = 0; i < s->options->max_connections; i++)
        if (s->places[i].connection != NULL)
            connection_drain(s->places[i].connection);
    if (s->n_connections == 0)
        end_loop(s);
}

/* ---- start and end */

static bool add(struct event *event, const struct timeval *every)
{
    return event != NULL && event_add(event, every) == 0;
}

static struct evconnlistener *listen_on(struct server *s, int fd)
{
    if (evutil_make_socket_nonblocking(fd) != 0)
        return NULL;
    struct evconnlistener *l =
        evconnlistener_new(s->base, on_accept, s, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
    if (l != NULL)
        evconnlistener_set_error_cb(l, on_accept_error);
    return l;
}

static enum status add_events(struct server *s, int tcp_fd, int unix_fd, struct error *e)
{
    const struct timeval tick = {0, TICK_MS * 1000};
    s->signals[0] = evsignal_new(s->base, SIGTERM, on_signal, s);
    s->signals[1] = evsignal_new(s->base, SIGINT, on_signal, s);
    s->tick = event_new(s->base, -1, EV_PERSIST, on_tick, s);
    s->wake = event_new(s->base, s->wake_fd, EV_READ | EV_PERSIST | EV_ET, on_wake, s);
    s->accept_again = evtimer_new(s->base, on_accept_again, s);
    if (!add(s->signals[0], NULL) || !add(s->signals[1], NULL) || !add(s->tick, &tick) || !add(s->wake, NULL) ||
        s->accept_again == NULL)
        return error_set(e, ERR_IO, "libevent cannot watch signals and timers");
    s->listeners[0] = listen_on(s, tcp_fd);
    if (s->listeners[0] == NULL) {
        close(tcp_fd);
        if (unix_fd >= 0)
            close(unix_fd);
        return error_set(e, ERR_IO, "libevent cannot listen");
    }
    s->listeners[1] = unix_fd < 0 ? NULL : listen_on(s, unix_fd);
    if (unix_fd >= 0 && s->listeners[1] == NULL) {
        close(unix_fd);
        return error_set(e, ERR_IO, "libevent cannot listen");
    }
    return OK;
}

static enum status make_places(struct server *s, struct error *e)
{
    uint32_t n = s->options->max_connections;
    s->places = calloc(n, sizeof s->places[0]);
    if (s->places == NULL)
        return error_nomem(e);
    for (uint32_t i = 0; i < n; i++)
        s->places[i].next_free = i + 1;
    return OK;
}

static struct event_base *new_base(void)
{
    struct event_config *config = event_config_new();
    if (config == NULL)
        return NULL;
    struct event_base *base =
        event_config_require_features(config, EV_FEATURE_ET) == 0 ? event_base_new_with_config(config) : NULL;
    event_config_free(config);
    return base;
}

/* Everything but the events; the listening sockets are not touched. */
static enum status make_parts(struct server *s, struct error *e)
{
    const struct pool_options pool = {
        .n_workers = s->options->n_workers, .queue_max = s->options->queue, .queue_wait_ms = s->options->queue_wait_ms};
    enum status st = make_places(s, e);
    if (st != OK)
        return st;
    s->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (s->wake_fd < 0)
        return error_errno(e, ERR_IO, "eventfd");
    s->base = new_base();
    if (s->base == NULL)
        return error_set(e, ERR_IO, "libevent finds no way to wait for events");
    st = pool_start(&s->pool, &pool, s->generations, s->wake_fd, e);
    if (st != OK)
        return st;
    struct results *results = NULL;
    if (s->options->results > 0) {
        st = results_new(&results, s->options->results, e);
        if (st != OK)
            return st;
    }
    s->host = (struct connection_host){
        .base = s->base,
        .desk = {.options = s->options,
                 .generations = s->generations,
                 .pool = s->pool,
                 .stats = &s->stats,
                 .results = results,
                 .n_connections = &s->n_connections},
        .closed = on_closed,
        .ctx = s,
    };
    return OK;
}

enum status server_new(struct server **out, const struct daemon_options *options, struct generations *g, int tcp_fd,
                       int unix_fd, struct error *e)
{
    *out = NULL;
    struct server *s = calloc(1, sizeof *s);
    enum status st = s == NULL ? error_nomem(e) : OK;
    if (s != NULL) {
        s->options = options;
        s->generations = g;
        s->wake_fd = -1;
        stats_init(&s->stats, clock_us());
        st = make_parts(s, e);
    }
    if (st != OK) {
        close(tcp_fd);
        if (unix_fd >= 0)
            close(unix_fd);
    } else {
        st = add_events(s, tcp_fd, unix_fd, e);
    }
    if (st != OK)
        server_free(s);
    else
        *out = s;
    return st;
}

enum status server_run(struct server *s, struct error *e)
{
    while (!s->is_over) {
        take_answers(s);
        if (s->is_over)
            break;
        bool has_napped = pool_loop_nap(s->pool);
        if (!has_napped && !pool_loop_may_sleep(s->pool))
            continue;
        if (event_base_loop(s->base, has_napped ? EVLOOP_NONBLOCK : EVLOOP_ONCE) < 0)
            return error_set(e, ERR_IO, "the event loop failed");
        pool_loop_is_awake(s->pool);
    }
    return OK;
}

void server_refresh(struct server *s)
{
    pool_refresh(s->pool);
}

static void free_event(struct event *event)
{
    if (event != NULL)
        event_free(event);
}

void server_free(struct server *s)
{
    if (s == NULL)
        return;
    pool_stop(s->pool);
    s->pool = NULL;
    for (uint32_t i = 0; s->places != NULL && i < s->options->max_connections; i++)
        connection_free(s->places[i].connection);
    for (size_t i = 0; i < N_LISTENERS; i++)
        if (s->listeners[i] != NULL)
            evconnlistener_free(s->listeners[i]);
    for (size_t i = 0; i < N_SIGNALS; i++)
        free_event(s->signals[i]);
    free_event(s->tick);
    free_event(s->wake);
    free_event(s->accept_again);
    if (s->base != NULL)
        event_base_free(s->base);
    if (s->wake_fd >= 0)
        close(s->wake_fd);
    results_free(s->host.desk.results);
    buf_clear(&s->host.spare);
    task_store_clear(&s->host.tasks);
    free(s->places);
    free(s);
}
