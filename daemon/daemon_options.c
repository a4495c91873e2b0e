#include "daemon_options.h"

#include "bounds.h"
#include "option_table.h"
#include "postings_cache.h"

#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#define HELP_MAX_BYTES 65536
#define SIZE_OPTION_MAX (UINT64_C(1) << 40)
#define HELP_WIDTH 24 /* of the names in --help */

enum {
    OPT_HOST = 256,
    OPT_SOCKET,
    OPT_LOG_LEVEL,
    OPT_CACHE,
    OPT_RESULTS,
    OPT_PORT, /* from here on the numbers, in the order of `numbers` */
    OPT_WORKERS,
    OPT_DEADLINE,
    OPT_MAX_CONNECTIONS,
    OPT_MAX_PER_ADDRESS,
    OPT_IDLE,
    OPT_LINE_TIME,
    OPT_STALL,
    OPT_PIPELINE,
    OPT_REPLY_QUEUE,
    OPT_QUEUE,
    OPT_QUEUE_WAIT,
    OPT_KEEP_GENERATIONS,
};

static const struct option_line option_lines[] = {
    {"host", required_argument, OPT_HOST, "H", "address to listen on, loopback only (127.0.0.1)"},
    {"port", required_argument, OPT_PORT, "N", "TCP port; 0 takes any free one (7788)"},
    {"socket", required_argument, OPT_SOCKET, "PATH", "listen on this Unix socket, too (none)"},
    {"workers", required_argument, OPT_WORKERS, "N", "threads that search; as many as there are processors"},
    {"cache", required_argument, OPT_CACHE, "SIZE", "keep decoded posting lists, up to SIZE (512M)"},
    {"results", required_argument, OPT_RESULTS, "SIZE", "keep replies to give them again, up to SIZE, such as 64M (0)"},
    {"deadline", required_argument, OPT_DEADLINE, "MS", "the longest that a search may take (2000)"},
    {"max-connections", required_argument, OPT_MAX_CONNECTIONS, "N", "connections in all (1024)"},
    {"max-per-address", required_argument, OPT_MAX_PER_ADDRESS, "N", "connections of one address (512)"},
    {"idle", required_argument, OPT_IDLE, "S", "then a silent connection is closed (300)"},
    {"line-time", required_argument, OPT_LINE_TIME, "S", "a line must end so long after its first byte (30)"},
    {"stall", required_argument, OPT_STALL, "S", "then a peer that takes no byte of a reply is closed (30)"},
    {"pipeline", required_argument, OPT_PIPELINE, "N", "requests of one connection in flight (64)"},
    {"reply-queue", required_argument, OPT_REPLY_QUEUE, "BYTES",
     "unread replies of a peer, then it is not served on (1048576)"},
    {"queue", required_argument, OPT_QUEUE, "N", "requests that wait for a worker, then ERR busy (1024)"},
    {"queue-wait", required_argument, OPT_QUEUE_WAIT, "MS", "the oldest has waited so long: ERR busy (1000)"},
    {"keep-generations", required_argument, OPT_KEEP_GENERATIONS, "N",
     "generations served, the current one included (2)"},
    {"log-level", required_argument, OPT_LOG_LEVEL, "LEVEL", "error, warning, info or debug; to stderr (info)"},
    {"help", no_argument, 'h', NULL, "print this and end"},
    {"version", no_argument, 'V', NULL, "print the version and end"},
};

#define N_OPTION_LINES (sizeof option_lines / sizeof option_lines[0])

struct number_rule {
    size_t offset; /* of a uint32_t in struct daemon_options */
    uint32_t min, max, standard;
};

#define FIELD(name) offsetof(struct daemon_options, name)

static const struct number_rule numbers[] = {
    {FIELD(port), 0, 65535, DEFAULT_PORT},
    {FIELD(n_workers), 1, WORKERS_MAX, 0}, /* as many as there are processors */
    {FIELD(deadline_ms), 1, DEADLINE_MAX_MS, DEADLINE_DEFAULT_MS},
    {FIELD(max_connections), 1, CONNECTIONS_MAX, 1024},
    {FIELD(max_per_address), 1, CONNECTIONS_MAX, 512},
    {FIELD(idle_s), 1, 86400, IDLE_MS / 1000},
    {FIELD(line_s), 1, 3600, LINE_COMPLETE_MS / 1000},
    {FIELD(stall_s), 1, 3600, REPLY_STALL_MS / 1000},
    {FIELD(pipeline), 1, 4096, PIPELINE_MAX},
    {FIELD(reply_queue), 1024, 1u << 30, REPLY_QUEUE_MAX_BYTES},
    {FIELD(queue), 1, 65536, 1024},
    {FIELD(queue_wait_ms), 1, DEADLINE_MAX_MS, 1000},
    {FIELD(keep_generations), 1, GENERATIONS_MAX, 2},
};

#define N_NUMBERS (sizeof numbers / sizeof numbers[0])

