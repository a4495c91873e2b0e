/**
 * The first lines of a plain text, their shapes and groups: what text_head.c and text_title.c work on.
 *
 * Lines are cut in groups by blank lines. A group is prose (a standfirst, where it is short) or made of lines that
 * stand for themselves.
 */
#ifndef QUOTH_TEXT_HEAD_LINES_H
#define QUOTH_TEXT_HEAD_LINES_H

#include "text_credit.h"
#include "text_head.h"

#define HEAD_NONE SIZE_MAX /* no line, no group */
#define STANDFIRST_MAX_WORDS 60

struct head_line {
    struct text_line line;
    struct slice s; /* the line squeezed; empty where it is blank or too long to be of the head */
    struct text_shape shape;
    size_t group; /* HEAD_NONE: blank */
    struct credit credit;
    bool is_credit, is_key, is_rule, is_boilerplate;
};

struct head_group {
    size_t first, end; /* lines */
    size_t n_words;
    bool is_prose;
};

struct head {
    struct article *article;
    struct text_head *out;
    struct article scratch; /* owns the squeezed lines */
    struct head_line lines[HEAD_LINES_MAX];
    size_t n_lines;
    struct head_group groups[HEAD_LINES_MAX];
    size_t n_groups;
    size_t title;        /* line, or HEAD_NONE */
    bool is_date_update; /* the article's date is that of an update */
};

/** Read and group the first lines of the text. */
enum status head_read_lines(struct head *h, struct error *e) CHECK_RESULT;

/** Key lines ("Title: …", the header of a message) in the groups before any prose: into the article's fields. */
enum status head_read_keys(struct head *h, struct error *e) CHECK_RESULT;

/** Short, no sentence, and nothing that it could be besides. */
bool head_looks_like_title(const struct head_line *l);

/** Is the group one wrapped paragraph, or a paragraph a line? */
bool head_is_prose(const struct head *h, const struct head_group *g);

/** The first group that is not all key lines and boilerplate; n_groups where all are. */
size_t head_first_group(const struct head *h);

/** The line of text above or below line i, blank lines passed over; HEAD_NONE where there is none. */
size_t head_line_above(const struct head *h, size_t i);
size_t head_line_below(const struct head *h, size_t i);

#endif
