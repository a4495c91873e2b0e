/*
 * quothd: serves searches of an index over TCP and a Unix socket. This file only wires the parts together.
 */
#include "generations.h"
#include "guard.h"
#include "listen.h"
#include "daemon_options.h"
#include "server.h"
#include "warm.h"
#include "watch.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#define EXIT_TROUBLE 1

struct daemon {
    struct daemon_options options;
    struct postings_cache *cache;
    struct generations *generations;
    struct warm *warm;
    struct server *server;
    struct watch *watch;
    struct unix_socket local;
    struct watch_start found;
};

static void refresh(void *ctx)
{
    struct daemon *d = ctx;
    server_refresh(d->server);
    warm_refresh(d->warm);
}

/* One file descriptor a connection, several a segment and worker. */
static void raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
        return;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        log_line(LOG_WARNING, "limits", "the limit of open files stays at %llu", (unsigned long long)limit.rlim_cur);
}

/* SIGTERM and SIGINT are for the loop's thread: blocked while the others are made, which inherit it. */
static enum status prepare_signals(sigset_t *for_loop, struct error *e)
{
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    signal(SIGPIPE, SIG_IGN);
    pthread_sigmask(SIG_BLOCK, &ending, for_loop);
    return guard_install(e);
}

static enum status open_index(struct daemon *d, struct error *e)
{
    enum status st = d->options.cache == 0 ? OK : postings_cache_new(&d->cache, d->options.cache, e);
    if (st == OK)
        st = generations_new(&d->generations, d->options.keep_generations, d->cache, e);
    return st != OK ? st : watch_open_first(d->generations, d->options.index, &d->found, e);
}

static enum status start_serving(struct daemon *d, uint16_t *port, struct error *e)
{
    int tcp_fd;
    enum status st = listen_tcp(&tcp_fd, d->options.host, (uint16_t)d->options.port, port, e);
    if (st == OK && d->options.socket != NULL) {
        st = listen_unix(&d->local, d->options.socket, e);
        if (st != OK)
            close(tcp_fd);
    }
    if (st == OK)
        st = server_new(&d->server, &d->options, d->generations, tcp_fd, d->local.fd, e);
    if (st == OK && d->cache != NULL)
        st = warm_start(&d->warm, d->generations, e);
    if (st == OK)
        st = watch_begin(&d->watch, d->generations, d->options.index, &d->found, refresh, d, e);
    return st;
}

static void say_ready(const struct daemon *d, uint16_t port)
{
    const char *socket = d->options.socket;
    log_line(LOG_INFO, "start", "version=" QUOTH_VERSION " index=%s gen=%llu workers=%u port=%u", d->options.index,
             (unsigned long long)generations_current(d->generations), d->options.n_workers, port);
    if (generations_current(d->generations) == 0)
        log_line(LOG_WARNING, "empty", "index=%s serving an empty index until one is made: quoth-index %s PATH…",
                 d->options.index, d->options.index);
    printf("quothd ready port=%u%s%s\n", port, socket == NULL ? "" : " socket=", socket == NULL ? "" : socket);
    fflush(stdout);
}

static void end(struct daemon *d)
{
    unix_socket_remove(&d->local);
    watch_stop(d->watch);
    warm_stop(d->warm);
    server_free(d->server);
    generations_free(d->generations);
    postings_cache_free(d->cache);
}

int main(int argc, char **argv)
{
    struct daemon d = {.local = {.fd = -1}};
    struct error e;
    sigset_t for_loop;
    uint16_t port = 0;
    int code = daemon_options_parse(&d.options, argc, argv);
    if (code >= 0)
        return code;
    log_set_level(d.options.log_level);
    raise_file_limit();
    enum status st = prepare_signals(&for_loop, &e);
    if (st == OK)
        st = open_index(&d, &e);
    if (st == OK)
        st = start_serving(&d, &port, &e);
    if (st == OK) {
        say_ready(&d, port);
        pthread_sigmask(SIG_SETMASK, &for_loop, NULL);
        st = server_run(d.server, &e);
    }
    if (st != OK)
        fprintf(stderr, "quothd: %s\n", e.text);
    end(&d);
    log_line(LOG_INFO, "end", "code=%d", st == OK ? 0 : EXIT_TROUBLE);
    return st == OK ? 0 : st == ERR_OPTION ? EXIT_USAGE : EXIT_TROUBLE;
}
