#include "html_jsonld.h"

#include "buf.h"
#include "written_date.h"

#include <jansson.h>

#define KEYWORDS_MAX_BYTES 65536

static struct slice string_of(const json_t *value)
{
    return json_is_string(value) ? slice_of(json_string_value(value), json_string_length(value)) : (struct slice){0};
}

static enum status keep(struct slice *to, struct arena *arena, struct slice value, struct error *e)
{
    if (to->len > 0 || slice_trim(value).len == 0)
        return OK;
    *to = arena_copy(arena, slice_trim(value));
    return to->data == NULL ? error_nomem(e) : OK;
}

/* Is one of the object's types this one, or does it end so ("NewsArticle", "BlogPosting")? */
static bool is_of_type(const json_t *object, struct slice end)
{
    const json_t *type = json_object_get(object, "@type");
    if (slice_ends(string_of(type), end))
        return true;
    for (size_t i = 0; i < json_array_size(type); i++)
        if (slice_ends(string_of(json_array_get(type, i)), end))
            return true;
    return false;
}

/* "Contributors to …": no name that anybody would look for. */
static bool is_crowd(struct slice name)
{
    size_t n = strlen("contributors");
    return name.len >= n && (slice_equal_ascii_case(slice_of(name.data, n), SLICE("contributors")) ||
                             slice_equal_ascii_case(slice_from(name, name.len - n), SLICE("contributors")));
}

static enum status add_author(struct jsonld *out, struct arena *arena, const json_t *value, struct error *e)
{
    struct slice name = string_of(json_is_object(value) ? json_object_get(value, "name") : value);
    struct slice kept = {0};
    enum status status = keep(&kept, arena, name, e);
    bool is_organisation = json_is_object(value) && is_of_type(value, SLICE("Organization"));
    if (is_organisation && is_crowd(kept))
        out->is_of_crowd = true;
    else if (status == OK && is_organisation)
        name_list_add(&out->organisations, kept);
    else if (status == OK)
        name_list_add_written(&out->authors, kept);
    return status;
}

static enum status read_authors(struct jsonld *out, struct arena *arena, const json_t *value, struct error *e)
{
    if (!json_is_array(value))
        return add_author(out, arena, value, e);
    enum status status = OK;
    for (size_t i = 0; i < json_array_size(value) && status == OK; i++)
        status = add_author(out, arena, json_array_get(value, i), e);
    return status;
}

static enum status read_keywords(struct jsonld *out, struct arena *arena, const json_t *value, struct error *e)
{
    if (json_is_string(value))
        return keep(&out->keywords, arena, string_of(value), e);
    struct buf b;
    buf_init(&b, KEYWORDS_MAX_BYTES);
    for (size_t i = 0; i < json_array_size(value); i++) {
        buf_put(&b, string_of(json_array_get(value, i)));
        buf_put_byte(&b, ',');
    }
    enum status status = b.state == ERR_NOMEM ? error_nomem(e) : keep(&out->keywords, arena, buf_slice(&b), e);
    buf_clear(&b);
    return status;
}

static enum status read_object(struct jsonld *out, struct arena *arena, const json_t *object, struct error *e)
{
    bool is_article = is_of_type(object, SLICE("Article")) || is_of_type(object, SLICE("Posting")) ||
                      is_of_type(object, SLICE("Report")) || json_object_get(object, "headline") != NULL;
    if (!is_article && !is_of_type(object, SLICE("WebPage")))
        return OK;
    enum status status = keep(&out->lang, arena, string_of(json_object_get(object, "inLanguage")), e);
    if (!is_article || status != OK)
        return status;
    if (out->published == DATE_NONE)
        out->published = date_from_written(string_of(json_object_get(object, "datePublished")));
    if (out->modified == DATE_NONE)
        out->modified = date_from_written(string_of(json_object_get(object, "dateModified")));
    struct slice url = string_of(json_object_get(object, "url"));
    if (slice_starts(url, SLICE("http://")) || slice_starts(url, SLICE("https://")))
        status = keep(&out->url, arena, url, e);
    if (status != OK)
        return status;
    status = keep(&out->headline, arena, string_of(json_object_get(object, "headline")), e);
    if (status == OK && out->authors.n == 0 && out->organisations.n == 0)
        status = read_authors(out, arena, json_object_get(object, "author"), e);
    return status == OK ? read_keywords(out, arena, json_object_get(object, "keywords"), e) : status;
}

/* Recursion is bounded by JSONLD_DEPTH_MAX. */
static enum status walk(struct jsonld *out, struct arena *arena, const json_t *value, int depth, struct error *e)
{
    if (depth > JSONLD_DEPTH_MAX)
        return OK;
    enum status status = OK;
    for (size_t i = 0; i < json_array_size(value) && status == OK; i++)
        status = walk(out, arena, json_array_get(value, i), depth + 1, e);
    if (!json_is_object(value) || status != OK)
        return status;
    status = read_object(out, arena, value, e);
    static const char *const inside[] = {"@graph", "mainEntity"};
    for (size_t i = 0; i < sizeof inside / sizeof *inside && status == OK; i++)
        status = walk(out, arena, json_object_get(value, inside[i]), depth + 1, e);
    return status;
}

enum status jsonld_read(struct jsonld *out, struct arena *arena, struct slice json, struct error *e)
{
    json_error_t error;
    json_t *root = json_loadb(json.data == NULL ? "" : json.data, json.len, JSON_DISABLE_EOF_CHECK, &error);
    if (root == NULL)
        return json_error_code(&error) == json_error_out_of_memory ? error_nomem(e) : OK;
    enum status status = walk(out, arena, root, 0, e);
    json_decref(root);
    return status;
}
