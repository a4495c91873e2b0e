/**
 * Writing replies, and reading them: status lines and data lines as bytes.
 *
 *     reply = [ "@" tag SP ] "OK" SP n *( SP key "=" value ) LF, then n data lines
 *           | [ "@" tag SP ] "ERR" SP code *( SP key "=" value ) SP message LF
 */
#ifndef QUOTH_REPLY_H
#define QUOTH_REPLY_H

#include "buf.h"
#include "request.h"

/** "@tag "; nothing where the tag is empty or NULL. What follows is up to the caller. */
void reply_tag(struct buf *b, const char *tag);

/* A status line: reply_ok(), then any number of reply_key…(), then reply_end(). */
void reply_ok(struct buf *b, const char *tag, uint64_t n_lines);
void reply_key(struct buf *b, const char *key, struct slice value); /* percent-encoded */
void reply_key_u64(struct buf *b, const char *key, uint64_t value);
void reply_end(struct buf *b);

/** A whole error line; at < 0: no at=. The message is made one clean line. */
void reply_error(struct buf *b, const char *tag, const char *code, int64_t at, const char *message);

/** The same with one key=value, such as retry_ms. */
void reply_error_key(struct buf *b, const char *tag, const char *code, const char *key, uint64_t value,
                     const char *message);

/** A data line: row_begin(), a row_…() a column in order, row_end(). TSV or JSON by `format`. */
struct row {
    struct buf *out;
    enum out_format format;
    size_t n_columns;
};
struct row row_begin(struct buf *out, enum out_format format);
void row_text(struct row *r, const char *name, struct slice value);
void row_u64(struct row *r, const char *name, uint64_t value);
void row_real(struct row *r, const char *name, double value, int decimals); /* fixed decimals */
void row_exact(struct row *r, const char *name, double value);              /* 17 significant digits */
void row_null(struct row *r, const char *name);                             /* empty column; JSON null */
/** start+length,… ; JSON [[start,length],…]. `pairs` holds n times start, length. */
void row_pairs(struct row *r, const char *name, const uint32_t *pairs, size_t n);
void row_at(struct row *r, const char *name, uint64_t at, uint64_t len); /* 1830+412; JSON [1830,412] */
void row_end(struct row *r);

/* Reading, for the client. */
struct reply_status {
    bool is_ok;
    struct slice tag, code, message; /* of an ERR; they point into the line */
    uint64_t n_lines;
    struct slice keys; /* all key=value of the line, for reply_value() */
};
/** @retval ERR_FORMAT  not a status line */
enum status reply_parse(struct reply_status *out, struct slice line, struct error *e) CHECK_RESULT;
/** The still encoded value of a key; false: not there. */
bool reply_value(const struct reply_status *s, const char *key, struct slice *value);
/**
 * The next TAB-separated column of a data line (without its LF), unescaped onto `out`; false at the end. An empty line
 * is one empty column. *line moves behind the column; after the last its data is NULL.
 */
bool row_next(struct slice *line, struct buf *out);

#endif
