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
    if (is_terminal) /* over the progress line */
        fputs("\r\033[K", stderr);
    if (buf_status(line, NULL) == OK)
        fwrite(s.data, 1, s.len, stderr);
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

/** " 3 hidden," for what is not zero. */
static void put_count(struct buf *b, uint64_t n, const char *what)
{
    if (n > 0)
        buf_printf(b, "%s%" PRIu64 " %s", b->len > 0 ? ", " : "", n, what);
}

static void print_counts(const char *title, struct buf *counts)
{
    if (counts->len > 0)
        printf("%s: %.*s\n", title, SLICE_ARG(buf_slice(counts)));
    buf_reset(counts);
}

static void print_text(struct report *r, const struct publish_result *p)
{
    double s = seconds(r), mb = (double)atomic_load(&r->n_bytes) / 1e6;
    if (p == NULL)
        printf("dry run, nothing was changed: ");
    else if (!p->is_new)
        printf("nothing had changed, generation %" PRIu64 " stays: ", p->generation);
    else
        printf("generation %" PRIu64 ": ", p->generation);
    printf("%" PRIu64 " added, %" PRIu64 " replaced, %" PRIu64 " removed, %" PRIu64 " unchanged\n", r->n_added,
           r->n_replaced, r->n_removed, unchanged(r));
    if (p != NULL)
        printf("the index: %" PRIu64 " articles, %" PRIu64 " passages, %zu segments\n", p->n_articles, p->n_passages,
               p->n_segments);
    struct buf counts;
    buf_init(&counts, LINE_BYTES);
    put_count(&counts, r->n_hidden, "hidden");
    put_count(&counts, r->n_binary, "binary");
    put_count(&counts, r->n_links, "links");
    put_count(&counts, r->n_special, "special files");
    print_counts("passed over", &counts);
    put_count(&counts, r->n_failed, "files or folders not read");
    put_count(&counts, r->n_bad_lines, "bad lines");
    put_count(&counts, r->n_damaged, "damaged characters");
    put_count(&counts, r->n_empty, "articles without text");
    print_counts("trouble", &counts);
    buf_clear(&counts);
    printf("read %" PRIu64 " files, %.1f MB, %llu passages in %.1f s (%.1f MB/s)\n", r->n_files_read, mb,
           atomic_load(&r->n_passages), s, s > 0 ? mb / s : 0);
}

void report_finish(struct report *r, const struct publish_result *result)
{
    if (r->n_bad_lines > REPORT_LINES_SHOWN) {
        char text[128];
        snprintf(text, sizeof text, "and %" PRIu64 " more bad lines", r->n_bad_lines - REPORT_LINES_SHOWN);
        report_say(text);
    }
    if (r->options->is_json)
        print_json(r, result);
    else if (!r->options->is_quiet)
        print_text(r, result);
}
