#include "update_files.h"

#include "lock.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static enum status make_folder(const char *path, struct error *e)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST ? OK : error_errno(e, ERR_IO, "%s", path);
}

/* The index's own folder; its name in the folder above must last as what will stand in it does. */
static enum status make_index(const char *index, struct error *e)
{
    char above[PATH_MAX];
    if (mkdir(index, 0777) != 0)
        return errno == EEXIST ? OK : error_errno(e, ERR_IO, "%s", index);
    if (snprintf(above, sizeof above, "%s/..", index) >= (int)sizeof above)
        return error_set(e, ERR_LIMIT, "%s: the path is too long", index);
    return file_sync(above, e);
}

/* A folder of somebody's own is not made an index: it must be empty, or hold nothing but what an index has. */
static enum status check_foreign(const char *index, struct error *e)
{
    static const char *const ours[] = {".",           "..",        "lock", MANIFEST_NAME, MANIFEST_NAME ".tmp",
                                       SEGMENTS_NAME, SCRATCH_NAME};
    DIR *d = opendir(index);
    if (d == NULL)
        return error_errno(e, ERR_IO, "%s", index);
    enum status st = OK;
    for (struct dirent *entry; st == OK && (entry = readdir(d)) != NULL;) {
        bool is_ours = strncmp(entry->d_name, SOURCES_PREFIX, sizeof(SOURCES_PREFIX) - 1) == 0;
        for (size_t i = 0; i < sizeof ours / sizeof *ours && !is_ours; i++)
            is_ours = strcmp(entry->d_name, ours[i]) == 0;
        if (!is_ours)
            st = error_set(e, ERR_OPTION, "%s holds %s, so it is no Quoth index; name a new or an empty folder", index,
                           entry->d_name);
    }
    closedir(d);
    return st;
}

static enum status join(char **out, const char *folder, const char *name, struct error *e)
{
    if (asprintf(out, "%s/%s", folder, name) >= 0)
        return OK;
    *out = NULL;
    return error_nomem(e);
}

static enum status new_update(struct update **out, const char *index, bool may_create, struct error *e)
{
    *out = NULL;
    struct update *u = calloc(1, sizeof *u);
    if (u == NULL)
        return error_nomem(e);
    u->lock = -1;
    manifest_init(&u->manifest);
    u->index = strdup(index);
    enum status st = u->index == NULL ? error_nomem(e) : join(&u->scratch, index, SCRATCH_NAME, e);
    if (st == OK && may_create)
        st = make_index(index, e);
    if (st == OK)
        st = check_foreign(index, e);
    if (st == OK)
        st = index_lock(&u->lock, index, e);
    if (st == OK)
        st = snapshot_open(&u->start, index, e);
    if (st == OK)
        st = manifest_copy(&u->manifest, snapshot_manifest(u->start), e);
    if (st == OK)
        st = sources_new(&u->sources, e);
    if (st == OK && u->manifest.sources[0] != '\0')
        st = sources_read(u->sources, index, u->manifest.sources, e);
    if (st != OK)
        update_free(u);
    else
        *out = u;
    return st;
}

static enum status prepare_folders(struct update *u, struct error *e)
{
    char *segments;
    enum status st = sweep(u->index, &u->manifest, NULL, e);
    if (st == OK)
        st = make_folder(u->scratch, e);
    if (st != OK)
        return st;
    st = join(&segments, u->index, SEGMENTS_NAME, e);
    if (st == OK)
        st = make_folder(segments, e);
    free(segments);
    return st;
}

static enum status check_settings(const struct update *u, const struct index_settings *want, struct error *e)
{
    const struct index_settings *have = &u->manifest.settings;
    if (have->profile != want->profile)
        return error_set(e, ERR_SIGNATURE, "%s was built with --profile %s; build another index, or --rebuild this one",
                         u->index, have->profile == PROFILE_PARITY ? "parity" : "default");
    if (have->split_whole != want->split_whole)
        return error_set(e, ERR_SIGNATURE, "%s was built with --split %s; build another index for another split",
                         u->index, have->split_whole ? "whole" : "auto");
    if (have->is_compressed != want->is_compressed)
        return error_set(e, ERR_SIGNATURE, "%s was built %s --compress; build another index for other texts", u->index,
                         have->is_compressed ? "with" : "without");
    return snapshot_check_analyzer(u->start, want->analyzer_signature, e);
}

enum status update_begin(struct update **out, const char *index, const struct index_settings *settings, struct error *e)
{
    struct update *u;
    *out = NULL;
    enum status st = new_update(&u, index, settings != NULL, e);
    if (st != OK)
        return st;
    if (snapshot_generation(u->start) == 0 && settings == NULL)
        st = error_set(e, ERR_NONE, "%s has no generation yet; name what to index: quoth-index %s PATH…", index, index);
    else if (snapshot_generation(u->start) == 0)
        u->manifest.settings = *settings;
    else if (settings != NULL)
        st = check_settings(u, settings, e);
    if (st == OK)
        st = prepare_folders(u, e);
    if (st != OK)
        update_free(u);
    else
        *out = u;
    return st;
}

enum status update_begin_rebuild(struct update **out, const char *index, const struct index_settings *settings,
                                 struct error *e)
{
    struct update *u;
    *out = NULL;
    enum status st = new_update(&u, index, false, e);
    if (st != OK)
        return st;
    u->is_rebuild = true;
    u->manifest.settings = *settings;
    st = prepare_folders(u, e);
    if (st != OK)
        update_free(u);
    else
        *out = u;
    return st;
}

