#include "html_text.h"

#include "date.h"
#include "html_entity.h"
#include "tag_strip.h"
#include "text_boilerplate.h"
#include "text_credit.h"
#include "text_line.h"
#include "text_tail.h"
#include "utf8.h"

#include <stdlib.h>

#define PROSE_MIN_WORDS 25 /* a paragraph of so many is text: what is above it may be the head */
#define HEAD_BLOCKS_MAX 48 /* what stands further down is no head, prose or not */
#define LINK_MAX_WORDS 12  /* a longer link is read as text */
#define LABEL_MAX_BYTES 16
#define H1_MAX_WORDS 40
#define TEXT_MAX_BYTES (3 * ARTICLE_MAX_BYTES) /* extracted: line ends come on top of the source */

/** The text so far, and the block that is being written. Depths count open elements of a kind. */
struct writer {
    struct article *a;
    struct buf text;
    bool is_open;
    size_t block_start, link_chars, other_chars; /* of the block: what is a link's text, and what is not */
    bool has_prose;                              /* there was a paragraph of many words */
    bool has_space, has_newline, has_cell;       /* due before the next text */
    unsigned boilerplate, heading, pre, link;    /* depth */
    bool is_h1, has_h1;
    enum status status;
    struct error *e;
};

static bool is_space(uint32_t c)
{
    return c <= ' ' || c == 0xA0;
}

/* The first h1, or one that has a label before it: "Title: …". */
static bool is_title(const struct article *a, struct slice block, bool is_first)
{
    struct slice title = a->title;
    if (title.len == 0 || block.len < title.len ||
        !slice_equal_ascii_case(slice_from(block, block.len - title.len), title))
        return false;
    struct slice label = slice_trim(slice_of(block.data, block.len - title.len));
    return label.len == 0 ? is_first : slice_ends(label, SLICE(":")) && label.len < LABEL_MAX_BYTES;
}

/* Has the title every word of the h1? Sites have longer titles for others: nothing of it is lost. */
static bool is_in_title(const struct article *a, struct slice block)
{
    size_t n = 0;
    for (size_t at = 0; at < block.len; n++) {
        struct slice word = text_word(block, &at);
        bool is_found = word.len == 0;
        for (size_t in = 0; in < a->title.len && !is_found;) {
            struct slice other = text_word(a->title, &in);
            while (other.len > 0 && strchr(",:;.|", other.data[other.len - 1]) != NULL)
                other.len--;
            while (word.len > 0 && strchr(",:;.|", word.data[word.len - 1]) != NULL)
                word.len--;
            is_found = slice_equal_ascii_case(word, other);
        }
        if (!is_found || n == H1_MAX_WORDS)
            return false;
    }
    return n > 0;
}

static bool is_credit_line(const struct writer *w, struct slice line, bool is_below)
{
    struct credit credit;
    return credit_parse(&credit, line) || slice_equal_ascii_case(line, w->a->author) ||
           (credit_parse_names(&credit, line) && credit_is_of(&credit, w->a->author)) ||
           (is_below && credit_is_calling(line));
}

/* Who wrote it, when, and what he is: above the text that is no part of it; in one line, or each in a line. */
static bool is_head_credit(const struct writer *w, struct slice block)
{
    size_t n = w->a->n_blocks;
    if (memchr(block.data, '\t', block.len) != NULL)
        return false; /* a row of a table */
    bool is_below = n > 0 && w->a->blocks[n - 1].kind == BLOCK_BOILERPLATE;
    if (is_credit_line(w, block, is_below))
        return true;
    for (struct slice rest = block; rest.len > 0; is_below = true) {
        const char *end = memchr(rest.data, '\n', rest.len);
        size_t len = end == NULL ? rest.len : (size_t)(end - rest.data);
        if (!is_credit_line(w, slice_trim(slice_of(rest.data, len)), is_below))
            return false;
        rest = slice_from(rest, len + 1);
    }
    return true;
}

