#include "check.h"

#include "snapshot_files.h"
#include "sources_file.h"

#include <stdio.h>

#define CHECK_TRIES 10 /* each means that a writer published in between */

struct checker {
    check_report_fn *report;
    void *ctx;
    size_t n_faults;
    struct error *e; /* the first fault */
};

static void say(struct checker *c, const char *line)
{
    if (c->report != NULL)
        c->report(c->ctx, line);
}

static void note(struct checker *c, const struct error *fault)
{
    if (c->n_faults++ == 0 && c->e != NULL)
        *c->e = *fault;
    say(c, fault->text);
}

static void check_segment(struct checker *c, const char *index, const struct manifest_segment *m)
{
    char folder[PATH_MAX], line[PATH_MAX + 64];
    struct error fault;
    struct segment *s;
    uint64_t n_bytes;
    snprintf(folder, sizeof folder, "%s/" SEGMENTS_NAME "/%s", index, m->id);
    snprintf(line, sizeof line, "segment %s", m->id);
    say(c, line);
    if (segment_open(&s, folder, m->id, m->del[0] == '\0' ? NULL : m->del, &fault) != OK) {
        note(c, &fault);
        return;
    }
    if (file_size(folder, &n_bytes, &fault) != OK)
        note(c, &fault);
    else if (n_bytes != m->n_bytes) {
        enum status st = error_set(&fault, ERR_INDEX, "%s has %llu bytes instead of %llu", folder,
                                   (unsigned long long)n_bytes, (unsigned long long)m->n_bytes);
        (void)st;
        note(c, &fault);
    }
    if (segment_check(s, folder, &fault) != OK)
        note(c, &fault);
    segment_close(s);
}

static void check_sources(struct checker *c, const char *index, const struct manifest *m)
{
    struct error fault;
    struct sources *t;
    if (m->sources[0] == '\0')
        return;
    say(c, m->sources);
    enum status st = sources_new(&t, &fault);
    if (st == OK)
        st = sources_read(t, index, m->sources, &fault);
    if (st != OK)
        note(c, &fault);
    sources_free(t);
}

static void check_files(struct checker *c, const char *index, const struct manifest *m)
{
    for (size_t i = 0; i < m->n_segments; i++)
        check_segment(c, index, &m->segments[i]);
    check_sources(c, index, m);
}

/* Is the manifest another than m by now? Each that is written names a table of sources of its own. */
static bool is_replaced(const char *index, const struct manifest *m)
{
    struct manifest now;
    manifest_init(&now);
    bool is_other = manifest_read(&now, index, NULL) == OK && strcmp(now.sources, m->sources) != 0;
    manifest_clear(&now);
    return is_other;
}

static enum status check_once(struct checker *c, const char *index, bool *is_replaced_meanwhile, struct error *e)
{
    struct manifest m;
    *is_replaced_meanwhile = false;
    c->n_faults = 0;
    manifest_init(&m);
    say(c, MANIFEST_NAME);
    enum status st = manifest_read(&m, index, e);
    if (st != OK)
        return st;
    if (m.generation == 0)
        st = error_set(e, ERR_NONE, "%s: no index, or one without a generation", index);
    else
        check_files(c, index, &m);
    if (st == OK && c->n_faults > 0)
        *is_replaced_meanwhile = is_replaced(index, &m);
    manifest_clear(&m);
    return st != OK || c->n_faults == 0 ? st : ERR_INDEX;
}

enum status index_check(const char *index, check_report_fn *report, void *ctx, struct error *e)
{
    struct checker c = {report, ctx, 0, e};
    for (int i = 0;; i++) {
        bool is_replaced_meanwhile;
        enum status st = check_once(&c, index, &is_replaced_meanwhile, e);
        if (!is_replaced_meanwhile || i == CHECK_TRIES)
            return st;
        say(&c, "an update was published meanwhile: what it replaced is gone; from the beginning");
    }
}
