#include "build.h"

#include <sched.h>
#include <stdlib.h>

/* What the program and its libraries hold whatever they do. Of the rest the writers may hold five eighths, or half
   where libxapian is one of them, which holds more than its postings. Articles in work, of which each may take five
   times its bytes, and the allocator's gaps take the other. A single article of more bytes than may be in work waits
   until it is alone, and the writers make room for it. */
#define BASE_BYTES ((size_t)24 << 20)
#define IN_FLIGHT_SHARE 16
#define WRITER_MIN_BYTES ((size_t)24 << 20) /* in less the words of a segment leave no room for its postings */

enum analyzer_profile build_analyzer_profile(enum index_profile profile)
{
    return profile == PROFILE_PARITY ? ANALYZER_PARITY : ANALYZER_DEFAULT;
}

size_t build_memory(const struct indexer_options *o)
{
    return o->memory - BASE_BYTES;
}

static size_t writers_memory(const struct indexer_options *o)
{
    return build_memory(o) / 8 * (o->uses_libxapian ? 4 : 5);
}

static size_t thread_count(const struct indexer_options *o)
{
    size_t n = o->threads;
    if (n == 0) {
        cpu_set_t set;
        n = sched_getaffinity(0, sizeof set, &set) == 0 ? (size_t)CPU_COUNT(&set) : 1;
    }
    n = n > THREADS_MAX ? THREADS_MAX : n;
    size_t most = writers_memory(o) / WRITER_MIN_BYTES;
    return n > most ? most : n;
}

struct team {
    const struct build *build;
    struct crew *crew;
    struct builder *builders;
    size_t n_planned, n_ready, n_running;
};

static enum status prepare(struct team *t, struct error *e)
{
    const struct build *b = t->build;
    size_t share = writers_memory(b->report->options) / t->n_planned;
    enum status st = OK;
    while (t->n_ready < t->n_planned && st == OK) {
        struct builder *builder = &t->builders[t->n_ready];
        struct index_writer *writer = NULL;
        *builder = (struct builder){.crew = t->crew,
                                    .registry = b->registry,
                                    .report = b->report,
                                    .snapshot = b->snapshot,
                                    .split = b->settings->split_whole ? SPLIT_WHOLE : SPLIT_AUTO,
                                    .number = t->n_ready};
        if (b->mode == BUILD_ADD)
            st = update_writer(b->update, share, &writer, e);
        if (st == OK)
            st = builder_init(builder, build_analyzer_profile(b->settings->profile), writer, e);
        builder->feed.counts_tokens = b->mode == BUILD_MEASURE;
        t->n_ready += st == OK;
    }
    return st;
}

static enum status start(struct team *t, struct error *e)
{
    for (; t->n_running < t->n_ready; t->n_running++) {
        struct builder *builder = &t->builders[t->n_running];
        if (pthread_create(&builder->thread, NULL, builder_run, builder) != 0)
            return error_set(e, ERR_NOMEM, "cannot start %zu threads; --threads makes do with fewer", t->n_ready);
    }
    return OK;
}

/* Wait for all threads; the first failure, of the run before or of a thread, is told in *first. */
static enum status stop(struct team *t, enum status st, struct error *first, double *mean)
{
    uint64_t n_passages = 0, n_tokens = 0;
    if (st != OK)
        crew_fail(t->crew, st, first);
    for (size_t i = 0; i < t->n_running; i++) {
        pthread_join(t->builders[i].thread, NULL);
        if (st == OK && t->builders[i].status != OK) {
            st = t->builders[i].status;
            *first = t->builders[i].error;
        }
    }
    for (size_t i = 0; i < t->n_ready; i++) {
        n_passages += t->builders[i].feed.n_passages;
        n_tokens += t->builders[i].feed.n_tokens;
        builder_clear(&t->builders[i]);
    }
    if (mean != NULL)
        *mean = n_passages == 0 ? 0 : (double)n_tokens / (double)n_passages;
    crew_free(t->crew);
    free(t->builders);
    return st;
}

enum status build_run(const struct build *b, double *mean, struct error *e)
{
    const struct indexer_options *o = b->report->options;
    struct team t = {.build = b, .n_planned = thread_count(o)};
    struct error first = {.code = OK};
    t.builders = calloc(t.n_planned, sizeof *t.builders);
    enum status st = t.builders == NULL ? error_nomem(&first) : OK;
    if (st == OK)
        st = crew_new(&t.crew, t.n_planned, o->memory / IN_FLIGHT_SHARE, b->cancel, &first);
    if (st != OK) {
        free(t.builders);
        if (e != NULL)
            *e = first;
        return st;
    }
    struct dispatch d = {
        .crew = t.crew, .report = b->report, .old = &b->registry->old, .tick = progress_tick, .tick_ctx = b->progress};
    st = prepare(&t, &first);
    if (st == OK)
        st = start(&t, &first);
    if (st == OK)
        st = b->snapshot != NULL ? dispatch_snapshot(&d, b->snapshot, &first) : dispatch_plan(&d, b->plan, &first);
    st = stop(&t, st, &first, mean);
    if (st != OK && e != NULL)
        *e = first;
    return st;
}
