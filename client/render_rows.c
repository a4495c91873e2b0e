#include "render.h"

#include <stdio.h>
#include <stdlib.h>

#include "wrap.h"

#define CELL_MAX_COLUMNS 60 /* a wider cell pushes the rest of its row to the right */

struct slice count_value(const struct reply_status *status, const char *key)
{
    struct slice value;
    uint64_t number = 0;
    return reply_value(status, key, &value) && slice_to_u64(value, UINT64_MAX, &number) ? value : SLICE("0");
}

void render_count(struct buf *out, const struct reply_status *status)
{
    struct slice passages = count_value(status, "passages"), articles = count_value(status, "articles");
    put_grouped(out, passages);
    buf_put_cstr(out, slice_equal(passages, SLICE("1")) ? " passage in " : " passages in ");
    put_grouped(out, articles);
    buf_put_cstr(out, slice_equal(articles, SLICE("1")) ? " article\n" : " articles\n");
}

/** Letters, digits, or a character that is not ASCII: a word may begin with it. */
static bool has_word(struct slice query)
{
    for (size_t i = 0; i < query.len; i++) {
        char c = query.data[i];
        if ((unsigned char)c >= 0x80 || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
            return true;
    }
    return false;
}

/* An author who is in no text: how to ask for what he wrote. */
static void put_author(struct buf *out, const struct reply_status *status, struct slice query)
{
    struct slice authored = count_value(status, "authored");
    if (slice_equal(authored, SLICE("0")))
        return;
    buf_put_cstr(out, "; author:\"");
    buf_put(out, query);
    buf_put_cstr(out, "\" finds ");
    put_grouped(out, authored);
}

void render_nothing(struct buf *out, const struct reply_status *status, struct slice query, uint32_t from)
{
    struct slice found = count_value(status, "found"), gen, bound;
    if (!has_word(query)) {
        buf_put_cstr(out, "no words in the query");
    } else if (from > 0 && !slice_equal(found, SLICE("0"))) {
        bool is_exact = reply_value(status, "bound", &bound) && slice_equal(bound, SLICE("exact"));
        buf_put_cstr(out, is_exact ? "only " : "only about ");
        put_grouped(out, found);
        buf_put_cstr(out, slice_equal(found, SLICE("1")) ? " passage" : " passages");
    } else if (reply_value(status, "gen", &gen) && slice_equal(gen, SLICE("0"))) {
        buf_put_cstr(out, "the index is empty");
    } else {
        buf_put_cstr(out, "no passage matches");
        put_author(out, status, query);
    }
}

static void put_wrapped(struct buf *out, struct slice text, const char *base, bool is_extracted_text,
                        const struct render_style *style)
{
    struct wrap w = {.out = out,
                     .columns = style->columns,
                     .is_colour = style->is_colour,
                     .block_gap = 2,
                     .is_extracted = is_extracted_text,
                     .base = base,
                     .marked = ""};
    wrap_text(&w, text, NULL, 0);
    wrap_end(&w);
}

/** "name: value"; a value of several lines (tags) becomes a list. */
static void put_field(struct buf *out, struct slice name, struct slice value, const struct render_style *style)
{
    struct buf line;
    if (value.len == 0)
        return;
    buf_init(&line, REPLY_MAX_BYTES);
    buf_put(&line, name);
    buf_put_cstr(&line, ": ");
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] == '\n')
            buf_put_cstr(&line, ", ");
        else
            buf_put_byte(&line, value.data[i]);
    }
    put_wrapped(out, buf_slice(&line), slice_equal(name, SLICE("title")) ? "1" : "", false, style);
    buf_clear(&line);
}

/** Columns passage, at, text; format is empty where one passage was asked for: that reply does not say it. */
static void put_passage(struct buf *out, const struct row_view *r, struct slice format,
                        const struct render_style *style)
{
    struct buf where;
    struct render_style endless = *style;
    endless.columns = COLUMNS_ENDLESS;
    buf_init(&where, REPLY_MAX_BYTES);
    buf_put(&where, r->columns[0]);
    put_range(&where, r->columns[1], format);
    put_wrapped(out, buf_slice(&where), "36", false, &endless);
    put_wrapped(out, r->columns[2], "", is_extracted(format), style);
    buf_clear(&where);
}

