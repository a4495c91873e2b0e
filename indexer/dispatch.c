#include "dispatch.h"

#include "input.h"
#include "reader.h"

#include <xxhash.h>

#define UNPACKED_RATIO 4 /* a compressed file is taken for so many times its size */

static enum status hand_out(struct dispatch *d, struct error *e)
{
    struct job *job = d->job;
    d->job = NULL;
    if (job == NULL || job->n_units > 0)
        return job == NULL ? OK : crew_push(d->crew, job, d->tick, d->tick_ctx, e);
    job_free(job);
    return OK;
}

/* One article may need half the memory of all segments that are being built: before it the fuller ones are finished. */
static enum status make_room_for_one(struct dispatch *d, struct error *e)
{
    enum status st = OK;
    for (size_t i = 0; i < crew_n_threads(d->crew) && st == OK; i++) {
        struct job *job;
        st = job_new(&job, e);
        if (st != OK)
            return st;
        job->makes_room = true;
        st = crew_push(d->crew, job, d->tick, d->tick_ctx, e);
    }
    return st;
}

/** See that there is a job with room for one more unit of `cost` bytes. */
static enum status make_room(struct dispatch *d, size_t cost, struct error *e)
{
    enum status st = OK;
    if (d->job != NULL && (job_is_full(d->job) || (d->job->n_units > 0 && d->job->cost + cost > JOB_BYTES)))
        st = hand_out(d, e);
    if (st == OK && crew_runs_alone(d->crew, cost))
        st = make_room_for_one(d, e);
    return st == OK && d->job == NULL ? job_new(&d->job, e) : st;
}

static enum status add_unit(struct dispatch *d, enum unit_kind kind, struct plan_file *f, size_t cost,
                            struct unit **unit, struct error *e)
{
    *unit = NULL;
    enum status st = make_room(d, cost, e);
    if (st != OK)
        return st;
    *unit = job_add(d->job, kind, f);
    d->job->cost += cost;
    return OK;
}

/* ---- JSON Lines ---- */

static enum status add_line(struct dispatch *d, struct plan_file *f, struct slice line, uint64_t number, bool is_long,
                            struct error *e)
{
    struct unit *u;
    enum status st;
    if (is_long) {
        st = add_unit(d, UNIT_LONG_LINE, f, 0, &u, e);
        if (st == OK)
            u->line = number;
        return st;
    }
    line = slice_trim(line);
    if (number == 1 && slice_starts(line, SLICE("\xEF\xBB\xBF")))
        line = slice_from(line, 3);
    if (line.len == 0)
        return OK;
    XXH128_hash_t hash = XXH3_128bits(line.data, line.len);
    char bytes[sizeof u->hash];
    memcpy(bytes, &hash, sizeof bytes);
    size_t old = old_articles_line(d->old, f, bytes, number);
    st = add_unit(d, old == OLD_NONE ? UNIT_LINE : UNIT_KEPT_LINE, f, old == OLD_NONE ? line.len : 0, &u, e);
    if (st != OK)
        return st;
    u->line = number;
    u->old = old;
    memcpy(u->hash, bytes, sizeof u->hash);
    if (old != OLD_NONE)
        return OK;
    u->at = d->job->bytes.len;
    u->len = line.len;
    buf_put(&d->job->bytes, line);
    return buf_status(&d->job->bytes, e);
}

/** All lines; what ends the reading early stands in *problem. */
static enum status add_lines(struct dispatch *d, struct plan_file *f, struct input *in, struct error *problem,
                             struct error *e)
{
    size_t most = indexer_options_article_max(d->report->options);
    for (uint64_t number = 1;; number++) {
        struct slice line;
        bool has_line, is_long;
        if (input_line(in, most, &line, &has_line, &is_long, problem) != OK)
            return OK;
        if (!has_line)
            return OK;
        atomic_fetch_add(&d->report->n_bytes, line.len + 1);
        enum status st = add_line(d, f, line, number, is_long, e);
        if (st != OK)
            return st;
    }
}

