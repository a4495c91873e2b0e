#include "watch.h"

#include "guard.h"
#include "log.h"
#include "manifest.h"
#include "search.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#define EVENTS_OF_INTEREST (IN_MOVED_TO | IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

struct watch {
    struct generations *generations;
    const char *index;
    bool is_absent;    /* what is served stands in for an index that is not there */
    bool is_failed;    /* the last manifest could not be used: try again */
    struct stat seen;  /* the manifest that was last looked at; zero: none */
    unsigned n_faults; /* each has left memory behind: after FAULTS_MAX of them no more generations are opened */
    void (*changed)(void *ctx);
    void *ctx;
    int inotify_fd, watch_id; /* -1: none */
    int stop_fd;
    pthread_t thread;
    char last_failure[ERROR_TEXT_MAX]; /* said once, not every second */
};

struct opening {
    const char *index;
    struct snapshot *snapshot; /* NULL unless status is OK */
    enum status status;
    struct error *e;
};

/* A snapshot that also fits this program's analyzer, so that no worker finds out in mid-service. Runs under the guard:
 * headers and tables are read from mapped files. */
static void open_guarded(void *ctx)
{
    struct opening *o = ctx;
    struct searcher *probe;
    struct snapshot *s;
    o->status = snapshot_open(&s, o->index, o->e);
    if (o->status != OK)
        return;
    o->status = searcher_new(&probe, s, NULL, o->e);
    if (o->status == OK) {
        searcher_free(probe);
        o->snapshot = s;
    } else {
        snapshot_unref(s);
    }
}

/* *is_fault (may be NULL): a file could not be read; what had been opened by then is left behind. */
static enum status open_usable(struct snapshot **out, const char *index, bool *is_fault, struct error *e)
{
    struct stat info;
    struct opening o = {.index = index, .e = e};
    *out = NULL;
    if (stat(index, &info) == 0 && !S_ISDIR(info.st_mode))
        return error_set(e, ERR_INDEX, "%s is not a folder, so no index", index);
    if (!guard_run(open_guarded, &o)) {
        if (is_fault != NULL)
            *is_fault = true;
        return error_set(e, ERR_INDEX, "a file of %s cannot be read or shrank; quoth-index --check tells which", index);
    }
    *out = o.snapshot;
    return o.status;
}

/* Generation 0 of an index that is not there: an empty folder, which only needs to exist while it is opened. */
static enum status open_stand_in(struct snapshot **out, struct error *e)
{
    const char *tmp = getenv("TMPDIR");
    char folder[PATH_MAX];
    if (snprintf(folder, sizeof folder, "%s/quothd-empty-XXXXXX", tmp == NULL || tmp[0] == '\0' ? "/tmp" : tmp) >=
        (int)sizeof folder)
        return error_set(e, ERR_LIMIT, "TMPDIR is too long");
    if (mkdtemp(folder) == NULL)
        return error_errno(e, ERR_IO, "no stand-in for the absent index in %s; set TMPDIR to a writable folder",
                           folder);
    enum status st = open_usable(out, folder, NULL, e);
    rmdir(folder);
    return st;
}

static void stat_manifest(const char *index, struct stat *out)
{
    char path[PATH_MAX];
    *out = (struct stat){0};
    if (snprintf(path, sizeof path, "%s/" MANIFEST_NAME, index) < (int)sizeof path && stat(path, out) != 0)
        *out = (struct stat){0};
}

enum status watch_open_first(struct generations *g, const char *index, struct watch_start *start, struct error *e)
{
    struct snapshot *s = NULL;
    stat_manifest(index, &start->manifest); /* before it is opened: a change in between is seen later */
    enum status st = open_usable(&s, index, NULL, e);
    start->is_absent = st == ERR_NONE;
    if (start->is_absent)
        st = open_stand_in(&s, e);
    if (st == OK)
        generations_publish(g, s);
    return st;
}

static void watch_folder(struct watch *w)
{
    if (w->inotify_fd >= 0 && w->watch_id < 0)
        w->watch_id = inotify_add_watch(w->inotify_fd, w->index, EVENTS_OF_INTEREST);
}

/* Read what inotify has to say; a folder that was removed or moved is watched anew by its name. */
static void read_events(struct watch *w)
{
    _Alignas(struct inotify_event) char bytes[4096];
    ssize_t n;
    while ((n = read(w->inotify_fd, bytes, sizeof bytes)) > 0) {
        for (ssize_t at = 0; at < n;) {
            struct inotify_event event;
            memcpy(&event, bytes + at, sizeof event);
            at += (ssize_t)(sizeof event + event.len);
            if ((event.mask & IN_MOVE_SELF) != 0 && event.wd == w->watch_id)
                inotify_rm_watch(w->inotify_fd, event.wd);
            if ((event.mask & (IN_IGNORED | IN_MOVE_SELF)) != 0 && event.wd == w->watch_id)
                w->watch_id = -1;
        }
    }
}