/* "By Jane Doe, 3 April 2018" above the text: what the page says nowhere else is taken from it. */
static enum status take_credit(struct writer *w, struct slice block)
{
    struct credit credit;
    enum status status = OK;
    struct slice squeezed = {0};
    if ((w->a->author.len > 0 && w->a->date != DATE_NONE) || block.len > FIELD_MAX_BYTES)
        return OK;
    status = article_set_field(w->a, &squeezed, block, w->e);
    if (status != OK || !credit_parse(&credit, squeezed))
        return status;
    w->a->date = w->a->date == DATE_NONE ? credit.date : w->a->date;
    size_t n = w->a->author.len > 0 ? 0 : credit.n_names;
    for (size_t i = 0; i < n && status == OK; i++)
        status = article_add_author(w->a, credit.names[i], w->e);
    return status;
}

/* A paragraph that its words, or its being a link and nothing else, show to be the page's and not the article's. */
static bool is_boilerplate(const struct writer *w, struct slice block, bool is_link)
{
    enum boilerplate kind = text_boilerplate(block);
    if (w->heading > 0)
        return kind == BOILERPLATE_SECTION;
    bool is_lone_link = is_link && text_count_words(block, LINK_MAX_WORDS) <= LINK_MAX_WORDS;
    return w->pre == 0 && (kind != BOILERPLATE_NOT || is_lone_link || text_is_rule(block) ||
                           (!w->has_prose && w->a->n_blocks < HEAD_BLOCKS_MAX && is_head_credit(w, block)));
}

static void close_block(struct writer *w)
{
    w->has_space = w->has_newline = w->has_cell = false;
    if (!w->is_open || w->status != OK)
        return;
    w->is_open = false;
    bool is_link = w->link_chars > 0 && w->other_chars == 0;
    w->link_chars = w->other_chars = 0;
    struct slice block = slice_trim(slice_of(w->text.data + w->block_start, w->text.len - w->block_start));
    if (block.len == 0)
        return;
    bool is_first_h1 = w->is_h1 && !w->has_h1;
    w->has_h1 = w->has_h1 || is_first_h1;
    if (w->is_h1 && (is_title(w->a, block, is_first_h1) || (is_first_h1 && is_in_title(w->a, block))))
        return;
    enum block_kind kind = w->heading > 0 ? BLOCK_HEADING : BLOCK_PARAGRAPH;
    if (w->boilerplate > 0 || is_boilerplate(w, block, is_link))
        kind = BLOCK_BOILERPLATE;
    if (kind == BLOCK_BOILERPLATE && w->boilerplate == 0 && !w->has_prose && w->a->n_blocks < HEAD_BLOCKS_MAX)
        w->status = take_credit(w, block);
    if (w->status != OK)
        return;
    w->has_prose |= kind == BLOCK_PARAGRAPH && text_count_words(block, PROSE_MIN_WORDS) >= PROSE_MIN_WORDS;
    w->status = article_add_block(w->a, (uint32_t)(block.data - w->text.data), (uint32_t)block.len, kind, w->e);
}

/* A character that is no white space, or any in pre. */
static void put_char(struct writer *w, uint32_t c)
{
    if (!w->is_open) {
        w->is_open = true;
        if (w->text.len > 0)
            buf_put_cstr(&w->text, "\n\n");
        w->block_start = w->text.len;
    } else if (w->has_cell || w->has_newline || w->has_space) {
        buf_put_byte(&w->text, w->has_cell ? '\t' : w->has_newline ? '\n' : ' ');
    }
    w->has_space = w->has_newline = w->has_cell = false;
    *(w->link > 0 ? &w->link_chars : &w->other_chars) += 1;
    utf8_put(&w->text, c);
}

