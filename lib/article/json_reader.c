#include "reader.h"

#include "buf.h"
#include "encoding.h"
#include "utf8.h"
#include "written_date.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <time.h>

/* A number counts seconds from 1973 to 2100, or their thousandths: between them and days written 20240327 is no doubt.
 */
#define SECONDS_MIN 100000000
#define SECONDS_MAX 4102444800.0
#define KEYS_SHOWN_MAX 8
#define KEYS_SHOWN_BYTES 160
#define HTML_MIN_TAGS 2       /* that end something: so many make a text HTML */
#define HEADING_MAX_BYTES 100 /* a longer line between blank lines is a paragraph */

static struct slice string_of(const json_t *value)
{
    return json_is_string(value) ? slice_of(json_string_value(value), json_string_length(value)) : (struct slice){0};
}

/* The first of these keys (ended by NULL) that is there and not null. */
static const json_t *first_of(const json_t *object, const char *const *keys)
{
    for (; *keys != NULL; keys++) {
        const json_t *value = json_object_get(object, *keys);
        if (value != NULL && !json_is_null(value))
            return value;
    }
    return NULL;
}

/* As first_of, of those that are strings with something in them. */
static struct slice first_string(const json_t *object, const char *const *keys)
{
    for (; *keys != NULL; keys++) {
        struct slice s = string_of(json_object_get(object, *keys));
        if (slice_trim(s).len > 0)
            return s;
    }
    return (struct slice){0};
}