static void say_failure(struct watch *w, const struct error *e)
{
    if (strcmp(w->last_failure, e->text) == 0)
        return;
    memcpy(w->last_failure, e->text, sizeof w->last_failure);
    log_line(LOG_WARNING, "generation-refused", "index=%s gen=%llu why=\"%s\"", w->index,
             (unsigned long long)generations_current(w->generations), e->text);
}

/* Another manifest file, not only another generation's: an index that was removed and built anew begins again at 1. */
static bool is_changed(const struct stat *a, const struct stat *b)
{
    return a->st_dev != b->st_dev || a->st_ino != b->st_ino || a->st_size != b->st_size ||
           a->st_mtim.tv_sec != b->st_mtim.tv_sec || a->st_mtim.tv_nsec != b->st_mtim.tv_nsec;
}

static void look(struct watch *w)
{
    struct stat now;
    stat_manifest(w->index, &now);
    if ((!w->is_failed && !is_changed(&w->seen, &now)) || w->n_faults >= FAULTS_MAX)
        return;
    w->seen = now;
    struct error e;
    struct snapshot *s;
    bool is_fault = false;
    enum status st = open_usable(&s, w->index, &is_fault, &e);
    if (is_fault && ++w->n_faults == FAULTS_MAX)
        log_line(LOG_ERROR, "watch", "index=%s too many unreadable files: start quothd again to serve new generations",
                 w->index);
    w->is_failed = st != OK && st != ERR_NONE && !is_fault; /* after a fault only another manifest is tried */
    if (st == ERR_NONE && w->is_absent)
        return;
    if (st != OK) {
        say_failure(w, &e);
        return;
    }
    uint64_t number = snapshot_generation(s);
    if (number == 0) { /* an index on its way in or out: what is served stays */
        snapshot_unref(s);
        return;
    }
    uint64_t n_passages = snapshot_n_passages(s), before = generations_current(w->generations);
    bool was_there = !w->is_absent;
    w->is_absent = false;
    w->last_failure[0] = '\0';
    generations_publish(w->generations, s);
    w->changed(w->ctx);
    /* The same number is the same generation written anew, or another index built in its place: no news for most. */
    log_line(number == before && was_there ? LOG_DEBUG : LOG_INFO, "generation", "gen=%llu before=%llu passages=%llu",
             (unsigned long long)number, (unsigned long long)before, (unsigned long long)n_passages);
}

static void *watch_main(void *arg)
{
    struct watch *w = arg;
    for (;;) {
        watch_folder(w);
        look(w); /* after the watch is set, so that nothing falls between */
        struct pollfd fds[2] = {{.fd = w->stop_fd, .events = POLLIN}, {.fd = w->inotify_fd, .events = POLLIN}};
        int n = poll(fds, 2, WATCH_POLL_MS);
        if (n < 0 && errno != EINTR)
            log_line(LOG_ERROR, "watch", "poll: %s", strerror(errno));
        if (n > 0 && fds[0].revents != 0)
            return NULL;
        if (n > 0 && fds[1].revents != 0)
            read_events(w);
    }
}

enum status watch_begin(struct watch **out, struct generations *g, const char *index, const struct watch_start *start,
                        void (*changed)(void *ctx), void *ctx, struct error *e)
{
    *out = NULL;
    struct watch *w = calloc(1, sizeof *w);
    if (w == NULL)
        return error_nomem(e);
    *w = (struct watch){.generations = g,
                        .index = index,
                        .is_absent = start->is_absent,
                        .seen = start->manifest,
                        .changed = changed,
                        .ctx = ctx};
    w->watch_id = -1;
    w->inotify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC); /* without it the poll alone remains */
    w->stop_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (w->stop_fd < 0) {
        enum status st = error_errno(e, ERR_IO, "eventfd");
        if (w->inotify_fd >= 0)
            close(w->inotify_fd);
        free(w);
        return st;
    }
    int failed = pthread_create(&w->thread, NULL, watch_main, w);
    if (failed != 0) {
        close(w->stop_fd);
        if (w->inotify_fd >= 0)
            close(w->inotify_fd);
        free(w);
        errno = failed;
        return error_errno(e, ERR_IO, "cannot start a thread");
    }
    *out = w;
    return OK;
}

void watch_stop(struct watch *w)
{
    if (w == NULL)
        return;
    const uint64_t one = 1;
    if (write(w->stop_fd, &one, sizeof one) != sizeof one)
        log_line(LOG_ERROR, "watch", "eventfd: %s", strerror(errno));
    pthread_join(w->thread, NULL);
    close(w->stop_fd);
    if (w->inotify_fd >= 0)
        close(w->inotify_fd);
    free(w);
}
