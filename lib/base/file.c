#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status open_failed(const char *path, struct error *e)
{
    return error_errno(e, errno == ENOENT || errno == ENOTDIR ? ERR_NONE : ERR_IO, "%s", path);
}

enum status file_map_open(struct file_map *out, const char *path, struct error *e)
{
    *out = (struct file_map){.data = "", .fd = -1};
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* a FIFO in a file's place must not hold us up */
    if (fd < 0)
        return open_failed(path, e);
    struct stat info;
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        enum status st = error_set(e, ERR_IO, "%s: not a regular file", path);
        close(fd);
        return st;
    }
    if (info.st_size > 0) {
        void *data = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_SHARED, fd, 0);
        if (data == MAP_FAILED) {
            enum status st = error_errno(e, ERR_IO, "%s", path);
            close(fd);
            return st;
        }
        out->data = data;
        out->len = (size_t)info.st_size;
    }
    out->fd = fd;
    return OK;
}

void file_map_close(struct file_map *m)
{
    if (m->len > 0)
        munmap((void *)(uintptr_t)m->data, m->len);
    file_map_close_fd(m);
    *m = (struct file_map){.data = "", .fd = -1};
}

void file_map_close_fd(struct file_map *m)
{
    if (m->fd >= 0)
        close(m->fd);
    m->fd = -1;
}

enum status file_read(struct buf *out, const char *path, struct error *e)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return open_failed(path, e);
    enum status st = OK;
    for (;;) {
        char chunk[65536];
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            st = error_errno(e, ERR_IO, "%s", path);
        if (n <= 0)
            break;
        buf_put(out, slice_of(chunk, (size_t)n));
        st = buf_status(out, e);
        if (st != OK) {
            st = error_context(e, st, "%s", path);
            break;
        }
    }
    close(fd);
    return st;
}

enum status file_write_all(int fd, struct slice s, const char *path, struct error *e)
{
    while (s.len > 0) {
        ssize_t n = write(fd, s.data, s.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_errno(e, ERR_IO, "%s", path);
        s = slice_from(s, (size_t)n);
    }
    return OK;
}

static enum status write_and_sync(const char *path, int flags, struct slice bytes, struct error *e)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0666);
    if (fd < 0)
        return error_errno(e, ERR_IO, "%s", path);
    enum status st = file_write_all(fd, bytes, path, e);
    if (st == OK && fsync(fd) != 0)
        st = error_errno(e, ERR_IO, "%s", path);
    if (close(fd) != 0 && st == OK)
        st = error_errno(e, ERR_IO, "%s", path);
    return st;
}

enum status file_write_new(const char *path, struct slice bytes, struct error *e)
{
    return write_and_sync(path, O_EXCL, bytes, e);
}

enum status file_write_atomic(const char *folder, const char *name, struct slice bytes, struct error *e)
{
    char tmp[PATH_MAX], path[PATH_MAX];
    if (snprintf(tmp, sizeof tmp, "%s/%s.tmp", folder, name) >= (int)sizeof tmp ||
        snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return error_set(e, ERR_LIMIT, "%s: the path is too long", folder);
    enum status st = write_and_sync(tmp, O_TRUNC, bytes, e);
    if (st != OK) {
        unlink(tmp);
        return st;
    }
    if (rename(tmp, path) != 0) {
        st = error_errno(e, ERR_IO, "%s", path);
        unlink(tmp);
        return st;
    }
    return file_sync(folder, e);
}

enum status file_sync(const char *path, struct error *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return open_failed(path, e);
    enum status st = fsync(fd) == 0 ? OK : error_errno(e, ERR_IO, "%s", path);
    close(fd);
    return st;
}

/* Call f for every entry of a folder but "." and "..", until one fails. */
static enum status each_entry(const char *folder, enum status (*f)(void *ctx, const char *path, struct error *e),
                              void *ctx, struct error *e)
{
    DIR *d = opendir(folder);
    if (d == NULL)
        return open_failed(folder, e);
    enum status st = OK;
    errno = 0;
    for (struct dirent *entry; st == OK && (entry = readdir(d)) != NULL; errno = 0) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        char path[PATH_MAX];
        if (snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) >= (int)sizeof path)
            st = error_set(e, ERR_LIMIT, "%s: the path is too long", folder);
        else
            st = f(ctx, path, e);
    }
    /* A listing that breaks off is no shorter folder: a file would go unsynced. */
    if (st == OK && errno != 0)
        st = error_errno(e, ERR_IO, "%s", folder);
    closedir(d);
    return st;
}

static enum status sync_entry(void *ctx, const char *path, struct error *e)
{
    (void)ctx;
    return file_sync(path, e);
}

enum status file_sync_folder(const char *path, struct error *e)
{
    enum status st = each_entry(path, sync_entry, NULL, e);
    return st != OK ? st : file_sync(path, e);
}

static enum status remove_entry(void *ctx, const char *path, struct error *e)
{
    (void)ctx;
    return file_remove_tree(path, e);
}

enum status file_remove_tree(const char *path, struct error *e)
{
    if (unlink(path) == 0 || errno == ENOENT)
        return OK;
    if (errno != EISDIR && errno != EPERM)
        return error_errno(e, ERR_IO, "%s", path);
    enum status st = each_entry(path, remove_entry, NULL, e);
    if (st != OK)
        return st == ERR_NONE ? OK : st;
    return rmdir(path) == 0 || errno == ENOENT ? OK : error_errno(e, ERR_IO, "%s", path);
}

static enum status add_size(void *ctx, const char *path, struct error *e)
{
    struct stat info;
    if (lstat(path, &info) != 0)
        return error_errno(e, ERR_IO, "%s", path);
    if (S_ISREG(info.st_mode))
        *(uint64_t *)ctx += (uint64_t)info.st_size;
    return OK;
}

enum status file_size(const char *path, uint64_t *out, struct error *e)
{
    *out = 0;
    struct stat info;
    if (stat(path, &info) != 0)
        return open_failed(path, e);
    if (S_ISDIR(info.st_mode))
        return each_entry(path, add_size, out, e);
    *out = (uint64_t)info.st_size;
    return OK;
}
