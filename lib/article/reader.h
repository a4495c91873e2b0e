/**
 * Raw bytes -> article. One reader a format; each may be called from any thread.
 *
 * A reader never fails for what stands in the bytes: damage is replaced and counted, a malformed front matter is read
 * as text (and counted in n_damaged). It fails only for memory, for ARTICLE_MAX_BYTES, and, for a JSON line that is no
 * object, with ERR_FORMAT (the caller counts it and goes on).
 */
#ifndef QUOTH_READER_H
#define QUOTH_READER_H

#include "article.h"

/**
 * The format of a file by its suffix (.gz and .zst taken off: .txt .text .md .markdown .mdown .html .htm .xhtml .jsonl
 * .ndjson), then by its first bytes; FORMAT_UNKNOWN for what is not text at all (NUL bytes that are no UTF-16/32, too
 * many control bytes, magic numbers).
 *
 * @param path  only its name is looked at; may be empty
 * @param head  the first bytes of the (decompressed) content, up to 4,096
 */
enum article_format format_detect(struct slice path, struct slice head);

/** "text", "markdown", "html", "jsonl", "unknown". */
const char *format_name(enum article_format format);

/**
 * Read one article (of JSON Lines: one line) into *out, which was initialised and is cleared first.
 *
 * @param raw  borrowed for the call; nothing in *out points into it
 * @retval ERR_LIMIT ERR_FORMAT ERR_NOMEM
 */
enum status article_read(struct article *out, enum article_format format, struct slice raw,
                         struct error *e) CHECK_RESULT;

/** Once, before threads read: libxml2 sets up its tables, which is not safe in several threads at a time. */
void readers_init(void);

/* The readers, as article_read() calls them: out is empty, raw is within ARTICLE_MAX_BYTES. */
enum status text_read(struct article *out, struct slice raw, struct error *e) CHECK_RESULT;
enum status markdown_read(struct article *out, struct slice raw, struct error *e) CHECK_RESULT;
enum status html_read(struct article *out, struct slice raw, struct error *e) CHECK_RESULT;
enum status json_read(struct article *out, struct slice line, struct error *e) CHECK_RESULT;

#endif
