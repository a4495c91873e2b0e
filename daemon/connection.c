#include "connection.h"

#include "clock.h"
#include "inbox.h"
#include "log.h"
#include "outbox.h"
#include "ring.h"

#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum connection_state { STATE_OPEN, STATE_ENDING, STATE_LINGERING, STATE_DEAD };

struct connection {
    struct connection_host *host;
    struct connection_id id;
    enum connection_state state;
    int fd;
    struct event *readable, *writable;
    bool is_reading, is_writing; /* which of them is waited for */
    struct event *again;         /* to go on with lines that were read but not served in one turn */
    struct inbox in;
    struct ring ring;
    struct outbox out;
    bool is_eof;         /* the peer has closed its sending side */
    bool has_more_lines; /* the turn ended before the lines did */
    uint64_t line_us;    /* when the unfinished line began; 0: none */
    uint64_t active_us;  /* when lines were last served or replies finished */
    uint64_t moved_us;   /* when a byte of a reply last left, or the first began to wait */
    uint64_t linger_us;  /* when lingering ends */
};

static const struct daemon_options *options_of(const struct connection *c)
{
    return c->host->desk.options;
}

struct connection_id connection_id_of(const struct connection *c)
{
    return c->id;
}

/* ---- out: replies */

static void send_reply(struct connection *c, struct task *task)
{
    if (buf_status(&task->reply, NULL) == OK && task->reply.len > 0) {
        outbox_put(&c->out, task);
        return;
    }
    task_free(task);
    c->state = STATE_DEAD; /* a reply left out would put every later one in the wrong place */
}

/* Did any reply move on? */
static bool queue_ready(struct connection *c)
{
    bool closes = false, has_moved = false;
    for (struct task *task; c->state != STATE_DEAD && (task = ring_pop(&c->ring, &closes)) != NULL; has_moved = true)
        send_reply(c, task);
    return has_moved;
}

static void wait_for(struct event *event, bool wanted, bool *is_waited_for)
{
    if (wanted == *is_waited_for)
        return;
    if (wanted)
        event_add(event, NULL);
    else
        event_del(event);
    *is_waited_for = wanted;
}

/* Hand replies to the kernel; what it does not take waits until it can. Did any go? */
static bool flush(struct connection *c)
{
    if (outbox_is_empty(&c->out) || c->state == STATE_DEAD)
        return false;
    size_t n_sent;
    if (!outbox_send(&c->out, c->fd, &n_sent))
        c->state = STATE_DEAD;
    c->active_us = clock_us();
    if (n_sent > 0 || !c->is_writing)
        c->moved_us = c->active_us;
    wait_for(c->writable, !outbox_is_empty(&c->out), &c->is_writing);
    return n_sent > 0;
}

/* ---- to the workers and back */

/* Does the peer leave its replies unread? */
static bool is_congested(const struct connection *c)
{
    return c->out.held_bytes >= options_of(c)->reply_queue;
}

/* May more replies come to be? Those that wait for one before them count, too. */
static bool has_reply_room(const struct connection *c)
{
    return c->out.held_bytes + c->ring.held_bytes < options_of(c)->reply_queue;
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
    for (struct slot *slot; c->state != STATE_DEAD && (slot = ring_next_waiting(&c->ring)) != NULL;) {
        bool is_head = c->ring.next == c->ring.head;
        if (is_congested(c) || c->ring.n_running >= tasks_max(c) || (!is_head && !has_reply_room(c)))
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
    struct task *task = task_new(&c->host->tasks, slice_of(NULL, 0));
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
    struct task *task = task_new(&c->host->tasks, line);
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
        push(c, task, desk_answer_again(desk, task), false);
    } else {
        desk_answer(desk, task);
        push(c, task, true, task->request.verb == VERB_QUIT);
    }
}

/* Enough of the input's first line to hold a tag. */
static struct slice beginning_of(const struct inbox *in)
{
    struct slice all = inbox_slice(in);
    size_t wanted = TAG_MAX_BYTES + 2; /* '@', tag, space */
    return slice_of(all.data, all.len < wanted ? all.len : wanted);
}

/* Serve one line; false: there is no whole line. */
static bool take_line(struct connection *c)
{
    struct slice all = inbox_slice(&c->in), line, beginning = beginning_of(&c->in);
    if (all.len == 0)
        return false;
    if (request_is_foreign(all.data[0])) {
        push_error(c, slice_of(NULL, 0), "http", "this is no TLS server; it speaks plain lines, HELP lists the verbs");
        return false;
    }
    bool is_whole = inbox_take_line(&c->in, &line);
    if ((is_whole ? line.len : all.len) > LINE_CLOSE_BYTES) {
        push_error(c, beginning, "line", "a line of more than 64 KiB; end each request with LF");
        return false;
    }
    if (!is_whole)
        return false;
    serve_line(c, line);
    c->line_us = 0;
    return true;
}

