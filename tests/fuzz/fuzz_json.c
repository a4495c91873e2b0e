/*
 * Any bytes through the json reader, and through the splitter.
 */
#include "../support/article_check.h"
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct article a;
    struct error e;
    article_init(&a);
    if (json_read(&a, slice_of((const char *)data, len), &e) == OK) {
        check_article(&a, a.text.len);
        check_splits(&a, a.text.len);
    }
    article_clear(&a);
    return 0;
}
