#include "html_entity.h"

#include "utf8.h"

#include <libxml/HTMLparser.h>

#define NAME_MAX_BYTES 32

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

static uint32_t number_of(struct slice digits)
{
    int base = 10;
    if (digits.len > 0 && (digits.data[0] | 0x20) == 'x') {
        base = 16;
        digits = slice_from(digits, 1);
    }
    uint32_t value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        int digit = digit_of(digits.data[i]);
        if (digit >= base)
            return 0;
        value = value > 0x10FFFF ? value : value * (uint32_t)base + (uint32_t)digit;
    }
    return digits.len == 0 ? 0 : value == 0 || value > 0x10FFFF ? UTF8_REPLACEMENT : value;
}

size_t entity_decode(char out[ENTITY_MAX_BYTES], struct slice reference)
{
    if (reference.len < 3 || reference.data[0] != '&' || reference.data[reference.len - 1] != ';')
        return 0;
    struct slice name = slice_of(reference.data + 1, reference.len - 2);
    uint32_t c = 0;
    if (name.data[0] == '#') {
        c = number_of(slice_from(name, 1));
    } else if (name.len < NAME_MAX_BYTES) {
        char text[NAME_MAX_BYTES];
        memcpy(text, name.data, name.len);
        text[name.len] = '\0';
        const htmlEntityDesc *entity = htmlEntityLookup((const xmlChar *)text);
        if (entity != NULL)
            c = entity->value;
        else if (slice_equal(name, SLICE("apos")))
            c = '\'';
    }
    if (c == 0)
        return 0;
    struct buf b;
    buf_init(&b, ENTITY_MAX_BYTES);
    utf8_put(&b, c);
    size_t len = b.len;
    if (len > 0)
        memcpy(out, b.data, len);
    buf_clear(&b);
    return len;
}
