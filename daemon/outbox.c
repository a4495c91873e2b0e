#include "outbox.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

bool outbox_is_empty(const struct outbox *o)
{
    return o->first == NULL;
}

void outbox_put(struct outbox *o, struct task *task)
{
    task->next = NULL;
    if (o->first == NULL)
        o->first = task;
    else
        o->last->next = task;
    o->last = task;
    o->held_bytes += task_memory(task);
}

static void drop_first(struct outbox *o)
{
    struct task *task = o->first;
    o->first = task->next;
    o->sent = 0;
    o->held_bytes -= task_memory(task);
    task_free(task);
}

void outbox_clear(struct outbox *o)
{
    while (o->first != NULL)
        drop_first(o);
}

/* The next replies as the kernel takes them; returns how many. */
static size_t gather(const struct outbox *o, struct iovec *out)
{
    size_t n = 0, skip = o->sent, room = SEND_MAX_BYTES;
    for (struct task *t = o->first; t != NULL && n < SEND_MAX_REPLIES && room > 0; t = t->next) {
        size_t len = t->reply.len - skip;
        if (len > room)
            len = room;
        out[n++] = (struct iovec){.iov_base = t->reply.data + skip, .iov_len = len};
        room -= len;
        skip = 0;
    }
    return n;
}

bool outbox_send(struct outbox *o, int fd, size_t *n_sent)
{
    struct iovec parts[SEND_MAX_REPLIES];
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = gather(o, parts)};
    *n_sent = 0;
    if (message.msg_iovlen == 0)
        return true;
    ssize_t n = message.msg_iovlen == 1 ? send(fd, parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL)
                                        : sendmsg(fd, &message, MSG_NOSIGNAL);
    if (n < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    *n_sent = (size_t)n;
    size_t left = (size_t)n;
    while (o->first != NULL && left >= o->first->reply.len - o->sent) {
        left -= o->first->reply.len - o->sent;
        drop_first(o);
    }
    o->sent += left;
    return true;
}