/* ---- escapes that jansson refuses ---- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The value of \uXXXX at `at`, or -1. */
static int32_t escape_at(struct slice s, size_t at)
{
    if (s.len - at < 6 || s.data[at] != '\\' || s.data[at + 1] != 'u')
        return -1;
    int32_t value = 0;
    for (size_t i = at + 2; i < at + 6; i++) {
        int digit = hex_digit(s.data[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* \u0000 and surrogates without their other half become \ufffd, in a copy made when the first is met. */
static enum status mend_escapes(struct slice *line, struct article *a, struct error *e)
{
    char *copy = NULL;
    struct slice s = *line;
    size_t at = 0;
    while (at < s.len) {
        const char *backslash = memchr(s.data + at, '\\', s.len - at);
        if (backslash == NULL)
            break;
        at = (size_t)(backslash - s.data);
        int32_t c = escape_at(s, at);
        if (c < 0) {
            at += 2;
            continue;
        }
        bool is_high = c >= 0xD800 && c <= 0xDBFF, is_low = c >= 0xDC00 && c <= 0xDFFF;
        int32_t next = is_high ? escape_at(s, at + 6) : -1;
        if (is_high && next >= 0xDC00 && next <= 0xDFFF) {
            at += 12;
            continue;
        }
        if (c == 0 || is_high || is_low) {
            if (copy == NULL)
                copy = (char *)arena_copy(&a->arena, s).data;
            if (copy == NULL)
                return error_nomem(e);
            memcpy(copy + at, "\\ufffd", 6);
            a->n_damaged++;
        }
        at += 6;
    }
    if (copy != NULL)
        line->data = copy;
    return OK;
}

/* ---- text ---- */

/* Does a line end as a sentence does? Closing quotes and brackets after the mark are looked through. */
static bool ends_sentence(struct slice line)
{
    static const char *const marks[] = {".", "!", "?", ":", ";", ",", "…", "。", "！", "？"};
    static const char *const closers[] = {"\"", "'", ")", "]", "”", "’", "»"};
    for (size_t i = 0; i < sizeof closers / sizeof *closers;) {
        struct slice closer = slice_cstr(closers[i++]);
        if (slice_ends(line, closer)) {
            line.len -= closer.len;
            i = 0;
        }
    }
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (slice_ends(line, slice_cstr(marks[i])))
            return true;
    return line.len == 0;
}

static bool is_heading(struct slice paragraph)
{
    return paragraph.len <= HEADING_MAX_BYTES && memchr(paragraph.data, '\n', paragraph.len) == NULL &&
           !ends_sentence(paragraph);
}

/* The paragraph that begins at or after *at, trimmed; *at moves behind it. Empty at the end. */
static struct slice next_paragraph(struct slice text, size_t *at)
{
    size_t start = SIZE_MAX, end = 0;
    while (*at < text.len) {
        const char *newline = memchr(text.data + *at, '\n', text.len - *at);
        size_t stop = newline == NULL ? text.len : (size_t)(newline - text.data);
        struct slice line = slice_trim(slice_of(text.data + *at, stop - *at));
        *at = stop < text.len ? stop + 1 : stop;
        if (line.len == 0 && start != SIZE_MAX)
            break;
        if (line.len == 0)
            continue;
        if (start == SIZE_MAX)
            start = (size_t)(line.data - text.data);
        end = (size_t)(line.data - text.data) + line.len;
    }
    return start == SIZE_MAX ? (struct slice){0} : slice_of(text.data + start, end - start);
}

static enum status set_text(struct article *a, struct slice text, struct error *e)
{
    if (text.len > ARTICLE_MAX_BYTES)
        return error_set(e, ERR_LIMIT, "an article over %zu bytes", ARTICLE_MAX_BYTES);
    a->text = arena_copy(&a->arena, text);
    if (a->text.data == NULL)
        return error_nomem(e);
    enum status status = OK;
    size_t at = 0;
    struct slice paragraph = next_paragraph(a->text, &at);
    while (status == OK && paragraph.len > 0) {
        struct slice next = next_paragraph(a->text, &at);
        enum block_kind kind = next.len > 0 && is_heading(paragraph) ? BLOCK_HEADING : BLOCK_PARAGRAPH;
        status = article_add_block(a, (uint32_t)(paragraph.data - a->text.data), (uint32_t)paragraph.len, kind, e);
        paragraph = next;
    }
    return status;
}

/* Is it HTML and no text that speaks of it? A tag of a paragraph's kind and its end, or two that need none. */
static bool is_html(struct slice text)
{
    static const char *const ends[] = {"</p>",          "</div>",  "</li>",      "</h2>",  "</h3>",
                                       "</a>",          "</b>",    "</i>",       "</em>",  "</strong>",
                                       "</blockquote>", "</span>", "</article>", "</body>"};
    struct slice s = slice_trim(text);
    if (s.len < 8 || memchr(s.data, '<', s.len) == NULL)
        return false;
    bool begins = s.data[0] == '<' && ((s.data[1] | 0x20) >= 'a' && (s.data[1] | 0x20) <= 'z');
    size_t n_ends = 0;
    for (size_t at = 0; at < s.len && n_ends < HTML_MIN_TAGS; at++) {
        const char *open = memchr(s.data + at, '<', s.len - at);
        if (open == NULL)
            break;
        at = (size_t)(open - s.data);
        struct slice rest = slice_from(s, at);
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
            size_t n = strlen(ends[i]);
            n_ends += rest.len >= n && slice_equal_ascii_case(slice_of(rest.data, n), slice_cstr(ends[i]));
        }
        static const char *const breaks[] = {"<br>", "<br/>", "<br />", "<p>"};
        for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++) {
            size_t n = strlen(breaks[i]);
            n_ends += rest.len >= n && slice_equal_ascii_case(slice_of(rest.data, n), slice_cstr(breaks[i]));
        }
    }
    return n_ends >= HTML_MIN_TAGS || (begins && n_ends > 0);
}

/* The text and blocks of HTML; what it says of itself besides fills no field. */
static enum status set_html(struct article *a, struct slice html, struct error *e)
{
    struct article page;
    article_init(&page);
    enum status status = html_read(&page, html, e);
    if (status == OK) {
        a->text = arena_copy(&a->arena, page.text);
        status = a->text.data == NULL ? error_nomem(e) : OK;
    }
    for (size_t i = 0; i < page.n_blocks && status == OK; i++)
        status = article_add_block(a, page.blocks[i].start, page.blocks[i].len, page.blocks[i].kind, e);
    article_clear(&page);
    return status;
}

/* "no text in it (keys: a, b, c)" */
static enum status no_text(const json_t *object, struct error *e)
{
    struct buf names;
    buf_init(&names, KEYS_SHOWN_BYTES);
    size_t n = 0;
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        bool is_plain = true;
        for (const char *c = key; *c != '\0'; c++)
            is_plain &= (unsigned char)*c >= ' ' && *c != 0x7F;
        if (is_plain && n < KEYS_SHOWN_MAX && names.len + strlen(key) + 2 < KEYS_SHOWN_BYTES)
            buf_printf(&names, "%s%s", n > 0 ? ", " : "", key);
        n++;
    }
    struct slice shown = buf_slice(&names);
    enum status status =
        error_set(e, ERR_FORMAT, "no text in it (keys: %.*s%s)", SLICE_ARG(shown), n > KEYS_SHOWN_MAX ? ", …" : "");
    buf_clear(&names);
    return status;
}

/* ---- fields ---- */

/* As it is written: an id is a key, so that no white space is squeezed in it. */
static enum status set_id(struct article *a, const json_t *object, struct error *e)
{
    static const char *const keys[] = {"id", "_id", NULL};
    char number[24];
    for (const char *const *key = keys; *key != NULL; key++) {
        const json_t *value = json_object_get(object, *key);
        struct slice id = string_of(value);
        if (json_is_integer(value)) {
            snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
            id = slice_cstr(number);
        }
        if (id.len == 0)
            continue;
        id.len = id.len > FIELD_MAX_BYTES ? utf8_floor(id, FIELD_MAX_BYTES) : id.len;
        a->id = arena_copy(&a->arena, id);
        return a->id.data == NULL ? error_nomem(e) : OK;
    }
    return OK;
}

static enum status add_authors(struct article *a, const json_t *value, struct error *e)
{
    if (json_is_string(value))
        return article_add_author(a, string_of(value), e);
    if (json_is_object(value))
        return article_add_author(a, string_of(json_object_get(value, "name")), e);
    enum status status = OK;
    for (size_t i = 0; i < json_array_size(value) && status == OK; i++) {
        const json_t *one = json_array_get(value, i);
        status = article_add_author(a, string_of(json_is_object(one) ? json_object_get(one, "name") : one), e);
    }
    return status;
}

static enum status add_tags(struct article *a, const json_t *value, struct error *e)
{
    enum status status = OK;
    for (size_t i = 0; i < json_array_size(value) && status == OK; i++)
        status = article_add_tag(a, string_of(json_array_get(value, i)), e);
    struct slice list = string_of(value);
    while (list.len > 0 && status == OK) {
        const char *comma = memchr(list.data, ',', list.len);
        size_t len = comma == NULL ? list.len : (size_t)(comma - list.data);
        status = article_add_tag(a, slice_trim(slice_of(list.data, len)), e);
        list = slice_from(list, len + 1);
    }
    return status;
}

/* The day, in UTC, of seconds since 1970. */
static int32_t date_of_seconds(json_int_t seconds)
{
    time_t at = (time_t)seconds;
    struct tm day;
    return gmtime_r(&at, &day) == NULL ? DATE_NONE : date_make(day.tm_year + 1900, day.tm_mon + 1, day.tm_mday);
}

static int32_t date_of(const json_t *value)
{
    if (!json_is_number(value))
        return date_from_written(string_of(value));
    double number = json_number_value(value);
    if (number >= SECONDS_MIN && number <= SECONDS_MAX)
        return date_of_seconds((json_int_t)number);
    if (number >= SECONDS_MIN * 1000.0 && number <= SECONDS_MAX * 1000.0)
        return date_of_seconds((json_int_t)(number / 1000));
    json_int_t n = json_is_integer(value) ? json_integer_value(value) : 0;
    if (n >= 1000 && n <= 9999)
        return date_make((int)n, 0, 0);
    if (n >= 10000000 && n <= 99999999) /* 20240327 */
        return date_make((int)(n / 10000), (int)(n / 100 % 100), (int)(n % 100));
    return DATE_NONE;
}

static enum status read_object(struct article *a, const json_t *object, struct error *e)
{
    static const char *const titles[] = {"title", "headline", NULL};
    static const char *const authors[] = {"author", "authors", "byline", "creator", NULL};
    static const char *const dates[] = {"date",           "published",        "published_at",  "publishedAt",
                                        "published_date", "publication_date", "datePublished", "pubDate",
                                        "created_at",     "createdAt",        "timestamp",     NULL};
    static const char *const tags[] = {"tags", "keywords", NULL};
    static const char *const langs[] = {"lang", "language", NULL};
    static const char *const urls[] = {"url", "link", "canonical_url", NULL};
    static const char *const texts[] = {"text", "contents", "body", "content", "content_text", NULL};
    for (const char *const *key = dates; *key != NULL && a->date == DATE_NONE; key++)
        a->date = date_of(json_object_get(object, *key));
    enum status status = set_id(a, object, e);
    if (status == OK)
        status = article_set_field(a, &a->title, first_string(object, titles), e);
    if (status == OK)
        status = add_authors(a, first_of(object, authors), e);
    if (status == OK)
        status = add_tags(a, first_of(object, tags), e);
    if (status == OK)
        status = article_set_lang(a, first_string(object, langs), e);
    if (status == OK)
        status = article_set_field(a, &a->url, first_string(object, urls), e);
    if (status != OK)
        return status;
    static const char *const pages[] = {"content_html", "html", "body_html", NULL};
    struct slice text = first_string(object, texts), page = first_string(object, pages);
    if (text.len == 0 && page.len > 0)
        return set_html(a, page, e);
    if (first_of(object, texts) == NULL && first_of(object, pages) == NULL && a->title.len == 0)
        return no_text(object, e);
    return is_html(text) ? set_html(a, text, e) : set_text(a, text, e);
}

enum status json_read(struct article *out, struct slice line, struct error *e)
{
    out->format = FORMAT_JSONL;
    enum status status = encoding_to_utf8(&line, out, line, (struct slice){0}, e);
    if (status == OK)
        status = mend_escapes(&line, out, e);
    if (status != OK)
        return status;
    out->n_runs = 0; /* byte ranges are of the extracted text */
    json_error_t error;
    json_t *object = json_loadb(line.data == NULL ? "" : line.data, line.len, 0, &error);
    if (object == NULL && json_error_code(&error) == json_error_numeric_overflow)
        object = json_loadb(line.data, line.len, JSON_DECODE_INT_AS_REAL, &error);
    if (object == NULL && json_error_code(&error) == json_error_out_of_memory)
        return error_nomem(e);
    if (object == NULL)
        return error_set(e, ERR_FORMAT, "not JSON: %s (byte %d)", error.text, error.position);
    status = json_is_object(object) ? read_object(out, object, e) : error_set(e, ERR_FORMAT, "not a JSON object");
    json_decref(object);
    return status;
}
