#include "segfile.h"

#include "pack.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xxhash.h>

#define MAGIC_BYTES 8
#define FIXED_BYTES 32
#define ALIGN 8
#define WRITE_CHUNK ((size_t)1 << 18)

static size_t header_bytes(size_t n_sections)
{
    return FIXED_BYTES + n_sections * 16;
}

static enum status damaged(const char *folder, const char *name, struct error *e)
{
    return error_set(e, ERR_INDEX, "%s/%s: damaged or cut off; run quoth-index --check", folder, name);
}

static enum status read_header(struct segfile *f, const char *folder, const char *name, const char magic[8],
                               size_t n_sections, struct error *e)
{
    struct slice all = slice_of(f->map.data, f->map.len);
    if (all.len < header_bytes(n_sections) || memcmp(all.data, magic, MAGIC_BYTES) != 0)
        return damaged(folder, name, e);
    uint32_t format = get_u32(all.data + 8);
    if (format != SEGFILE_FORMAT)
        return error_set(e, ERR_SIGNATURE, "%s/%s: format %u, this program reads %d; build the index anew", folder,
                         name, format, SEGFILE_FORMAT);
    if (get_u32(all.data + 12) != n_sections || get_u64(all.data + 16) != all.len)
        return damaged(folder, name, e);
    for (size_t i = 0; i < n_sections; i++) {
        uint64_t start = get_u64(all.data + FIXED_BYTES + i * 16);
        uint64_t len = get_u64(all.data + FIXED_BYTES + i * 16 + 8);
        if (start > all.len || len > all.len - start)
            return damaged(folder, name, e);
        f->sections[i] = slice_of(all.data + start, len);
    }
    return OK;
}

enum status segfile_open(struct segfile *out, const char *folder, const char *name, const char magic[8],
                         size_t n_sections, struct error *e)
{
    *out = (struct segfile){.map = {.data = "", .fd = -1}};
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return error_set(e, ERR_LIMIT, "%s: the path is too long", folder);
    enum status st = file_map_open(&out->map, path, e);
    if (st == OK)
        st = read_header(out, folder, name, magic, n_sections, e);
    if (st != OK)
        segfile_close(out);
    return st;
}

void segfile_close(struct segfile *f)
{
    file_map_close(&f->map);
    memset(f->sections, 0, sizeof f->sections);
}

void segfile_release(const struct segfile *f)
{
    if (f->map.len > 0)
        madvise((void *)(uintptr_t)f->map.data, f->map.len, MADV_DONTNEED);
}

enum status segfile_check(const struct segfile *f, const char *name, struct error *e)
{
    size_t start = header_bytes(get_u32(f->map.data + 12));
    uint64_t sum = XXH64(f->map.data + start, f->map.len - start, 0);
    if (sum != get_u64(f->map.data + 24))
        return error_set(e, ERR_INDEX, "%s: the bytes do not fit their checksum", name);
    return OK;
}

struct segfile_writer {
    int fd;
    char path[PATH_MAX];
    char magic[MAGIC_BYTES];
    struct buf pending;
    XXH64_state_t *sum;
    uint64_t written; /* bytes of the file so far, pending ones included */
    size_t n_sections, section;
    uint64_t starts[SEGFILE_SECTIONS_MAX], ends[SEGFILE_SECTIONS_MAX];
    enum status status;
    struct error error;
};

enum status segfile_create(struct segfile_writer **out, const char *folder, const char *name, const char magic[8],
                           size_t n_sections, struct error *e)
{
    *out = NULL;
    struct segfile_writer *w = calloc(1, sizeof *w);
    if (w == NULL)
        return error_nomem(e);
    w->fd = -1;
    w->n_sections = n_sections;
    memcpy(w->magic, magic, MAGIC_BYTES);
    buf_init(&w->pending, WRITE_CHUNK + header_bytes(SEGFILE_SECTIONS_MAX));
    enum status st = OK;
    w->sum = XXH64_createState();
    if (w->sum == NULL)
        st = error_nomem(e);
    else if (snprintf(w->path, sizeof w->path, "%s/%s", folder, name) >= (int)sizeof w->path)
        st = error_set(e, ERR_LIMIT, "%s: the path is too long", folder);
    else if ((w->fd = open(w->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) < 0)
        st = error_errno(e, ERR_IO, "%s", w->path);
    if (st != OK) {
        segfile_abandon(w);
        return st;
    }
    XXH64_reset(w->sum, 0);
    w->written = header_bytes(n_sections);
    w->starts[0] = w->written;
    if (lseek(w->fd, (off_t)w->written, SEEK_SET) < 0)
        w->status = error_errno(&w->error, ERR_IO, "%s", w->path);
    *out = w;
    return OK;
}

static void flush(struct segfile_writer *w)
{
    if (w->status == OK)
        w->status = buf_status(&w->pending, &w->error);
    if (w->status == OK)
        w->status = file_write_all(w->fd, buf_slice(&w->pending), w->path, &w->error);
    buf_reset(&w->pending);
}

void segfile_write(struct segfile_writer *w, struct slice bytes)
{
    if (w->status != OK)
        return;
    if (bytes.len > 0)
        XXH64_update(w->sum, bytes.data, bytes.len);
    w->written += bytes.len;
    if (w->pending.len + bytes.len > WRITE_CHUNK)
        flush(w);
    if (bytes.len > WRITE_CHUNK)
        w->status = w->status != OK ? w->status : file_write_all(w->fd, bytes, w->path, &w->error);
    else
        buf_put(&w->pending, bytes);
}

void segfile_next_section(struct segfile_writer *w)
{
    static const char zeros[ALIGN];
    w->ends[w->section] = w->written;
    if (w->section + 1 >= w->n_sections)
        return;
    segfile_write(w, slice_of(zeros, (ALIGN - w->written % ALIGN) % ALIGN));
    w->starts[++w->section] = w->written;
}

static void write_header(struct segfile_writer *w)
{
    buf_put(&w->pending, slice_of(w->magic, MAGIC_BYTES));
    put_u32(&w->pending, SEGFILE_FORMAT);
    put_u32(&w->pending, (uint32_t)w->n_sections);
    put_u64(&w->pending, w->written);
    put_u64(&w->pending, XXH64_digest(w->sum));
    for (size_t i = 0; i < w->n_sections; i++) {
        put_u64(&w->pending, w->starts[i]);
        put_u64(&w->pending, w->ends[i] - w->starts[i]);
    }
    if (lseek(w->fd, 0, SEEK_SET) < 0)
        w->status = error_errno(&w->error, ERR_IO, "%s", w->path);
    flush(w);
}

enum status segfile_finish(struct segfile_writer *w, struct error *e)
{
    while (w->section + 1 < w->n_sections)
        segfile_next_section(w);
    segfile_next_section(w);
    flush(w);
    if (w->status == OK)
        write_header(w);
    if (w->status == OK && fsync(w->fd) != 0)
        w->status = error_errno(&w->error, ERR_IO, "%s", w->path);
    enum status st = w->status;
    if (st != OK && e != NULL)
        *e = w->error;
    segfile_abandon(w);
    return st;
}

void segfile_abandon(struct segfile_writer *w)
{
    if (w == NULL)
        return;
    if (w->fd >= 0)
        close(w->fd);
    XXH64_freeState(w->sum);
    buf_clear(&w->pending);
    free(w);
}
