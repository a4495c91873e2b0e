#include "reader.h"

#include "date.h"
#include "encoding.h"
#include "front_matter.h"
#include "markdown_marks.h"
#include "html_entity.h"
#include "offset_map.h"
#include "shortcode.h"
#include "tag_strip.h"
#include "text_credit.h"
#include "utf8.h"

#include <md4c.h>
#include <stdlib.h>

#define TEXT_MAX_BYTES                                                                                                 \
    (2 * ARTICLE_MAX_BYTES) /* extracted: white space between blocks may come on top of the source                     \
                             */
#define LINK_MAX_BYTES 1024 /* words of a link in raw HTML */
#define INDENT_MAX 8        /* spaces kept before a line of code */
/* Input of n bytes makes no more work than this, unless it was made for that: then it is read as plain paragraphs. */
#define WORK_PER_BYTE 16
#define WORK_MIN 65536

/** White space that is due before the next text. */
struct pending {
    unsigned newlines, spaces;
    bool is_cell;
};

struct reading {
    struct article *a;
    struct offset_map map;
    struct slice input; /* the text behind the front matter, with shortcodes blanked */
    uint32_t input_at;  /* where that begins in the converted text */
    uint64_t work, work_max;
    struct buf text;
    uint32_t src_end; /* end of what was mapped last, in the converted text */
    struct pending pending;
    bool is_open; /* a block has begun at block_start */
    size_t block_start;
    unsigned heading; /* level, 0 in other blocks */
    bool has_h1;      /* the first one is behind us */
    bool has_paragraph;
    unsigned images; /* depth: their text is left out */
    struct tag_strip strip;
    unsigned tables; /* of raw HTML that are open: lines set in deep in them are no code */
    bool is_indented;
    enum status status;
    struct error *e;
};

/* ---- text and blocks ---- */

static bool is_working(const struct reading *r)
{
    return r->status == OK && r->work <= r->work_max;
}

/* Write what is pending, as a run from the text mapped last to byte src. */
static void flush_pending(struct reading *r, uint32_t src)
{
    size_t start = r->text.len;
    if (r->pending.is_cell)
        buf_put_byte(&r->text, '\t');
    for (unsigned i = 0; i < r->pending.newlines; i++)
        buf_put_byte(&r->text, '\n');
    for (unsigned i = 0; i < r->pending.spaces; i++)
        buf_put_byte(&r->text, ' ');
    r->pending = (struct pending){0};
    struct offset_run gap = {(uint32_t)start, (uint32_t)(r->text.len - start), r->src_end, src - r->src_end};
    r->status = offset_map_add(&r->map, r->a, gap, r->e);
}

/* Text that came from bytes [src, src + src_len) of the converted text. */
static void put_mapped(struct reading *r, struct slice text, uint32_t src, uint32_t src_len)
{
    if (text.len == 0 || src < r->src_end || !is_working(r))
        return;
    if (!r->is_open) {
        r->pending = (struct pending){.newlines = r->text.len > 0 ? 2 : 0};
        flush_pending(r, src);
        r->is_open = true;
        r->block_start = r->text.len;
    } else {
        flush_pending(r, src);
    }
    struct offset_run run = {(uint32_t)r->text.len, (uint32_t)text.len, src, src_len};
    buf_put(&r->text, text);
    if (r->status == OK)
        r->status = buf_status(&r->text, r->e);
    if (r->status == OK)
        r->status = offset_map_add(&r->map, r->a, run, r->e);
    r->src_end = src + src_len;
}

/** "By Jane Doe, 27 March 2024": what the front matter does not say is taken from it. */
static bool take_credit(struct reading *r, struct slice block)
{
    struct credit credit;
    if (!credit_parse(&credit, block))
        return false;
    r->a->date = r->a->date == DATE_NONE ? credit.date : r->a->date;
    size_t n = r->a->author.len > 0 ? 0 : credit.n_names;
    for (size_t i = 0; i < n && r->status == OK; i++)
        r->status = article_add_author(r->a, credit.names[i], r->e);
    return true;
}