void update_free(struct update *u)
{
    if (u == NULL)
        return;
    for (size_t i = 0; i < u->n_writers; i++)
        index_writer_free(u->writers[i]);
    for (size_t i = 0; i < SEGMENTS_MAX; i++)
        tombstones_free(u->dead[i]);
    /* The lock is held: what lies in scratch is ours. */
    if (u->lock >= 0 && u->scratch != NULL && file_remove_tree(u->scratch, NULL) != OK)
        errno = 0; /* the next update sweeps it */
    sources_free(u->sources);
    manifest_clear(&u->manifest);
    snapshot_unref(u->start);
    index_unlock(u->lock);
    free(u->scratch);
    free(u->index);
    free(u);
}

struct snapshot *update_snapshot(struct update *u)
{
    return u->start;
}

struct sources *update_sources(struct update *u)
{
    return u->sources;
}

static bool find_root(const struct manifest *m, struct slice path, size_t *number)
{
    for (size_t i = 0; i < m->n_roots; i++) {
        if (m->roots[i].path == NULL || !slice_equal(slice_cstr(m->roots[i].path), path))
            continue;
        *number = i;
        return true;
    }
    return false;
}

enum status update_root(struct update *u, struct slice path, struct slice prefix, uint32_t *root, struct error *e)
{
    size_t number;
    *root = 0;
    if (find_root(&u->manifest, path, &number)) {
        *root = (uint32_t)number;
        if (slice_equal(slice_cstr(u->manifest.roots[number].prefix), prefix))
            return OK;
        return error_set(e, ERR_OPTION, "%.*s is known with the prefix '%s'; forget it with --remove-root first",
                         SLICE_ARG(path), u->manifest.roots[number].prefix);
    }
    enum status st = manifest_set_root(&u->manifest, u->manifest.n_roots, path, prefix, e);
    if (st == OK) {
        *root = (uint32_t)u->manifest.n_roots - 1;
        u->is_root_changed = true;
    }
    return st;
}

struct slice update_root_prefix(const struct update *u, uint32_t root)
{
    return root < u->manifest.n_roots ? slice_cstr(u->manifest.roots[root].prefix) : (struct slice){0};
}

enum status update_remove(struct update *u, size_t segment, uint32_t article, struct error *e)
{
    const struct segment *s = snapshot_segment(u->start, segment);
    enum status st = OK;
    if (u->dead[segment] == NULL)
        st = tombstones_copy(&u->dead[segment], s, e);
    return st == OK ? tombstones_add(u->dead[segment], s, article, e) : st;
}

static enum status no_such_root(const struct update *u, struct slice path, struct error *e)
{
    struct buf known;
    buf_init(&known, ERROR_TEXT_MAX / 2);
    for (size_t i = 0; i < u->manifest.n_roots; i++)
        if (u->manifest.roots[i].path != NULL)
            buf_printf(&known, " %s", u->manifest.roots[i].path);
    enum status st = error_set(e, ERR_NONE, "%.*s is no root of %s; its roots:%.*s", SLICE_ARG(path), u->index,
                               SLICE_ARG(buf_slice(&known)));
    buf_clear(&known);
    return st;
}

static enum status remove_articles_of(struct update *u, uint32_t root, struct error *e)
{
    enum status st = OK;
    for (size_t i = 0; i < snapshot_n_segments(u->start); i++) {
        const struct segment *s = snapshot_segment(u->start, i);
        for (uint32_t article = 0; article < segment_n_articles(s) && st == OK; article++) {
            struct article_view view;
            if (segment_article_is_dead(s, article))
                continue;
            st = segment_article(s, article, &view, e);
            if (st == OK && view.root == root)
                st = update_remove(u, i, article, e);
        }
    }
    return st;
}

enum status update_forget_root(struct update *u, struct slice path, struct error *e)
{
    size_t number;
    if (!find_root(&u->manifest, path, &number))
        return no_such_root(u, path, e);
    enum status st = remove_articles_of(u, (uint32_t)number, e);
    if (st != OK)
        return st;
    size_t at = 0;
    for (const struct source *s; (s = sources_next(u->sources, &at)) != NULL;)
        if (s->root == number)
            sources_remove(u->sources, s->root, s->path);
    free(u->manifest.roots[number].path);
    free(u->manifest.roots[number].prefix);
    u->manifest.roots[number] = (struct manifest_root){0};
    u->is_root_changed = true;
    return OK;
}

enum status update_writer(struct update *u, size_t memory, struct index_writer **out, struct error *e)
{
    *out = NULL;
    if (u->n_writers == WRITERS_MAX)
        return error_set(e, ERR_LIMIT, "more than %d writers", WRITERS_MAX);
    enum status st = index_writer_new(out, u->scratch, &u->manifest.settings, u->writer_kind, memory, e);
    if (st != OK)
        return st;
    u->writers[u->n_writers++] = *out;
    u->memory += memory;
    return OK;
}

void update_request_compact(struct update *u, bool only_dead)
{
    u->policy = only_dead ? MERGE_DEAD : MERGE_ALL;
}

void update_use_libxapian(struct update *u)
{
    u->writer_kind = WRITER_LIBXAPIAN;
}
