#include "reader.h"

#include "encoding.h"
#include "text_boilerplate.h"
#include "text_credit.h"
#include "text_head.h"
#include "text_line.h"
#include "text_tail.h"

/*
 * The body is cut in groups: runs of lines between blank lines, dividers and lines of the head. A group is one
 * paragraph where its lines were wrapped, else a paragraph a line. A short line alone is a heading, until the end shows
 * that nothing follows it.
 */

#define WRAP_MAX_CHARS 120 /* nobody wraps lines wider than that */
#define HEADING_MAX_CHARS 90
#define HEADING_MAX_WORDS 14
#define COUNTER_MAX_DIGITS 6

struct group {
    size_t at, end; /* bytes of the text, from its first line's begin to behind its last */
    size_t first;   /* number of its first line */
    size_t n_lines, max_chars;
    size_t n_full;      /* lines, of all but the last, that had no room for the next one's first word */
    size_t n_sentences; /* lines, of all but the last, that end a sentence */
    size_t n_indented;
    bool is_list;      /* its first line has an item's marker */
    bool is_paragraph; /* ROLE_PARAGRAPH: no heading */
};

struct body {
    struct article *article;
    struct text_head head;
    size_t at, n_lines; /* of the text, what is read so far */
};

static enum line_role role_of(const struct body *b, size_t line)
{
    return line < b->head.n_lines ? b->head.roles[line] : ROLE_BODY;
}

/** Does the line end a group, and belong to none? */
static bool is_between(const struct body *b, const struct text_line *line, size_t number)
{
    return line->s.len == 0 || role_of(b, number) == ROLE_FIELD || text_is_rule(line->s);
}

static bool ends_sentence(struct slice s)
{
    return text_shape(s.len > 32 ? slice_from(s, s.len - 32) : s).is_sentence;
}

static size_t first_word_chars(struct slice s)
{
    size_t at = 0;
    return text_count_chars(text_word(s, &at));
}

/** The next group; false at the end. Lines of different roles are in different groups. */
static bool next_group(struct body *b, struct group *g)
{
    struct slice text = b->article->text;
    struct text_line line;
    *g = (struct group){0};
    size_t before = b->at;
    while (text_line_next(text, &b->at, &line) && is_between(b, &line, b->n_lines)) {
        b->n_lines++;
        before = b->at;
    }
    if (before >= text.len)
        return false;
    *g = (struct group){.at = before, .first = b->n_lines, .is_list = text_item_marker(line.s) > 0};
    enum line_role role = role_of(b, b->n_lines);
    g->is_paragraph = role == ROLE_PARAGRAPH;
    b->at = before;
    while (text_line_next(text, &b->at, &line) && !is_between(b, &line, b->n_lines) && role_of(b, b->n_lines) == role) {
        size_t n_chars = text_count_chars(line.s);
        g->max_chars = n_chars > g->max_chars ? n_chars : g->max_chars;
        g->n_indented += line.indent >= 2;
        g->n_lines++;
        b->n_lines++;
        before = b->at;
    }
    b->at = g->end = before;
    return true;
}

/** How the lines of a group end: at its width, as wrapped lines do, or at the end of sentences. */
static void measure(struct slice text, struct group *g)
{
    struct text_line line, next;
    size_t at = g->at;
    if (!text_line_next(text, &at, &line))
        return;
    for (size_t i = 1; i < g->n_lines && text_line_next(text, &at, &next); i++) {
        g->n_full += text_count_chars(line.s) + 1 + first_word_chars(next.s) > g->max_chars;
        g->n_sentences += ends_sentence(line.s);
        line = next;
    }
}

/** Is each line a paragraph? Long ones are; short ones where they end sentences and were not wrapped. */
static bool is_line_by_line(const struct group *g)
{
    if (g->max_chars > WRAP_MAX_CHARS)
        return true;
    size_t n_ends = g->n_lines - 1;
    return g->n_full * 2 < n_ends && g->n_sentences * 4 >= n_ends * 3;
}

/** Does a paragraph begin at this line of a wrapped group? */
static bool begins_paragraph(const struct group *g, const struct text_line *line, uint32_t indent_before)
{
    if (g->is_list)
        return text_item_marker(line->s) > 0;
    /* A book's way: the first line of each paragraph is set in. */
    bool is_mixed = g->n_indented * 2 < g->n_lines;
    return is_mixed && line->indent >= 2 && indent_before < 2;
}

static bool is_heading(struct slice s)
{
    if (s.len > (size_t)HEADING_MAX_CHARS * 4)
        return false;
    struct text_shape shape = text_shape(s);
    bool is_question = shape.last == '?' || shape.last == '!';
    return shape.has_letter && shape.n_chars <= HEADING_MAX_CHARS && shape.n_words <= HEADING_MAX_WORDS &&
           (!shape.is_sentence || is_question) && (!shape.is_open || shape.last == ':') && text_item_marker(s) == 0;
}

