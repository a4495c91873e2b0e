#include "radix.h"

#include <stdlib.h>

#define KEY_BYTES 8
#define FEW 24 /* strings with an equal beginning that are better compared one by one */

void radix_sort(struct radix_item *items, struct radix_item *scratch, size_t n)
{
    size_t counts[KEY_BYTES][256] = {{0}};
    struct radix_item *from = items, *to = scratch;
    for (size_t i = 0; i < n; i++)
        for (size_t byte = 0; byte < KEY_BYTES; byte++)
            counts[byte][items[i].key >> 8 * byte & 0xFF]++;
    for (size_t byte = 0; byte < KEY_BYTES && n > 0; byte++) {
        size_t *starts = counts[byte];
        if (starts[items[0].key >> 8 * byte & 0xFF] == n)
            continue; /* the same in all */
        for (size_t value = 0, at = 0; value < 256; value++) {
            size_t here = starts[value];
            starts[value] = at;
            at += here;
        }
        for (size_t i = 0; i < n; i++)
            to[starts[from[i].key >> 8 * byte & 0xFF]++] = from[i];
        struct radix_item *swap = from;
        from = to;
        to = swap;
    }
    if (from != items)
        memcpy(items, from, n * sizeof *items);
}

/* Eight bytes from `depth` on as a number that sorts like them; behind the end, zeros. */
static uint64_t key_at(struct slice s, size_t depth)
{
    unsigned char bytes[KEY_BYTES] = {0};
    uint64_t key = 0;
    if (s.len > depth)
        memcpy(bytes, s.data + depth, s.len - depth < KEY_BYTES ? s.len - depth : KEY_BYTES);
    for (size_t i = 0; i < KEY_BYTES; i++)
        key = key << 8 | bytes[i];
    return key;
}

static void sort_few(const struct intern *t, struct radix_item *items, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct radix_item item = items[i];
        struct slice text = intern_get(t, item.number);
        size_t k = i;
        for (; k > 0 && slice_compare(intern_get(t, items[k - 1].number), text) > 0; k--)
            items[k] = items[k - 1];
        items[k] = item;
    }
}

/* Strings that are equal up to depth, where one that ended before counts as going on with zeros. */
static void sort_from(const struct intern *t, struct radix_item *items, struct radix_item *scratch, size_t n,
                      size_t depth)
{
    size_t longest = 0;
    if (n < FEW) {
        sort_few(t, items, n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        struct slice s = intern_get(t, items[i].number);
        items[i].key = key_at(s, depth);
        longest = s.len > longest ? s.len : longest;
    }
    if (longest <= depth) { /* they differ in zeros at their ends alone */
        for (size_t i = 0; i < n; i++)
            items[i].key = intern_get(t, items[i].number).len;
        radix_sort(items, scratch, n);
        return;
    }
    radix_sort(items, scratch, n);
    for (size_t start = 0, end; start < n; start = end) {
        for (end = start + 1; end < n && items[end].key == items[start].key;)
            end++;
        if (end - start > 1)
            sort_from(t, items + start, scratch, end - start, depth + KEY_BYTES);
    }
}

enum status radix_sort_interned(const struct intern *t, uint32_t *ids, size_t n, struct error *e)
{
    struct radix_item *items = malloc((n + 1) * RADIX_SORT_BYTES);
    if (items == NULL)
        return error_nomem(e);
    for (size_t i = 0; i < n; i++)
        items[i] = (struct radix_item){.number = ids[i]};
    sort_from(t, items, items + n, n, 0);
    for (size_t i = 0; i < n; i++)
        ids[i] = items[i].number;
    free(items);
    return OK;
}
