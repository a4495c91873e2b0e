/**
 * What a run did, counted, and what went wrong, told on stderr. The counters marked so are shared by the builders; all
 * else is touched by one thread at a time (the one whose turn it is, crew.h).
 */
#ifndef QUOTH_REPORT_H
#define QUOTH_REPORT_H

#include "options.h"
#include "update.h"

#include <stdatomic.h>

#define REPORT_LINES_SHOWN 20 /* bad lines that are told in full */

struct report {
    const struct indexer_options *options;
    bool is_silent; /* a first pass: the second will tell */
    uint64_t n_added, n_replaced, n_removed;
    uint64_t n_before;                   /* live articles of the generation it began with */
    uint64_t n_files_read, n_files_same; /* same: by their dates */
    uint64_t n_hidden, n_links, n_special, n_binary;
    uint64_t n_failed;                                  /* files and folders that could not be read */
    uint64_t n_bad_lines;                               /* of JSON Lines, without an article */
    uint64_t n_damaged;                                 /* characters */
    uint64_t n_empty;                                   /* articles without a passage */
    atomic_ullong n_passages, n_bytes, n_articles_done; /* shared */
    uint64_t started_us;
};

void report_init(struct report *r, const struct indexer_options *options);

/** A file or folder that could not be read. */
void report_failure(struct report *r, struct slice path, const char *message);
/** A line that gave no article; after REPORT_LINES_SHOWN they are only counted. */
void report_bad_line(struct report *r, struct slice path, uint64_t line, const char *message);
/** --verbose: "added ID". */
void report_article(struct report *r, const char *what, struct slice id);

/** The end of a run; result is NULL after a dry run. */
void report_finish(struct report *r, const struct publish_result *result);

/** The report as people read it; seconds: what the run took. */
void report_text(struct buf *out, const struct report *r, const struct publish_result *result, double seconds);

/** 0, or 1 where some input could not be read. */
int report_exit_code(const struct report *r);

/** "quoth-index: message" on stderr. */
void report_say(const char *message);

#endif
