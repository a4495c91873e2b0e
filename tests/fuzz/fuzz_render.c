/*
 * A reply from anyone -> what the client writes: never a byte that a terminal would obey.
 */
#include <stdlib.h>

#include "render.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void render(struct buf *out, const struct reply_status *status, struct slice lines, uint32_t columns)
{
    struct render_style style = {.columns = columns, .is_snippet = columns % 2 == 0, .width = 40};
    render_hits(out, status, lines, &style);
    render_article(out, status, lines, &style);
    render_table(out, lines, SLICE("a\tb\n"));
    render_count(out, status);
    render_explanation(out, lines);
    render_nothing(out, status, lines, columns);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct slice all = slice_of((const char *)data, len);
    const char *lf = len > 0 ? memchr(all.data, '\n', len) : NULL;
    struct reply_status status;
    struct buf out;
    if (lf == NULL || reply_parse(&status, slice_of(all.data, (size_t)(lf - all.data)), NULL) != OK)
        return 0;
    buf_init(&out, REPLY_MAX_BYTES);
    render(&out, &status, slice_from(all, (size_t)(lf - all.data) + 1), len % 2 == 0 ? 80 : 21);
    for (size_t i = 0; i < out.len; i++) {
        unsigned char c = (unsigned char)out.data[i];
        if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
            abort();
    }
    buf_clear(&out);
    return 0;
}
