#include "front_matter.h"

#include "front_field.h"
#include "front_yaml.h"

#define UNCLOSED_MAX_LINES 40 /* of what opens like a front matter and never ends, so many are looked at */

/* The line at *at without its end; *at moves behind it. */
static struct slice next_line(struct slice text, size_t *at)
{
    struct slice rest = slice_from(text, *at);
    const char *newline = memchr(rest.data, '\n', rest.len);
    size_t len = newline == NULL ? rest.len : (size_t)(newline - rest.data);
    *at += newline == NULL ? len : len + 1;
    if (len > 0 && rest.data[len - 1] == '\r')
        len--;
    return slice_of(rest.data, len);
}

/* ---- line by line ---- */

static struct slice unquote(struct slice s)
{
    s = slice_trim(s);
    char first = s.len < 2 ? '\0' : s.data[0];
    if ((first == '"' || first == '\'') && s.data[s.len - 1] == first)
        return slice_of(s.data + 1, s.len - 2);
    return s;
}

/* The items of "[a, "b"]", or the one value. */
static enum status set_values(struct article *a, enum front_field field, struct slice value, struct error *e)
{
    value = slice_trim(value);
    if (value.len < 2 || value.data[0] != '[' || value.data[value.len - 1] != ']')
        return front_field_set(a, field, unquote(value), e);
    struct slice list = slice_of(value.data + 1, value.len - 2);
    enum status status = OK;
    while (list.len > 0 && status == OK) {
        const char *comma = memchr(list.data, ',', list.len);
        size_t len = comma == NULL ? list.len : (size_t)(comma - list.data);
        status = front_field_set(a, field, unquote(slice_of(list.data, len)), e);
        list = slice_from(list, len + 1);
    }
    return status;
}

static bool is_key(struct slice key)
{
    for (size_t i = 0; i < key.len; i++) {
        char c = key.data[i];
        bool is_letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        if (!is_letter && (i == 0 || (c != '_' && c != '-' && (c < '0' || c > '9'))))
            return false;
    }
    return key.len > 0;
}

/* `key: value` (or with '=', TOML) lines, and "- item" lines below a key; n_keys counts the keys. */
static enum status read_lines(struct article *a, struct slice text, char separator, size_t *n_keys, struct error *e)
{
    *n_keys = 0;
    enum front_field field = FRONT_OTHER;
    bool is_skipping = false; /* inside a TOML table that is not ours */
    enum status status = OK;
    for (size_t at = 0; at < text.len && status == OK;) {
        struct slice line = next_line(text, &at);
        struct slice bare = slice_trim(line);
        if (separator == '=' && bare.len > 2 && bare.data[0] == '[') {
            is_skipping = !slice_equal(bare, SLICE("[taxonomies]"));
            continue;
        }
        const char *mark = memchr(line.data, separator, line.len);
        struct slice key = mark == NULL ? (struct slice){0} : slice_of(line.data, (size_t)(mark - line.data));
        if (separator == '=')
            key = slice_trim(key);
        if (is_skipping)
            continue;
        if (is_key(key)) {
            ++*n_keys;
            field = front_field_of(key);
            struct slice value = slice_trim(slice_from(line, (size_t)(mark - line.data) + 1));
            if (value.len > 0)
                status = set_values(a, field, value, e);
        } else if (slice_starts(bare, SLICE("- "))) {
            status = front_field_set(a, field, unquote(slice_from(bare, 2)), e);
        } else if (bare.len > 0) {
            field = FRONT_OTHER;
        }
    }
    return status;
}

/* ---- the whole ---- */

static bool is_fence(struct slice line, struct slice fence)
{
    while (line.len > 0 && (line.data[line.len - 1] == ' ' || line.data[line.len - 1] == '\t'))
        line.len--;
    return slice_equal(line, fence);
}

/* The range of what stands between the fences; false where no second fence follows in bounds. */
static bool find_inside(struct slice text, struct slice fence, struct slice *inside, size_t *after)
{
    size_t at = 0;
    next_line(text, &at);
    size_t start = at;
    while (at < text.len && at - start <= FRONT_MATTER_MAX_BYTES) {
        size_t line_start = at;
        struct slice line = next_line(text, &at);
        bool is_dots = slice_equal(fence, SLICE("---")) && is_fence(line, SLICE("..."));
        if (!is_fence(line, fence) && !is_dots)
            continue;
        *inside = slice_of(text.data + start, line_start - start);
        *after = at;
        return true;
    }
    return false;
}

/* It is never closed: its lines stay text, and those up to the first blank one are read too. */
static enum status read_unclosed(struct article *a, struct slice text, char separator, struct error *e)
{
    size_t at = 0, n_keys;
    next_line(text, &at);
    size_t start = at, end = at;
    for (size_t i = 0; i < UNCLOSED_MAX_LINES && at < text.len; i++) {
        if (slice_trim(next_line(text, &at)).len == 0)
            break;
        end = at;
    }
    enum status status = read_lines(a, slice_of(text.data + start, end - start), separator, &n_keys, e);
    a->n_damaged += n_keys > 0;
    return status;
}

/* YAML; what a malformed one set before its error is taken back. */
static enum status read_yaml(struct article *a, struct slice inside, bool *is_mapping, struct error *e)
{
    const struct article before = *a;
    enum status status = front_yaml_read(a, inside, is_mapping, e);
    if (status != OK || *is_mapping)
        return status;
    a->title = before.title;
    a->author = before.author;
    a->lang = before.lang;
    a->url = before.url;
    a->date = before.date;
    a->n_tags = before.n_tags;
    return OK;
}

enum status front_matter_read(struct article *a, struct slice text, size_t *after, struct error *e)
{
    *after = 0;
    size_t at = 0, end = 0, n_keys = 0;
    struct slice first = next_line(text, &at), inside = {0};
    bool is_toml = is_fence(first, SLICE("+++"));
    if (!is_toml && !is_fence(first, SLICE("---")))
        return OK;
    if (!find_inside(text, is_toml ? SLICE("+++") : SLICE("---"), &inside, &end))
        return read_unclosed(a, text, is_toml ? '=' : ':', e);
    bool is_mapping = false;
    enum status status = OK;
    if (!is_toml)
        status = read_yaml(a, inside, &is_mapping, e);
    if (status == OK && !is_mapping) {
        status = read_lines(a, inside, is_toml ? '=' : ':', &n_keys, e);
        a->n_damaged += n_keys > 0 && !is_toml;
    }
    if (is_mapping || n_keys > 0 || slice_trim(inside).len == 0)
        *after = end;
    return status;
}
