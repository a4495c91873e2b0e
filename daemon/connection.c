#include "connection.h"

#include "clock.h"
#include "log.h"
#include "ring.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_WRITE_BYTES 262144     /* a call; libevent's own 16 KiB makes large replies slow */
#define REFERENCED_MIN_BYTES 16384 /* replies from here on are handed to libevent, not copied */

enum connection_state { STATE_OPEN, STATE_ENDING, STATE_LINGERING, STATE_DEAD };

struct connection {
    const struct connection_host *host;
    struct connection_id id;
    enum connection_state state;
    struct bufferevent *stream;
    struct event *again; /* to go on with lines that were read but not served in one turn */
    struct ring ring;
    bool is_eof;         /* the peer has closed its sending side */
    bool has_more_lines; /* the turn ended before the lines did */
    size_t scanned;      /* bytes of the input known to hold no LF */
    uint64_t line_us;    /* when the unfinished line began; 0: none */
    uint64_t active_us;  /* when a line or a reply was last finished */
    uint64_t moved_us;   /* when a byte of a reply last left, or the first began to wait */
    uint64_t linger_us;  /* when lingering ends */
};

static struct evbuffer *input_of(struct connection *c)
{
    return bufferevent_get_input(c->stream);
}

static size_t output_len(struct connection *c)
{
    return evbuffer_get_length(bufferevent_get_output(c->stream));
}

static const struct daemon_options *options_of(const struct connection *c)
{
    return c->host->desk.options;
}

struct connection_id connection_id_of(const struct connection *c)
{
    return c->id;
}

/* ---- out: replies */

static void free_reply(const void *data, size_t len, void *ctx)
{
    (void)data;
    (void)len;
    task_free(ctx);
}

static void send_reply(struct connection *c, struct task *task)
{
    struct evbuffer *out = bufferevent_get_output(c->stream);
    int failed = buf_status(&task->reply, NULL) == OK && task->reply.len > 0 ? 0 : -1;
    if (failed == 0 && task->reply.len >= REFERENCED_MIN_BYTES) {
        failed = evbuffer_add_reference(out, task->reply.data, task->reply.len, free_reply, task);
        if (failed == 0)
            return;
    } else if (failed == 0) {
        failed = evbuffer_add(out, task->reply.data, task->reply.len);
    }
    task_free(task);
    if (failed != 0)
        c->state = STATE_DEAD; /* a reply left out would put every later one in the wrong place */
}

static void send_ready(struct connection *c)
{
    bool closes = false;
    for (struct task *task; c->state != STATE_DEAD && (task = ring_pop(&c->ring, &closes)) != NULL;) {
        c->active_us = clock_us();
        send_reply(c, task);
    }
}

/* ---- to the workers and back */

static bool is_congested(struct connection *c)
{
    return output_len(c) >= options_of(c)->reply_queue;
}

static void submit(struct connection *c, struct slot *slot)
{
    const struct desk *desk = &c->host->desk;
    struct task *task = slot->task;
    uint64_t retry_ms;
    task->from = c->id;
    task->started_us = clock_us();
    task->gen = generations_current(desk->generations);
    if (pool_submit(desk->pool, task, &retry_ms) == OK) {
        ring_mark_running(&c->ring, slot);
        return;
    }
    stats_error(desk->stats, "busy");
    task_refuse_busy(task, retry_ms);
    ring_mark_done(&c->ring, slot);
}

/* Enough to keep every worker busy; more would only make the other connections wait. */
static size_t tasks_max(const struct connection *c)
{
    size_t of_workers = 2 * (size_t)options_of(c)->n_workers;
    return of_workers < CONNECTION_TASKS_MAX ? of_workers : CONNECTION_TASKS_MAX;
}

/* Hand waiting requests out: a few at a time, and none while the peer leaves its replies unread (the head may always
 * go, or a full ring would never move). */