static void close_block(struct reading *r)
{
    r->pending = (struct pending){0};
    if (!r->is_open)
        return;
    r->is_open = false;
    struct slice block = slice_trim(slice_of(r->text.data + r->block_start, r->text.len - r->block_start));
    if (block.len == 0 || r->status != OK)
        return;
    bool is_first_h1 = r->heading == 1 && !r->has_h1;
    r->has_h1 = r->has_h1 || is_first_h1;
    if (is_first_h1 && r->a->title.len == 0) {
        r->status = article_set_field(r->a, &r->a->title, block, r->e);
        return;
    }
    if (is_first_h1 && slice_equal_ascii_case(block, r->a->title))
        return;
    enum block_kind kind = r->heading > 0 ? BLOCK_HEADING : BLOCK_PARAGRAPH;
    /* A post without front matter has its byline below its title. */
    bool may_be_credit = r->has_h1 && kind == BLOCK_PARAGRAPH && !r->has_paragraph;
    r->has_paragraph |= kind == BLOCK_PARAGRAPH;
    if (may_be_credit && take_credit(r, block))
        kind = BLOCK_BOILERPLATE;
    if (r->status == OK)
        r->status = article_add_block(r->a, (uint32_t)(block.data - r->text.data), (uint32_t)block.len, kind, r->e);
}

/* Where s, a part of the input, begins in the converted text. */
static uint32_t source_of(const struct reading *r, struct slice s)
{
    return r->input_at + (uint32_t)(s.data - r->input.data);
}

/* Text of the input as it stands, without the fillers of shortcodes. */
static void put_plain(struct reading *r, struct slice s)
{
    while (s.len > 0) {
        const char *filler = memchr(s.data, SHORTCODE_FILLER, s.len);
        size_t len = filler == NULL ? s.len : (size_t)(filler - s.data);
        put_mapped(r, slice_of(s.data, len), source_of(r, s), (uint32_t)len);
        s = slice_from(s, len + 1);
    }
}

static void put_entity(struct reading *r, struct slice s)
{
    char decoded[ENTITY_MAX_BYTES];
    size_t len = entity_decode(decoded, s);
    if (len == 0)
        put_plain(r, s);
    else
        put_mapped(r, slice_of(decoded, len), source_of(r, s), (uint32_t)s.len);
}

/* The target of a link that no parser saw, for it stands in raw HTML: "](https://…)". 0: none. */
static size_t target_len(struct slice s)
{
    if (!slice_starts(s, SLICE("](http")) && !slice_starts(s, SLICE("](/")) && !slice_starts(s, SLICE("](#")))
        return 0;
    for (size_t i = 2; i < s.len && i < MARKS_MAX_BYTES && s.data[i] != ' ' && s.data[i] != '\n'; i++)
        if (s.data[i] == ')')
            return i + 1;
    return 0;
}

/* Text without the marks of links: "[" is one where a target follows on its line. */
static void put_unlinked(struct reading *r, struct slice s)
{
    size_t from = 0;
    for (size_t at = 0; at < s.len; at++) {
        size_t skip = 0;
        if (s.data[at] == ']') {
            skip = target_len(slice_from(s, at));
        } else if (s.data[at] == '[') {
            size_t left = s.len - at < LINK_MAX_BYTES ? s.len - at : LINK_MAX_BYTES;
            const char *close = memchr(s.data + at, ']', left);
            skip = close != NULL && target_len(slice_from(s, (size_t)(close - s.data))) > 0;
        }
        if (skip == 0)
            continue;
        put_plain(r, slice_of(s.data + from, at - from));
        from = at + skip;
        at = from - 1;
    }
    put_plain(r, slice_from(s, from));
}

