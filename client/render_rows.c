#include "render.h"

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

static void put_wrapped(struct buf *out, struct slice text, const char *base, const struct render_style *style)
{
    struct wrap w = {.out = out,
                     .columns = style->columns,
                     .is_colour = style->is_colour,
                     .has_paragraphs = true,
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
    put_wrapped(out, buf_slice(&line), slice_equal(name, SLICE("title")) ? "1" : "", style);
    buf_clear(&line);
}

/** Columns passage, at, text. */
static void put_passage(struct buf *out, const struct row_view *r, const struct render_style *style)
{
    struct buf where;
    uint64_t start = 0, len = 0;
    buf_init(&where, REPLY_MAX_BYTES);
    buf_put(&where, r->columns[0]);
    if (pair_parse(r->columns[1], &start, &len))
        buf_printf(&where, " · bytes %llu+%llu", (unsigned long long)start, (unsigned long long)len);
    put_wrapped(out, buf_slice(&where), "36", style);
    put_wrapped(out, r->columns[2], "", style);
    buf_clear(&where);
}

void render_article(struct buf *out, const struct reply_status *status, struct slice lines,
                    const struct render_style *style)
{
    struct row_view r;
    struct slice text;
    uint64_t n_fields = 0;
    if (reply_value(status, "fields", &text) && !slice_to_u64(text, UINT64_MAX, &n_fields))
        n_fields = 0;
    row_view_init(&r);
    for (uint64_t i = 0; i < n_fields && row_view_next(&r, &lines); i++) {
        put_field(out, r.columns[0], r.columns[1], style);
    }
    bool is_first = n_fields == 0;
    while (row_view_next(&r, &lines)) {
        if (!is_first)
            buf_put_byte(out, '\n');
        is_first = false;
        put_passage(out, &r, style);
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
