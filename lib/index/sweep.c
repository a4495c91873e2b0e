#include "update_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static bool is_named(const struct manifest *m, const char *name)
{
    for (size_t i = 0; i < m->n_segments; i++)
        if (strcmp(m->segments[i].id, name) == 0 || strcmp(m->segments[i].del, name) == 0)
            return true;
    return strcmp(m->sources, name) == 0;
}

/* A segment whose `articles` no reader has locked; an unfinished one has none. *fd holds the lock while it is removed.
 */
static bool can_remove(const char *path, int *fd)
{
    char articles[PATH_MAX];
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (snprintf(articles, sizeof articles, "%s/articles", path) >= (int)sizeof articles)
        return false;
    *fd = open(articles, O_RDWR | O_CLOEXEC);
    if (*fd < 0)
        return errno == ENOENT || errno == ENOTDIR;
    if (fcntl(*fd, F_OFD_SETLK, &lock) == 0)
        return true;
    close(*fd);
    *fd = -1;
    return false;
}

static enum status sweep_folder(const char *folder, const char *prefix, const struct manifest *m, size_t *n_held,
                                struct error *e)
{
    DIR *d = opendir(folder);
    if (d == NULL)
        return errno == ENOENT ? OK : error_errno(e, ERR_IO, "%s", folder);
    enum status st = OK;
    for (struct dirent *entry; st == OK && (entry = readdir(d)) != NULL;) {
        char path[PATH_MAX];
        int fd = -1;
        if (entry->d_name[0] == '.' || strncmp(entry->d_name, prefix, strlen(prefix)) != 0 ||
            is_named(m, entry->d_name))
            continue;
        if (snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) >= (int)sizeof path)
            continue;
        if (can_remove(path, &fd))
            st = file_remove_tree(path, e);
        else
            *n_held += 1;
        if (fd >= 0)
            close(fd);
    }
    closedir(d);
    return st;
}

enum status sweep(const char *index, const struct manifest *m, size_t *n_held, struct error *e)
{
    char path[PATH_MAX];
    size_t n_ignored = 0;
    if (n_held == NULL)
        n_held = &n_ignored;
    *n_held = 0;
    if (snprintf(path, sizeof path, "%s/" SEGMENTS_NAME, index) >= (int)sizeof path)
        return error_set(e, ERR_LIMIT, "%s: the path is too long", index);
    /* A killed writer may have renamed the manifest and not synced it: were it lost now, the one before it would name
       what goes here. */
    enum status st = file_sync(index, e);
    if (st == OK)
        st = sweep_folder(path, "", m, n_held, e);
    if (st == OK)
        st = sweep_folder(index, SOURCES_PREFIX, m, n_held, e);
    if (st != OK)
        return st;
    snprintf(path, sizeof path, "%s/" SCRATCH_NAME, index);
    return file_remove_tree(path, e);
}
