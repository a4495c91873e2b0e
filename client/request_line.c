#include "request_line.h"

#include "bounds.h"

#define REQUEST_LINE_ROOM                                                                                              \
    ((size_t)1 << 20) /* above any line that could be built here, so that its length can be told */

static void put_option(struct buf *out, const char *key, uint32_t value)
{
    if (value > 0)
        buf_printf(out, " %s=%u", key, value);
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/** Where "#4" at the end of a reference begins; NULL: it names an article. */
static const char *ordinal_of(const char *reference)
{
    const char *hash = strrchr(reference, '#');
    return hash != NULL && hash[1] != '\0' && hash[1 + strspn(hash + 1, "0123456789")] == '\0' ? hash : NULL;
}

/** A passage or article as a person gives it: encoded as printed, or its file's name as it is. */
static void put_reference(struct buf *out, const char *reference)
{
    const char *ordinal = ordinal_of(reference);
    for (const char *c = reference; *c != '\0'; c++) {
        bool is_bare_hash = *c == '#' && c != ordinal;
        bool is_bare_percent = *c == '%' && !(is_hex(c[1]) && is_hex(c[2]));
        if ((unsigned char)*c <= 0x20 || *c == 0x7f || is_bare_hash || is_bare_percent)
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)*c);
        else
            buf_put_byte(out, *c);
    }
}

/** What the verb has of them; others are left out, as those of display are. */
static void put_page_options(struct buf *out, const struct client_options *o)
{
    bool has_hits = o->action == ACTION_SEARCH || o->action == ACTION_SIMILAR;
    if (has_hits || o->action == ACTION_WHYNOT || o->action == ACTION_SUGGEST)
        put_option(out, "n", o->n);
    if (has_hits || o->action == ACTION_WHYNOT) {
        put_option(out, "from", o->from);
        put_option(out, "per", o->per);
    }
    if (has_hits) {
        put_option(out, "width", o->width);
        if (o->show != NULL)
            buf_printf(out, " show=%s", o->show);
    }
}

enum status request_line(struct buf *out, const struct client_options *o, struct error *e)
{
    static const char *const verbs[] = {
        [ACTION_SEARCH] = "SEARCH",   [ACTION_COUNT] = "COUNT",   [ACTION_EXPLAIN] = "EXPLAIN",
        [ACTION_GET] = "GET",         [ACTION_WHYNOT] = "WHYNOT", [ACTION_SIMILAR] = "SIMILAR",
        [ACTION_SUGGEST] = "SUGGEST", [ACTION_SPELL] = "SPELL",   [ACTION_STATS] = "STATS",
        [ACTION_HELP] = "HELP",       [ACTION_VERSION] = "HELLO",
    };
    struct buf line;
    buf_init(&line, REQUEST_LINE_ROOM);
    buf_put_cstr(&line, verbs[o->action]);
    put_page_options(&line, o);
    if (o->action == ACTION_EXPLAIN || o->action == ACTION_WHYNOT) {
        buf_put_cstr(&line, " passage=");
        put_reference(&line, o->reference);
    }
    bool is_search = o->action != ACTION_GET && o->action != ACTION_STATS;
    bool has_mode = o->action == ACTION_SEARCH || o->action == ACTION_COUNT || o->action == ACTION_EXPLAIN ||
                    o->action == ACTION_WHYNOT;
    if (o->is_plain && has_mode)
        buf_put_cstr(&line, " mode=plain");
    if (o->is_timeout_given && is_search)
        put_option(&line, "deadline", o->timeout_ms);
    if (o->print == PRINT_JSON && o->action != ACTION_COUNT)
        buf_put_cstr(&line, " out=json");
    if (o->action != ACTION_STATS)
        buf_put_cstr(&line, " -- ");
    if (o->action == ACTION_GET || o->action == ACTION_SIMILAR)
        put_reference(&line, o->reference);
    buf_put(&line, buf_slice(&o->query));

    enum status st = buf_status(&line, e);
    if (st == OK && line.len > LINE_MAX_BYTES)
        st = error_set(e, ERR_LIMIT,
                       "the query is too long by %zu bytes: a request has at most %d, its options included",
                       line.len - LINE_MAX_BYTES, LINE_MAX_BYTES);
    buf_put_byte(&line, '\n');
    if (st == OK)
        buf_put(out, buf_slice(&line));
    buf_clear(&line);
    return st != OK ? st : buf_status(out, e);
}
