/*
 * The manifest's parser on any bytes; what it takes it prints again as bytes that it takes. The checksum is mended
 * first, so that the lines behind it are reached.
 */
#include "manifest.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void parse(struct slice text)
{
    struct manifest m, again;
    struct buf printed;
    manifest_init(&m);
    manifest_init(&again);
    buf_init(&printed, MANIFEST_MAX_BYTES);
    if (manifest_parse(&m, text, "manifest", NULL) == OK) {
        manifest_print(&printed, &m);
        if (printed.state == OK && manifest_parse(&again, buf_slice(&printed), "manifest", NULL) != OK)
            abort();
    }
    buf_clear(&printed);
    manifest_clear(&m);
    manifest_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct buf text;
    buf_init(&text, MANIFEST_MAX_BYTES);
    parse(slice_of((const char *)data, len));
    buf_put(&text, slice_of((const char *)data, len));
    if (text.state == OK) {
        buf_printf(&text, "sum %016llx\n", (unsigned long long)slice_hash(buf_slice(&text)));
        parse(buf_slice(&text));
    }
    buf_clear(&text);
    return 0;
}
