#include "desk.h"

#include "clock.h"
#include "utf8.h"

#define VERB_SHOWN_MAX 32 /* bytes of an unknown one in a message */

bool desk_needs_worker(enum verb verb)
{
    switch (verb) {
    case VERB_SEARCH:
    case VERB_COUNT:
    case VERB_GET:
    case VERB_EXPLAIN:
    case VERB_SIMILAR:
    case VERB_SUGGEST:
    case VERB_SPELL:
    case VERB_WHYNOT:
        return true;
    case VERB_NONE:
    case VERB_HELLO:
    case VERB_PING:
    case VERB_HELP:
    case VERB_STATS:
    case VERB_QUIT:
    case N_VERBS:
        break;
    }
    return false;
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

void desk_refuse(const struct desk *d, struct task *task, const char *code, const char *message)
{
    stats_error(d->stats, code);
    reply_error(&task->reply, task->request.tag, code, -1, message);
}

static void put_lines(struct task *task, size_t n_lines, const struct buf *lines)
{
    reply_ok(&task->reply, task->request.tag, n_lines);
    reply_end(&task->reply);
    buf_put(&task->reply, buf_slice(lines));
}

static void answer_ping(struct task *task, struct buf *lines)
{
    struct row r = row_begin(lines, OUT_TSV);
    row_text(&r, "text", task->request.text);
    row_end(&r);
    put_lines(task, 1, lines);
}

static void answer_help(const struct desk *d, struct task *task, struct buf *lines)
{
    struct slice name = slice_trim(task->request.text);
    enum verb verb = verb_find(name);
    if (name.len > 0 && verb == VERB_NONE) {
        struct error e;
        (void)error_set(&e, ERR_OPTION, "unknown verb \"%.*s\"; HELP alone lists them",
                        (int)utf8_floor(name, VERB_SHOWN_MAX), name.data);
        desk_refuse(d, task, "verb", e.text);
        return;
    }
    put_lines(task, help_lines(lines, verb, task->request.out), lines);
}

static void answer_stats(const struct desk *d, struct task *task, struct buf *lines)
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
    if (generations_cache(d->generations) != NULL)
        postings_cache_stats(generations_cache(d->generations), &now.cache);
    if (d->results != NULL)
        now.results = results_counts(d->results);
    put_lines(task, stats_lines(lines, d->stats, &now, task->request.out), lines);
}

bool desk_answer_again(const struct desk *d, struct task *task)
{
    if (d->results == NULL)
        return false;
    uint64_t epoch = generations_epoch(d->generations), now_us = clock_us();
    task->gen = generations_current(d->generations);
    return results_answer(d->results, task, epoch, now_us);
}

void desk_answer(const struct desk *d, struct task *task)
{
    struct buf lines;
    buf_init(&lines, REPLY_MAX_BYTES);
    switch (task->request.verb) {
    case VERB_HELLO:
        desk_greet(d, &task->reply, task->request.tag);
        break;
    case VERB_PING:
        answer_ping(task, &lines);
        break;
    case VERB_HELP:
        answer_help(d, task, &lines);
        break;
    case VERB_STATS:
        answer_stats(d, task, &lines);
        break;
    case VERB_QUIT:
        put_lines(task, 0, &lines);
        break;
    case VERB_NONE:
    case VERB_SEARCH:
    case VERB_COUNT:
    case VERB_GET:
    case VERB_EXPLAIN:
    case VERB_SIMILAR:
    case VERB_SUGGEST:
    case VERB_SPELL:
    case VERB_WHYNOT:
    case N_VERBS:
        desk_refuse(d, task, "internal", "not answered here");
        break;
    }
    struct error e;
    if (buf_status(&lines, &e) != OK || buf_status(&task->reply, &e) != OK) {
        buf_reset(&task->reply);
        desk_refuse(d, task, "internal", e.text);
    }
    buf_clear(&lines);
}
