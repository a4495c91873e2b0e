/*
 * Any bytes as what a server says: a status line, then a data line. What is written from the columns read must read the
 * same.
 */
#include "reply.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static void check_status(struct slice line)
{
    struct reply_status s;
    struct slice value;
    if (reply_parse(&s, line, NULL) != OK)
        return;
    expect(s.is_ok || s.code.len > 0);
    expect(s.n_lines <= REPLY_LINES_MAX);
    if (reply_value(&s, "gen", &value))
        expect(value.len == 0 || (value.data > line.data && value.data + value.len <= line.data + line.len));
}

static void check_columns(struct slice line)
{
    struct buf column, again, back;
    size_t max = line.len * 2 + 64;
    buf_init(&column, max);
    buf_init(&again, max);
    buf_init(&back, max);
    while (row_next(&line, &column)) {
        struct row r = row_begin(&again, OUT_TSV);
        row_text(&r, "a", buf_slice(&column));
        struct slice written = buf_slice(&again);
        expect(written.len == 0 || row_next(&written, &back));
        expect(slice_equal(buf_slice(&back), buf_slice(&column)));
        buf_reset(&column);
        buf_reset(&again);
        buf_reset(&back);
    }
    buf_clear(&column);
    buf_clear(&again);
    buf_clear(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *copy = malloc(len + (len == 0));
    if (copy == NULL)
        return 0;
    if (len > 0)
        memcpy(copy, data, len);
    struct slice all = slice_of(copy, len);
    const char *end = len == 0 ? NULL : memchr(copy, '\n', len);
    size_t first = end == NULL ? len : (size_t)(end - copy);
    check_status(slice_of(copy, first));
    check_columns(slice_from(all, first + 1));
    check_columns(all);
    free(copy);
    return 0;
}
