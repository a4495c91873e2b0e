#include "desk.h"

#include "clock.h"

bool desk_needs_worker(enum verb verb)
{
    return verb == VERB_SEARCH || verb == VERB_COUNT || verb == VERB_GET || verb == VERB_EXPLAIN;
}

void desk_greet(const struct desk *d, struct buf *reply, const char *tag)
{
    reply_ok(reply, tag, 0);
    reply_key(reply, "server", SLICE("quothd/" QUOTH_VERSION));
    reply_key_u64(reply, "proto", PROTO_VERSION);
    reply_key_u64(reply, "line", LINE_MAX_BYTES);
    reply_key_u64(reply, "pipeline", d->options->pipeline);
    reply_key_u64(reply, "idle", d->options->idle_s);
    reply_key_u64(reply, "gen", generations_current(d->generations));
    reply_end(reply);
}

void desk_refuse(const struct desk *d, struct job *job, const char *code, const char *message)
{
    stats_error(d->stats, code);
    reply_error(&job->reply, job->request.tag, code, -1, message);
}

static void put_lines(struct job *job, size_t n_lines, const struct buf *lines)
{
    reply_ok(&job->reply, job->request.tag, n_lines);
    reply_end(&job->reply);
    buf_put(&job->reply, buf_slice(lines));
}

static void answer_ping(struct job *job, struct buf *lines)
{
    struct row r = row_begin(lines, OUT_TSV);
    row_text(&r, "text", job->request.text);
    row_end(&r);
    put_lines(job, 1, lines);
}

static void answer_help(const struct desk *d, struct job *job, struct buf *lines)
{
    struct slice name = slice_trim(job->request.text);
    enum verb verb = verb_find(name);
    if (name.len > 0 && verb == VERB_NONE) {
        desk_refuse(d, job, "verb", "no such verb; HELP alone lists them");
        return;
    }
    put_lines(job, help_lines(lines, verb, job->request.out), lines);
}

static void answer_stats(const struct desk *d, struct job *job, struct buf *lines)
{
    struct stats_now now = {
        .now_us = clock_us(),
        .connections = *d->n_connections,
        .queued = pool_n_queued(d->pool),
        .workers = d->options->n_workers,
    };
    struct snapshot *s = generations_get_current(d->generations);
    if (s != NULL) {
        now.generation = snapshot_generation(s);
        now.passages = snapshot_n_passages(s);
        now.articles = snapshot_n_articles(s);
        now.segments = snapshot_n_segments(s);
    }
    snapshot_unref(s);
    put_lines(job, stats_lines(lines, d->stats, &now, job->request.out), lines);
}

void desk_answer(const struct desk *d, struct job *job)
{
    struct buf lines;
    buf_init(&lines, REPLY_MAX_BYTES);
    switch (job->request.verb) {
    case VERB_HELLO:
        desk_greet(d, &job->reply, job->request.tag);
        break;
    case VERB_PING:
        answer_ping(job, &lines);
        break;
    case VERB_HELP:
        answer_help(d, job, &lines);
        break;
    case VERB_STATS:
        answer_stats(d, job, &lines);
        break;
    case VERB_QUIT:
        put_lines(job, 0, &lines);
        break;
    case VERB_NONE:
    case VERB_SEARCH:
    case VERB_COUNT:
    case VERB_GET:
    case VERB_EXPLAIN:
    case N_VERBS:
        desk_refuse(d, job, "internal", "not answered here");
        break;
    }
    struct error e;
    if (buf_status(&lines, &e) != OK || buf_status(&job->reply, &e) != OK) {
        buf_reset(&job->reply);
        desk_refuse(d, job, "internal", e.text);
    }
    buf_clear(&lines);
}
