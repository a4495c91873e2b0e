#include "signals.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

static void asked_for(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGHUP);
}

static void *watch(void *ctx)
{
    struct signals *s = ctx;
    struct pollfd fds[2] = {{.fd = s->signal_fd, .events = POLLIN}, {.fd = s->end_fd, .events = POLLIN}};
    for (;;) {
        if (poll(fds, 2, -1) < 0)
            continue;
        if (fds[1].revents != 0)
            return NULL;
        struct signalfd_siginfo info;
        if (read(s->signal_fd, &info, sizeof info) != sizeof info)
            continue;
        /* An unfinished update is nothing but scratch, so that ending at once does no harm. */
        if (atomic_exchange(&s->is_asked, true))
            _exit(2);
    }
}

enum status signals_begin(struct signals *s, struct error *e)
{
    sigset_t set;
    asked_for(&set);
    atomic_init(&s->is_asked, false);
    /* A full disk under a limit on file sizes is to be an error like another; so is a reader that went away. */
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    s->end_fd = -1;
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    s->signal_fd = signalfd(-1, &set, SFD_CLOEXEC);
    if (s->signal_fd >= 0)
        s->end_fd = eventfd(0, EFD_CLOEXEC);
    if (s->end_fd >= 0 && pthread_create(&s->thread, NULL, watch, s) == 0)
        return OK;
    enum status st = error_errno(e, ERR_IO, "cannot watch for signals");
    if (s->signal_fd >= 0)
        close(s->signal_fd);
    if (s->end_fd >= 0)
        close(s->end_fd);
    return st;
}

void signals_end(struct signals *s)
{
    uint64_t one = 1;
    while (write(s->end_fd, &one, sizeof one) != sizeof one)
        ;
    pthread_join(s->thread, NULL);
    close(s->signal_fd);
    close(s->end_fd);
}
