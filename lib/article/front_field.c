#include "front_field.h"

#include "written_date.h"

enum front_field front_field_of(struct slice key)
{
    static const struct {
        const char *key;
        enum front_field field;
    } fields[] = {
        {"title", FRONT_TITLE},       {"author", FRONT_AUTHOR},   {"authors", FRONT_AUTHOR},
        {"date", FRONT_DATE},         {"published", FRONT_DATE},  {"publishdate", FRONT_DATE},
        {"pubdate", FRONT_DATE},      {"tags", FRONT_TAGS},       {"tag", FRONT_TAGS},
        {"topics", FRONT_TAGS},       {"categories", FRONT_TAGS}, {"category", FRONT_TAGS},
        {"keywords", FRONT_TAGS},     {"url", FRONT_URL},         {"canonical", FRONT_URL},
        {"canonical_url", FRONT_URL}, {"lang", FRONT_LANG},       {"language", FRONT_LANG},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (slice_equal_ascii_case(key, slice_cstr(fields[i].key)))
            return fields[i].field;
    return FRONT_OTHER;
}

static enum status add_tags(struct article *a, struct slice list, struct error *e)
{
    enum status status = OK;
    while (list.len > 0 && status == OK) {
        const char *comma = memchr(list.data, ',', list.len);
        size_t len = comma == NULL ? list.len : (size_t)(comma - list.data);
        status = article_add_tag(a, slice_of(list.data, len), e);
        list = slice_from(list, len + 1);
    }
    return status;
}

enum status front_field_set(struct article *a, enum front_field field, struct slice value, struct error *e)
{
    switch (field) {
    case FRONT_TITLE:
        return a->title.len == 0 ? article_set_field(a, &a->title, value, e) : OK;
    case FRONT_AUTHOR:
        return article_add_author(a, value, e);
    case FRONT_DATE:
        if (a->date == DATE_NONE)
            a->date = date_from_written(value);
        return OK;
    case FRONT_TAGS:
        return add_tags(a, value, e);
    case FRONT_URL:
        return a->url.len == 0 ? article_set_field(a, &a->url, value, e) : OK;
    case FRONT_LANG:
        return a->lang.len == 0 ? article_set_lang(a, value, e) : OK;
    case FRONT_OTHER:
        break;
    }
    return OK;
}
