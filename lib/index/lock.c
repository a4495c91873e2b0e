#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HOLDER_MAX_BYTES 256

static enum status say_holder(int fd, const char *index, struct error *e)
{
    char holder[HOLDER_MAX_BYTES] = "";
    ssize_t n = pread(fd, holder, sizeof holder - 1, 0);
    if (n > 0)
        holder[strcspn(holder, "\n")] = '\0';
    return error_set(e, ERR_LOCKED, "%s is being written by %s; try again when it has finished", index,
                     holder[0] == '\0' ? "another process" : holder);
}

enum status index_lock(int *fd, const char *index, struct error *e)
{
    char path[PATH_MAX], host[128] = "", holder[HOLDER_MAX_BYTES];
    if (snprintf(path, sizeof path, "%s/lock", index) >= (int)sizeof path)
        return error_set(e, ERR_LIMIT, "%s: the path is too long", index);
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (*fd < 0)
        return error_errno(e, ERR_IO, "%s", path);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    enum status st = OK;
    if (fcntl(*fd, F_OFD_SETLK, &lock) != 0)
        st = errno == EAGAIN || errno == EACCES ? say_holder(*fd, index, e) : error_errno(e, ERR_IO, "%s", path);
    if (st != OK) {
        close(*fd);
        *fd = -1;
        return st;
    }
    gethostname(host, sizeof host - 1);
    int len = snprintf(holder, sizeof holder, "process %ld on %s\n", (long)getpid(), host);
    /* Who holds it is a courtesy: failing to write it harms nobody. */
    if (ftruncate(*fd, 0) == 0 && pwrite(*fd, holder, (size_t)len, 0) != len)
        errno = 0;
    return OK;
}

void index_unlock(int fd)
{
    if (fd >= 0)
        close(fd);
}
