#include "client_options.h"

#include <stdio.h>

#include "bounds.h"
#include "option_table.h"

enum {
    OPT_JSON = 256,
    OPT_TSV,
    OPT_FROM,
    OPT_PER,
    OPT_SHOW,
    OPT_WIDTH,
    OPT_PLAIN,
    OPT_COUNT,
    OPT_EXPLAIN,
    OPT_WHYNOT,
    OPT_SIMILAR,
    OPT_SUGGEST,
    OPT_SPELL,
    OPT_GET,
    OPT_STATS,
    OPT_COLOR,
    OPT_HOST,
    OPT_PORT,
    OPT_SOCKET,
    OPT_INDEX,
    OPT_TIMEOUT
};

static const struct option_line option_lines[] = {
    {NULL, 0, 0, NULL, "What is asked:"},
    {"count", no_argument, OPT_COUNT, NULL, "only how many passages and articles match, exactly"},
    {"explain", required_argument, OPT_EXPLAIN, "PASSAGE",
     "how the query scores this passage (ARTICLE#N), part by part"},
    {"whynot", required_argument, OPT_WHYNOT, "PASSAGE", "why this passage is not among those found, or at which rank"},
    {"similar", required_argument, OPT_SIMILAR, "PASSAGE", "passages most like it, or like an ARTICLE; no query"},
    {"suggest", no_argument, OPT_SUGGEST, NULL, "how a query that begins so may go on"},
    {"spell", no_argument, OPT_SPELL, NULL, "each word of the query, and what was probably meant"},
    {"get", required_argument, OPT_GET, "ARTICLE[#N]", "an article with its passages, or one passage; no query"},
    {"stats", no_argument, OPT_STATS, NULL, "the daemon's counters; no query"},
    {NULL, 0, 0, NULL, "Which passages:"},
    {"number", required_argument, 'n', "N", "at most N passages (10; up to 1000)"},
    {"from", required_argument, OPT_FROM, "N", "pass over the first N"},
    {"per-article", required_argument, OPT_PER, "N", "at most N of one article (0: no limit)"},
    {"plain", no_argument, OPT_PLAIN, NULL, "the query is words only, no operators; it never fails"},
    {NULL, 0, 0, NULL, "How they are shown:"},
    {"show", required_argument, OPT_SHOW, "WHAT", "snippet (default), passage or none"},
    {"width", required_argument, OPT_WIDTH, "N", "characters of a snippet (240)"},
    {"json", no_argument, OPT_JSON, NULL, "one JSON object a line"},
    {"tsv", no_argument, OPT_TSV, NULL, "the protocol's TAB-separated lines as they come"},
    {"color", required_argument, OPT_COLOR, "WHEN", "auto (a terminal, and NO_COLOR is not set), always, never"},
    {NULL, 0, 0, NULL, "Who is asked (or QUOTH_SERVER: HOST:PORT, unix:PATH or a path with a slash):"},
    {"host", required_argument, OPT_HOST, "HOST", "a daemon's host (127.0.0.1)"},
    {"port", required_argument, OPT_PORT, "PORT", "its port (7788)"},
    {"socket", required_argument, OPT_SOCKET, "PATH", "its Unix socket"},
    {"index", required_argument, OPT_INDEX, "DIR", "no daemon: search this index in this process"},
    {"timeout", required_argument, OPT_TIMEOUT, "SECONDS", "give up after so long (10)"},
    {NULL, 0, 0, NULL, "Other:"},
    {"help", no_argument, 'h', NULL, "print this and end"},
    {"version", no_argument, 'V', NULL, "print the version and end"},
};

#define N_OPTION_LINES (sizeof option_lines / sizeof option_lines[0])

void client_help(struct buf *out)
{
    buf_put_cstr(out,
                 "usage: quoth [OPTION…] QUERY…\n"
                 "Search articles by passage. Exits with 0 when something was found, 1 when nothing, 2 in trouble.\n"
                 "Options stand before the query, which begins at the first other word, or after \"--\".\n");
    option_table_help(out, option_lines, N_OPTION_LINES, 24);
    buf_put_cstr(out, "\nQueries: words  \"a phrase\"  +must  -not  AND OR NOT ( )  prefix*  title: author: tag:"
                      "  date:2024-03..2024-06\n");
}

static enum status to_number(const char *name, const char *text, uint32_t min, uint32_t max, uint32_t *out,
                             struct error *e)
{
    uint64_t v = 0;
    if (!slice_to_u64(slice_cstr(text), max, &v) || v < min)
        return error_set(e, ERR_OPTION, "--%s takes a number from %u to %u, not '%s'", name, min, max, text);
    *out = (uint32_t)v;
    return OK;
}

