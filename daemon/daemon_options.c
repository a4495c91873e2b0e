#include "daemon_options.h"

#include "bounds.h"
#include "slice.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

struct number_rule {
    const char *name, *unit;
    size_t offset; /* of a uint32_t in struct daemon_options */
    uint32_t min, max, standard;
    const char *what;
};

#define FIELD(name) offsetof(struct daemon_options, name)

static const struct number_rule numbers[] = {
    {"port", "N", FIELD(port), 0, 65535, DEFAULT_PORT, "TCP port; 0 takes any free one"},
    {"workers", "N", FIELD(n_workers), 1, WORKERS_MAX, 0, "threads that search; as many as there are processors"},
    {"deadline", "MS", FIELD(deadline_ms), 1, DEADLINE_MAX_MS, DEADLINE_DEFAULT_MS,
     "the longest that a search may take"},
    {"max-connections", "N", FIELD(max_connections), 1, CONNECTIONS_MAX, 1024, "connections in all"},
    {"max-per-address", "N", FIELD(max_per_address), 1, CONNECTIONS_MAX, 512, "connections of one address"},
    {"idle", "S", FIELD(idle_s), 1, 86400, IDLE_MS / 1000, "then a silent connection is closed"},
    {"line-time", "S", FIELD(line_s), 1, 3600, LINE_COMPLETE_MS / 1000, "a line must end so long after its first byte"},
    {"stall", "S", FIELD(stall_s), 1, 3600, REPLY_STALL_MS / 1000,
     "then a peer that takes no byte of a reply is closed"},
    {"pipeline", "N", FIELD(pipeline), 1, 4096, PIPELINE_MAX, "requests of one connection in flight"},
    {"reply-queue", "BYTES", FIELD(reply_queue), 1024, 1u << 30, REPLY_QUEUE_MAX_BYTES,
     "unread replies of a peer, then it is not served on"},
    {"queue", "N", FIELD(queue), 1, 65536, 1024, "requests that wait for a worker, then ERR busy"},
    {"queue-wait", "MS", FIELD(queue_wait_ms), 1, DEADLINE_MAX_MS, 1000, "the oldest has waited so long: ERR busy"},
    {"keep-generations", "N", FIELD(keep_generations), 1, GENERATIONS_MAX, 2,
     "generations served, the current one included"},
};

#define N_NUMBERS (sizeof numbers / sizeof numbers[0])
enum { OPT_HOST = 1000, OPT_SOCKET, OPT_LOG_LEVEL }; /* above the letters and the places of numbers */

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
    struct daemon_options o = {.host = "127.0.0.1", .log_level = LOG_INFO};
    for (size_t i = 0; i < N_NUMBERS; i++)
        *field_of(&o, &numbers[i]) = numbers[i].standard;
    o.n_workers = processors();
    return o;
}

static void print_option(const char *name, const char *unit, const char *what)
{
    char left[64];
    snprintf(left, sizeof left, "--%s%s%s", name, unit[0] == '\0' ? "" : " ", unit);
    printf("  %-24s %s", left, what);
}

static void print_help(void)
{
    puts("usage: quothd [OPTION…] INDEX\n"
         "Serve searches of the index in the folder INDEX, over TCP and, where asked, a Unix\n"
         "socket. INDEX may still be empty or absent; its first generation is then picked up.\n"
         "When it serves it prints \"quothd ready port=N\".\n");
    print_option("host", "H", "address to listen on, loopback only (127.0.0.1)\n");
    print_option("socket", "PATH", "listen on this Unix socket, too (none)\n");
    for (size_t i = 0; i < N_NUMBERS; i++) {
        print_option(numbers[i].name, numbers[i].unit, numbers[i].what);
        if (numbers[i].standard != 0)
            printf(" (%u)", numbers[i].standard);
        putchar('\n');
    }
    print_option("log-level", "LEVEL", "error, warning, info or debug; to stderr (info)\n");
    puts("  -h, --help               print this and end\n"
         "  -V, --version            print the version and end\n"
         "\n"
         "SIGTERM and SIGINT finish what is in flight, then end with 0.\n"
         "Exit status: 0 ended as asked; 1 cannot serve; 2 wrong usage.");
}

static bool set_number(struct daemon_options *o, const struct number_rule *rule, const char *text)
{
    uint64_t value;
    if (!slice_to_u64(slice_cstr(text), rule->max, &value) || value < rule->min) {
        fprintf(stderr, "quothd: --%s %s: must be a number from %u to %u\n", rule->name, text, rule->min, rule->max);
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

static void fill_getopt(struct option *table)
{
    size_t n = 0;
    for (; n < N_NUMBERS; n++)
        table[n] = (struct option){numbers[n].name, required_argument, NULL, (int)n + 1};
    table[n++] = (struct option){"host", required_argument, NULL, OPT_HOST};
    table[n++] = (struct option){"socket", required_argument, NULL, OPT_SOCKET};
    table[n++] = (struct option){"log-level", required_argument, NULL, OPT_LOG_LEVEL};
    table[n++] = (struct option){"help", no_argument, NULL, 'h'};
    table[n++] = (struct option){"version", no_argument, NULL, 'V'};
    table[n] = (struct option){0};
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
    case 'h':
        print_help();
        return 0;
    case 'V':
        puts("quothd " QUOTH_VERSION);
        return 0;
    default:
        if (which < 1 || which > (int)N_NUMBERS)
            return EXIT_USAGE; /* getopt has said why */
        return set_number(o, &numbers[which - 1], optarg) ? -1 : EXIT_USAGE;
    }
}

int daemon_options_parse(struct daemon_options *out, int argc, char **argv)
{
    struct option table[N_NUMBERS + 6];
    fill_getopt(table);
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
