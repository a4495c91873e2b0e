/**
 * What was asked for on the command line and in the environment, as one const struct.
 *
 * Options come before the query; from the first other word on, everything is the query, so that `quoth storm -surge`
 * excludes a word. An option's name behind the query is an error that says so, unless "--" stood before the query.
 */
#ifndef QUOTH_CLIENT_OPTIONS_H
#define QUOTH_CLIENT_OPTIONS_H

#include "buf.h"
#include "connect.h"

#define CLIENT_TIMEOUT_DEFAULT_MS 10000
#define CLIENT_QUERY_MAX_BYTES 65536 /* of the words joined; the protocol's own bound is tested on the whole line */

enum client_action {
    ACTION_SEARCH,
    ACTION_COUNT,
    ACTION_EXPLAIN,
    ACTION_WHYNOT,
    ACTION_SIMILAR,
    ACTION_SUGGEST,
    ACTION_SPELL,
    ACTION_GET,
    ACTION_STATS,
    ACTION_HELP,
    ACTION_VERSION,
};

enum client_print { PRINT_PAGE, PRINT_JSON, PRINT_TSV };
enum client_colour { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

struct client_options {
    enum client_action action;
    enum client_print print;
    enum client_colour colour;
    struct endpoint server;
    const char *index;            /* NULL: ask the server */
    const char *reference;        /* of --explain, --whynot, --similar and --get */
    const char *show;             /* NULL: the server's default, here and below 0 or false */
    uint32_t n, from, per, width; /* n, per, width: 0 is not given */
    uint32_t timeout_ms;
    bool is_timeout_given;
    bool is_plain;
    struct buf query; /* the words, joined by spaces; control bytes are spaces */
};

/**
 * Read the command line; strings of *out point into argv and server_text.
 *
 * @param server_text  the value of QUOTH_SERVER, may be NULL
 * @retval ERR_OPTION ERR_LIMIT ERR_NOMEM  e says what is wrong; client_options_clear() is needed in any case
 */
enum status client_options_parse(struct client_options *out, int argc, char **argv, const char *server_text,
                                 struct error *e) CHECK_RESULT;
void client_options_clear(struct client_options *o);

/** What --help prints. */
void client_help(struct buf *out);

#endif
