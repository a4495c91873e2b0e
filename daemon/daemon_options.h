/**
 * What quothd was told on its command line, read once and passed down as a const struct.
 */
#ifndef QUOTH_DAEMON_OPTIONS_H
#define QUOTH_DAEMON_OPTIONS_H

#include "log.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORKERS_MAX 64
#define CONNECTIONS_MAX 65536
#define GENERATIONS_MAX 8
#define EXIT_USAGE 2

struct daemon_options {
    const char *index;
    const char *host;
    const char *socket; /* NULL: no Unix socket */
    uint32_t port;      /* 0: any free one */
    uint32_t n_workers;
    uint32_t deadline_ms;
    uint32_t max_connections, max_per_address;
    uint32_t idle_s, line_s, stall_s;
    uint32_t pipeline;
    uint32_t reply_queue; /* bytes */
    uint32_t queue, queue_wait_ms;
    uint32_t keep_generations;
    size_t cache;   /* bytes of decoded posting lists; 0: none are kept */
    size_t results; /* bytes of the cache of replies; 0: there is none */
    enum log_level log_level;
};

/**
 * Read the command line; what it points to stays borrowed. --help and --version write to stdout, complaints to stderr.
 *
 * @return -1: go on; else the exit code to end with at once
 */
int daemon_options_parse(struct daemon_options *out, int argc, char **argv);

#endif
