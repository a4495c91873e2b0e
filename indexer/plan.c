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
    const struct stat *avoid; /* the index's own folder; NULL: it is not there yet */
    bool is_part_a_file;      /* what is looked at of the root is one file */
    struct buf path;          /* scratch: a path below the root */
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

static bool has_hidden_part(struct slice path)
{
    for (size_t i = 0; i < path.len; i++)
        if (path.data[i] == '.' && (i == 0 || path.data[i - 1] == '/'))
            return true;
    return false;
}

/** A path below a root that the index knows is a part of that root: the longest such root, and the rest of the path. */
static bool find_root_above(const struct target *t, struct slice path, struct slice *root, struct slice *part)
{
    *root = (struct slice){0};
    for (size_t i = 0; t->snapshot != NULL && i < snapshot_n_roots(t->snapshot); i++) {
        struct slice known = snapshot_root(t->snapshot, i);
        struct slice rest = slice_from(path, known.len);
        bool is_above =
            known.len > 0 && !t->forgotten[i] && slice_starts(path, known) && rest.len > 1 && rest.data[0] == '/';
        if (!is_above || known.len <= root->len || has_hidden_part(slice_from(rest, 1)))
            continue;
        *root = known;
        *part = slice_from(rest, 1);
    }
    return root->len > 0;
}

static bool is_planned(const struct plan *p, struct slice path, struct slice part)
{
    for (size_t i = 0; i < p->n_roots; i++)
        if (slice_equal(slice_cstr(p->roots[i].path), path) && slice_equal(p->roots[i].part, part))
            return true;
    return false;
}

static enum status add_root(struct planner *m, struct slice name, struct slice part, const char *prefix,
                            struct error *e)
{
    struct plan *p = m->plan;
    uint32_t number = (uint32_t)p->n_roots;
    if (is_planned(p, name, part))
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
    part = arena_copy(&p->arena, part);
    if (given.data == NULL || name.data == NULL || part.data == NULL)
        return error_nomem(e);
    p->roots[p->n_roots++] = (struct plan_root){number, name.data, given, part};
    return OK;
}

static bool is_index(const struct planner *m, const char *path)
{
    struct stat here;
    return m->avoid != NULL && stat(path, &here) == 0 && here.st_dev == m->avoid->st_dev &&
           here.st_ino == m->avoid->st_ino;
}

/** A PATH as it was given: a root, or, where no --prefix makes it one of its own, a part of a root that is known. */
static enum status add_path(struct planner *m, const char *given, const char *prefix, struct error *e)
{
    char path[PATH_MAX];
    struct slice root, part;
    if (realpath(given, path) == NULL) {
        struct error why;
        (void)error_errno(&why, ERR_IO, "cannot be read");
        report_failure(m->report, slice_cstr(given), why.text);
        return OK;
    }
    if (is_index(m, path)) {
        report_failure(m->report, slice_cstr(path), "is the index itself");
        return OK;
    }
    if (prefix == NULL && find_root_above(m->target, slice_cstr(path), &root, &part))
        return add_root(m, root, part, NULL, e);
    return add_root(m, slice_cstr(path), (struct slice){0}, prefix, e);
}

