#include "sources_file.h"

#include "array.h"
#include "buf.h"
#include "intern.h"
#include "pack.h"
#include "segfile.h"

#include <stdlib.h>

#define SOURCES_MAGIC "quothSRC"
#define SOURCES_MAX ((size_t)UINT32_MAX - 1)
#define KEY_MAX_BYTES 8192
/* u64 path offset | u64 size | u64 inode | i64 mtime | i64 ctime | 16 bytes hash | u32 root | u32 path length | u32 bad
   lines | 4 zero */
enum { SOURCES_RECORDS, SOURCES_PATHS, N_SOURCES_SECTIONS };
#define SOURCE_RECORD_BYTES 72

struct row {
    struct source source; /* path is empty: it stands in the key */
    bool is_removed;
};

struct sources {
    struct intern *keys; /* u32 root, path; row numbers are key numbers */
    struct row *rows;
    size_t rows_cap;
    size_t n_live;
    bool is_changed;
    struct source found; /* what find and next return */
};

enum status sources_new(struct sources **out, struct error *e)
{
    *out = NULL;
    struct sources *t = calloc(1, sizeof *t);
    if (t == NULL)
        return error_nomem(e);
    enum status st = intern_new(&t->keys, e);
    if (st != OK)
        sources_free(t);
    else
        *out = t;
    return st;
}

void sources_free(struct sources *t)
{
    if (t == NULL)
        return;
    intern_free(t->keys);
    free(t->rows);
    free(t);
}

static bool make_key(char out[KEY_MAX_BYTES], uint32_t root, struct slice path, struct slice *key)
{
    if (path.len > KEY_MAX_BYTES - sizeof root)
        return false;
    memcpy(out, &root, sizeof root);
    if (path.len > 0)
        memcpy(out + sizeof root, path.data, path.len);
    *key = slice_of(out, sizeof root + path.len);
    return true;
}

static struct row *row_of(const struct sources *t, uint32_t root, struct slice path)
{
    char bytes[KEY_MAX_BYTES];
    struct slice key;
    uint32_t n = make_key(bytes, root, path, &key) ? intern_find(t->keys, key) : INTERN_NONE;
    return n == INTERN_NONE || t->rows[n].is_removed ? NULL : &t->rows[n];
}

/* The row as the caller sees it. */
static const struct source *view(struct sources *t, size_t n)
{
    t->found = t->rows[n].source;
    t->found.path = slice_from(intern_get(t->keys, (uint32_t)n), sizeof t->found.root);
    return &t->found;
}

const struct source *sources_find(struct sources *t, uint32_t root, struct slice path)
{
    const struct row *row = row_of(t, root, path);
    return row == NULL ? NULL : view(t, (size_t)(row - t->rows));
}

static bool same_row(const struct source *a, const struct source *b)
{
    return a->size == b->size && a->inode == b->inode && a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns &&
           memcmp(a->raw_hash, b->raw_hash, sizeof a->raw_hash) == 0 && a->n_bad_lines == b->n_bad_lines;
}

bool sources_is_changed(const struct sources *t)
{
    return t->is_changed;
}

enum status sources_put(struct sources *t, const struct source *s, struct error *e)
{
    char bytes[KEY_MAX_BYTES];
    struct slice key;
    if (!make_key(bytes, s->root, s->path, &key))
        return error_set(e, ERR_LIMIT, "a path of %zu bytes", s->path.len);
    uint32_t n_before = intern_count(t->keys), n;
    enum status st = intern_put(t->keys, key, &n, e);
    if (st == OK)
        st = array_reserve(&t->rows, &t->rows_cap, (size_t)n + 1, sizeof *t->rows, SOURCES_MAX, e);
    if (st != OK)
        return st;
    bool is_new = n == n_before || t->rows[n].is_removed;
    t->n_live += is_new;
    t->is_changed = t->is_changed || is_new || !same_row(&t->rows[n].source, s);
    t->rows[n] = (struct row){.source = *s};
    t->rows[n].source.path = (struct slice){0};
    return OK;
}

void sources_remove(struct sources *t, uint32_t root, struct slice path)
{
    struct row *row = row_of(t, root, path);
    if (row == NULL)
        return;
    row->is_removed = true;
    t->n_live--;
    t->is_changed = true;
}

