/**
 * A reply's rows -> the text a person reads: a pure function on bytes.
 *
 * The rows come from outside: a column that is missing or is not what it should be is left out, never trusted.
 */
#ifndef QUOTH_RENDER_H
#define QUOTH_RENDER_H

#include "reply.h"

struct render_style {
    uint32_t columns; /* of a line; COLUMNS_ENDLESS: not wrapped */
    bool is_colour;
    bool is_snippet; /* the text column is part of a passage: "…" where it was cut */
    uint32_t width;  /* characters of a snippet, as they were asked for */
    uint32_t from;   /* hits that were passed over */
};

/** SEARCH: a block a hit, then a line that says what was searched. `lines` are the reply's data lines, each with its
 * LF. */
void render_hits(struct buf *out, const struct reply_status *status, struct slice lines,
                 const struct render_style *style);

/** Why SEARCH found nothing, in a line without its end: no word, nothing beyond --from, an empty index, or no match. */
void render_nothing(struct buf *out, const struct reply_status *status, struct slice query, uint32_t from);

/** COUNT: "12 passages in 3 articles". */
void render_count(struct buf *out, const struct reply_status *status);

/** GET: the fields of an article (as many as fields= says), then passages. */
void render_article(struct buf *out, const struct reply_status *status, struct slice lines,
                    const struct render_style *style);

/** EXPLAIN: a table whose numbers are cut to 6 significant digits. */
void render_explanation(struct buf *out, struct slice lines);

/** STATS: columns set out under each other; `header` is a TAB-separated line, or empty. */
void render_table(struct buf *out, struct slice lines, struct slice header);

/* For these functions, and their tests. */

#define ROW_COLUMNS_MAX 32 /* further columns are left out */

/** A data line's columns, unescaped; absent ones are empty. */
struct row_view {
    struct buf bytes;
    struct slice columns[ROW_COLUMNS_MAX];
    size_t n;
};

void row_view_init(struct row_view *r);
void row_view_clear(struct row_view *r);

/** Take the next line off *lines; false at their end, or where memory ends. */
bool row_view_next(struct row_view *r, struct slice *lines);

/** "1830+412" -> two numbers; false: it is none. */
bool pair_parse(struct slice text, uint64_t *start, uint64_t *len);

/** " · bytes 1830+412" of a file, " · text bytes …" of what was extracted from one; nothing where `at` is no pair. */
void put_range(struct buf *line, struct slice at, struct slice format);

/** Is a passage's text what was extracted from its file, each block, line and table cell set off by white space? */
bool is_extracted(struct slice format);

/** The digits of a key of the status line; "0" where it is not there or no number. */
struct slice count_value(const struct reply_status *status, const char *key);

/** "1240" -> "1,240". */
void put_grouped(struct buf *out, struct slice digits);

#endif
