#include "render.h"

void row_view_init(struct row_view *r)
{
    *r = (struct row_view){.n = 0};
    buf_init(&r->bytes, REPLY_MAX_BYTES);
}

void row_view_clear(struct row_view *r)
{
    buf_clear(&r->bytes);
}

bool row_view_next(struct row_view *r, struct slice *lines)
{
    if (lines->len == 0)
        return false;
    const char *lf = memchr(lines->data, '\n', lines->len);
    struct slice line = slice_of(lines->data, lf != NULL ? (size_t)(lf - lines->data) : lines->len);
    *lines = slice_from(*lines, line.len + 1);

    size_t starts[ROW_COLUMNS_MAX + 1] = {0};
    buf_reset(&r->bytes);
    r->n = 0;
    while (r->n < ROW_COLUMNS_MAX && row_next(&line, &r->bytes))
        starts[++r->n] = r->bytes.len;
    for (size_t i = 0; i < ROW_COLUMNS_MAX; i++)
        r->columns[i] = i < r->n && starts[i + 1] > starts[i]
                            ? slice_of(r->bytes.data + starts[i], starts[i + 1] - starts[i])
                            : SLICE("");
    return buf_status(&r->bytes, NULL) == OK;
}

bool pair_parse(struct slice text, uint64_t *start, uint64_t *len)
{
    const char *plus = text.len > 0 ? memchr(text.data, '+', text.len) : NULL;
    if (plus == NULL)
        return false;
    size_t left = (size_t)(plus - text.data);
    return slice_to_u64(slice_of(text.data, left), UINT64_MAX, start) &&
           slice_to_u64(slice_from(text, left + 1), UINT64_MAX, len);
}

bool is_extracted(struct slice format)
{
    return slice_equal(format, SLICE("markdown")) || slice_equal(format, SLICE("html"));
}

void put_range(struct buf *line, struct slice at, struct slice format)
{
    uint64_t start = 0, len = 0;
    if (!pair_parse(at, &start, &len))
        return;
    bool is_of_file = slice_equal(format, SLICE("text")) || slice_equal(format, SLICE("markdown"));
    const char *unit = format.len == 0 ? "at" : is_of_file ? "bytes" : "text bytes";
    buf_printf(line, " · %s %llu+%llu", unit, (unsigned long long)start, (unsigned long long)len);
}

void put_grouped(struct buf *out, struct slice digits)
{
    for (size_t i = 0; i < digits.len; i++) {
        if (i > 0 && (digits.len - i) % 3 == 0)
            buf_put_byte(out, ',');
        buf_put_byte(out, digits.data[i]);
    }
}
