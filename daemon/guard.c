#include "guard.h"

#include <setjmp.h>
#include <signal.h>
#include <stddef.h>

/* The only way to tell a signal handler whose turn it is: where this thread's guard_run() stands, NULL outside of it.
 */
static _Thread_local sigjmp_buf *volatile current;

static void on_bus_error(int number)
{
    sigjmp_buf *place = current;
    if (place != NULL) {
        current = NULL;
        siglongjmp(*place, 1);
    }
    /* Not ours: back to the default, and the faulting instruction runs again. */
    signal(number, SIG_DFL);
}

enum status guard_install(struct error *e)
{
    struct sigaction action = {.sa_handler = on_bus_error};
    sigemptyset(&action.sa_mask);
    return sigaction(SIGBUS, &action, NULL) == 0 ? OK : error_errno(e, ERR_IO, "sigaction");
}

bool guard_run(void (*fn)(void *ctx), void *ctx)
{
    sigjmp_buf place;
    /* To save the mask of signals would be a system call each time; after a fault one is enough. */
    if (sigsetjmp(place, 0) != 0) {
        sigset_t bus;
        sigemptyset(&bus);
        sigaddset(&bus, SIGBUS);
        pthread_sigmask(SIG_UNBLOCK, &bus, NULL);
        return false;
    }
    current = &place;
    fn(ctx);
    current = NULL;
    return true;
}