static void put_text(struct writer *w, struct slice s)
{
    for (size_t at = 0; at < s.len;) {
        uint32_t c = utf8_next(s, &at, NULL);
        if (!is_space(c))
            put_char(w, c);
        else if (w->pre > 0 && w->is_open)
            buf_put_byte(&w->text, c == '\n' || c == '\t' ? (char)c : ' ');
        else
            w->has_space = true;
    }
    if (w->status == OK)
        w->status = buf_status(&w->text, w->e);
}

/* <br>: one ends a line, two a paragraph. */
static void put_break(struct writer *w)
{
    if (w->has_newline)
        close_block(w);
    else
        w->has_newline = w->is_open;
}

/* A page of links and captions alone: then these are its text. */
static void settle_page(struct article *a)
{
    for (size_t i = 0; i < a->n_blocks; i++)
        if (a->blocks[i].kind == BLOCK_PARAGRAPH)
            return;
    for (size_t i = 0; i < a->n_blocks; i++) {
        struct block *b = &a->blocks[i];
        if (b->kind == BLOCK_BOILERPLATE &&
            text_boilerplate(slice_of(a->text.data + b->start, b->len)) == BOILERPLATE_NOT)
            b->kind = BLOCK_PARAGRAPH;
    }
}

static enum status finish(struct writer *w)
{
    close_block(w);
    if (w->status == OK) {
        w->a->text = arena_copy(&w->a->arena, buf_slice(&w->text));
        w->status = w->a->text.data == NULL ? error_nomem(w->e) : OK;
    }
    if (w->status == OK) {
        text_settle_tail(w->a);
        settle_page(w->a);
    }
    buf_clear(&w->text);
    return w->status;
}

/* ---- from a tree ---- */

/* The character that a node's text ends or begins with, white space too; '\0' where that is not plain. */
static char edge_of(const xmlNode *node, bool is_end)
{
    while (node != NULL && node->type == XML_ELEMENT_NODE)
        node = is_end ? node->last : node->children;
    if (node == NULL || node->type != XML_TEXT_NODE || node->content == NULL || *node->content == '\0')
        return '\0';
    return (char)node->content[is_end ? strlen((const char *)node->content) - 1 : 0];
}

/*
 * Neighbours that only a style sets apart: <span>Jane Doe</span><span>Evening Times</span>. A small letter (or a
 * digit) before a capital tells them from the parts of one word.
 */
static bool is_set_apart(const xmlNode *node)
{
    const xmlNode *before = node->prev;
    if (before == NULL || node->type != XML_ELEMENT_NODE || before->type != XML_ELEMENT_NODE)
        return false;
    bool are_inline = (html_is(node, "span") || html_is(node, "a") || html_is(node, "time")) &&
                      (html_is(before, "span") || html_is(before, "a") || html_is(before, "time"));
    if (!are_inline)
        return false;
    char end = edge_of(before, true), begin = edge_of(node, false);
    return ((end >= 'a' && end <= 'z') || (end >= '0' && end <= '9')) && begin >= 'A' && begin <= 'Z';
}

static void enter(struct writer *w, const xmlNode *node)
{
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
        put_text(w, slice_cstr((const char *)node->content));
        return;
    }
    if (html_is(node, "br")) {
        put_break(w);
        return;
    }
    unsigned traits = html_traits(node);
    if (w->pre == 0 && is_set_apart(node))
        w->has_space = true;
    if ((traits & HTML_BLOCK) != 0)
        close_block(w);
    if ((traits & HTML_CELL) != 0)
        w->has_cell = w->is_open;
    w->boilerplate += html_is_boilerplate(node);
    w->heading += (traits & HTML_HEADING) != 0;
    w->pre += (traits & HTML_PRE) != 0;
    w->link += html_is(node, "a");
    w->is_h1 = w->is_h1 || html_is(node, "h1");
}