/* Text between raw tags: entities are not taken apart by the parser there. */
static void put_html_text(struct reading *r, struct slice s)
{
    while (s.len > 0) {
        const char *start = memchr(s.data, '&', s.len);
        size_t plain = start == NULL ? s.len : (size_t)(start - s.data);
        put_unlinked(r, slice_of(s.data, plain));
        s = slice_from(s, plain);
        const char *end = s.len == 0 ? NULL : memchr(s.data, ';', s.len < 40 ? s.len : 40);
        size_t len = end == NULL ? s.len > 0 : (size_t)(end - s.data) + 1;
        if (len > 0)
            put_entity(r, slice_of(s.data, len));
        s = slice_from(s, len);
    }
}

static size_t count_of(struct slice s, const char *what)
{
    size_t n = 0, len = strlen(what);
    for (const char *p = s.data; s.len >= len && (p = memmem(p, (size_t)(s.data + s.len - p), what, len)) != NULL; p++)
        n++;
    return n;
}

static void put_html(struct reading *r, struct slice s)
{
    size_t n_ends = count_of(s, "</table");
    r->tables += (unsigned)count_of(s, "<table");
    r->tables -= (unsigned)(n_ends < r->tables ? n_ends : r->tables);
    struct slice text;
    bool breaks, is_more = true;
    for (size_t at = 0; is_more;) {
        is_more = tag_strip_next(&r->strip, s, &at, &text, &breaks);
        if (breaks && r->is_open && r->pending.newlines == 0)
            r->pending.newlines = 1;
        if (is_more)
            put_html_text(r, text);
    }
}

/* ---- what the parser calls ---- */

static int verdict(struct reading *r)
{
    r->work++;
    return is_working(r) ? 0 : 1;
}

static int on_enter_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
    struct reading *r = ctx;
    if (type == MD_BLOCK_TH || type == MD_BLOCK_TD) {
        r->pending.is_cell = r->is_open;
        return verdict(r);
    }
    close_block(r);
    r->strip = (struct tag_strip){0};
    r->is_indented = type == MD_BLOCK_CODE && ((const MD_BLOCK_CODE_DETAIL *)detail)->fence_char == '\0';
    if (type == MD_BLOCK_H)
        r->heading = ((const MD_BLOCK_H_DETAIL *)detail)->level;
    return verdict(r);
}

static int on_leave_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
    (void)detail;
    struct reading *r = ctx;
    if (type == MD_BLOCK_TH || type == MD_BLOCK_TD)
        return verdict(r);
    close_block(r);
    r->heading = 0;
    return verdict(r);
}

/* Targets are built anew for each use of a reference: that is work too. */
static int on_enter_span(MD_SPANTYPE type, void *detail, void *ctx)
{
    struct reading *r = ctx;
    if (type == MD_SPAN_IMG) {
        const MD_SPAN_IMG_DETAIL *image = detail;
        r->images++;
        r->work += (uint64_t)image->src.size + image->title.size;
    } else if (type == MD_SPAN_A) {
        const MD_SPAN_A_DETAIL *link = detail;
        r->work += (uint64_t)link->href.size + link->title.size;
    }
    return verdict(r);
}

static int on_leave_span(MD_SPANTYPE type, void *detail, void *ctx)
{
    (void)detail;
    struct reading *r = ctx;
    r->images -= type == MD_SPAN_IMG && r->images > 0;
    return verdict(r);
}

/* White space that the parser makes up: ends of lines and the indentation of code. */
static void put_made_up(struct reading *r, struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.data[i] == '\n') {
            r->pending.newlines = r->pending.newlines < 2 ? r->pending.newlines + 1 : 2;
            r->pending.spaces = 0;
        } else if (r->pending.spaces < INDENT_MAX) {
            r->pending.spaces++;
        }
    }
}

