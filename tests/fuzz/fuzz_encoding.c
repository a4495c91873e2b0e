/* The first line as a declared charset, the rest as bytes in it: UTF-8 without NUL comes out, each character mapped. */
#include "encoding.h"

#include "utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct slice raw = slice_of((const char *)data, len), declared = {0}, out;
    const char *lf = len == 0 ? NULL : memchr(data, '\n', len);
    if (lf != NULL) {
        declared = slice_of(raw.data, (size_t)(lf - raw.data));
        raw = slice_from(raw, declared.len + 1);
    }
    struct article a;
    article_init(&a);
    if (encoding_to_utf8(&out, &a, raw, declared, NULL) == OK && out.len > 0) {
        if (!utf8_is_valid(out) || memchr(out.data, 0, out.len) != NULL)
            abort();
        uint64_t before = 0;
        for (size_t at = 0; at < out.len;) {
            size_t from = at;
            uint64_t start, n;
            utf8_next(out, &at, NULL);
            article_source_range(&a, (uint32_t)from, (uint32_t)(at - from), &start, &n);
            if (start < before || start + n > raw.len)
                abort();
            before = start;
        }
    }
    article_clear(&a);
    return 0;
}
