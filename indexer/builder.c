#include "builder.h"

#include "input.h"

#include <stdlib.h>
#include <xxhash.h>

#define KEEP_RAW_BYTES ((size_t)1 << 20) /* a larger buffer is freed when its file is done */
#define TAGS_MAX_BYTES ((size_t)TAGS_MAX * (FIELD_MAX_BYTES + 1))

enum status builder_init(struct builder *b, enum analyzer_profile profile, struct index_writer *writer, struct error *e)
{
    b->writer = writer;
    buf_init(&b->raw, indexer_options_article_max(b->report->options));
    buf_init(&b->path, (size_t)1 << 21);
    buf_init(&b->joined, TAGS_MAX_BYTES);
    return feed_init(&b->feed, profile, writer, e);
}

void builder_clear(struct builder *b)
{
    feed_clear(&b->feed);
    buf_clear(&b->raw);
    buf_clear(&b->path);
    buf_clear(&b->joined);
    text_room_clear(&b->texts);
}

static void hash_raw(struct unit *u, struct slice raw)
{
    XXH128_hash_t h = XXH3_128bits(raw.data, raw.len);
    memcpy(u->hash, &h, sizeof u->hash);
}

/* ---- reading: any thread, any order ---- */

/** The bytes of a file into b->raw, which bounds them, and what format they are in. */
static enum status read_raw(struct builder *b, const struct unit *u, enum article_format *format, struct error *e)
{
    struct input *in = NULL;
    struct slice head;
    enum status st = plan_file_path(&b->path, u->file, e);
    if (st == OK)
        st = input_open(&in, b->path.data, e);
    if (st == OK)
        st = input_peek(in, &head, e);
    if (st == OK && *format == FORMAT_UNKNOWN)
        *format = format_detect(u->file->path, head);
    if (st == OK && *format != FORMAT_UNKNOWN)
        st = !plan_file_is_packed(u->file) && u->file->now.size > b->raw.max ? ERR_LIMIT : input_read(in, &b->raw, e);
    input_close(in);
    if (st == ERR_LIMIT)
        return error_set(e, ERR_LIMIT, "is larger than %zu MiB; it is refused",
                         indexer_options_article_max(b->report->options) >> 20);
    return st;
}

/** A file of more than `most` bytes that may be read is left as it is. */
static void read_file(struct builder *b, struct unit *u, size_t most)
{
    struct error e;
    enum article_format format = b->report->options->format;
    size_t article_max = indexer_options_article_max(b->report->options);
    buf_reset(&b->raw);
    b->raw.max = most < article_max ? most : article_max;
    enum status st = read_raw(b, u, &format, &e);
    struct slice raw = buf_slice(&b->raw);
    if (st == ERR_LIMIT && most < article_max) {
        buf_clear(&b->raw);
    } else if (st != OK) {
        unit_fail(u, e.text);
    } else if (format == FORMAT_UNKNOWN) {
        u->state = UNIT_BINARY;
    } else if (format == FORMAT_JSONL) {
        unit_fail(u, "changed while it was read");
    } else {
        atomic_fetch_add(&b->report->n_bytes, raw.len);
        hash_raw(u, raw);
        u->state = UNIT_SAME;
        if (memcmp(u->hash, u->file->old_hash, sizeof u->hash) != 0) {
            st = article_read(&u->article, format, raw, &e);
            u->state = UNIT_PARSED;
            if (st != OK)
                unit_fail(u, e.text);
        }
    }
    if (b->raw.cap > KEEP_RAW_BYTES)
        buf_clear(&b->raw);
}

static void read_line(struct unit *u, struct slice line)
{
    struct error e;
    enum status st = article_read(&u->article, FORMAT_JSONL, line, &e);
    u->state = UNIT_PARSED;
    if (st != OK)
        unit_fail(u, e.text);
}

/** What is not read yet, of up to `most` bytes. */
static void read_job(struct builder *b, struct job *job, size_t most)
{
    for (size_t i = 0; i < job->n_units; i++) {
        struct unit *u = &job->units[i];
        if (u->state != UNIT_NEW)
            continue;
        if (u->kind == UNIT_FILE)
            read_file(b, u, most);
        else if (u->kind == UNIT_LINE && u->len <= most)
            read_line(u, slice_of(job->bytes.data + u->at, u->len));
    }
}

/* ---- adding ---- */

static struct slice join_tags(struct builder *b, const struct article *a)
{
    buf_reset(&b->joined);
    for (size_t i = 0; i < a->n_tags; i++) {
        if (i > 0)
            buf_put_byte(&b->joined, '\n');
        buf_put(&b->joined, a->tags[i]);
    }
    return buf_slice(&b->joined);
}