static int on_text(MD_TEXTTYPE type, const MD_CHAR *data, MD_SIZE size, void *ctx)
{
    struct reading *r = ctx;
    struct slice s = slice_of(data, size);
    uintptr_t at = (uintptr_t)data, from = (uintptr_t)r->input.data;
    bool is_input = at >= from && at + size <= from + r->input.len;
    if (is_input && at + size == from + r->input.len && size > 0)
        s.len--; /* the line end that was added */
    /* Line ends in raw HTML are made up by the parser too, and may stand in a tag. */
    bool is_row = type == MD_TEXT_CODE && r->is_indented && r->tables > 0;
    if ((type == MD_TEXT_HTML || is_row) && (is_input || r->strip.state != STRIP_TEXT))
        put_html(r, s);
    else if (r->images > 0 || tag_strip_is_hidden(&r->strip))
        return verdict(r);
    else if (type == MD_TEXT_SOFTBR)
        put_made_up(r, SLICE(" "));
    else if (type == MD_TEXT_BR || !is_input)
        put_made_up(r, type == MD_TEXT_BR ? SLICE("\n") : s);
    else if (type == MD_TEXT_ENTITY)
        put_entity(r, s);
    else
        put_plain(r, s);
    return verdict(r);
}

/* ---- the whole ---- */

/* Paragraphs between blank lines, with whatever marks they hold. */
static void read_plain(struct reading *r)
{
    r->a->n_blocks = r->a->n_runs = 0;
    r->map.at = 0;
    r->src_end = 0;
    buf_reset(&r->text);
    r->is_open = r->has_h1 = r->has_paragraph = false;
    r->heading = 0;
    r->work = 0;
    struct slice body = slice_of(r->input.data, r->input.len - 1);
    for (size_t at = 0; at < body.len && is_working(r);) {
        struct slice rest = slice_from(body, at);
        const char *newline = memchr(rest.data, '\n', rest.len);
        size_t len = newline == NULL ? rest.len : (size_t)(newline - rest.data) + 1;
        struct slice line = slice_of(rest.data, len);
        if (slice_trim(line).len == 0)
            close_block(r);
        else
            put_plain(r, line);
        at += len;
    }
    close_block(r);
}

static void read_body(struct reading *r)
{
    const MD_PARSER parser = {
        .flags = MD_DIALECT_GITHUB,
        .enter_block = on_enter_block,
        .leave_block = on_leave_block,
        .enter_span = on_enter_span,
        .leave_span = on_leave_span,
        .text = on_text,
    };
    r->work_max = WORK_MIN + (uint64_t)r->input.len * WORK_PER_BYTE;
    int failed = md_parse(r->input.data, (MD_SIZE)r->input.len, &parser, r);
    if (r->status == OK && r->work > r->work_max)
        read_plain(r);
    else if (failed != 0 && r->status == OK)
        r->status = error_nomem(r->e);
}

enum status markdown_read(struct article *out, struct slice raw, struct error *e)
{
    out->format = FORMAT_MARKDOWN;
    struct reading r = {.a = out, .e = e};
    struct slice text;
    size_t after = 0;
    enum status status = encoding_to_utf8(&text, out, raw, (struct slice){0}, e);
    if (status == OK)
        status = offset_map_take(&r.map, out, e);
    if (status == OK)
        status = front_matter_read(out, text, &after, e);
    if (status != OK)
        return status;
    struct slice body = slice_from(text, after);
    char *copy = malloc(body.len + 1);
    if (copy == NULL)
        return error_nomem(e);
    if (body.len > 0)
        memcpy(copy, body.data, body.len);
    copy[body.len] = '\n'; /* md4c reads one byte on in places; a line that ends is always right */
    shortcodes_blank(copy, body.len);
    markdown_marks_blank(copy, body.len);
    r.input = slice_of(copy, body.len + 1);
    r.input_at = (uint32_t)after;
    buf_init(&r.text, TEXT_MAX_BYTES);
    read_body(&r);
    status = r.status;
    if (status == OK) {
        out->text = arena_copy(&out->arena, buf_slice(&r.text));
        status = out->text.data == NULL ? error_nomem(e) : OK;
    }
    buf_clear(&r.text);
    free(copy);
    return status;
}
