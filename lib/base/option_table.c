#include "option_table.h"

#include <stdio.h>

void option_table_help(struct buf *out, const struct option_line *lines, size_t n, int width)
{
    for (const struct option_line *o = lines; o < lines + n; o++) {
        if (o->name == NULL) {
            buf_printf(out, "\n%s\n", o->what);
            continue;
        }
        char left[64], letter[8] = "";
        if (o->code < 256)
            snprintf(letter, sizeof letter, "-%c, ", o->code);
        snprintf(left, sizeof left, "%s--%s%s%s", letter, o->name, o->value != NULL ? " " : "",
                 o->value != NULL ? o->value : "");
        buf_printf(out, "  %-*s %s\n", width, left, o->what);
    }
}

void option_table_getopt(struct option *out, const struct option_line *lines, size_t n)
{
    for (const struct option_line *o = lines; o < lines + n; o++)
        if (o->name != NULL)
            *out++ = (struct option){o->name, o->has_value, NULL, o->code};
    *out = (struct option){NULL, 0, NULL, 0};
}