static void dispatch(struct connection *c)
{
    size_t max = options_of(c)->reply_queue;
    for (struct slot *slot; c->state != STATE_DEAD && (slot = ring_next_waiting(&c->ring)) != NULL;) {
        bool is_head = c->ring.next == c->ring.head;
        if (is_congested(c) || c->ring.n_running >= tasks_max(c) ||
            (!is_head && output_len(c) + c->ring.held_bytes >= max))
            return;
        submit(c, slot);
    }
}

/* ---- in: lines */

static void push(struct connection *c, struct task *task, bool is_done, bool closes)
{
    ring_push(&c->ring, task, is_done, closes);
    if (closes)
        c->state = STATE_ENDING;
}

/* An error that closes; line: how the line began that is to blame, where there is one. */
static void push_error(struct connection *c, struct slice line, const char *code, const char *message)
{
    struct task *task = task_new(slice_of(NULL, 0));
    if (task == NULL) {
        c->state = STATE_DEAD;
        return;
    }
    request_take_tag(&task->request, line);
    desk_refuse(&c->host->desk, task, code, message);
    push(c, task, true, true);
}

static void log_request(const struct connection *c, const struct task *task)
{
    log_line(LOG_DEBUG, "request", "c=%u.%u line=\"%.*s\"", c->id.index, c->id.generation,
             task->line_len > 512 ? 512 : (int)task->line_len, task->line);
}

static void serve_line(struct connection *c, struct slice line)
{
    const struct desk *desk = &c->host->desk;
    struct task *task = task_new(line);
    if (task == NULL) {
        c->state = STATE_DEAD;
        return;
    }
    struct request_error wire;
    struct error e;
    log_request(c, task);
    enum status st = request_parse(&task->request, slice_of(task->line, task->line_len), &wire, &e);
    desk->stats->requests_total++;
    desk->stats->by_verb[task->request.verb]++;
    if (task->request.deadline_ms > desk->options->deadline_ms)
        task->request.deadline_ms = desk->options->deadline_ms;
    if (st != OK) {
        desk_refuse(desk, task, wire.code, e.text);
        push(c, task, true, wire.closes);
    } else if (desk_needs_worker(task->request.verb)) {
        push(c, task, false, false);
    } else {
        desk_answer(desk, task);
        push(c, task, true, task->request.verb == VERB_QUIT);
    }
}

/* Where the first line of the input ends; -1: it has no end yet. */
static ev_ssize_t find_line_end(struct connection *c, struct evbuffer *in)
{
    struct evbuffer_ptr from;
    if (c->scanned >= evbuffer_get_length(in) || evbuffer_ptr_set(in, &from, c->scanned, EVBUFFER_PTR_SET) != 0)
        return -1;
    return evbuffer_search_eol(in, &from, NULL, EVBUFFER_EOL_LF).pos;
}

/* Enough of the input's first line to hold a tag, until the input is touched. */
static struct slice beginning_of(struct evbuffer *in)
{
    size_t len = evbuffer_get_length(in), wanted = TAG_MAX_BYTES + 2; /* '@', tag, space */
    if (len > wanted)
        len = wanted;
    const unsigned char *first = evbuffer_pullup(in, (ev_ssize_t)len);
    return slice_of((const char *)first, first == NULL ? 0 : len);
}

