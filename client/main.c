/*
 * quoth: a question on the command line, passages on the terminal.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bounds.h"
#include "client_options.h"
#include "local.h"
#include "render.h"
#include "request_line.h"
#include "terminal.h"
#include "wording.h"
#include "wrap.h"

/* As grep's. */
enum { EXIT_FOUND = 0, EXIT_NOTHING = 1, EXIT_TROUBLE = 2 };

static int complain(const char *text)
{
    struct buf line;
    buf_init(&line, REPLY_MAX_BYTES);
    buf_put_cstr(&line, "quoth: ");
    put_harmless(&line, slice_cstr(text));
    fprintf(stderr, "%.*s\n", (int)line.len, line.data == NULL ? "quoth: out of memory" : line.data);
    buf_clear(&line);
    return EXIT_TROUBLE;
}

/** Write what is to be printed; a full disk or a closed pipe is trouble. */
static int print(const struct buf *out, int code)
{
    struct error e;
    if (buf_status(out, &e) != OK)
        return complain(e.text);
    if ((out->len > 0 && fwrite(out->data, 1, out->len, stdout) != out->len) || fflush(stdout) != 0)
        return complain("cannot write to the standard output");
    return code;
}

/** The query with a caret under the byte where the server says it went wrong. */
static void point_at(const struct client_options *o, const struct reply_status *status)
{
    struct slice at_text, query = buf_slice(&o->query);
    uint64_t at = 0;
    if (!reply_value(status, "at", &at_text) || !slice_to_u64(at_text, query.len, &at))
        return;
    struct buf line;
    buf_init(&line, REPLY_MAX_BYTES);
    put_harmless(&line, query);
    fprintf(stderr, "  %.*s\n  %*s^\n", (int)line.len, line.data == NULL ? "" : line.data,
            (int)text_width(slice_of(query.data, (size_t)at)), "");
    buf_clear(&line);
}

static int report_failure(const struct client_options *o, const struct reply_status *status)
{
    struct buf text;
    buf_init(&text, STATUS_LINE_MAX_BYTES);
    put_client_words(&text, status->message);
    buf_put_byte(&text, '\0');
    (void)complain(buf_status(&text, NULL) == OK ? text.data : "the daemon reports an error");
    buf_clear(&text);
    if (slice_equal(status->code, SLICE("query")))
        point_at(o, status);
    return slice_equal(status->code, SLICE("none")) ? EXIT_NOTHING : EXIT_TROUBLE;
}

/** --count has no data lines: its numbers stand in the status line. */
static void put_count(struct buf *out, const struct client_options *o, const struct reply_status *status)
{
    struct slice passages = count_value(status, "passages"), articles = count_value(status, "articles");
    if (o->print == PRINT_PAGE) {
        render_count(out, status);
        return;
    }
    if (o->print == PRINT_JSON)
        buf_printf(out, "{\"passages\":%.*s,\"articles\":%.*s}\n", SLICE_ARG(passages), SLICE_ARG(articles));
    else
        buf_printf(out, "%.*s\t%.*s\n", SLICE_ARG(passages), SLICE_ARG(articles));
}

static struct slice header_of(enum client_action action)
{
    if (action == ACTION_EXPLAIN)
        return SLICE("part\tname\tqtf\tdf\tN\tidf\timpact\tweight\tvalue\n");
    if (action == ACTION_SPELL)
        return SLICE("word\tcorrection\tpassages\tof correction\n");
    return SLICE("");
}

static void put_reply(struct buf *out, const struct client_options *o, const struct reply_status *status,
                      struct slice lines)
{
    struct render_style style = {
        .columns = terminal_columns(),
        .is_colour = terminal_wants_colour(o->colour),
        .is_snippet = o->show == NULL || strcmp(o->show, "snippet") == 0,
        .width = o->width > 0 ? o->width : WIDTH_DEFAULT,
        .from = o->from,
    };
    if (o->action == ACTION_COUNT)
        put_count(out, o, status);
    else if (o->print != PRINT_PAGE && terminal_is_tty())
        put_harmless(out, lines);
    else if (o->print != PRINT_PAGE)
        buf_put(out, lines);
    else if (o->action == ACTION_SEARCH || o->action == ACTION_SIMILAR)
        render_hits(out, status, lines, &style);
    else if (o->action == ACTION_GET)
        render_article(out, status, lines, &style);
    else if (o->action == ACTION_EXPLAIN)
        render_explanation(out, lines);
    else
        render_table(out, lines, header_of(o->action));
}

