#include "run.h"

#include "build.h"
#include "clock.h"
#include "percent.h"

#include <limits.h>
#include <stdlib.h>
#include <time.h>

#define LOCK_LOOK_MS 50 /* between two looks at another writer's lock */

struct run {
    struct report *report;
    const atomic_bool *cancel;
    struct index_settings settings;
    struct target *target;
    struct sources *own_sources; /* of a rehearsal without an index */
    struct progress progress;
};

/* ---- settings ---- */

static enum status sign(struct index_settings *s, struct error *e)
{
    struct analyzer *analyzer;
    enum status st = analyzer_new(&analyzer, build_analyzer_profile(s->profile), e);
    if (st == OK)
        st = analyzer_signature(analyzer, &s->analyzer_signature, e);
    analyzer_free(analyzer);
    return st;
}

/** *exists: the index has a generation; then the settings are its own, but for the analyzer's signature, which is ours.
 */
static enum status find_settings(struct run *run, bool *exists, struct error *e)
{
    const struct indexer_options *o = run->report->options;
    struct snapshot *s;
    enum status st = snapshot_open(&s, o->index, e);
    *exists = st == OK && snapshot_generation(s) > 0;
    if (st != OK && st != ERR_NONE)
        return st;
    run->settings = (struct index_settings){.profile = o->profile,
                                            .split_whole = o->is_split_whole,
                                            .is_compressed = o->is_compressed,
                                            .average_length = 100};
    if (*exists) {
        struct index_settings stored = *snapshot_settings(s);
        if (!o->is_profile_given || o->action == ACTION_UPDATE)
            run->settings.profile = o->is_profile_given ? o->profile : stored.profile;
        run->settings.average_length = stored.average_length;
        if (!o->is_split_given)
            run->settings.split_whole = stored.split_whole;
        run->settings.is_compressed = o->is_compressed || stored.is_compressed;
    }
    snapshot_unref(s);
    return sign(&run->settings, e);
}

/* ---- the target ---- */

static void pause_ms(long ms)
{
    const struct timespec pause = {.tv_nsec = ms * 1000000};
    nanosleep(&pause, NULL);
}

typedef enum status begin_fn(struct update **out, const char *index, const struct index_settings *settings,
                             struct error *e);

/** Begin the update; as long as --wait says, wait for another writer to end. */
static enum status begin_update(struct run *run, begin_fn *begin, struct error *e)
{
    const struct indexer_options *o = run->report->options;
    struct target *t = run->target;
    uint64_t end = clock_us() + (uint64_t)o->wait_s * 1000000;
    enum status st;
    while ((st = begin(&t->update, o->index, &run->settings, e)) == ERR_LOCKED && clock_us() < end &&
           !atomic_load(run->cancel))
        pause_ms(LOCK_LOOK_MS);
    if (st == OK && o->uses_libxapian)
        update_use_libxapian(t->update);
    return st;
}

static enum status open_target(struct run *run, bool exists, struct error *e)
{
    const struct indexer_options *o = run->report->options;
    struct target *t = run->target;
    if (!exists && o->n_paths == 0)
        return error_set(e, ERR_NONE, "there is no index in %s; name what to index: quoth-index INDEX PATH…", o->index);
    if (!exists && o->is_dry_run) {
        enum status st = sources_new(&run->own_sources, e);
        t->sources = run->own_sources;
        return st;
    }
    enum status st = begin_update(run, update_begin, e);
    if (st != OK)
        return st;
    t->snapshot = update_snapshot(t->update);
    t->sources = update_sources(t->update);
    run->settings = snapshot_generation(t->snapshot) > 0 ? *snapshot_settings(t->snapshot) : run->settings;
    run->report->n_before = snapshot_n_articles(t->snapshot);
    return OK;
}

/* ---- what needs no files ---- */

static enum status count_root(struct run *run, uint32_t root, struct error *e)
{
    struct snapshot *s = run->target->snapshot;
    enum status st = OK;
    for (size_t i = 0; i < snapshot_n_segments(s); i++) {
        const struct segment *segment = snapshot_segment(s, i);
        for (uint32_t a = 0; a < segment_n_articles(segment) && st == OK; a++) {
            struct article_view view;
            st = segment_article(segment, a, &view, e);
            if (st == OK && view.root == root && !segment_article_is_dead(segment, a))
                run->report->n_removed++;
        }
    }
    return st;
}

static bool find_root(const struct snapshot *s, const char *path, size_t *number)
{
    for (size_t i = 0; i < snapshot_n_roots(s); i++) {
        *number = i;
        if (slice_equal(snapshot_root(s, i), slice_cstr(path)))
            return true;
    }
    return false;
}