/* Serve one line; false: there is no whole line. */
static bool take_line(struct connection *c)
{
    struct evbuffer *in = input_of(c);
    size_t len = evbuffer_get_length(in);
    const unsigned char *first = len == 0 ? NULL : evbuffer_pullup(in, 1);
    if (first == NULL)
        return false;
    if (request_is_foreign((char)first[0])) {
        push_error(c, slice_of(NULL, 0), "http", "this is no TLS server; it speaks plain lines, HELP lists the verbs");
        return false;
    }
    ev_ssize_t end = find_line_end(c, in);
    size_t line_len = end < 0 ? len : (size_t)end;
    if (line_len > LINE_CLOSE_BYTES) {
        push_error(c, beginning_of(in), "line", "a line of more than 64 KiB; end each request with LF");
        return false;
    }
    if (end < 0) {
        c->scanned = len;
        return false;
    }
    const unsigned char *line = evbuffer_pullup(in, end + 1);
    if (line == NULL) {
        c->state = STATE_DEAD;
        return false;
    }
    serve_line(c, slice_of((const char *)line, line_len));
    evbuffer_drain(in, line_len + 1);
    c->scanned = 0;
    c->line_us = 0;
    c->active_us = clock_us();
    return true;
}

/* Serve lines while there is room and budget; false: no whole line is left. */
static bool take_lines(struct connection *c, size_t *budget)
{
    while (c->state == STATE_OPEN && !ring_is_full(&c->ring) && !is_congested(c)) {
        if (*budget == 0)
            return true;
        if (!take_line(c))
            return false;
        --*budget;
    }
    return true;
}

/* ---- the whole of it */

static void go_on_later(struct connection *c)
{
    const struct timeval now = {0, 0};
    event_add(c->again, &now);
}

static void end_if_finished(struct connection *c)
{
    if (c->state == STATE_OPEN && c->is_eof && !c->has_more_lines && ring_is_empty(&c->ring))
        c->state = STATE_ENDING;
    if (c->state != STATE_ENDING || !ring_is_empty(&c->ring) || output_len(c) > 0)
        return;
    if (c->is_eof || shutdown(bufferevent_getfd(c->stream), SHUT_WR) != 0) {
        c->state = STATE_DEAD;
        return;
    }
    c->state = STATE_LINGERING;
    c->linger_us = clock_us() + LINGER_MS * 1000;
}

static void arrange_reading(struct connection *c)
{
    struct evbuffer *in = input_of(c);
    if (c->state != STATE_OPEN)
        evbuffer_drain(in, evbuffer_get_length(in));
    size_t len = evbuffer_get_length(in);
    bool has_room = !ring_is_full(&c->ring) && !is_congested(c) && len <= LINE_CLOSE_BYTES;
    bool reads = !c->is_eof && (c->state == STATE_LINGERING || (c->state == STATE_OPEN && has_room));
    if (reads)
        bufferevent_enable(c->stream, EV_READ);
    else
        bufferevent_disable(c->stream, EV_READ);
    if (len == 0 || c->has_more_lines)
        c->line_us = 0; /* nothing is unfinished, or we are the ones who wait */
    else if (c->line_us == 0)
        c->line_us = clock_us();
}

/* After every event: move whatever can move. The connection may be freed by it. */
static void settle(struct connection *c)
{
    size_t budget = REQUESTS_PER_EVENT, before;
    do {
        before = budget;
        c->has_more_lines = take_lines(c, &budget);
        dispatch(c);
        send_ready(c);
    } while (budget > 0 && budget < before && c->state == STATE_OPEN);
    if (budget == 0 && c->has_more_lines)
        go_on_later(c);
    if (c->state != STATE_DEAD) {
        end_if_finished(c);
        arrange_reading(c);
    }
    if (c->state == STATE_DEAD)
        c->host->closed(c->host->ctx, c);
}

static void on_again(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    settle(ctx);
}

static void on_data(struct bufferevent *stream, void *ctx)
{
    (void)stream;
    settle(ctx);
}

static void on_end(struct bufferevent *stream, short what, void *ctx)
{
    struct connection *c = ctx;
    (void)stream;
    if ((what & BEV_EVENT_EOF) != 0 && c->state != STATE_LINGERING)
        c->is_eof = true;
    else
        c->state = STATE_DEAD;
    settle(c);
}

static void on_moved(struct evbuffer *out, const struct evbuffer_cb_info *info, void *ctx)
{
    struct connection *c = ctx;
    (void)out;
    if (info->n_deleted > 0 || info->orig_size == 0)
        c->moved_us = clock_us();
}

