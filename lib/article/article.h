/**
 * An article as a reader hands it on: fields, clean UTF-8 text cut in blocks, and where each byte of it came from.
 *
 * One thread at a time. Everything an article points to lives in its arena and stays until article_clear().
 */
#ifndef QUOTH_ARTICLE_H
#define QUOTH_ARTICLE_H

#include "arena.h"
#include "status.h"

#define ARTICLE_MAX_BYTES ((size_t)64 << 20) /* raw bytes of one article; one more is ERR_LIMIT */
#define FIELD_MAX_BYTES 1024                 /* a field is cut there, at a character */
#define TAGS_MAX 64                          /* further tags are dropped */

enum article_format {
    FORMAT_UNKNOWN, /* not text: to be passed over */
    FORMAT_TEXT,
    FORMAT_MARKDOWN,
    FORMAT_HTML,
    FORMAT_JSONL,
};

enum block_kind {
    BLOCK_PARAGRAPH,
    BLOCK_HEADING,     /* stays with what follows it */
    BLOCK_BOILERPLATE, /* captions, bylines, "Subscribe": never a passage of its own */
};

/** A run of the text: a paragraph, list item, table row, heading. Blocks ascend and do not overlap. */
struct block {
    uint32_t start, len; /* bytes of text */
    enum block_kind kind;
};

/**
 * A run of text and the source bytes it came from. Where src_len equals text_len, bytes map one to one; else the run
 * maps as a whole: what starts in it starts at its first source byte, what ends in it ends at its last.
 */
struct offset_run {
    uint32_t text, text_len;
    uint32_t src, src_len;
};

struct article {
    struct arena arena;
    enum article_format format;
    struct slice id;     /* JSON Lines: id or _id; else empty, the caller gives one */
    struct slice title;  /* plain text, white space squeezed; empty where none was found */
    struct slice author; /* several are joined with ", " */
    struct slice lang; /* as the article says, lower case, up to the first '-' or '_': "en", "de"; empty: it does not */
    struct slice url;
    int32_t date; /* date.h */
    struct slice *tags;
    size_t n_tags;

    struct slice text; /* well-formed UTF-8; blocks are parts of it, the title is in no block */
    struct block *blocks;
    size_t n_blocks, blocks_cap;
    struct offset_run *runs; /* ascending; empty: text bytes are source bytes */
    size_t n_runs, runs_cap;
    uint64_t n_damaged; /* malformed source characters that became U+FFFD */
};

void article_init(struct article *a);

/** Free all; the article is empty and usable. */
void article_clear(struct article *a);

/** Set a field: a copy of value, character references decoded, white space squeezed and trimmed, cut to
 * FIELD_MAX_BYTES. */
enum status article_set_field(struct article *a, struct slice *field, struct slice value, struct error *e) CHECK_RESULT;

/** Append an author, without a "By ", to the author field after ", "; one that is already there is not repeated, one
 * too many dropped. */
enum status article_add_author(struct article *a, struct slice author, struct error *e) CHECK_RESULT;
/** As article_add_author, of a name that may be written "Doe, Jane". */
enum status article_add_author_turned(struct article *a, struct slice author, struct error *e) CHECK_RESULT;
/** Append a tag; an empty one, a repeated one or one past TAGS_MAX is dropped. */
enum status article_add_tag(struct article *a, struct slice tag, struct error *e) CHECK_RESULT;
/** "en-GB" -> "en"; anything that is not 2 or 3 letters is no language. */
enum status article_set_lang(struct article *a, struct slice lang, struct error *e) CHECK_RESULT;

/** Append a block behind those before it. Past 2^22 blocks the last one grows instead: memory stays bounded. */
enum status article_add_block(struct article *a, uint32_t start, uint32_t len, enum block_kind kind,
                              struct error *e) CHECK_RESULT;
/** Note where text bytes came from; joined with the run before where it continues one to one, or past 2^23 runs. */
enum status article_add_run(struct article *a, struct offset_run run, struct error *e) CHECK_RESULT;

/** The source range [*start, *start + *len) of text bytes [start, start + len), len > 0. */
void article_source_range(const struct article *a, uint32_t start, uint32_t len, uint64_t *src_start,
                          uint64_t *src_len);

#endif