static enum status add_block(struct body *b, size_t start, size_t end, enum block_kind kind, struct error *e)
{
    return article_add_block(b->article, (uint32_t)start, (uint32_t)(end - start), kind, e);
}

/** A few digits alone: a page number, how many liked it. */
static bool is_counter(struct slice s)
{
    size_t n = 0;
    while (n < s.len && s.data[n] >= '0' && s.data[n] <= '9')
        n++;
    return n > 0 && n == s.len && n <= COUNTER_MAX_DIGITS;
}

/** The author's name again, with a date or without. */
static bool is_known_credit(const struct article *a, struct slice s)
{
    struct credit credit;
    return credit_parse(&credit, s) && credit_is_of(&credit, a->author);
}

/** A paragraph or a line by itself: boilerplate, perhaps a heading, or text. */
static enum status add_text(struct body *b, size_t start, size_t end, bool may_be_heading, struct error *e)
{
    struct slice s = slice_of(b->article->text.data + start, end - start);
    enum block_kind kind = BLOCK_PARAGRAPH;
    bool is_alone = may_be_heading && is_heading(s);
    if (is_alone && slice_equal_ascii_case(s, b->article->title))
        return OK;
    if (text_boilerplate(s) != BOILERPLATE_NOT || is_counter(s) || (is_alone && is_known_credit(b->article, s)))
        kind = BLOCK_BOILERPLATE;
    else if (is_alone)
        kind = BLOCK_HEADING;
    return add_block(b, start, end, kind, e);
}

/** Every line by itself; a short one before a much longer one is a heading. */
static enum status add_lines(struct body *b, const struct group *g, struct error *e)
{
    enum status st = OK;
    struct text_line line;
    size_t at = g->at;
    for (size_t i = 0; i < g->n_lines && st == OK && text_line_next(b->article->text, &at, &line); i++) {
        bool may_be_heading = !g->is_paragraph && i + 1 < g->n_lines && g->max_chars > WRAP_MAX_CHARS;
        st = add_text(b, line.start, line.start + line.s.len, may_be_heading, e);
    }
    return st;
}

/** Lines that were wrapped, as paragraphs. */
static enum status add_wrapped(struct body *b, const struct group *g, struct error *e)
{
    enum status st = OK;
    struct text_line line;
    size_t at = g->at, start = 0, end = 0;
    uint32_t indent = 0;
    for (size_t i = 0; i < g->n_lines && st == OK && text_line_next(b->article->text, &at, &line); i++) {
        if (i == 0 || begins_paragraph(g, &line, indent)) {
            if (i > 0)
                st = add_text(b, start, end, false, e);
            start = line.start;
        }
        end = line.start + line.s.len;
        indent = line.indent;
    }
    return st == OK ? add_text(b, start, end, g->n_lines == 1 && !g->is_paragraph, e) : st;
}

/** A few short lines each of which is boilerplate. */
static bool is_all_boilerplate(const struct body *b, const struct group *g)
{
    struct text_line line;
    size_t at = g->at;
    for (size_t i = 0; i < g->n_lines && text_line_next(b->article->text, &at, &line); i++)
        if (text_boilerplate(line.s) == BOILERPLATE_NOT && (i == 0 || !is_counter(line.s)))
            return false;
    return true;
}

/** "Related", and the names of other articles below it. */
static bool is_site_section(const struct body *b, const struct group *g)
{
    struct text_line line;
    size_t at = g->at;
    for (size_t i = 0; i < g->n_lines && text_line_next(b->article->text, &at, &line); i++)
        if (i == 0 ? text_boilerplate(line.s) != BOILERPLATE_SECTION : !text_is_fragment(line.s))
            return false;
    return true;
}

static enum status add_group(struct body *b, struct group *g, struct error *e)
{
    measure(b->article->text, g);
    if (g->n_lines > 1 && (is_line_by_line(g) || is_all_boilerplate(b, g) || is_site_section(b, g)))
        return add_lines(b, g, e);
    return add_wrapped(b, g, e);
}

static enum status read_body(struct body *b, struct error *e)
{
    struct group g;
    enum status st = OK;
    while (st == OK && next_group(b, &g))
        st = add_group(b, &g, e);
    text_settle_tail(b->article);
    return st;
}

enum status text_read(struct article *out, struct slice raw, struct error *e)
{
    struct slice text;
    enum status st = encoding_to_utf8(&text, out, raw, (struct slice){0}, e);
    if (st != OK)
        return st;
    bool is_borrowed = text.len > 0 && text.data >= raw.data && text.data < raw.data + raw.len;
    out->text = is_borrowed ? arena_copy(&out->arena, text) : text;
    if (out->text.data == NULL)
        return error_nomem(e);
    struct body b = {.article = out};
    st = text_head_read(&b.head, out, e);
    return st == OK ? read_body(&b, e) : st;
}
