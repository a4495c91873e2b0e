/**
 * Lines that name what they hold: "Title: …", "Date: …", the header of a message.
 */
#ifndef QUOTH_TEXT_KEY_H
#define QUOTH_TEXT_KEY_H

#include "article.h"

enum text_key {
    KEY_NONE,  /* no such line */
    KEY_OTHER, /* a word and a colon; it counts only among others */
    KEY_TITLE,
    KEY_AUTHOR,
    KEY_DATE,
    KEY_TAGS,
    KEY_URL,
    KEY_LANG,
    KEY_IGNORED, /* known, and of no field */
};

/** What key a squeezed line has, and *value behind it. */
enum text_key text_key(struct slice line, struct slice *value);

/** Set the field of a that a key stands for; the first of several counts. */
enum status text_key_apply(struct article *a, enum text_key key, struct slice value, struct error *e) CHECK_RESULT;

#endif
