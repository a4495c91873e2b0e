/*
 * quoth-index: from articles in files to an index.
 */
#include <stdio.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "info.h"
#include "options.h"
#include "reader.h"
#include "report.h"
#include "run.h"
#include "signals.h"

enum { EXIT_DONE = 0, EXIT_TROUBLE = 2 };

static int print_help(void)
{
    struct buf out;
    buf_init(&out, 65536);
    indexer_help(&out);
    fwrite(out.data, 1, out.len, stdout);
    buf_clear(&out);
    return EXIT_DONE;
}

#define LARGE_BLOCK_BYTES (1 << 20)

/** Tables double as they grow. Their old halves go back to the system: glibc would keep them, beyond --memory. */
static void return_large_blocks(void)
{
#ifdef __GLIBC__
    (void)mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK_BYTES);
#endif
}

/** A run that changes the index. */
static int change(const struct indexer_options *o)
{
    struct error e;
    struct signals signals;
    struct report report;
    return_large_blocks();
    readers_init();
    if (signals_begin(&signals, &e) != OK) {
        report_say(e.text);
        return EXIT_TROUBLE;
    }
    report_init(&report, o);
    enum status st = o->action == ACTION_REBUILD ? run_rebuild(&report, &signals.is_asked, &e)
                                                 : run_update(&report, &signals.is_asked, &e);
    signals_end(&signals);
    if (st != OK)
        report_say(e.text);
    return st == OK ? report_exit_code(&report) : EXIT_TROUBLE;
}

static int look(const struct indexer_options *o)
{
    struct error e;
    enum status st = o->action == ACTION_INFO ? info_print(o, &e) : info_check(o, &e);
    if (st != OK)
        report_say(e.text);
    return st == OK ? EXIT_DONE : EXIT_TROUBLE;
}

int main(int argc, char **argv)
{
    struct error e;
    struct indexer_options options;
    int code = EXIT_DONE;
    if (indexer_options_parse(&options, argc, argv, &e) != OK) {
        report_say(e.text);
        code = EXIT_TROUBLE;
    } else if (options.action == ACTION_HELP) {
        code = print_help();
    } else if (options.action == ACTION_VERSION) {
        puts("quoth-index " QUOTH_VERSION);
    } else if (options.action == ACTION_INFO || options.action == ACTION_CHECK) {
        code = look(&options);
    } else {
        code = change(&options);
    }
    if (fflush(stdout) != 0) {
        report_say("cannot write to the standard output");
        code = EXIT_TROUBLE;
    }
    indexer_options_clear(&options);
    return code;
}
