/**
 * SIGINT, SIGTERM and SIGHUP ask a run to stop: the first is noted, for the run to look at; a second one kills.
 */
#ifndef QUOTH_SIGNALS_H
#define QUOTH_SIGNALS_H

#include "status.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct signals {
    pthread_t thread;
    int signal_fd, end_fd;
    atomic_bool is_asked;
};

/** Before any other thread is begun: they inherit that these signals are blocked. */
enum status signals_begin(struct signals *s, struct error *e) CHECK_RESULT;
void signals_end(struct signals *s);

#endif