static enum status forget_root(struct run *run, const char *path, struct error *e)
{
    char resolved[PATH_MAX];
    size_t number = 0;
    struct target *t = run->target;
    /* A root that is no more cannot be resolved: then it is to be named as --info does. */
    const char *name = realpath(path, resolved) != NULL && find_root(t->snapshot, resolved, &number) ? resolved : path;
    bool is_known = find_root(t->snapshot, name, &number);
    enum status st = is_known ? count_root(run, (uint32_t)number, e) : OK;
    if (st == OK)
        st = update_forget_root(t->update, slice_cstr(name), e);
    if (st == OK && is_known)
        t->forgotten[number] = true;
    return st;
}

/** An id as it is, or percent-encoded, as searches show it. */
static bool find_article(const struct run *run, const char *id, size_t *segment, uint32_t *article)
{
    struct buf decoded;
    buf_init(&decoded, FIELD_MAX_BYTES);
    percent_decode(&decoded, slice_cstr(id));
    bool is_found = snapshot_find_article(run->target->snapshot, slice_cstr(id), segment, article) ||
                    snapshot_find_article(run->target->snapshot, buf_slice(&decoded), segment, article);
    buf_clear(&decoded);
    return is_found;
}

static enum status delete_article(struct run *run, const char *id, struct error *e)
{
    size_t segment;
    uint32_t article;
    if (!find_article(run, id, &segment, &article)) {
        report_failure(run->report, slice_cstr(id), "there is no article with this id");
        return OK;
    }
    report_article(run->report, "removed", slice_cstr(id));
    run->report->n_removed++;
    return update_remove(run->target->update, segment, article, e);
}

/** Merging may use as much as the update's writers may; where nothing is read there would be none. */
static enum status request_merge(struct run *run, struct error *e)
{
    const struct indexer_options *o = run->report->options;
    struct index_writer *unused;
    struct update *update = run->target->update;
    if (update == NULL || !(o->wants_compact || o->wants_purge))
        return OK;
    update_request_compact(update, !o->wants_compact);
    return indexer_options_reads_nothing(o) ? update_writer(update, build_memory(o) / 4 * 3, &unused, e) : OK;
}

static enum status change_index(struct run *run, struct error *e)
{
    const struct indexer_options *o = run->report->options;
    enum status st = OK;
    if ((o->n_forgotten > 0 || o->n_deleted > 0) && run->target->update == NULL)
        return error_set(e, ERR_NONE, "there is no index in %s", o->index);
    for (size_t i = 0; i < o->n_forgotten && st == OK; i++)
        st = forget_root(run, o->forgotten[i], e);
    for (size_t i = 0; i < o->n_deleted && st == OK; i++)
        st = delete_article(run, o->deleted[i], e);
    return st == OK ? request_merge(run, e) : st;
}

/* ---- files ---- */

/** Compressed files hide how much there is to read. */
static uint64_t expected_bytes(const struct plan *p)
{
    for (size_t i = 0; i < p->n_files; i++)
        if (plan_file_is_packed(&p->files[i]))
            return 0;
    return p->n_bytes;
}

static enum status read_files(struct run *run, enum build_mode mode, double *mean, struct error *e)
{
    const struct indexer_options *o = run->report->options;
    struct plan plan;
    struct registry registry;
    plan_init(&plan);
    registry_init(&registry, run->target, run->report);
    enum status st = plan_make(&plan, run->target, o->index, run->report, e);
    if (st == OK && plan.n_roots == 0)
        st = error_set(e, ERR_NONE,
                       o->n_paths > 0 ? "none of the paths can be read; nothing was done"
                                      : "the index has no roots; name what to index: quoth-index INDEX PATH…");
    if (st == OK)
        st = registry_begin(&registry, &plan, e);
    struct build build = {.mode = mode,
                          .update = run->target->update,
                          .settings = &run->settings,
                          .registry = &registry,
                          .report = run->report,
                          .progress = &run->progress,
                          .cancel = run->cancel,
                          .plan = &plan};
    progress_begin(&run->progress, mode == BUILD_MEASURE ? "measuring" : "reading", expected_bytes(&plan));
    if (st == OK && plan.n_files > 0)
        st = build_run(&build, mean, e);
    progress_end(&run->progress);
    registry_clear(&registry);
    plan_clear(&plan);
    return st;
}