static bool found_something(const struct client_options *o, const struct reply_status *status)
{
    if (o->action == ACTION_COUNT)
        return !slice_equal(count_value(status, "passages"), SLICE("0"));
    struct slice matches;
    if (o->action == ACTION_EXPLAIN && reply_value(status, "matches", &matches) && slice_equal(matches, SLICE("no")))
        return false;
    return status->n_lines > 0;
}

/** What a person is told beside an empty page; programs have the exit code. */
static void say_why_nothing(const struct client_options *o, const struct reply_status *status)
{
    struct buf text;
    if (o->print != PRINT_PAGE || (o->action != ACTION_SEARCH && o->action != ACTION_EXPLAIN))
        return;
    buf_init(&text, REPLY_MAX_BYTES);
    if (o->action == ACTION_SEARCH)
        render_nothing(&text, status, buf_slice(&o->query), o->from);
    else
        buf_printf(&text, "the query does not match %s", o->reference);
    buf_put_byte(&text, '\0');
    if (buf_status(&text, NULL) == OK)
        (void)complain(text.data);
    buf_clear(&text);
}

/** Split the reply, print it. */
static int show(const struct client_options *o, const struct buf *reply)
{
    struct slice all = buf_slice(reply);
    const char *lf = all.len > 0 ? memchr(all.data, '\n', all.len) : NULL;
    struct reply_status status;
    struct error e;
    if (lf == NULL)
        return complain("the reply has no status line");
    size_t len = (size_t)(lf - all.data);
    if (reply_parse(&status, slice_of(all.data, len), &e) != OK)
        return complain(e.text);
    if (!status.is_ok)
        return report_failure(o, &status);
    struct buf out;
    buf_init(&out, 4 * REPLY_MAX_BYTES);
    put_reply(&out, o, &status, slice_from(all, len + 1));
    bool is_found = found_something(o, &status);
    int code = print(&out, is_found ? EXIT_FOUND : EXIT_NOTHING);
    if (!is_found && code != EXIT_TROUBLE)
        say_why_nothing(o, &status);
    buf_clear(&out);
    return code;
}

static int ask(const struct client_options *o)
{
    struct error e;
    struct buf request, reply;
    buf_init(&request, LINE_MAX_BYTES + 1);
    buf_init(&reply, REPLY_MAX_BYTES + STATUS_LINE_MAX_BYTES);
    enum status st = request_line(&request, o, &e);
    if (st == OK)
        st = o->index != NULL ? local_ask(&reply, o->index, buf_slice(&request), &e)
                              : endpoint_ask(&reply, &o->server, buf_slice(&request), o->timeout_ms, &e);
    int code = st == OK ? show(o, &reply) : complain(e.text);
    buf_clear(&request);
    buf_clear(&reply);
    return code;
}

static int print_help(void)
{
    struct buf out;
    buf_init(&out, 65536);
    client_help(&out);
    int code = print(&out, EXIT_FOUND);
    buf_clear(&out);
    return code;
}

static int print_version(void)
{
    struct buf out;
    buf_init(&out, 256);
    buf_put_cstr(&out, "quoth " QUOTH_VERSION "\n");
    int code = print(&out, EXIT_FOUND);
    buf_clear(&out);
    return code;
}

int main(int argc, char **argv)
{
    struct error e;
    struct client_options options;
    int code = EXIT_TROUBLE;
    if (client_options_parse(&options, argc, argv, getenv("QUOTH_SERVER"), &e) != OK)
        (void)complain(e.text);
    else if (options.action == ACTION_HELP)
        code = print_help();
    else if (options.action == ACTION_VERSION)
        code = print_version();
    else
        code = ask(&options);
    client_options_clear(&options);
    return code;
}