static enum status add_jsonl(struct dispatch *d, struct plan_file *f, struct input *in, struct error *e)
{
    struct error problem = {.code = OK};
    struct unit *end;
    enum status st = add_lines(d, f, in, &problem, e);
    if (st == OK)
        st = add_unit(d, UNIT_END, f, 0, &end, e);
    if (st == OK && problem.code != OK) {
        (void)error_context(&problem, problem.code, "the lines before this are in the index");
        unit_fail(end, problem.text);
    }
    return st;
}

/* ---- files ---- */

/** Does the name leave it open, or say, that a file holds JSON Lines? */
static bool may_be_jsonl(const struct dispatch *d, const struct plan_file *f)
{
    if (d->report->options->format != FORMAT_UNKNOWN)
        return d->report->options->format == FORMAT_JSONL;
    return format_detect(f->path, SLICE("{\"id\":1}\n")) == FORMAT_JSONL;
}

static bool is_jsonl(const struct dispatch *d, const struct plan_file *f, struct slice head)
{
    return d->report->options->format == FORMAT_JSONL || format_detect(f->path, head) == FORMAT_JSONL;
}

static size_t cost_of(const struct dispatch *d, const struct plan_file *f)
{
    uint64_t most = indexer_options_article_max(d->report->options);
    if (!plan_file_is_packed(f))
        return f->now.size > most ? JOB_BYTES : (size_t)f->now.size; /* the larger ones are refused */
    return (size_t)(f->now.size > most / UNPACKED_RATIO ? most : f->now.size * UNPACKED_RATIO);
}

static enum status add_file(struct dispatch *d, struct plan_file *f, struct error *e)
{
    struct input *in = NULL;
    struct slice head;
    struct unit *unit;
    struct error problem;
    if (!may_be_jsonl(d, f))
        return add_unit(d, UNIT_FILE, f, cost_of(d, f), &unit, e);
    enum status st = plan_file_path(&d->path, f, e);
    if (st != OK)
        return st;
    st = input_open(&in, d->path.data, &problem);
    if (st == OK)
        st = input_peek(in, &head, &problem);
    if (st == ERR_NOMEM && e != NULL)
        *e = problem;
    if (st == OK && is_jsonl(d, f, head))
        st = add_jsonl(d, f, in, e);
    else if (st != ERR_NOMEM) /* who cannot be opened here will not be opened there either, and is told of there */
        st = add_unit(d, UNIT_FILE, f, cost_of(d, f), &unit, e);
    input_close(in);
    return st;
}

static enum status finish(struct dispatch *d, enum status st, struct error *e)
{
    if (st == OK)
        st = hand_out(d, e);
    if (st == OK)
        st = crew_close(d->crew, d->tick, d->tick_ctx, e);
    job_free(d->job);
    d->job = NULL;
    buf_clear(&d->path);
    return st;
}

enum status dispatch_plan(struct dispatch *d, struct plan *p, struct error *e)
{
    enum status st = OK;
    buf_init(&d->path, (size_t)1 << 21);
    for (size_t i = 0; i < p->n_files && st == OK; i++)
        st = add_file(d, &p->files[i], e);
    return finish(d, st, e);
}

enum status dispatch_snapshot(struct dispatch *d, const struct snapshot *s, struct error *e)
{
    enum status st = OK;
    buf_init(&d->path, 0);
    for (size_t i = 0; i < snapshot_n_segments(s) && st == OK; i++) {
        const struct segment *segment = snapshot_segment(s, i);
        for (uint32_t a = 0; a < segment_n_articles(segment) && st == OK; a++) {
            struct unit *u;
            if (segment_article_is_dead(segment, a))
                continue;
            st = add_unit(d, UNIT_STORED, NULL, JOB_BYTES / 64, &u, e);
            if (st != OK)
                break;
            u->segment = i;
            u->stored = a;
        }
    }
    return finish(d, st, e);
}
