#include "reader.h"

#include "buf.h"
#include "encoding.h"
#include "json_line.h"
#include "utf8.h"
#include "written_date.h"

#include <inttypes.h>
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

static struct slice string_of(struct json_item item)
{
    return item.kind == ITEM_STRING ? item.text : (struct slice){0};
}

static struct slice tree_string(const json_t *value)
{
    return string_of(json_item_of(value));
}

/* The first of these keys (ended by NULL) that is there and not null. */
static struct json_item first_of(const struct json_line *l, const char *const *keys)
{
    for (; *keys != NULL; keys++) {
        struct json_item item = json_line_get(l, *keys);
        if (item.kind != ITEM_ABSENT && item.kind != ITEM_NULL)
            return item;
    }
    return (struct json_item){.kind = ITEM_ABSENT};
}

/* As first_of, of those that are strings with something in them. */
static struct slice first_string(const struct json_line *l, const char *const *keys)
{
    for (; *keys != NULL; keys++) {
        struct slice s = string_of(json_line_get(l, *keys));
        if (slice_trim(s).len > 0)
            return s;
    }
    return (struct slice){0};
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

/* is_kept: the text is in the article's arena. */
static enum status set_text(struct article *a, struct slice text, bool is_kept, struct error *e)
{
    if (text.len > ARTICLE_MAX_BYTES)
        return error_set(e, ERR_LIMIT, "an article over %zu bytes", ARTICLE_MAX_BYTES);
    a->text = is_kept && text.data != NULL ? text : arena_copy(&a->arena, text);
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

struct key_names {
    struct buf out;
    size_t n;
};

static void add_key_name(void *ctx, struct slice key)
{
    struct key_names *names = ctx;
    bool is_plain = true;
    for (size_t i = 0; i < key.len; i++)
        is_plain &= (unsigned char)key.data[i] >= ' ' && key.data[i] != 0x7F;
    if (is_plain && names->n < KEYS_SHOWN_MAX && names->out.len + key.len + 2 < KEYS_SHOWN_BYTES)
        buf_printf(&names->out, "%s%.*s", names->n > 0 ? ", " : "", SLICE_ARG(key));
    names->n++;
}

/* "no text in it (keys: a, b, c)" */
static enum status no_text(const struct json_line *l, struct error *e)
{
    struct key_names names = {.n = 0};
    buf_init(&names.out, KEYS_SHOWN_BYTES);
    json_line_keys(l, add_key_name, &names);
    struct slice shown = buf_slice(&names.out);
    enum status status = error_set(e, ERR_FORMAT, "no text in it (keys: %.*s%s)", SLICE_ARG(shown),
                                   names.n > KEYS_SHOWN_MAX ? ", …" : "");
    buf_clear(&names.out);
    return status;
}

/* ---- fields ---- */

/* As it is written: an id is a key, so that no white space is squeezed in it. */
static enum status set_id(struct article *a, const struct json_line *l, struct error *e)
{
    static const char *const keys[] = {"id", "_id", NULL};
    char number[24];
    for (const char *const *key = keys; *key != NULL; key++) {
        struct json_item item = json_line_get(l, *key);
        struct slice id = string_of(item);
        if (item.kind == ITEM_INTEGER) {
            snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, item.integer);
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

static enum status add_authors(struct article *a, struct json_item item, struct error *e)
{
    if (item.kind == ITEM_STRING)
        return article_add_author(a, item.text, e);
    if (json_is_object(item.tree))
        return article_add_author(a, tree_string(json_object_get(item.tree, "name")), e);
    enum status status = OK;
    for (size_t i = 0; i < json_array_size(item.tree) && status == OK; i++) {
        const json_t *one = json_array_get(item.tree, i);
        status = article_add_author(a, tree_string(json_is_object(one) ? json_object_get(one, "name") : one), e);
    }
    return status;
}

static enum status add_tags(struct article *a, struct json_item item, struct error *e)
{
    enum status status = OK;
    for (size_t i = 0; i < json_array_size(item.tree) && status == OK; i++)
        status = article_add_tag(a, tree_string(json_array_get(item.tree, i)), e);
    struct slice list = string_of(item);
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

static int32_t date_of(struct json_item item)
{
    bool is_integer = item.kind == ITEM_INTEGER;
    if (!is_integer && !json_is_real(item.tree))
        return date_from_written(string_of(item));
    double number = is_integer ? (double)item.integer : json_real_value(item.tree);
    if (number >= SECONDS_MIN && number <= SECONDS_MAX)
        return date_of_seconds((json_int_t)number);
    if (number >= SECONDS_MIN * 1000.0 && number <= SECONDS_MAX * 1000.0)
        return date_of_seconds((json_int_t)(number / 1000));
    json_int_t n = item.integer;
    if (n >= 1000 && n <= 9999)
        return date_make((int)n, 0, 0);
    if (n >= 10000000 && n <= 99999999) /* 20240327 */
        return date_make((int)(n / 10000), (int)(n / 100 % 100), (int)(n % 100));
    return DATE_NONE;
}

static enum status read_object(struct article *a, const struct json_line *l, struct error *e)
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
        a->date = date_of(json_line_get(l, *key));
    enum status status = set_id(a, l, e);
    if (status == OK)
        status = article_set_field(a, &a->title, first_string(l, titles), e);
    if (status == OK)
        status = add_authors(a, first_of(l, authors), e);
    if (status == OK)
        status = add_tags(a, first_of(l, tags), e);
    if (status == OK)
        status = article_set_lang(a, first_string(l, langs), e);
    if (status == OK)
        status = article_set_field(a, &a->url, first_string(l, urls), e);
    if (status != OK)
        return status;
    static const char *const pages[] = {"content_html", "html", "body_html", NULL};
    struct slice text = first_string(l, texts), page = first_string(l, pages);
    if (text.len == 0 && page.len > 0)
        return set_html(a, page, e);
    if (first_of(l, texts).kind == ITEM_ABSENT && first_of(l, pages).kind == ITEM_ABSENT && a->title.len == 0)
        return no_text(l, e);
    return is_html(text) ? set_html(a, text, e) : set_text(a, text, l->is_kept, e);
}

enum status json_read(struct article *out, struct slice line, struct error *e)
{
    out->format = FORMAT_JSONL;
    enum status status = encoding_to_utf8(&line, out, line, (struct slice){0}, e);
    if (status != OK)
        return status;
    out->n_runs = 0; /* byte ranges are of the extracted text */
    struct json_line l;
    status = json_line_read(&l, out, line, e);
    if (status == OK)
        status = read_object(out, &l, e);
    json_line_clear(&l);
    return status;
}