static enum status add_article(struct builder *b, struct unit *u, struct error *e)
{
    const struct article *a = &u->article;
    struct passage_range *ranges = NULL;
    size_t n = 0;
    struct article_record record = {
        .id = u->id,
        .title = a->title,
        .author = a->author,
        .lang = a->lang.len > 0 ? a->lang : slice_cstr(b->report->options->lang),
        .url = a->url,
        .format = slice_cstr(format_name(a->format)),
        .path = u->file->path,
        .tags = join_tags(b, a),
        .date = a->date,
        .root = u->file->root->number,
    };
    memcpy(record.raw_hash, u->hash, sizeof record.raw_hash);
    enum status st = article_split(&ranges, &n, a, b->split, e);
    if (st == OK)
        st = feed_begin(&b->feed, &record, e);
    for (size_t i = 0; i < n && st == OK; i++)
        st = feed_passage(&b->feed, slice_of(a->text.data + ranges[i].start, ranges[i].len), ranges[i].at,
                          ranges[i].at_len, e);
    free(ranges);
    if (st != OK)
        return st;
    atomic_fetch_add(&b->report->n_passages, n);
    atomic_fetch_add(&b->report->n_articles_done, 1);
    return feed_end(&b->feed, e);
}

/** An article of the snapshot again, its passages where they were. */
static enum status add_stored(struct builder *b, const struct unit *u, struct error *e)
{
    const struct segment *s = snapshot_segment(b->snapshot, u->segment);
    struct article_view v;
    enum status st = segment_article(s, u->stored, &v, e);
    if (st != OK)
        return st;
    struct article_record record = {.id = v.id,
                                    .title = v.title,
                                    .author = v.author,
                                    .lang = v.lang,
                                    .url = v.url,
                                    .format = v.format,
                                    .path = v.path,
                                    .tags = v.tags,
                                    .date = v.date,
                                    .root = v.root};
    memcpy(record.raw_hash, v.raw_hash, sizeof record.raw_hash);
    st = feed_begin(&b->feed, &record, e);
    for (uint32_t i = 0; i < v.n_passages && st == OK; i++) {
        struct passage_view p;
        st = segment_passage(s, v.first_passage + i, &p, e);
        if (st == OK)
            st = text_room_fill(&b->texts, s, v.first_passage + i, &p, e);
        if (st == OK)
            st = feed_passage(&b->feed, p.text, p.at, p.at_len, e);
        atomic_fetch_add(&b->report->n_bytes, st == OK ? p.text.len : 0);
    }
    if (st != OK)
        return st;
    atomic_fetch_add(&b->report->n_passages, v.n_passages);
    atomic_fetch_add(&b->report->n_articles_done, 1);
    return feed_end(&b->feed, e);
}

static enum status add_job(struct builder *b, struct job *job, struct error *e)
{
    enum status st = OK;
    for (size_t i = 0; i < job->n_units && st == OK; i++) {
        struct unit *u = &job->units[i];
        if (u->state == UNIT_SETTLED)
            st = u->kind == UNIT_STORED ? add_stored(b, u, e) : add_article(b, u, e);
        article_clear(&u->article);
    }
    return st;
}

static enum status settle_job(struct builder *b, struct job *job, struct error *e)
{
    enum status st = OK;
    for (size_t i = 0; i < job->n_units && st == OK; i++) {
        struct unit *u = &job->units[i];
        st = registry_settle(b->registry, u, e);
        if (u->state == UNIT_SETTLED && u->kind != UNIT_STORED && u->article.text.len == 0)
            b->report->n_empty++;
    }
    return st;
}

static enum status do_job(struct builder *b, struct job *job, struct error *e)
{
    /* Several articles of many megabytes at a time would break the memory's bound: they are read one by one. What is
       packed shows its size only then. */
    read_job(b, job, JOB_LARGE_BYTES);
    if (!crew_wait_turn(b->crew, job))
        return OK;
    read_job(b, job, ARTICLE_MAX_BYTES);
    enum status st = settle_job(b, job, e);
    if (st == OK)
        crew_pass_turn(b->crew, job);
    if (st == OK)
        st = add_job(b, job, e);
    return st == OK && job->makes_room && b->writer != NULL ? index_writer_make_room(b->writer, e) : st;
}

void *builder_run(void *ctx)
{
    struct builder *b = ctx;
    struct error e;
    for (struct job *job; (job = crew_take(b->crew, b->number)) != NULL;) {
        enum status st = do_job(b, job, &e);
        if (st != OK)
            crew_fail(b->crew, st, &e);
        crew_done(b->crew, job);
    }
    /* All threads finish their segments at the same time; the crew waits for jobs only, so the outcome stands here. */
    if (b->writer != NULL && !crew_is_over(b->crew))
        b->status = index_writer_seal(b->writer, &b->error);
    return NULL;
}
