#include "plan.h"

#include "array.h"
#include "walk.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

const char SOURCE_BINARY[16] = {'\xFF', '\xFF', '\xFF', '\xFF', '\xFF', '\xFF', '\xFF', '\xFF',
                                '\xFF', '\xFF', '\xFF', '\xFF', '\xFF', '\xFF', '\xFF', '\xFF'};

struct planner {
    struct plan *plan;
    struct target *target;
    struct report *report;
    const struct plan_root *root;
    bool is_root_given; /* not taken from the index */
    int64_t now_ns;
    struct hash_set seen;
    struct slice *blind; /* folders of the root at hand that could not be read */
    size_t n_blind, blind_cap;
};

void plan_init(struct plan *p)
{
    *p = (struct plan){0};
    arena_init(&p->arena);
}

void plan_clear(struct plan *p)
{
    free(p->roots);
    free(p->files);
    free(p->vanished);
    arena_clear(&p->arena);
}

struct hash128 plan_key(uint32_t root, struct slice path)
{
    return hash_bytes(path, root);
}

enum status plan_file_path(struct buf *out, const struct plan_file *f, struct error *e)
{
    buf_reset(out);
    buf_put_cstr(out, f->root->path);
    if (!f->is_named) {
        if (!slice_ends(buf_slice(out), SLICE("/")))
            buf_put_byte(out, '/');
        buf_put(out, f->path);
    }
    buf_put_byte(out, '\0');
    return buf_status(out, e);
}

/* ---- roots ---- */

static bool known_root(const struct target *t, struct slice path, uint32_t *number)
{
    for (size_t i = 0; t->snapshot != NULL && i < snapshot_n_roots(t->snapshot); i++) {
        *number = (uint32_t)i;
        if (!t->forgotten[i] && slice_equal(snapshot_root(t->snapshot, i), path))
            return true;
    }
    return false;
}

static enum status add_root(struct planner *m, const char *path, const char *prefix, struct error *e)
{
    struct plan *p = m->plan;
    struct slice name = slice_cstr(path);
    uint32_t number = (uint32_t)p->n_roots;
    for (size_t i = 0; i < p->n_roots; i++)
        if (slice_equal(slice_cstr(p->roots[i].path), name))
            return OK;
    struct slice given = slice_cstr(prefix);
    if (m->target->update != NULL) {
        if (prefix == NULL && known_root(m->target, name, &number))
            given = update_root_prefix(m->target->update, number);
        enum status st = update_root(m->target->update, name, given, &number, e);
        if (st != OK)
            return st;
    }
    given = arena_copy(&p->arena, given);
    name = arena_copy(&p->arena, name);
    if (given.data == NULL || name.data == NULL)
        return error_nomem(e);
    p->roots[p->n_roots++] = (struct plan_root){number, name.data, given};
    return OK;
}

static enum status add_roots(struct planner *m, const struct indexer_options *o, struct error *e)
{
    const struct snapshot *s = m->target->snapshot;
    size_t n = o->n_paths > 0 ? o->n_paths : s == NULL ? 0 : snapshot_n_roots(s);
    enum status st =
        array_reserve(&m->plan->roots, &m->plan->roots_cap, n + 1, sizeof *m->plan->roots, PLAN_FILES_MAX, e);
    for (size_t i = 0; st == OK && i < n; i++) {
        char path[PATH_MAX];
        if (o->n_paths == 0) {
            struct slice root = snapshot_root(s, i);
            if (root.len > 0 && !m->target->forgotten[i])
                st = add_root(m, root.data, NULL, e);
        } else if (realpath(o->paths[i], path) != NULL) {
            st = add_root(m, path, o->prefix, e);
        } else {
            struct error why;
            (void)error_errno(&why, ERR_IO, "cannot be read");
            report_failure(m->report, slice_cstr(o->paths[i]), why.text);
        }
    }
    return st;
}

/* ---- files ---- */

