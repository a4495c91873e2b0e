/**
 * The head of a plain text: title, byline, date, key lines, found by the shape and place of its first lines.
 */
#ifndef QUOTH_TEXT_HEAD_H
#define QUOTH_TEXT_HEAD_H

#include "article.h"
#include "text_line.h"

#define HEAD_LINES_MAX 48 /* what stands further down is body */

enum line_role {
    ROLE_BODY,      /* text; it may turn out a heading or boilerplate */
    ROLE_PARAGRAPH, /* text, and no heading: a subtitle, a standfirst */
    ROLE_FIELD,     /* in no block: title, byline, date, category, key line */
};

/** What each of the first lines is; all others are ROLE_BODY. */
struct text_head {
    enum line_role roles[HEAD_LINES_MAX];
    size_t n_lines;
};

/** Read the head of a->text into a's title, author, date, tags, url, and the lines' roles into *out. */
enum status text_head_read(struct text_head *out, struct article *a, struct error *e) CHECK_RESULT;

#endif