static void leave(struct writer *w, const xmlNode *node)
{
    unsigned traits = html_traits(node);
    if ((traits & HTML_BLOCK) != 0)
        close_block(w);
    w->boilerplate -= html_is_boilerplate(node);
    w->heading -= (traits & HTML_HEADING) != 0;
    w->pre -= (traits & HTML_PRE) != 0;
    w->link -= html_is(node, "a");
    w->is_h1 = w->is_h1 && !html_is(node, "h1");
}

/* The heading of a list of references goes with it. */
static void drop_heading(struct writer *w, const xmlNode *dropped)
{
    static const char *const words[] = {"references", "reflist"};
    if (!html_has_word(dropped, words, 2))
        return;
    close_block(w);
    if (w->a->n_blocks > 0 && w->a->blocks[w->a->n_blocks - 1].kind == BLOCK_HEADING)
        w->a->n_blocks--;
}

enum status html_read_tree(struct article *a, xmlNode *main, size_t page_weight, struct error *e)
{
    struct writer w = {.a = a, .e = e};
    buf_init(&w.text, TEXT_MAX_BYTES);
    const xmlNode *node = main;
    while (node != NULL && w.status == OK) {
        bool is_dropped = node != main && html_is_dropped(node, page_weight);
        if (!is_dropped)
            enter(&w, node);
        else
            drop_heading(&w, node);
        if (!is_dropped && node->type == XML_ELEMENT_NODE && node->children != NULL) {
            node = node->children;
            continue;
        }
        if (!is_dropped)
            leave(&w, node);
        while (node != main && node->next == NULL) {
            node = node->parent;
            leave(&w, node);
        }
        node = node == main ? NULL : node->next;
    }
    return finish(&w);
}

void html_inner_text(struct buf *out, const xmlNode *element, char between)
{
    char space = '\0'; /* due before the next text */
    size_t start = out->len;
    for (const xmlNode *node = element; node != NULL;) {
        bool is_hidden = node != element && (html_traits(node) & HTML_HIDDEN) != 0;
        if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
            struct slice s = slice_cstr((const char *)node->content);
            for (size_t at = 0; at < s.len;) {
                uint32_t c = utf8_next(s, &at, NULL);
                if (is_space(c)) {
                    space = space != '\0' ? space : ' ';
                    continue;
                }
                if (space != '\0' && out->len > start)
                    buf_put_byte(out, space);
                space = '\0';
                utf8_put(out, c);
            }
        } else if (is_set_apart(node)) {
            space = between;
        } else if (html_is(node, "br") || (html_traits(node) & HTML_BLOCK) != 0) {
            space = between;
        }
        node = html_next(node, element, !is_hidden);
    }
}

/* ---- without a tree ---- */

static void put_with_entities(struct writer *w, struct slice s)
{
    while (s.len > 0) {
        const char *start = memchr(s.data, '&', s.len);
        size_t plain = start == NULL ? s.len : (size_t)(start - s.data);
        put_text(w, slice_of(s.data, plain));
        s = slice_from(s, plain);
        if (s.len == 0)
            break;
        const char *end = memchr(s.data, ';', s.len < 40 ? s.len : 40);
        size_t len = end == NULL ? 1 : (size_t)(end - s.data) + 1;
        char decoded[ENTITY_MAX_BYTES];
        size_t n = entity_decode(decoded, slice_of(s.data, len));
        put_text(w, n > 0 ? slice_of(decoded, n) : slice_of(s.data, len));
        s = slice_from(s, len);
    }
}

enum status html_read_flat(struct article *a, struct slice html, struct error *e)
{
    struct writer w = {.a = a, .e = e};
    struct tag_strip strip = {0};
    struct slice text;
    bool breaks, is_more = true;
    buf_init(&w.text, TEXT_MAX_BYTES);
    for (size_t at = 0; is_more && w.status == OK;) {
        is_more = tag_strip_next(&strip, html, &at, &text, &breaks);
        if (breaks)
            close_block(&w);
        if (is_more)
            put_with_entities(&w, text);
    }
    return finish(&w);
}
