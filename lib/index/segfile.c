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
#define SYNC_CHUNK ((uint64_t)8 << 20)

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
    uint64_t next = header_bytes(n_sections);
    for (size_t i = 0; i < n_sections; i++) {
        uint64_t start = get_u64(all.data + FIXED_BYTES + i * 16);
        uint64_t len = get_u64(all.data + FIXED_BYTES + i * 16 + 8);
        /* One behind the other, so that no byte of the header can change unseen. */
        if (start != next || start > all.len || len > all.len - start)
            return damaged(folder, name, e);
        f->sections[i] = slice_of(all.data + start, len);
        next = start + (len + ALIGN - 1) / ALIGN * ALIGN;
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
    char *pending; /* WRITE_CHUNK */
    size_t n_pending;
    XXH64_state_t *sum;
    uint64_t written; /* bytes of the file, pending ones not included */
    uint64_t begun;   /* of these, what the kernel was told to put on disk */
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
    enum status st = OK;
    w->pending = malloc(WRITE_CHUNK);
    w->sum = XXH64_createState();
    if (w->sum == NULL || w->pending == NULL)
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

/* What was written long enough ago begins its way to the disk, so that the sync at the end finds little to do. */
static void begin_sync(struct segfile_writer *w)
{
    if (w->written - w->begun < SYNC_CHUNK)
        return;
    sync_file_range(w->fd, (off_t)w->begun, (off_t)(w->written - w->begun), SYNC_FILE_RANGE_WRITE);
    w->begun = w->written;
}

/* To the file and into the checksum. */
static void send(struct segfile_writer *w, struct slice bytes)
{
    if (w->status != OK || bytes.len == 0)
        return;
    XXH64_update(w->sum, bytes.data, bytes.len);
    w->status = file_write_all(w->fd, bytes, w->path, &w->error);
    w->written += bytes.len;
    begin_sync(w);
}

static void flush(struct segfile_writer *w)
{
    send(w, slice_of(w->pending, w->n_pending));
    w->n_pending = 0;
}

char *segfile_room(struct segfile_writer *w, size_t n)
{
    if (w->n_pending + n > WRITE_CHUNK)
        flush(w);
    char *room = w->pending + w->n_pending;
    w->n_pending += n;
    return room;
}

void segfile_write(struct segfile_writer *w, struct slice bytes)
{
    if (bytes.len > SEGFILE_ROOM_MAX) {
        flush(w);
        send(w, bytes);
    } else if (bytes.len > 0) {
        memcpy(segfile_room(w, bytes.len), bytes.data, bytes.len);
    }
}

static uint64_t position(const struct segfile_writer *w)
{
    return w->written + w->n_pending;
}

void segfile_next_section(struct segfile_writer *w)
{
    w->ends[w->section] = position(w);
    if (w->section + 1 >= w->n_sections)
        return;
    size_t padding = (ALIGN - position(w) % ALIGN) % ALIGN;
    memset(segfile_room(w, padding), 0, padding);
    w->starts[++w->section] = position(w);
}

static void write_header(struct segfile_writer *w)
{
    char header[FIXED_BYTES + SEGFILE_SECTIONS_MAX * 16];
    memcpy(header, w->magic, MAGIC_BYTES);
    set_u32(header + 8, SEGFILE_FORMAT);
    set_u32(header + 12, (uint32_t)w->n_sections);
    set_u64(header + 16, w->written);
    set_u64(header + 24, XXH64_digest(w->sum));
    for (size_t i = 0; i < w->n_sections; i++) {
        set_u64(header + FIXED_BYTES + i * 16, w->starts[i]);
        set_u64(header + FIXED_BYTES + i * 16 + 8, w->ends[i] - w->starts[i]);
    }
    if (lseek(w->fd, 0, SEEK_SET) < 0)
        w->status = error_errno(&w->error, ERR_IO, "%s", w->path);
    else
        w->status = file_write_all(w->fd, slice_of(header, header_bytes(w->n_sections)), w->path, &w->error);
}

static enum status finish(struct segfile_writer *w, bool is_synced, struct error *e)
{
    while (w->section + 1 < w->n_sections)
        segfile_next_section(w);
    segfile_next_section(w);
    flush(w);
    if (w->status == OK)
        write_header(w);
    if (w->status == OK && !is_synced)
        sync_file_range(w->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    else if (w->status == OK && fsync(w->fd) != 0)
        w->status = error_errno(&w->error, ERR_IO, "%s", w->path);
    enum status st = w->status;
    if (st != OK && e != NULL)
        *e = w->error;
    segfile_abandon(w);
    return st;
}

enum status segfile_finish(struct segfile_writer *w, struct error *e)
{
    return finish(w, true, e);
}

enum status segfile_finish_unsynced(struct segfile_writer *w, struct error *e)
{
    return finish(w, false, e);
}

void segfile_abandon(struct segfile_writer *w)
{
    if (w == NULL)
        return;
    if (w->fd >= 0)
        close(w->fd);
    XXH64_freeState(w->sum);
    free(w->pending);
    free(w);
}