static enum status to_timeout(const char *text, struct client_options *o, struct error *e)
{
    uint32_t seconds = 0;
    enum status st = to_number("timeout", text, 1, DEADLINE_MAX_MS / 1000, &seconds, e);
    if (st != OK)
        return st;
    o->timeout_ms = seconds * 1000;
    o->is_timeout_given = true;
    return OK;
}

/** The place of text among n choices; ERR_OPTION lists them. */
static enum status to_choice(const char *name, const char *text, const char *const *choices, size_t n, size_t *out,
                             struct error *e)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(text, choices[i]) == 0) {
            *out = i;
            return OK;
        }
    }
    return error_set(e, ERR_OPTION, "--%s takes %s, %s or %s, not '%s'", name, choices[0], choices[1], choices[2],
                     text);
}

static enum status set_action(struct client_options *o, enum client_action action, struct error *e)
{
    if (o->action != ACTION_SEARCH && o->action != action)
        return error_set(
            e, ERR_OPTION,
            "--count, --explain, --whynot, --similar, --suggest, --spell, --get and --stats exclude each other");
    o->action = action;
    return OK;
}

static enum status set_print(struct client_options *o, enum client_print print, struct error *e)
{
    if (o->print != PRINT_PAGE && o->print != print)
        return error_set(e, ERR_OPTION, "--json and --tsv exclude each other");
    o->print = print;
    return OK;
}

/** Options that say what is asked and who; *handled is false for all others. */
static enum status take_target(struct client_options *o, int code, const char *value, bool *handled, struct error *e)
{
    uint32_t port = 0;
    enum status st = OK;
    *handled = true;
    switch (code) {
    case OPT_COUNT:
        return set_action(o, ACTION_COUNT, e);
    case OPT_STATS:
        return set_action(o, ACTION_STATS, e);
    case OPT_SUGGEST:
        return set_action(o, ACTION_SUGGEST, e);
    case OPT_SPELL:
        return set_action(o, ACTION_SPELL, e);
    case OPT_EXPLAIN:
        o->reference = value;
        return set_action(o, ACTION_EXPLAIN, e);
    case OPT_WHYNOT:
        o->reference = value;
        return set_action(o, ACTION_WHYNOT, e);
    case OPT_SIMILAR:
        o->reference = value;
        return set_action(o, ACTION_SIMILAR, e);
    case OPT_GET:
        o->reference = value;
        return set_action(o, ACTION_GET, e);
    case OPT_HOST:
        return endpoint_set_host(&o->server, value, e);
    case OPT_PORT:
        st = to_number("port", value, 1, 65535, &port, e);
        if (st == OK)
            endpoint_set_port(&o->server, (uint16_t)port);
        return st;
    case OPT_SOCKET:
        return endpoint_set_path(&o->server, value, e);
    case OPT_INDEX:
        o->index = value;
        return *value != '\0' ? OK : error_set(e, ERR_OPTION, "--index takes a folder");
    case OPT_TIMEOUT:
        return to_timeout(value, o, e);
    default:
        *handled = false;
        return OK;
    }
}

/** Options that say which passages and how they are shown. */
static enum status take_display(struct client_options *o, int code, const char *value, struct error *e)
{
    static const char *const shows[] = {"snippet", "passage", "none"};
    static const char *const colours[] = {"auto", "always", "never"};
    size_t choice = 0;
    enum status st = OK;
    switch (code) {
    case 'n':
        return to_number("number", value, 1, HITS_MAX, &o->n, e);
    case OPT_FROM:
        return to_number("from", value, 0, DEPTH_MAX, &o->from, e);
    case OPT_PER:
        return to_number("per-article", value, 0, DEPTH_MAX, &o->per, e);
    case OPT_WIDTH:
        return to_number("width", value, 1, WIDTH_MAX, &o->width, e);
    case OPT_SHOW:
        st = to_choice("show", value, shows, 3, &choice, e);
        o->show = shows[choice];
        return st;
    case OPT_COLOR:
        st = to_choice("color", value, colours, 3, &choice, e);
        o->colour = (enum client_colour)choice;
        return st;
    case OPT_PLAIN:
        o->is_plain = true;
        return OK;
    case OPT_JSON:
        return set_print(o, PRINT_JSON, e);
    case OPT_TSV:
        return set_print(o, PRINT_TSV, e);
    case 'h':
        o->action = ACTION_HELP;
        return OK;
    case 'V':
        o->action = ACTION_VERSION;
        return OK;
    default:
        return error_set(e, ERR_OPTION, "unknown option; quoth --help lists them");
    }
}

