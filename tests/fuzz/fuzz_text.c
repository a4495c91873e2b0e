/* Any bytes as a plain text article: no crash, and blocks that lie in the text and map into the bytes. */
#include "reader.h"

#include "utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct article a;
    article_init(&a);
    if (text_read(&a, slice_of((const char *)data, len), NULL) == OK) {
        if (!utf8_is_valid(a.text) || !utf8_is_valid(a.title) || !utf8_is_valid(a.author))
            abort();
        size_t end = 0;
        for (size_t i = 0; i < a.n_blocks; i++) {
            const struct block *b = &a.blocks[i];
            uint64_t start, n;
            if (b->len == 0 || b->start < end || b->start + b->len > a.text.len)
                abort();
            end = b->start + b->len;
            article_source_range(&a, b->start, b->len, &start, &n);
            if (n == 0 || start + n > len)
                abort();
        }
        format_detect(a.title, slice_of((const char *)data, len < 4096 ? len : 4096));
    }
    article_clear(&a);
    return 0;
}