/** BM25's average length of a new parity index: all is read and analysed once before it is built. */
static enum status measure(struct run *run, struct error *e)
{
    struct report silent;
    struct target nothing = {0};
    struct run first = *run;
    double mean = 0;
    report_init(&silent, run->report->options);
    silent.is_silent = true;
    first.report = &silent;
    first.target = &nothing;
    progress_init(&first.progress, &silent);
    enum status st = sources_new(&nothing.sources, e);
    if (st == OK)
        st = read_files(&first, BUILD_MEASURE, &mean, e);
    sources_free(nothing.sources);
    if (st == OK && mean > 0)
        run->settings.average_length = mean;
    return st;
}

/* ---- the end ---- */

static enum status publish(struct run *run, struct error *e)
{
    struct publish_result result = {0};
    if (atomic_load(run->cancel))
        return error_set(e, ERR_CANCELLED, "stopped; nothing was published");
    progress_begin(&run->progress, "writing", 0);
    enum status st = update_publish(run->target->update, &result, e);
    progress_end(&run->progress);
    if (st == OK)
        report_finish(run->report, &result);
    return st;
}

enum status run_update(struct report *r, const atomic_bool *cancel, struct error *e)
{
    const struct indexer_options *o = r->options;
    struct run run = {.report = r, .cancel = cancel};
    bool exists = false;
    run.target = calloc(1, sizeof *run.target);
    if (run.target == NULL)
        return error_nomem(e);
    progress_init(&run.progress, r);
    enum status st = find_settings(&run, &exists, e);
    if (st == OK && !exists && run.settings.profile == PROFILE_PARITY && o->n_paths > 0 && !o->is_dry_run)
        st = measure(&run, e);
    if (st == OK)
        st = open_target(&run, exists, e);
    if (st == OK)
        st = change_index(&run, e);
    if (st == OK && !indexer_options_reads_nothing(o))
        st = read_files(&run, o->is_dry_run ? BUILD_REHEARSE : BUILD_ADD, NULL, e);
    if (st == OK && !o->is_dry_run)
        st = publish(&run, e);
    else if (st == OK)
        report_finish(r, NULL);
    update_free(run.target->update);
    sources_free(run.own_sources);
    free(run.target);
    return st;
}

/* ---- rebuild ---- */

static enum status analyse_again(struct run *run, enum build_mode mode, struct snapshot *s, double *mean,
                                 struct error *e)
{
    struct registry registry;
    registry_init(&registry, run->target, run->report);
    struct build build = {.mode = mode,
                          .update = run->target->update,
                          .settings = &run->settings,
                          .registry = &registry,
                          .report = run->report,
                          .progress = &run->progress,
                          .cancel = run->cancel,
                          .snapshot = s};
    progress_begin(&run->progress, mode == BUILD_MEASURE ? "measuring" : "analysing", 0);
    enum status st = build_run(&build, mean, e);
    progress_end(&run->progress);
    registry_clear(&registry);
    return st;
}

/** An index that becomes a parity index gets its average length from the texts it has. */
static enum status measure_stored(struct run *run, struct error *e)
{
    const struct indexer_options *o = run->report->options;
    struct report silent;
    struct run first = *run;
    struct snapshot *s;
    double mean = 0;
    enum status st = snapshot_open(&s, o->index, e);
    if (st != OK)
        return st;
    bool was_parity = snapshot_settings(s)->profile == PROFILE_PARITY;
    run->settings.average_length = was_parity ? snapshot_settings(s)->average_length : 100;
    if (run->settings.profile == PROFILE_PARITY && !was_parity) {
        report_init(&silent, o);
        silent.is_silent = true;
        first.report = &silent;
        st = analyse_again(&first, BUILD_MEASURE, s, &mean, e);
        if (mean > 0)
            run->settings.average_length = mean;
    } else if (run->settings.profile != PROFILE_PARITY) {
        run->settings.average_length = 100;
    }
    snapshot_unref(s);
    return st;
}

enum status run_rebuild(struct report *r, const atomic_bool *cancel, struct error *e)
{
    struct run run = {.report = r, .cancel = cancel};
    bool exists = false;
    run.target = calloc(1, sizeof *run.target);
    if (run.target == NULL)
        return error_nomem(e);
    progress_init(&run.progress, r);
    enum status st = find_settings(&run, &exists, e);
    if (st == OK && !exists)
        st = error_set(e, ERR_NONE, "there is no index in %s", r->options->index);
    if (st == OK)
        st = measure_stored(&run, e);
    if (st == OK)
        st = begin_update(&run, update_begin_rebuild, e);
    if (st == OK) {
        run.target->snapshot = update_snapshot(run.target->update);
        r->n_before = snapshot_n_articles(run.target->snapshot);
        st = analyse_again(&run, BUILD_ADD, run.target->snapshot, NULL, e);
    }
    if (st == OK)
        st = publish(&run, e);
    update_free(run.target->update);
    free(run.target);
    return st;
}
