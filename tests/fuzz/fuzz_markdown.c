/*
 * Any bytes through the markdown reader, and through the splitter.
 */
#include "../support/article_check.h"
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct article a;
    struct error e;
    article_init(&a);
    if (markdown_read(&a, slice_of((const char *)data, len), &e) == OK) {
        check_article(&a, len);
        check_splits(&a, len);
    }
    article_clear(&a);
    return 0;
}