/* Serve lines while there is room and budget; false: no whole line is left. */
static bool take_lines(struct connection *c, size_t *budget)
{
    while (c->state == STATE_OPEN && !ring_is_full(&c->ring) && has_reply_room(c)) {
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
    if (c->state != STATE_ENDING || !ring_is_empty(&c->ring) || !outbox_is_empty(&c->out))
        return;
    if (c->is_eof || shutdown(c->fd, SHUT_WR) != 0) {
        c->state = STATE_DEAD;
        return;
    }
    c->state = STATE_LINGERING;
    c->linger_us = clock_us() + LINGER_MS * 1000;
}

static void arrange_reading(struct connection *c)
{
    if (c->state != STATE_OPEN)
        inbox_drop(&c->in, &c->host->spare);
    else
        inbox_tidy(&c->in, &c->host->spare);
    size_t len = inbox_len(&c->in);
    bool has_room = !ring_is_full(&c->ring) && has_reply_room(c) && len <= LINE_CLOSE_BYTES;
    bool reads = !c->is_eof && (c->state == STATE_LINGERING || (c->state == STATE_OPEN && has_room));
    wait_for(c->readable, reads, &c->is_reading);
    if (len == 0 || c->has_more_lines)
        c->line_us = 0; /* nothing is unfinished, or we are the ones who wait */
    else if (c->line_us == 0)
        c->line_us = clock_us();
}

void connection_settle(struct connection *c)
{
    size_t budget = REQUESTS_PER_EVENT, before;
    bool has_room; /* since replies have left: what found none may find it now */
    bool is_unfinished;
    pool_loop_is_awake(c->host->desk.pool);
    do {
        before = budget;
        c->has_more_lines = take_lines(c, &budget);
        dispatch(c);
        has_room = queue_ready(c);
        has_room |= flush(c);
        is_unfinished = c->has_more_lines || ring_next_waiting(&c->ring) != NULL;
    } while (budget > 0 && (budget < before || (has_room && is_unfinished)) && c->state < STATE_LINGERING);
    if (budget < REQUESTS_PER_EVENT)
        c->active_us = clock_us();
    if (budget == 0 && is_unfinished)
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
    connection_settle(ctx);
}

static void on_writable(evutil_socket_t fd, short what, void *ctx)
{
    struct connection *c = ctx;
    (void)fd;
    (void)what;
    flush(c); /* first, since it makes room for lines */
    connection_settle(c);
}

static void on_readable(evutil_socket_t fd, short what, void *ctx)
{
    struct connection *c = ctx;
    (void)what;
    ssize_t n = inbox_receive(&c->in, &c->host->spare, fd);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return;
    if (n == 0 && c->state != STATE_LINGERING)
        c->is_eof = true;
    else if (n <= 0)
        c->state = STATE_DEAD;
    connection_settle(c);
}

static enum status prepare(struct connection *c, struct error *e)
{
    struct event_base *base = c->host->base;
    const int on = 1;
    c->readable = event_new(base, c->fd, EV_READ | EV_PERSIST, on_readable, c);
    c->writable = event_new(base, c->fd, EV_WRITE | EV_PERSIST, on_writable, c);
    c->again = evtimer_new(base, on_again, c);
    if (c->readable == NULL || c->writable == NULL || c->again == NULL ||
        ring_init(&c->ring, options_of(c)->pipeline, e) != OK)
        return error_nomem(e);
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* fails on a Unix socket, which needs none */
    c->is_reading = true;
    return event_add(c->readable, NULL) == 0 ? OK : error_set(e, ERR_IO, "event");
}

enum status connection_new(struct connection **out, struct connection_host *host, int fd, struct connection_id id,
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
    c->fd = fd;
    c->active_us = c->moved_us = clock_us();
    enum status st = prepare(c, e);
    struct task *greeting = st == OK ? task_new(&host->tasks, slice_of(NULL, 0)) : NULL;
    if (greeting == NULL) {
        connection_free(c);
        return st == OK ? error_nomem(e) : st;
    }
    desk_greet(&host->desk, &greeting->reply, "");
    send_reply(c, greeting);
    *out = c;
    return OK;
}

static void free_event(struct event *event)
{
    if (event != NULL)
        event_free(event);
}

void connection_free(struct connection *c)
{
    if (c == NULL)
        return;
    free_event(c->readable);
    free_event(c->writable);
    free_event(c->again);
    inbox_clear(&c->in);
    outbox_clear(&c->out);
    ring_clear(&c->ring);
    close(c->fd);
    free(c);
}

void connection_take_back(struct connection *c, struct task *task)
{
    if (!ring_take_back(&c->ring, task))
        task_free(task);
}

void connection_tick(struct connection *c, uint64_t now_us)
{
    const struct daemon_options *o = options_of(c);
    if (c->state == STATE_LINGERING) {
        if (now_us < c->linger_us)
            return;
        c->state = STATE_DEAD;
    } else if (!outbox_is_empty(&c->out)) {
        if (now_us < c->moved_us + o->stall_s * UINT64_C(1000000))
            return;
        log_line(LOG_INFO, "stalled", "c=%u.%u bytes=%zu", c->id.index, c->id.generation, c->out.held_bytes);
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
    connection_settle(c);
}

void connection_drain(struct connection *c)
{
    if (c->state != STATE_OPEN)
        return;
    push_error(c, slice_of(NULL, 0), "shutdown", "the server ends; connect again later");
    connection_settle(c);
}