static int64_t ns_of(struct timespec t)
{
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static struct source row_of(const struct planner *m, struct slice path, const struct stat *stat)
{
    struct source row = {.root = m->root->number,
                         .path = path,
                         .size = (uint64_t)stat->st_size,
                         .inode = stat->st_ino,
                         .mtime_ns = ns_of(stat->st_mtim),
                         .ctime_ns = ns_of(stat->st_ctim)};
    if (row.mtime_ns > m->now_ns - FRESH_NS || row.ctime_ns > m->now_ns - FRESH_NS)
        row.mtime_ns = row.ctime_ns = 0;
    return row;
}

static bool looks_the_same(const struct source *a, const struct source *b)
{
    return a->mtime_ns != 0 && a->size == b->size && a->inode == b->inode && a->mtime_ns == b->mtime_ns &&
           a->ctime_ns == b->ctime_ns;
}

static enum status add_file(struct planner *m, struct slice path, const struct stat *stat, struct error *e)
{
    struct plan *p = m->plan;
    struct plan_file f = {.root = m->root, .key = plan_key(m->root->number, path), .is_named = S_ISREG(stat->st_mode)};
    enum status st = hash_set_add(&m->seen, f.key, NULL, e);
    if (st != OK)
        return st;
    f.now = row_of(m, path, stat);
    const struct source *old = sources_find(m->target->sources, m->root->number, path);
    if (old != NULL && looks_the_same(old, &f.now)) {
        bool is_binary = memcmp(old->raw_hash, SOURCE_BINARY, sizeof old->raw_hash) == 0;
        *(is_binary ? &m->report->n_binary : &m->report->n_files_same) += 1;
        return OK;
    }
    if (old != NULL)
        memcpy(f.old_hash, old->raw_hash, sizeof f.old_hash);
    st = array_reserve(&p->files, &p->files_cap, p->n_files + 1, sizeof *p->files, PLAN_FILES_MAX, e);
    if (st != OK)
        return st;
    f.path = f.now.path = arena_copy(&p->arena, path);
    if (f.path.data == NULL)
        return error_nomem(e);
    p->files[p->n_files++] = f;
    p->n_bytes += f.now.size;
    return OK;
}

/** Below a folder that could not be read nothing has vanished. */
static enum status add_blind(struct planner *m, struct slice path, struct error *e)
{
    enum status st = array_reserve(&m->blind, &m->blind_cap, m->n_blind + 1, sizeof *m->blind, PLAN_FILES_MAX, e);
    if (st != OK)
        return st;
    m->blind[m->n_blind] = arena_copy(&m->plan->arena, path);
    return m->blind[m->n_blind++].data == NULL ? error_nomem(e) : OK;
}

static bool is_blind(const struct planner *m, struct slice path)
{
    for (size_t i = 0; i < m->n_blind; i++) {
        struct slice b = m->blind[i];
        if (b.len == 0 || (slice_starts(path, b) && (path.len == b.len || path.data[b.len] == '/')))
            return true;
    }
    return false;
}

/** "ROOT/path" for a message. */
static void fail(struct planner *m, struct slice path, const char *message)
{
    struct buf name;
    buf_init(&name, PATH_MAX * 2);
    buf_put_cstr(&name, m->root->path);
    if (path.len > 0)
        buf_printf(&name, "/%.*s", SLICE_ARG(path));
    report_failure(m->report, buf_slice(&name), message);
    buf_clear(&name);
}

/** A root that is away for a while, a disk that is not mounted, must not empty the index. */
static void fail_root(struct planner *m, const char *message)
{
    char text[2 * ERROR_TEXT_MAX];
    bool is_remembered = m->report->options->n_paths == 0;
    snprintf(text, sizeof text, "%s%s", message,
             is_remembered ? "; its articles stay until --remove-root forgets it" : "");
    report_failure(m->report, slice_cstr(m->root->path), text);
}

static enum status on_entry(void *ctx, const struct walk_entry *entry, struct error *e)
{
    struct planner *m = ctx;
    switch (entry->kind) {
    case WALK_HIDDEN:
        m->report->n_hidden++;
        return OK;
    case WALK_LINK:
        m->report->n_links++;
        return OK;
    case WALK_SPECIAL:
        m->report->n_special++;
        return OK;
    case WALK_FAILED:
        fail(m, entry->path, entry->message);
        return add_blind(m, entry->path, e);
    case WALK_FILE:
        break;
    }
    return add_file(m, entry->path, entry->stat, e);
}

static enum status find_vanished(struct planner *m, struct error *e)
{
    struct plan *p = m->plan;
    size_t at = 0;
    enum status st = OK;
    for (const struct source *row; st == OK && (row = sources_next(m->target->sources, &at)) != NULL;) {
        if (row->root != m->root->number || hash_set_has(&m->seen, plan_key(row->root, row->path)) ||
            is_blind(m, row->path))
            continue;
        st = array_reserve(&p->vanished, &p->vanished_cap, p->n_vanished + 1, sizeof *p->vanished, PLAN_FILES_MAX, e);
        if (st != OK)
            return st;
        struct source *v = &p->vanished[p->n_vanished++];
        *v = *row;
        v->path = arena_copy(&p->arena, row->path);
        if (v->path.data == NULL)
            st = error_nomem(e);
    }
    return st;
}

static enum status walk_root(struct planner *m, const struct stat *avoid, struct error *e)
{
    struct error why;
    struct stat stat = {0};
    size_t first = m->plan->n_files;
    m->n_blind = 0;
    if (lstat(m->root->path, &stat) == 0 && !S_ISREG(stat.st_mode) && !S_ISDIR(stat.st_mode)) {
        fail(m, SLICE(""), "is no regular file");
        return OK;
    }
    if (avoid != NULL && stat.st_dev == avoid->st_dev && stat.st_ino == avoid->st_ino) {
        fail(m, SLICE(""), "is the index itself");
        return OK;
    }
    enum status st = walk(m->root->path, avoid, on_entry, m, &why);
    if (st == ERR_IO) {
        fail_root(m, why.text);
        return OK;
    }
    if (st != OK) {
        if (e != NULL)
            *e = why;
        return st;
    }
    bool is_folder = S_ISDIR(stat.st_mode);
    for (size_t i = first; i < m->plan->n_files; i++)
        m->plan->files[i].is_named = !is_folder;
    return find_vanished(m, e);
}

enum status plan_make(struct plan *p, struct target *t, const char *index, struct report *r, struct error *e)
{
    struct planner m = {.plan = p, .target = t, .report = r};
    struct stat avoid;
    bool has_index = stat(index, &avoid) == 0;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    m.now_ns = ns_of(now);
    hash_set_init(&m.seen);
    enum status st = add_roots(&m, r->options, e);
    for (size_t i = 0; i < p->n_roots && st == OK; i++) {
        m.root = &p->roots[i];
        st = walk_root(&m, has_index ? &avoid : NULL, e);
    }
    hash_set_clear(&m.seen);
    free(m.blind);
    return st;
}
