#include "tag_strip.h"

static bool is_one_of(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

#define IS_ONE_OF(name, names) is_one_of(name, names, sizeof(names) / sizeof *(names))

static bool is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* May a '<' with these bytes behind it begin a tag or a comment? */
static bool begins_tag(const struct tag_strip *s, struct slice rest)
{
    if (rest.len == 0)
        return true;
    if (tag_strip_is_hidden(s))
        return rest.data[0] == '/';
    return is_letter(rest.data[0]) || rest.data[0] == '/' || rest.data[0] == '!' || rest.data[0] == '?';
}

static void begin_tag(struct tag_strip *s)
{
    s->state = STRIP_TAG;
    s->quote = '\0';
    s->is_closing = s->is_named = false;
    s->name_len = 0;
    s->name[0] = '\0';
}

/* The tag is complete; does it end a line? */
static bool end_tag(struct tag_strip *s)
{
    static const char *const hiding[] = {"script", "style", "title", "template", "noscript", "iframe", "svg", "select"};
    static const char *const breaking[] = {
        "p",  "br", "div", "li", "ul", "ol", "tr", "td",      "th",     "table",      "dt",      "dd",
        "h1", "h2", "h3",  "h4", "h5", "h6", "hr", "section", "figure", "blockquote", "details", "summary"};
    s->state = STRIP_TEXT;
    if (tag_strip_is_hidden(s)) {
        if (s->is_closing && strcmp(s->name, s->hidden) == 0)
            s->hidden[0] = '\0';
        return false;
    }
    if (!s->is_closing && IS_ONE_OF(s->name, hiding))
        memcpy(s->hidden, s->name, sizeof s->hidden);
    return IS_ONE_OF(s->name, breaking);
}

/* One byte inside a tag; true where it ends it. */
static bool read_tag(struct tag_strip *s, char c)
{
    if (s->quote != '\0') {
        s->quote = c == s->quote ? '\0' : s->quote;
        return false;
    }
    if (c == '>')
        return true;
    bool is_name = is_letter(c) || (c >= '0' && c <= '9') || c == '!' || c == '-';
    if (!s->is_named && s->name_len == 0 && c == '/' && !s->is_closing) {
        s->is_closing = true;
    } else if (!s->is_named && is_name) {
        if (s->name_len + 1 < TAG_NAME_BYTES)
            s->name[s->name_len++] = is_letter(c) ? (char)(c | 0x20) : c;
        s->name[s->name_len] = '\0';
        if (strcmp(s->name, "!--") == 0) {
            s->state = STRIP_COMMENT;
            s->n_dashes = 0;
        }
    } else {
        s->is_named = true;
        if (c == '"' || c == '\'')
            s->quote = c;
    }
    return false;
}

static void read_comment(struct tag_strip *s, char c)
{
    if (c == '>' && s->n_dashes >= 2)
        s->state = STRIP_TEXT;
    s->n_dashes = c == '-' ? s->n_dashes + 1 : 0;
}

bool tag_strip_next(struct tag_strip *s, struct slice chunk, size_t *at, struct slice *text, bool *breaks)
{
    *breaks = false;
    while (*at < chunk.len) {
        char c = chunk.data[*at];
        if (s->state == STRIP_COMMENT) {
            read_comment(s, c);
            ++*at;
        } else if (s->state == STRIP_TAG) {
            ++*at;
            if (read_tag(s, c))
                *breaks |= end_tag(s);
        } else if (c == '<' && begins_tag(s, slice_from(chunk, *at + 1))) {
            begin_tag(s);
            ++*at;
        } else {
            size_t start = (*at)++;
            while (*at < chunk.len && chunk.data[*at] != '<')
                ++*at;
            *text = slice_of(chunk.data + start, *at - start);
            if (!tag_strip_is_hidden(s))
                return true;
        }
    }
    return false;
}