_Static_assert(OPT_PORT + N_NUMBERS == OPT_KEEP_GENERATIONS + 1, "each number has its rule");

static const char *const level_names[] = {"error", "warning", "info", "debug"};

static uint32_t *field_of(struct daemon_options *o, const struct number_rule *rule)
{
    return (uint32_t *)(void *)((char *)o + rule->offset);
}

static uint32_t processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > WORKERS_MAX ? WORKERS_MAX : (uint32_t)n;
}

static struct daemon_options defaults(void)
{
    struct daemon_options o = {.host = "127.0.0.1", .log_level = LOG_INFO, .cache = POSTINGS_CACHE_DEFAULT_BYTES};
    for (size_t i = 0; i < N_NUMBERS; i++)
        *field_of(&o, &numbers[i]) = numbers[i].standard;
    o.n_workers = processors();
    return o;
}

static void print_help(void)
{
    struct buf text;
    buf_init(&text, HELP_MAX_BYTES);
    buf_put_cstr(&text, "usage: quothd [OPTION…] INDEX\n"
                        "Serve searches of the index in the folder INDEX, over TCP and, where asked, a Unix\n"
                        "socket. INDEX may still be empty or absent; its first generation is then picked up.\n"
                        "When it serves it prints \"quothd ready port=N\".\n\n");
    option_table_help(&text, option_lines, N_OPTION_LINES, HELP_WIDTH);
    buf_put_cstr(&text, "\n"
                        "SIGTERM and SIGINT finish what is in flight, then end with 0.\n"
                        "Exit status: 0 ended as asked; 1 cannot serve; 2 wrong usage.\n");
    fwrite(text.data, 1, text.len, stdout);
    buf_clear(&text);
}

static const char *name_of(int code)
{
    size_t i = 0;
    while (option_lines[i].code != code)
        i++;
    return option_lines[i].name;
}

static bool set_number(struct daemon_options *o, int which, const char *text)
{
    const struct number_rule *rule = &numbers[which - OPT_PORT];
    uint64_t value;
    if (!slice_to_u64(slice_cstr(text), rule->max, &value) || value < rule->min) {
        fprintf(stderr, "quothd: --%s %s: must be a number from %u to %u\n", name_of(which), text, rule->min,
                rule->max);
        return false;
    }
    *field_of(o, rule) = (uint32_t)value;
    return true;
}

static bool set_level(struct daemon_options *o, const char *text)
{
    for (size_t i = 0; i < sizeof level_names / sizeof level_names[0]; i++) {
        if (strcmp(text, level_names[i]) == 0) {
            o->log_level = (enum log_level)i;
            return true;
        }
    }
    fprintf(stderr, "quothd: --log-level %s: must be error, warning, info or debug\n", text);
    return false;
}

static bool set_size(size_t *out, int which, const char *text)
{
    uint64_t value;
    if (!slice_to_size(slice_cstr(text), SIZE_OPTION_MAX, &value)) {
        fprintf(stderr, "quothd: --%s %s: must be a size such as 64M or 2G, 0 for none\n", name_of(which), text);
        return false;
    }
    *out = (size_t)value;
    return true;
}

/* One option; -1: go on. */
static int take(struct daemon_options *o, int which)
{
    switch (which) {
    case OPT_HOST:
        o->host = optarg;
        return -1;
    case OPT_SOCKET:
        o->socket = optarg;
        return -1;
    case OPT_LOG_LEVEL:
        return set_level(o, optarg) ? -1 : EXIT_USAGE;
    case OPT_CACHE:
        return set_size(&o->cache, which, optarg) ? -1 : EXIT_USAGE;
    case OPT_RESULTS:
        return set_size(&o->results, which, optarg) ? -1 : EXIT_USAGE;
    case 'h':
        print_help();
        return 0;
    case 'V':
        puts("quothd " QUOTH_VERSION);
        return 0;
    default:
        if (which < OPT_PORT || which > OPT_KEEP_GENERATIONS)
            return EXIT_USAGE; /* getopt has said why */
        return set_number(o, which, optarg) ? -1 : EXIT_USAGE;
    }
}

int daemon_options_parse(struct daemon_options *out, int argc, char **argv)
{
    struct option table[N_OPTION_LINES + 1];
    option_table_getopt(table, option_lines, N_OPTION_LINES);
    *out = defaults();
    for (int which; (which = getopt_long(argc, argv, "hV", table, NULL)) != -1;) {
        int code = take(out, which);
        if (code == EXIT_USAGE)
            fputs("quothd --help lists the options\n", stderr);
        if (code >= 0)
            return code;
    }
    if (optind + 1 != argc) {
        fputs(optind == argc ? "quothd: which index? " : "quothd: one index only. ", stderr);
        fputs("usage: quothd [OPTION…] INDEX; quothd --help lists the options\n", stderr);
        return EXIT_USAGE;
    }
    out->index = argv[optind];
    return -1;
}
