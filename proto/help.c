#include "reply.h"
#include "verbs.h"

static void put_line(struct buf *out, enum out_format format, const char *name, const char *syntax, const char *what)
{
    struct row r = row_begin(out, format);
    row_text(&r, "name", slice_cstr(name));
    row_text(&r, "syntax", slice_cstr(syntax));
    row_text(&r, "what", slice_cstr(what));
    row_end(&r);
}

static size_t all_verbs(struct buf *out, enum out_format format)
{
    size_t n;
    const struct verb_rule *rules = verb_rules(&n);
    for (size_t i = 0; i < n; i++)
        put_line(out, format, rules[i].name, rules[i].syntax, rules[i].what);
    return n;
}

size_t help_lines(struct buf *out, enum verb verb, enum out_format format)
{
    if (verb == VERB_NONE)
        return all_verbs(out, format);
    size_t n, written = 0;
    const struct option_rule *rules = option_rules(&n);
    for (size_t i = 0; i < n; i++) {
        if ((rules[i].verbs & VERB_BIT(verb)) == 0)
            continue;
        put_line(out, format, rules[i].key, rules[i].syntax, rules[i].what);
        written++;
    }
    return written;
}
