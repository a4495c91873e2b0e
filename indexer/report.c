#include "report.h"

#include "clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define LINE_BYTES 4096

void report_init(struct report *r, const struct indexer_options *options)
{
    *r = (struct report){.options = options, .started_us = clock_us()};
    atomic_init(&r->n_passages, 0);
    atomic_init(&r->n_bytes, 0);
    atomic_init(&r->n_articles_done, 0);
}

/** Names of files may hold anything: what could move a terminal's cursor is shown as '?'. */
static void say(struct buf *line)
{
    bool is_terminal = isatty(STDERR_FILENO) == 1;
    for (size_t i = 0; i < line->len; i++)
        if ((unsigned char)line->data[i] < 0x20 || line->data[i] == 0x7F)
            line->data[i] = '?';
    buf_put_byte(line, '\n');
    struct slice s = buf_slice(line);
    /* Together, or the progress line of another thread comes in between. */
    flockfile(stderr);
    if (is_terminal)
        fputs("\r\033[K", stderr);
    if (buf_status(line, NULL) == OK)
        fwrite(s.data, 1, s.len, stderr);
    funlockfile(stderr);
    buf_clear(line);
}

void report_say(const char *message)
{
    struct buf line;
    buf_init(&line, LINE_BYTES);
    buf_printf(&line, "quoth-index: %s", message);
    say(&line);
}

static void begin(struct buf *line, struct slice path)
{
    buf_init(line, 2 * LINE_BYTES + ERROR_TEXT_MAX);
    buf_put_cstr(line, "quoth-index: ");
    buf_put(line, path.len > LINE_BYTES ? slice_of(path.data, LINE_BYTES) : path);
}

void report_failure(struct report *r, struct slice path, const char *message)
{
    r->n_failed++;
    if (r->is_silent)
        return;
    struct buf line;
    begin(&line, path);
    buf_printf(&line, ": %s", message);
    say(&line);
}

void report_bad_line(struct report *r, struct slice path, uint64_t number, const char *message)
{
    r->n_bad_lines++;
    if (r->is_silent || r->n_bad_lines > REPORT_LINES_SHOWN)
        return;
    struct buf line;
    begin(&line, path);
    buf_printf(&line, ":%" PRIu64 ": %s", number, message);
    say(&line);
}

void report_article(struct report *r, const char *what, struct slice id)
{
    if (!r->options->is_verbose || r->is_silent)
        return;
    struct buf line;
    buf_init(&line, LINE_BYTES);
    buf_printf(&line, "%s %.*s", what, SLICE_ARG(id));
    say(&line);
}

int report_exit_code(const struct report *r)
{
    return r->n_failed + r->n_bad_lines > 0;
}

static uint64_t unchanged(const struct report *r)
{
    return r->n_before - r->n_replaced - r->n_removed;
}

static double seconds(const struct report *r)
{
    return (double)(clock_us() - r->started_us) / 1e6;
}

static void print_json(struct report *r, const struct publish_result *p)
{
    bool is_dry = p == NULL;
    printf("{\"dry_run\":%s,\"published\":%s", is_dry ? "true" : "false", !is_dry && p->is_new ? "true" : "false");
    if (!is_dry)
        printf(",\"generation\":%" PRIu64 ",\"articles\":%" PRIu64 ",\"passages\":%" PRIu64 ",\"segments\":%zu",
               p->generation, p->n_articles, p->n_passages, p->n_segments);
    printf(",\"added\":%" PRIu64 ",\"replaced\":%" PRIu64 ",\"removed\":%" PRIu64 ",\"unchanged\":%" PRIu64, r->n_added,
           r->n_replaced, r->n_removed, unchanged(r));
    printf(",\"files_read\":%" PRIu64 ",\"files_unchanged\":%" PRIu64, r->n_files_read, r->n_files_same);
    printf(",\"hidden\":%" PRIu64 ",\"binary\":%" PRIu64 ",\"links\":%" PRIu64 ",\"special\":%" PRIu64, r->n_hidden,
           r->n_binary, r->n_links, r->n_special);
    printf(",\"failed\":%" PRIu64 ",\"bad_lines\":%" PRIu64 ",\"damaged\":%" PRIu64 ",\"empty\":%" PRIu64, r->n_failed,
           r->n_bad_lines, r->n_damaged, r->n_empty);
    printf(",\"new_passages\":%llu,\"bytes_read\":%llu,\"seconds\":%.3f}\n", atomic_load(&r->n_passages),
           atomic_load(&r->n_bytes), seconds(r));
}

