#include "reply.h"
#include "verbs.h"

static struct slice take_word(struct slice *rest)
{
    const char *space = rest->len == 0 ? NULL : memchr(rest->data, ' ', rest->len);
    size_t len = space == NULL ? rest->len : (size_t)(space - rest->data);
    struct slice word = slice_of(rest->data, len);
    *rest = slice_from(*rest, space == NULL ? len : len + 1);
    return word;
}

/* The run of key=value words at the start of rest. */
static struct slice take_keys(struct slice *rest)
{
    struct slice keys = slice_of(rest->data, 0);
    while (rest->len > 0) {
        struct slice after = *rest;
        struct slice word = take_word(&after);
        if (key_length(word) == 0)
            break;
        keys.len = (size_t)(word.data + word.len - keys.data);
        *rest = after;
    }
    return keys;
}

static bool is_code(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((s.data[i] < 'a' || s.data[i] > 'z') && s.data[i] != '_')
            return false;
    return s.len > 0;
}

enum status reply_parse(struct reply_status *out, struct slice line, struct error *e)
{
    *out = (struct reply_status){0};
    struct reply_status s = {0};
    if (line.len > 0 && line.data[line.len - 1] == '\r')
        line.len--;
    struct slice rest = line;
    if (rest.len > 0 && rest.data[0] == '@')
        s.tag = slice_from(take_word(&rest), 1);
    struct slice kind = take_word(&rest);
    struct slice second = take_word(&rest);
    s.keys = take_keys(&rest);
    if (slice_equal(kind, SLICE("OK"))) {
        s.is_ok = true;
        if (!slice_to_u64(second, REPLY_LINES_MAX, &s.n_lines) || rest.len > 0)
            return error_set(e, ERR_FORMAT, "the server answered with no status line: %.*s",
                             line.len > 200 ? 200 : (int)line.len, line.data);
    } else if (slice_equal(kind, SLICE("ERR")) && is_code(second)) {
        s.code = second;
        s.message = rest;
    } else {
        return error_set(e, ERR_FORMAT, "this is no Quoth server; it said: %.*s", line.len > 200 ? 200 : (int)line.len,
                         line.len == 0 ? "" : line.data);
    }
    *out = s;
    return OK;
}

bool reply_value(const struct reply_status *s, const char *key, struct slice *value)
{
    struct slice rest = s->keys, wanted = slice_cstr(key);
    *value = (struct slice){0};
    while (rest.len > 0) {
        struct slice word = take_word(&rest);
        size_t len = key_length(word);
        if (len > 0 && slice_equal(slice_of(word.data, len), wanted)) {
            *value = slice_from(word, len + 1);
            return true;
        }
    }
    return false;
}

bool row_next(struct slice *line, struct buf *out)
{
    if (line->data == NULL)
        return false;
    size_t i = 0;
    for (; i < line->len && line->data[i] != '\t'; i++) {
        char c = line->data[i];
        if (c == '\\' && i + 1 < line->len && strchr("\\tnr", line->data[i + 1]) != NULL && line->data[i + 1] != '\0') {
            c = line->data[++i];
            c = c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : '\\';
        }
        buf_put_byte(out, c);
    }
    *line = i < line->len ? slice_from(*line, i + 1) : (struct slice){0};
    return true;
}
