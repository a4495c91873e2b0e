#include "text_key.h"

#include "text_credit.h"
#include "text_line.h"
#include "written_date.h"

#define KEY_MAX_BYTES 24

static const struct {
    const char *name;
    enum text_key key;
} keys[] = {
    {"title", KEY_TITLE},        {"headline", KEY_TITLE},
    {"subject", KEY_TITLE},      {"author", KEY_AUTHOR},
    {"authors", KEY_AUTHOR},     {"author(s)", KEY_AUTHOR},
    {"byline", KEY_AUTHOR},      {"by", KEY_AUTHOR},
    {"from", KEY_AUTHOR},        {"writer", KEY_AUTHOR},
    {"date", KEY_DATE},          {"published", KEY_DATE},
    {"published on", KEY_DATE},  {"publication date", KEY_DATE},
    {"release date", KEY_DATE},  {"posted", KEY_DATE},
    {"posted on", KEY_DATE},     {"created", KEY_DATE},
    {"tags", KEY_TAGS},          {"keywords", KEY_TAGS},
    {"topics", KEY_TAGS},        {"url", KEY_URL},
    {"link", KEY_URL},           {"source url", KEY_URL},
    {"language", KEY_LANG},      {"lang", KEY_LANG},
    {"category", KEY_TAGS},      {"categories", KEY_TAGS},
    {"section", KEY_IGNORED},    {"source", KEY_IGNORED},
    {"publisher", KEY_IGNORED},  {"newsgroups", KEY_IGNORED},
    {"message-id", KEY_IGNORED}, {"to", KEY_IGNORED},
    {"reply-to", KEY_IGNORED},   {"organization", KEY_IGNORED},
    {"updated", KEY_IGNORED},    {"last updated", KEY_IGNORED},
    {"word count", KEY_IGNORED}, {"copyright", KEY_IGNORED},
    {"contact", KEY_IGNORED},    {"media contact", KEY_IGNORED},
};

enum text_key text_key(struct slice line, struct slice *value)
{
    const char *colon =
        line.len == 0 ? NULL : memchr(line.data, ':', line.len < KEY_MAX_BYTES ? line.len : KEY_MAX_BYTES);
    *value = (struct slice){0};
    if (colon == NULL || colon == line.data)
        return KEY_NONE;
    size_t n = (size_t)(colon - line.data);
    if (n + 1 < line.len && line.data[n + 1] != ' ')
        return KEY_NONE;
    *value = slice_trim(slice_from(line, n + 1));
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (slice_equal_ascii_case(slice_of(line.data, n), slice_cstr(keys[i].name)))
            return value->len == 0 ? KEY_OTHER : keys[i].key;
    bool is_word = line.data[0] >= 'A' && line.data[0] <= 'Z';
    for (size_t i = 0; i < n && is_word; i++)
        is_word = line.data[i] != ' ';
    return is_word ? KEY_OTHER : KEY_NONE;
}

static enum status add_tags(struct article *a, struct slice list, struct error *e)
{
    enum status st = OK;
    while (list.len > 0 && st == OK) {
        size_t n = 0;
        while (n < list.len && list.data[n] != ',' && list.data[n] != ';')
            n++;
        st = article_add_tag(a, slice_of(list.data, n), e);
        list = slice_from(list, n + 1);
    }
    return st;
}

/** "Jane Doe <jane@example.org>", "jane@example.org (Jane Doe)", "Jane Doe and John Roe". */
static enum status add_authors(struct article *a, struct slice value, struct error *e)
{
    size_t bracket = text_find(value, "<"), open = text_find(value, "(");
    if (bracket < value.len && bracket > 0)
        value = slice_of(value.data, bracket);
    else if (text_find(value, "@") < open && open < value.len && slice_ends(value, SLICE(")")))
        value = slice_of(value.data + open + 1, value.len - open - 2);
    value = slice_trim(value);
    if (value.len >= 2 && value.data[0] == '"' && value.data[value.len - 1] == '"') {
        value = slice_of(value.data + 1, value.len - 2);
        /* Only what holds a comma needs the quotes: one name, the last part first. */
        return article_add_author_turned(a, value, e);
    }
    struct credit names;
    if (!credit_parse_authors(&names, value))
        return article_add_author(a, value, e);
    enum status st = OK;
    for (size_t i = 0; i < names.n_names && st == OK; i++)
        st = article_add_author(a, names.names[i], e);
    return st;
}

enum status text_key_apply(struct article *a, enum text_key key, struct slice value, struct error *e)
{
    switch (key) {
    case KEY_TITLE:
        return a->title.len > 0 ? OK : article_set_field(a, &a->title, value, e);
    case KEY_AUTHOR:
        return add_authors(a, value, e);
    case KEY_DATE:
        value = slice_trim(slice_of(value.data, text_find(value, "[")));
        if (a->date == DATE_NONE)
            a->date = date_from_written(value);
        return OK;
    case KEY_TAGS:
        return add_tags(a, value, e);
    case KEY_URL:
        return a->url.len > 0 ? OK : article_set_field(a, &a->url, value, e);
    case KEY_LANG:
        return a->lang.len > 0 ? OK : article_set_lang(a, value, e);
    case KEY_NONE:
    case KEY_OTHER:
    case KEY_IGNORED:
        break;
    }
    return OK;
}
