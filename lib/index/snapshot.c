#include "snapshot.h"

#include "snapshot_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define OPEN_TRIES 10 /* each means that a writer published in between */

struct snapshot {
    atomic_uint n_refs;
    char *index;
    struct stat stamp; /* of the manifest; zero where there was none */
    struct manifest manifest;
    struct segment **segments;
    char **folders;
    size_t n_segments;
    uint64_t n_passages, n_articles;
};

static void stamp_of(const char *index, struct stat *stamp)
{
    char path[PATH_MAX];
    memset(stamp, 0, sizeof *stamp);
    if (snprintf(path, sizeof path, "%s/" MANIFEST_NAME, index) >= (int)sizeof path || stat(path, stamp) != 0)
        memset(stamp, 0, sizeof *stamp);
}

static bool same_stamp(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static void free_snapshot(struct snapshot *s)
{
    for (size_t i = 0; i < s->n_segments; i++) {
        segment_close(s->segments[i]);
        free(s->folders[i]);
    }
    free(s->segments);
    free(s->folders);
    manifest_clear(&s->manifest);
    free(s->index);
    free(s);
}

static enum status open_segment(struct snapshot *s, const struct manifest_segment *m, struct error *e)
{
    char folder[PATH_MAX];
    if (snprintf(folder, sizeof folder, "%s/" SEGMENTS_NAME "/%s", s->index, m->id) >= (int)sizeof folder)
        return error_set(e, ERR_LIMIT, "%s: the path is too long", s->index);
    struct segment *segment;
    enum status st = segment_open(&segment, folder, m->id, m->del[0] == '\0' ? NULL : m->del, e);
    if (st != OK)
        return st;
    uint64_t n_bytes;
    st = file_size(folder, &n_bytes, e);
    if (st == OK && n_bytes != m->n_bytes)
        st = error_set(e, ERR_INDEX, "%s has %llu bytes instead of %llu; run quoth-index --check", folder,
                       (unsigned long long)n_bytes, (unsigned long long)m->n_bytes);
    char *copy = st == OK ? strdup(folder) : NULL;
    if (copy == NULL) {
        segment_close(segment);
        return st != OK ? st : error_nomem(e);
    }
    s->folders[s->n_segments] = copy;
    s->segments[s->n_segments++] = segment;
    s->n_passages += segment_n_passages(segment) - segment_n_dead_passages(segment);
    s->n_articles += segment_n_articles(segment) - segment_n_dead_articles(segment);
    return OK;
}

static enum status open_once(struct snapshot **out, const char *index, struct error *e)
{
    struct snapshot *s = calloc(1, sizeof *s);
    if (s == NULL)
        return error_nomem(e);
    atomic_init(&s->n_refs, 1);
    manifest_init(&s->manifest);
    s->index = strdup(index);
    stamp_of(index, &s->stamp);
    enum status st = s->index == NULL ? error_nomem(e) : manifest_read(&s->manifest, index, e);
    if (st == OK) {
        s->segments = calloc(s->manifest.n_segments + 1, sizeof(struct segment *));
        s->folders = calloc(s->manifest.n_segments + 1, sizeof(char *));
        st = s->segments == NULL || s->folders == NULL ? error_nomem(e) : OK;
    }
    for (size_t i = 0; i < s->manifest.n_segments && st == OK; i++)
        st = open_segment(s, &s->manifest.segments[i], e);
    if (st != OK)
        free_snapshot(s);
    else
        *out = s;
    return st;
}

/* e already says which file. */
static enum status missing(const char *index, struct error *e)
{
    if (e == NULL)
        return ERR_INDEX;
    e->code = ERR_INDEX;
    return error_context(e, ERR_INDEX,
                         "%s lacks a file: restore it from a copy, or remove the index and build it again", index);
}

enum status snapshot_open(struct snapshot **out, const char *index, struct error *e)
{
    *out = NULL;
    if (access(index, F_OK) != 0)
        return error_errno(e, errno == ENOENT ? ERR_NONE : ERR_IO, "%s", index);
    for (int i = 0;; i++) {
        struct stat before, after;
        stamp_of(index, &before);
        enum status st = open_once(out, index, e);
        if (st != ERR_NONE)
            return st;
        /* A segment is not there. If a writer published meanwhile, that is as it should be: look again. */
        stamp_of(index, &after);
        if (same_stamp(&before, &after) || i == OPEN_TRIES)
            return missing(index, e);
    }
}

struct snapshot *snapshot_ref(struct snapshot *s)
{
    atomic_fetch_add(&s->n_refs, 1);
    return s;
}

void snapshot_unref(struct snapshot *s)
{
    if (s != NULL && atomic_fetch_sub(&s->n_refs, 1) == 1)
        free_snapshot(s);
}

uint64_t snapshot_generation(const struct snapshot *s)
{
    return s->manifest.generation;
}

const struct index_settings *snapshot_settings(const struct snapshot *s)
{
    return &s->manifest.settings;
}

const struct manifest *snapshot_manifest(const struct snapshot *s)
{
    return &s->manifest;
}

enum status snapshot_check_analyzer(const struct snapshot *s, uint64_t signature, struct error *e)
{
    if (s->manifest.generation == 0 || s->manifest.settings.analyzer_signature == signature)
        return OK;
    return error_set(
        e, ERR_SIGNATURE,
        "%s was built with another analyzer (%016llx, this program's is %016llx): run quoth-index %s --rebuild",
        s->index, (unsigned long long)s->manifest.settings.analyzer_signature, (unsigned long long)signature, s->index);
}

uint64_t snapshot_n_passages(const struct snapshot *s)
{
    return s->n_passages;
}

uint64_t snapshot_n_articles(const struct snapshot *s)
{
    return s->n_articles;
}

size_t snapshot_n_segments(const struct snapshot *s)
{
    return s->n_segments;
}

const struct segment *snapshot_segment(const struct snapshot *s, size_t i)
{
    return s->segments[i];
}

const char *snapshot_segment_folder(const struct snapshot *s, size_t i)
{
    return s->folders[i];
}

size_t snapshot_n_langs(const struct snapshot *s)
{
    return s->manifest.n_langs;
}

const char *snapshot_lang(const struct snapshot *s, size_t i)
{
    return s->manifest.langs[i];
}

size_t snapshot_n_roots(const struct snapshot *s)
{
    return s->manifest.n_roots;
}

struct slice snapshot_root(const struct snapshot *s, size_t i)
{
    return i < s->manifest.n_roots ? slice_cstr(s->manifest.roots[i].path) : (struct slice){0};
}

struct slice snapshot_root_prefix(const struct snapshot *s, size_t i)
{
    return i < s->manifest.n_roots ? slice_cstr(s->manifest.roots[i].prefix) : (struct slice){0};
}

uint64_t snapshot_df(const struct snapshot *s, struct slice term)
{
    uint64_t df = 0;
    uint32_t hash = segment_term_hash(term);
    struct term_view view;
    for (size_t i = 0; i < s->n_segments; i++)
        df += segment_find_live(s->segments[i], term, hash, &view);
    return df;
}

bool snapshot_find_article(const struct snapshot *s, struct slice id, size_t *segment, uint32_t *article)
{
    for (size_t i = 0; i < s->n_segments; i++) {
        uint32_t found = segment_find_article(s->segments[i], id);
        if (found == UINT32_MAX || segment_article_is_dead(s->segments[i], found))
            continue;
        *segment = i;
        *article = found;
        return true;
    }
    return false;
}

bool snapshot_is_stale(const struct snapshot *s)
{
    struct stat now;
    stamp_of(s->index, &now);
    if (same_stamp(&s->stamp, &now))
        return false;
    struct manifest m;
    manifest_init(&m);
    bool is_stale = manifest_read(&m, s->index, NULL) == OK && m.generation != s->manifest.generation;
    manifest_clear(&m);
    return is_stale;
}