void render_article(struct buf *out, const struct reply_status *status, struct slice lines,
                    const struct render_style *style)
{
    struct row_view r;
    struct slice text;
    char format_bytes[16];
    struct slice format = {format_bytes, 0};
    uint64_t n_fields = 0;
    if (reply_value(status, "fields", &text) && !slice_to_u64(text, UINT64_MAX, &n_fields))
        n_fields = 0;
    row_view_init(&r);
    for (uint64_t i = 0; i < n_fields && row_view_next(&r, &lines); i++) {
        put_field(out, r.columns[0], r.columns[1], style);
        if (slice_equal(r.columns[0], SLICE("format")) && r.columns[1].len <= sizeof format_bytes) {
            memcpy(format_bytes, r.columns[1].data, r.columns[1].len);
            format.len = r.columns[1].len;
        }
    }
    bool is_first = n_fields == 0;
    while (row_view_next(&r, &lines)) {
        if (!is_first)
            buf_put_byte(out, '\n');
        is_first = false;
        put_passage(out, &r, format, style);
    }
    row_view_clear(&r);
}

static void measure(uint32_t *widths, struct slice lines)
{
    struct row_view r;
    row_view_init(&r);
    while (row_view_next(&r, &lines)) {
        for (size_t i = 0; i < r.n; i++) {
            uint32_t width = text_width(r.columns[i]);
            if (width <= CELL_MAX_COLUMNS && width > widths[i])
                widths[i] = width;
        }
    }
    row_view_clear(&r);
}

static void put_rows(struct buf *out, struct slice lines, const uint32_t *widths)
{
    struct row_view r;
    row_view_init(&r);
    while (row_view_next(&r, &lines)) {
        for (size_t i = 0; i < r.n; i++) {
            put_harmless(out, r.columns[i]);
            for (uint32_t w = text_width(r.columns[i]); i + 1 < r.n && w < widths[i] + 2; w++)
                buf_put_byte(out, ' ');
        }
        buf_put_byte(out, '\n');
    }
    row_view_clear(&r);
}

void render_table(struct buf *out, struct slice lines, struct slice header)
{
    uint32_t widths[ROW_COLUMNS_MAX] = {0};
    measure(widths, lines);
    measure(widths, header);
    put_rows(out, header, widths);
    put_rows(out, lines, widths);
}

/** A cell that is a number with decimals, cut to 6 significant digits; others as they are. */
static void put_cell(struct buf *out, struct slice cell)
{
    char text[40], *end = NULL;
    snprintf(text, sizeof text, "%.*s", cell.len < sizeof text ? (int)cell.len : 0, cell.data);
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || memchr(text, '.', cell.len) == NULL)
        buf_put(out, cell);
    else
        buf_printf(out, "%.6g", value);
}

void render_explanation(struct buf *out, struct slice lines)
{
    struct buf cut;
    size_t column = 0;
    buf_init(&cut, 2 * REPLY_MAX_BYTES);
    while (lines.len > 0) {
        size_t len = 0;
        while (len < lines.len && lines.data[len] != '\t' && lines.data[len] != '\n')
            len++;
        if (column > 1) /* behind part and name: a name may look like a number */
            put_cell(&cut, slice_of(lines.data, len));
        else
            buf_put(&cut, slice_of(lines.data, len));
        if (len < lines.len) {
            buf_put_byte(&cut, lines.data[len]);
            column = lines.data[len] == '\t' ? column + 1 : 0;
        }
        lines = slice_from(lines, len + 1);
    }
    render_table(out, buf_slice(&cut), SLICE("part\tname\tqtf\tdf\tN\tidf\timpact\tweight\tvalue\n"));
    buf_clear(&cut);
}