static enum status prepare(struct connection *c, int fd, struct error *e)
{
    c->stream = bufferevent_socket_new(c->host->base, fd, BEV_OPT_CLOSE_ON_FREE);
    if (c->stream == NULL) {
        close(fd);
        return error_nomem(e);
    }
    c->again = evtimer_new(c->host->base, on_again, c);
    if (c->again == NULL || ring_init(&c->ring, options_of(c)->pipeline, e) != OK)
        return error_nomem(e);
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* fails on a Unix socket, which needs none */
    bufferevent_setcb(c->stream, on_data, on_data, on_end, c);
    /* Told early enough that a peer that reads is never kept waiting. */
    bufferevent_setwatermark(c->stream, EV_WRITE, options_of(c)->reply_queue / 2, 0);
    bufferevent_set_max_single_write(c->stream, MAX_WRITE_BYTES);
    if (evbuffer_add_cb(bufferevent_get_output(c->stream), on_moved, c) == NULL)
        return error_nomem(e);
    return bufferevent_enable(c->stream, EV_READ | EV_WRITE) == 0 ? OK : error_set(e, ERR_IO, "event");
}

enum status connection_new(struct connection **out, const struct connection_host *host, int fd, struct connection_id id,
                           struct error *e)
{
    *out = NULL;
    struct connection *c = calloc(1, sizeof *c);
    if (c == NULL) {
        close(fd);
        return error_nomem(e);
    }
    c->host = host;
    c->id = id;
    c->active_us = c->moved_us = clock_us();
    enum status st = prepare(c, fd, e);
    struct task *greeting = st == OK ? task_new(slice_of(NULL, 0)) : NULL;
    if (greeting == NULL) {
        connection_free(c);
        return st == OK ? error_nomem(e) : st;
    }
    desk_greet(&host->desk, &greeting->reply, "");
    send_reply(c, greeting);
    if (c->state == STATE_DEAD) {
        connection_free(c);
        return error_nomem(e);
    }
    *out = c;
    return OK;
}

void connection_free(struct connection *c)
{
    if (c == NULL)
        return;
    if (c->again != NULL)
        event_free(c->again);
    if (c->stream != NULL)
        bufferevent_free(c->stream);
    ring_clear(&c->ring);
    free(c);
}

void connection_take_back(struct connection *c, struct task *task)
{
    if (!ring_take_back(&c->ring, task))
        task_free(task);
    settle(c);
}

void connection_tick(struct connection *c, uint64_t now_us)
{
    const struct daemon_options *o = options_of(c);
    if (c->state == STATE_LINGERING) {
        if (now_us < c->linger_us)
            return;
        c->state = STATE_DEAD;
    } else if (output_len(c) > 0) {
        if (now_us < c->moved_us + o->stall_s * UINT64_C(1000000))
            return;
        log_line(LOG_INFO, "stalled", "c=%u.%u bytes=%zu", c->id.index, c->id.generation, output_len(c));
        c->state = STATE_DEAD;
    } else if (c->state == STATE_OPEN && c->line_us > 0) {
        if (now_us < c->line_us + o->line_s * UINT64_C(1000000))
            return;
        push_error(c, slice_of(NULL, 0), "idle",
                   "a line was begun and not finished in time; send it whole, with its LF");
    } else if (c->state == STATE_OPEN && ring_is_empty(&c->ring)) {
        if (now_us < c->active_us + o->idle_s * UINT64_C(1000000))
            return;
        push_error(c, slice_of(NULL, 0), "idle", "no request for too long; connect again");
    } else {
        return;
    }
    settle(c);
}

void connection_drain(struct connection *c)
{
    if (c->state != STATE_OPEN)
        return;
    push_error(c, slice_of(NULL, 0), "shutdown", "the server ends; connect again later");
    settle(c);
}