static enum status add_roots(struct planner *m, const struct indexer_options *o, struct error *e)
{
    const struct snapshot *s = m->target->snapshot;
    size_t n = o->n_paths > 0 ? o->n_paths : s == NULL ? 0 : snapshot_n_roots(s);
    enum status st =
        array_reserve(&m->plan->roots, &m->plan->roots_cap, n + 1, sizeof *m->plan->roots, PLAN_FILES_MAX, e);
    for (size_t i = 0; st == OK && i < n; i++) {
        struct slice root = o->n_paths > 0 ? (struct slice){0} : snapshot_root(s, i);
        if (o->n_paths > 0)
            st = add_path(m, o->paths[i], o->prefix, e);
        else if (root.len > 0 && !m->target->forgotten[i])
            st = add_root(m, root, (struct slice){0}, NULL, e);
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

bool plan_file_is_packed(const struct plan_file *f)
{
    return slice_ends(f->path, SLICE(".gz")) || slice_ends(f->path, SLICE(".zst"));
}

static bool looks_the_same(const struct source *a, const struct source *b)
{
    return a->mtime_ns != 0 && a->size == b->size && a->inode == b->inode && a->mtime_ns == b->mtime_ns &&
           a->ctime_ns == b->ctime_ns;
}

static enum status add_file(struct planner *m, struct slice path, const struct stat *stat, struct error *e)
{
    struct plan *p = m->plan;
    struct plan_file f = {.root = m->root, .key = plan_key(m->root->number, path)};
    bool is_new;
    enum status st = hash_set_add(&m->seen, f.key, &is_new, e);
    if (st != OK || !is_new)
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

/** Is path that folder or file, or below it? Everything is below "". */
static bool is_within(struct slice path, struct slice folder)
{
    return folder.len == 0 || (slice_starts(path, folder) && (path.len == folder.len || path.data[folder.len] == '/'));
}

static bool is_blind(const struct planner *m, struct slice path)
{
    for (size_t i = 0; i < m->n_blind; i++)
        if (is_within(path, m->blind[i]))
            return true;
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

/** The path below the root of what was met below the part of it that is looked at. */
static struct slice path_below_root(struct planner *m, struct slice met)
{
    if (m->root->part.len == 0)
        return met;
    if (m->is_part_a_file || met.len == 0)
        return m->root->part;
    buf_reset(&m->path);
    buf_put(&m->path, m->root->part);
    buf_put_byte(&m->path, '/');
    buf_put(&m->path, met);
    return buf_slice(&m->path);
}

static enum status on_entry(void *ctx, const struct walk_entry *entry, struct error *e)
{
    struct planner *m = ctx;
    struct slice path = path_below_root(m, entry->path);
    enum status st = buf_status(&m->path, e);
    if (st != OK)
        return st;
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
        fail(m, path, entry->message);
        return add_blind(m, path, e);
    case WALK_FILE:
        break;
    }
    return add_file(m, path, entry->stat, e);
}

static enum status find_vanished(struct planner *m, struct error *e)
{
    struct plan *p = m->plan;
    size_t at = 0;
    enum status st = OK;
    for (const struct source *row; st == OK && (row = sources_next(m->target->sources, &at)) != NULL;) {
        if (row->root != m->root->number || hash_set_has(&m->seen, plan_key(row->root, row->path)) ||
            !is_within(row->path, m->root->part) || is_blind(m, row->path))
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

/** What is looked at of the root at hand: all, or its part; ended by NUL. */
static enum status start_of_walk(struct planner *m, char out[PATH_MAX], struct error *e)
{
    struct slice part = m->root->part;
    int n = snprintf(out, PATH_MAX, "%s%s%.*s", m->root->path, part.len > 0 ? "/" : "", SLICE_ARG(part));
    return n < PATH_MAX ? OK : error_set(e, ERR_LIMIT, "%s: the path is too long", m->root->path);
}

static enum status walk_root(struct planner *m, struct error *e)
{
    struct error why;
    struct stat stat = {0};
    char start[PATH_MAX];
    size_t first = m->plan->n_files;
    m->n_blind = 0;
    enum status st = start_of_walk(m, start, e);
    if (st != OK)
        return st;
    if (lstat(start, &stat) == 0 && !S_ISREG(stat.st_mode) && !S_ISDIR(stat.st_mode)) {
        fail(m, m->root->part, "is no regular file");
        return OK;
    }
    bool is_file = S_ISREG(stat.st_mode);
    m->is_part_a_file = is_file && m->root->part.len > 0;
    st = walk(start, m->avoid, on_entry, m, &why);
    if (st == ERR_IO) {
        fail_root(m, why.text);
        return OK;
    }
    if (st != OK) {
        if (e != NULL)
            *e = why;
        return st;
    }
    for (size_t i = first; i < m->plan->n_files; i++)
        m->plan->files[i].is_named = is_file && m->root->part.len == 0;
    return find_vanished(m, e);
}

enum status plan_make(struct plan *p, struct target *t, const char *index, struct report *r, struct error *e)
{
    struct stat avoid;
    bool has_index = stat(index, &avoid) == 0;
    struct planner m = {.plan = p, .target = t, .report = r, .avoid = has_index ? &avoid : NULL};
    buf_init(&m.path, PATH_MAX * 2);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    m.now_ns = ns_of(now);
    hash_set_init(&m.seen);
    enum status st = add_roots(&m, r->options, e);
    for (size_t i = 0; i < p->n_roots && st == OK; i++) {
        m.root = &p->roots[i];
        st = walk_root(&m, e);
    }
    hash_set_clear(&m.seen);
    free(m.blind);
    buf_clear(&m.path);
    return st;
}