/** "1 segment", "3 segments": where a noun has its '*', an s stands unless there is one. */
static void put_number(struct buf *b, uint64_t n, const char *noun)
{
    const char *place = strchr(noun, '*');
    size_t len = place == NULL ? strlen(noun) : (size_t)(place - noun);
    buf_printf(b, "%" PRIu64 " %.*s%s%s", n, (int)len, noun, place != NULL && n != 1 ? "s" : "",
               place == NULL ? "" : place + 1);
}

/** As put_number, in a list: nothing for zero. */
static void put_count(struct buf *b, uint64_t n, const char *noun)
{
    if (n == 0)
        return;
    if (b->len > 0)
        buf_put_cstr(b, ", ");
    put_number(b, n, noun);
}

static void put_counts(struct buf *out, const char *title, struct buf *counts)
{
    if (counts->len > 0)
        buf_printf(out, "%s: %.*s\n", title, SLICE_ARG(buf_slice(counts)));
    buf_reset(counts);
}

/** What was read: nothing is said of a run that read nothing, and no rate of one too short to have one. */
static void put_work(struct buf *out, const struct report *r, double s)
{
    double mb = (double)atomic_load(&r->n_bytes) / 1e6;
    if (r->n_files_read == 0 && mb == 0)
        return;
    /* A rebuild reads the index and no file. */
    buf_put_cstr(out, r->n_files_read > 0 ? "read " : "analysed ");
    if (r->n_files_read > 0) {
        put_number(out, r->n_files_read, "file*");
        buf_put_cstr(out, ", ");
    }
    buf_printf(out, "%.1f MB, ", mb);
    put_number(out, atomic_load(&r->n_passages), "passage*");
    buf_printf(out, " in %.1f s", s);
    if (mb >= 0.05 && s >= 0.05)
        buf_printf(out, " (%.1f MB/s)", mb / s);
    buf_put_byte(out, '\n');
}

void report_text(struct buf *out, const struct report *r, const struct publish_result *p, double s)
{
    if (p == NULL)
        buf_put_cstr(out, "dry run, nothing was changed: ");
    else if (!p->is_new)
        buf_printf(out, "nothing had changed, generation %" PRIu64 " stays: ", p->generation);
    else
        buf_printf(out, "generation %" PRIu64 ": ", p->generation);
    buf_printf(out, "%" PRIu64 " added, %" PRIu64 " replaced, %" PRIu64 " removed, %" PRIu64 " unchanged\n", r->n_added,
               r->n_replaced, r->n_removed, unchanged(r));
    if (p != NULL) {
        buf_put_cstr(out, "the index: ");
        put_number(out, p->n_articles, "article*, ");
        put_number(out, p->n_passages, "passage*, ");
        put_number(out, p->n_segments, "segment*\n");
    }
    struct buf counts;
    buf_init(&counts, LINE_BYTES);
    put_count(&counts, r->n_hidden, "hidden");
    put_count(&counts, r->n_binary, "binary");
    put_count(&counts, r->n_links, "broken or looping link*");
    put_count(&counts, r->n_special, "special file*");
    put_counts(out, "passed over", &counts);
    put_count(&counts, r->n_failed, "failure*");
    put_count(&counts, r->n_bad_lines, "bad line*");
    put_count(&counts, r->n_damaged, "damaged character*");
    put_count(&counts, r->n_empty, "article* without text");
    put_counts(out, "trouble", &counts);
    buf_clear(&counts);
    put_work(out, r, s);
}

static void print_text(const struct report *r, const struct publish_result *p)
{
    struct buf out;
    buf_init(&out, (size_t)4 * LINE_BYTES);
    report_text(&out, r, p, seconds(r));
    fwrite(out.data, 1, out.len, stdout);
    buf_clear(&out);
}

void report_finish(struct report *r, const struct publish_result *result)
{
    if (r->n_bad_lines > REPORT_LINES_SHOWN) {
        char text[128];
        uint64_t n = r->n_bad_lines - REPORT_LINES_SHOWN;
        snprintf(text, sizeof text, "and %" PRIu64 " more bad line%s", n, n == 1 ? "" : "s");
        report_say(text);
    }
    if (r->options->is_json)
        print_json(r, result);
    else if (!r->options->is_quiet)
        print_text(r, result);
}
