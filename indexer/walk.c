#include "walk.h"

#include "array.h"
#include "buf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define WALK_PATH_MAX_BYTES ((size_t)1 << 20)

struct walker {
    struct buf path; /* below the root */
    const struct stat *avoid;
    walk_fn *fn;
    void *ctx;
    struct stat above[WALK_DEPTH_MAX]; /* the folders that contain what is looked at */
    size_t depth;
};

struct names {
    char **items;
    size_t n, cap;
};

static void names_clear(struct names *names)
{
    for (size_t i = 0; i < names->n; i++)
        free(names->items[i]);
    free(names->items);
}

static int compare_names(const void *a, const void *b)
{
    const char *const *left = a, *const *right = b;
    return strcmp(*left, *right);
}

static bool is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static enum status tell(struct walker *w, enum walk_kind kind, const struct stat *stat, struct error *e)
{
    char message[128] = "";
    if (kind == WALK_FAILED) {
        char *text = strerror_r(errno, message, sizeof message);
        if (text != message)
            snprintf(message, sizeof message, "%s", text);
    }
    struct walk_entry entry = {kind, buf_slice(&w->path), stat, kind == WALK_FAILED ? message : NULL};
    return w->fn(w->ctx, &entry, e);
}

/** The names in a folder, sorted; errno says why where it is false. */
static bool read_names(struct names *names, DIR *folder)
{
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(folder);
        if (entry == NULL)
            break;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (array_reserve(&names->items, &names->cap, names->n + 1, sizeof *names->items, WALK_NAMES_MAX, NULL) != OK) {
            errno = names->n >= WALK_NAMES_MAX ? EFBIG : ENOMEM;
            return false;
        }
        names->items[names->n] = strdup(entry->d_name);
        if (names->items[names->n] == NULL)
            return false;
        names->n++;
    }
    if (names->n > 1)
        qsort(names->items, names->n, sizeof *names->items, compare_names);
    return errno == 0;
}

static enum status walk_folder(struct walker *w, int fd, const struct stat *self, struct error *e);

static bool is_above(const struct walker *w, const struct stat *folder)
{
    for (size_t i = 0; i < w->depth; i++)
        if (is_same_file(&w->above[i], folder))
            return true;
    return false;
}

static enum status enter(struct walker *w, int parent, const char *name, const struct stat *folder, struct error *e)
{
    if (w->avoid != NULL && is_same_file(folder, w->avoid))
        return OK;
    if (is_above(w, folder))
        return tell(w, WALK_LINK, NULL, e);
    int fd = -1;
    if (w->depth == WALK_DEPTH_MAX)
        errno = ELOOP;
    else
        fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? tell(w, WALK_FAILED, NULL, e) : walk_folder(w, fd, folder, e);
}

static enum status visit(struct walker *w, int parent, const char *name, struct error *e)
{
    struct stat stat;
    if (name[0] == '.')
        return tell(w, WALK_HIDDEN, NULL, e);
    if (fstatat(parent, name, &stat, 0) != 0) {
        int why = errno;
        bool is_link = fstatat(parent, name, &stat, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(stat.st_mode);
        errno = why;
        return tell(w, is_link && (why == ENOENT || why == ELOOP) ? WALK_LINK : WALK_FAILED, NULL, e);
    }
    if (S_ISDIR(stat.st_mode))
        return enter(w, parent, name, &stat, e);
    return tell(w, S_ISREG(stat.st_mode) ? WALK_FILE : WALK_SPECIAL, &stat, e);
}

static enum status walk_folder(struct walker *w, int fd, const struct stat *self, struct error *e)
{
    DIR *folder = fdopendir(fd);
    if (folder == NULL) {
        close(fd);
        return tell(w, WALK_FAILED, NULL, e);
    }
    struct names names = {0};
    size_t len = w->path.len;
    enum status st = OK;
    w->above[w->depth++] = *self;
    /* What was read before a failure is walked all the same. */
    if (!read_names(&names, folder))
        st = tell(w, WALK_FAILED, NULL, e);
    for (size_t i = 0; i < names.n && st == OK; i++) {
        if (len > 0)
            buf_put_byte(&w->path, '/');
        buf_put_cstr(&w->path, names.items[i]);
        st = buf_status(&w->path, e);
        if (st == OK)
            st = visit(w, dirfd(folder), names.items[i], e);
        buf_truncate(&w->path, len);
    }
    w->depth--;
    names_clear(&names);
    closedir(folder);
    return st;
}

enum status walk(const char *root, const struct stat *avoid, walk_fn *fn, void *ctx, struct error *e)
{
    struct stat stat;
    int fd = open(root, O_PATH | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &stat) != 0) {
        enum status st = error_errno(e, ERR_IO, "cannot be read");
        if (fd >= 0)
            close(fd);
        return st;
    }
    close(fd);
    struct walker *w = calloc(1, sizeof *w);
    if (w == NULL)
        return error_nomem(e);
    w->avoid = avoid;
    w->fn = fn;
    w->ctx = ctx;
    buf_init(&w->path, WALK_PATH_MAX_BYTES);
    enum status st = OK;
    if (!S_ISDIR(stat.st_mode)) {
        const char *slash = strrchr(root, '/');
        buf_put_cstr(&w->path, slash == NULL ? root : slash + 1);
        st = buf_status(&w->path, e);
        if (st == OK)
            st = tell(w, S_ISREG(stat.st_mode) ? WALK_FILE : WALK_SPECIAL, &stat, e);
    } else {
        fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        st = fd < 0 ? error_errno(e, ERR_IO, "cannot be read") : walk_folder(w, fd, &stat, e);
    }
    buf_clear(&w->path);
    free(w);
    return st;
}