size_t sources_count(const struct sources *t)
{
    return t->n_live;
}

const struct source *sources_next(struct sources *t, size_t *at)
{
    while (*at < intern_count(t->keys)) {
        size_t n = (*at)++;
        if (!t->rows[n].is_removed)
            return view(t, n);
    }
    return NULL;
}

static int compare_rows(const void *a, const void *b, void *ctx)
{
    const struct sources *t = ctx;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    if (t->rows[x].source.root != t->rows[y].source.root)
        return t->rows[x].source.root < t->rows[y].source.root ? -1 : 1;
    return slice_compare(slice_from(intern_get(t->keys, x), 4), slice_from(intern_get(t->keys, y), 4));
}

static void put_record(struct buf *b, const struct source *s, uint64_t path_at)
{
    put_u64(b, path_at);
    put_u64(b, s->size);
    put_u64(b, s->inode);
    put_u64(b, (uint64_t)s->mtime_ns);
    put_u64(b, (uint64_t)s->ctime_ns);
    buf_put(b, slice_of(s->raw_hash, sizeof s->raw_hash));
    put_u32(b, s->root);
    put_u32(b, (uint32_t)s->path.len);
    put_u32(b, s->n_bad_lines);
    put_u32(b, 0);
}

enum status sources_write(struct sources *t, const char *folder, const char *name, struct error *e)
{
    uint32_t *order = malloc((t->n_live + 1) * sizeof *order);
    if (order == NULL)
        return error_nomem(e);
    size_t n = 0;
    for (uint32_t i = 0; i < intern_count(t->keys); i++)
        if (!t->rows[i].is_removed)
            order[n++] = i;
    qsort_r(order, n, sizeof *order, compare_rows, t);
    struct segfile_writer *w;
    enum status st = segfile_create(&w, folder, name, SOURCES_MAGIC, N_SOURCES_SECTIONS, e);
    if (st == OK) {
        struct buf b;
        buf_init(&b, SOURCE_RECORD_BYTES);
        uint64_t path_at = 0;
        for (size_t i = 0; i < n; i++) {
            const struct source *s = view(t, order[i]);
            buf_reset(&b);
            put_record(&b, s, path_at);
            segfile_write(w, buf_slice(&b));
            path_at += s->path.len;
        }
        buf_clear(&b);
        segfile_next_section(w);
        for (size_t i = 0; i < n; i++)
            segfile_write(w, view(t, order[i])->path);
        st = segfile_finish(w, e);
    }
    free(order);
    return st;
}

static enum status load(struct sources *t, const struct segfile *f, const char *name, struct error *e)
{
    struct slice records = f->sections[SOURCES_RECORDS], paths = f->sections[SOURCES_PATHS];
    for (size_t at = 0; at + SOURCE_RECORD_BYTES <= records.len; at += SOURCE_RECORD_BYTES) {
        const char *r = records.data + at;
        uint64_t path_at = get_u64(r), path_len = get_u32(r + 60);
        if (path_at > paths.len || path_len > paths.len - path_at)
            return error_set(e, ERR_INDEX, "%s is damaged", name);
        struct source s = {.root = get_u32(r + 56),
                           .path = slice_of(paths.data + path_at, path_len),
                           .size = get_u64(r + 8),
                           .inode = get_u64(r + 16),
                           .mtime_ns = (int64_t)get_u64(r + 24),
                           .ctime_ns = (int64_t)get_u64(r + 32),
                           .n_bad_lines = get_u32(r + 64)};
        memcpy(s.raw_hash, r + 40, sizeof s.raw_hash);
        enum status st = sources_put(t, &s, e);
        if (st != OK)
            return st;
    }
    return OK;
}

enum status sources_read(struct sources *t, const char *folder, const char *name, struct error *e)
{
    struct segfile f;
    enum status st = segfile_open(&f, folder, name, SOURCES_MAGIC, N_SOURCES_SECTIONS, e);
    if (st != OK)
        return st;
    st = segfile_check(&f, name, e);
    if (st == OK)
        st = load(t, &f, name, e);
    t->is_changed = false;
    segfile_close(&f);
    return st;
}
