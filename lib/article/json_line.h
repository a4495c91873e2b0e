/**
 * A line of JSON Lines as a flat table of its top-level values.
 *
 * Lines are read by a scanner that knows what nearly all lines are made of, strings and small numbers, and decodes
 * their strings in one pass to where they will stay. Nested values are left to jansson, as is the whole line where
 * there is anything the scanner does not know or that is wrong: so jansson alone decides what is JSON.
 */
#ifndef QUOTH_JSON_LINE_H
#define QUOTH_JSON_LINE_H

#include "article.h"

#include <jansson.h>

#define JSON_LINE_FIELDS_MAX 64 /* of the scanner; jansson reads lines with more */

enum json_item_kind {
    ITEM_ABSENT,
    ITEM_NULL,
    ITEM_STRING,
    ITEM_INTEGER,
    ITEM_OTHER, /* see tree: arrays, objects, numbers that are no integers; NULL for true and false */
};

struct json_item {
    enum json_item_kind kind;
    struct slice text;  /* ITEM_STRING: well-formed UTF-8, a NUL behind it */
    json_int_t integer; /* ITEM_INTEGER */
    const json_t *tree; /* ITEM_OTHER */
};

struct json_line {
    struct slice keys[JSON_LINE_FIELDS_MAX];
    struct json_item items[JSON_LINE_FIELDS_MAX];
    size_t n;
    json_t *object; /* NULL, or what jansson made of the line, instead of the fields */
    bool is_kept;   /* the texts are in the article's arena; else they stay until json_line_clear() */
};

/**
 * Read a line; \u0000 and surrogates without their other half become U+FFFD and count as damage of the article.
 *
 * @param[out] out   the caller clears it, whatever happens
 * @param      line  UTF-8 without NUL
 * @retval ERR_FORMAT  no JSON, or no object
 */
enum status json_line_read(struct json_line *out, struct article *a, struct slice line, struct error *e) CHECK_RESULT;
/** As json_line_read, by jansson alone; the same comes of it. */
enum status json_line_load(struct json_line *out, struct article *a, struct slice line, struct error *e) CHECK_RESULT;
void json_line_clear(struct json_line *l);

/** The value of a key, the last where there are several. */
struct json_item json_line_get(const struct json_line *l, const char *key);

/** What jansson holds, as an item. */
struct json_item json_item_of(const json_t *value);

/** Calls fn for each key, in the line's order. */
void json_line_keys(const struct json_line *l, void (*fn)(void *ctx, struct slice key), void *ctx);

#endif