/** Is this word, behind the beginning of the query, an option that was meant to stand before it? */
static bool is_option_name(const char *word)
{
    if (strcmp(word, "-n") == 0)
        return true;
    if (strncmp(word, "--", 2) != 0)
        return false;
    size_t len = strcspn(word + 2, "=");
    for (size_t i = 0; i < N_OPTION_LINES; i++) {
        const char *name = option_lines[i].name;
        if (name != NULL && strlen(name) == len && memcmp(name, word + 2, len) == 0)
            return true;
    }
    return false;
}

static enum status take_query(struct client_options *o, char **words, bool is_after_dashes, struct error *e)
{
    for (char **w = words; *w != NULL; w++) {
        if (!is_after_dashes && is_option_name(*w))
            return error_set(
                e, ERR_OPTION,
                "%s stands behind the query; options come before it (a query after \"--\" may hold anything)", *w);
        if (o->query.len > 0)
            buf_put_byte(&o->query, ' ');
        /* A line feed would end the request and begin another: control bytes are spaces, byte for byte. */
        for (const char *c = *w; *c != '\0'; c++)
            buf_put_byte(&o->query, (unsigned char)*c < 0x20 || *c == 0x7f ? ' ' : *c);
    }
    enum status st = buf_status(&o->query, e);
    return st != ERR_LIMIT
               ? st
               : error_set(e, ERR_LIMIT, "the query is too long: a request has at most %d bytes", LINE_MAX_BYTES);
}

/** Does the action fit the words that were given? */
static enum status check(const struct client_options *o, struct error *e)
{
    bool has_query = slice_trim(buf_slice(&o->query)).len > 0;
    if (o->action == ACTION_HELP || o->action == ACTION_VERSION)
        return OK;
    bool takes_query = o->action != ACTION_GET && o->action != ACTION_STATS && o->action != ACTION_SIMILAR;
    if (has_query && !takes_query)
        return error_set(e, ERR_OPTION, "--get, --similar and --stats take no query");
    if (!has_query && takes_query)
        return error_set(e, ERR_OPTION, "no query given; quoth --help shows how");
    if (o->index != NULL && o->server.is_given)
        return error_set(e, ERR_OPTION, "--index searches without a daemon: leave out --host, --port and --socket");
    if (o->index != NULL && o->action == ACTION_STATS)
        return error_set(e, ERR_OPTION, "--stats asks a daemon; quoth-index --info DIR tells of an index");
    return OK;
}

/** What getopt found wrong, by what it returned; `word` is the last one that it has read. */
static enum status refuse(int code, const char *word, struct error *e)
{
    if (code == ':')
        return error_set(e, ERR_OPTION, "%s needs a value", word);
    if (optopt >= 256)
        return error_set(e, ERR_OPTION, "%s: this option takes no value", word);
    if (optopt > 0) /* a letter, perhaps one of several in a word */
        return error_set(e, ERR_OPTION, "unknown option -%c; a query that begins with - goes after --", optopt);
    if (optopt < 0) /* the same of a letter that is not ASCII */
        return error_set(e, ERR_OPTION, "unknown option; a query that begins with - goes after --");
    return error_set(e, ERR_OPTION, "unknown option %s; quoth --help lists them", word);
}

enum status client_options_parse(struct client_options *out, int argc, char **argv, const char *server_text,
                                 struct error *e)
{
    *out = (struct client_options){.timeout_ms = CLIENT_TIMEOUT_DEFAULT_MS};
    buf_init(&out->query, CLIENT_QUERY_MAX_BYTES);
    endpoint_default(&out->server);
    if (server_text != NULL && *server_text != '\0') {
        enum status st = endpoint_parse(&out->server, slice_cstr(server_text), e);
        if (st != OK)
            return error_context(e, st, "QUOTH_SERVER");
    }

    struct option options[N_OPTION_LINES + 1];
    option_table_getopt(options, option_lines, N_OPTION_LINES);
    opterr = 0;
    optind = 0; /* glibc: begin anew, so that tests can call this many times */
    for (int code; (code = getopt_long(argc, argv, "+:n:hV", options, NULL)) != -1;) {
        if (code == '?' || code == ':')
            return refuse(code, argv[optind - 1], e);
        bool handled = false;
        enum status st = take_target(out, code, optarg, &handled, e);
        if (st == OK && !handled)
            st = take_display(out, code, optarg, e);
        if (st != OK)
            return st;
    }
    bool is_after_dashes = optind > 1 && strcmp(argv[optind - 1], "--") == 0;
    enum status st = take_query(out, argv + optind, is_after_dashes, e);
    return st != OK ? st : check(out, e);
}

void client_options_clear(struct client_options *o)
{
    buf_clear(&o->query);
}
