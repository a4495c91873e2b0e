#include "markdown_marks.h"

#include "shortcode.h"

#define NOTE_MAX_BYTES 40
#define LIST_MAX_BYTES 200 /* of attributes */

struct line {
    char *text;
    size_t len;
};

static struct slice rest_of(const struct line *l, size_t at)
{
    return slice_of(l->text + at, l->len - at);
}

static bool is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static void fill(struct line *l, size_t at, size_t n)
{
    memset(l->text + at, SHORTCODE_FILLER, n);
}

/* Where `mark` first stands in s from byte `from` on, within max bytes and before any `stop`, which may not be in such
 * a mark: so no byte is looked at again and again. 0: nowhere. */
static size_t find(struct slice s, size_t from, const char *mark, char stop, size_t max)
{
    size_t n = s.len < max ? s.len : max;
    for (size_t i = from; i < n && s.data[i] != stop; i++)
        if (slice_starts(slice_from(s, i), slice_cstr(mark)))
            return i;
    return 0;
}

/* {% … %} and {{ … }}. What has braces or backslashes in it may be a formula. */
static size_t command_len(struct slice s)
{
    if (slice_starts(s, SLICE("{%"))) {
        size_t end = find(s, 2, "%}", '{', MARKS_MAX_BYTES);
        return end == 0 ? 0 : end + 2;
    }
    if (!slice_starts(s, SLICE("{{")) || s.len < 5 || !(s.data[2] == ' ' || s.data[2] == '-' || is_letter(s.data[2])))
        return 0;
    size_t end = find(s, 2, "}}", '{', MARKS_MAX_BYTES);
    for (size_t i = 2; i < end; i++)
        if (s.data[i] == '{' || s.data[i] == '}' || s.data[i] == '\\')
            return 0;
    return end == 0 ? 0 : end + 2;
}

/* {.class}, {#id}, {: … }, as kramdown and pandoc write them behind what they are of. */
static size_t attributes_len(struct slice s)
{
    if (s.len < 3 || s.data[0] != '{')
        return 0;
    bool is_list = s.data[1] == ':' || ((s.data[1] == '.' || s.data[1] == '#') && is_letter(s.data[2]));
    size_t end = is_list ? find(s, 1, "}", '{', LIST_MAX_BYTES) : 0;
    for (size_t i = 1; i < end; i++)
        if (s.data[i] == '{' || s.data[i] == '\\' || s.data[i] == ';' || s.data[i] == ',')
            return 0;
    return end == 0 ? 0 : end + 1;
}

/* [^1], and with the colon that makes it a note's beginning. */
static size_t note_len(struct slice s, bool is_at_start)
{
    if (!slice_starts(s, SLICE("[^")))
        return 0;
    size_t end = find(s, 2, "]", '[', NOTE_MAX_BYTES);
    for (size_t i = 2; i < end; i++)
        if (s.data[i] == ' ' || s.data[i] == '[' || s.data[i] == '^')
            return 0;
    if (end <= 2)
        return 0;
    return end + 1 + (is_at_start && end + 1 < s.len && s.data[end + 1] == ':');
}

/* [[Page|words]]: all but the words. Its length; 0: none. */
static size_t blank_wiki_link(struct line *l, size_t at)
{
    struct slice s = rest_of(l, at);
    bool is_image = s.data[0] == '!';
    size_t open = is_image ? 3 : 2,
           end = slice_starts(slice_from(s, is_image), SLICE("[[")) ? find(s, open, "]]", '[', MARKS_MAX_BYTES) : 0;
    if (end <= open)
        return 0;
    /* [[1]](#note) is a link of CommonMark. */
    if (end + 2 < s.len && s.data[end + 2] == '(')
        return 0;
    const char *bar = memchr(s.data + open, '|', end - open);
    size_t words = is_image ? end : bar == NULL ? open : (size_t)(bar - s.data) + 1;
    /* In a row of a table the bar is written "\|". */
    fill(l, at, words);
    fill(l, at + end, 2);
    return end + 2;
}

/* ==words==: the marks. Where the words begin; 0: none. */
static size_t blank_highlight(struct line *l, size_t at)
{
    struct slice s = rest_of(l, at);
    bool is_open = slice_starts(s, SLICE("==")) && s.len > 4 && s.data[2] != ' ' && s.data[2] != '=' &&
                   (at == 0 || l->text[at - 1] != '=');
    size_t end = is_open ? find(s, 3, "==", '\0', MARKS_MAX_BYTES) : 0;
    if (end == 0 || s.data[end - 1] == ' ' || (end + 2 < s.len && s.data[end + 2] == '='))
        return 0;
    fill(l, at, 2);
    fill(l, at + end, 2);
    return 2;
}

/* Behind a run of backticks at `at` and what it quotes. */
static size_t behind_code(const struct line *l, size_t at)
{
    size_t n = 0;
    while (at + n < l->len && l->text[at + n] == '`')
        n++;
    size_t end = l->len - at < MARKS_MAX_BYTES ? l->len : at + MARKS_MAX_BYTES;
    for (size_t i = at + n; i < end;) {
        size_t m = 0;
        while (i + m < l->len && l->text[i + m] == '`')
            m++;
        if (m == n)
            return i + m;
        i += m > 0 ? m : 1;
    }
    return at + n;
}

static void blank_line(struct line *l)
{
    for (size_t at = 0; at < l->len;) {
        char c = l->text[at];
        struct slice s = rest_of(l, at);
        size_t len = 0;
        if (c == '`') {
            at = behind_code(l, at);
            continue;
        }
        if (c == '\\') {
            at += 2;
            continue;
        }
        if (c == '{') {
            bool is_formula = at > 0 && strchr("_^}", l->text[at - 1]) != NULL;
            len = is_formula ? 0 : command_len(s);
            len = len > 0 ? len : attributes_len(s);
        } else if (c == '[' && (len = note_len(s, at == 0)) == 0) {
            at += (len = blank_wiki_link(l, at)) > 0 ? len : 1;
            continue;
        } else if (c == '!' || c == '=') {
            len = c == '!' ? blank_wiki_link(l, at) : blank_highlight(l, at);
            at += len > 0 ? len : 1;
            continue;
        }
        fill(l, at, len);
        at += len > 0 ? len : 1;
    }
}

/* Does the line open or close a fence of this character ('\0': of either)? */
static char fence_of(const struct line *l, char open)
{
    size_t at = 0;
    while (at < l->len && l->text[at] == ' ')
        at++;
    struct slice s = rest_of(l, at);
    bool is_ticks = slice_starts(s, SLICE("```")), is_tildes = slice_starts(s, SLICE("~~~"));
    char found = is_ticks ? '`' : is_tildes ? '~' : '\0';
    return open == '\0' || open == found ? found : '\0';
}

/* A line of marks alone becomes blank. */
static void blank_lone(struct line *l)
{
    bool is_lone = false;
    for (size_t i = 0; i < l->len; i++) {
        char c = l->text[i];
        if (c != SHORTCODE_FILLER && c != ' ' && c != '\t' && c != '\r')
            return;
        is_lone |= c == SHORTCODE_FILLER;
    }
    if (is_lone)
        memset(l->text, ' ', l->len > 0 && l->text[l->len - 1] == '\r' ? l->len - 1 : l->len);
}

void markdown_marks_blank(char *text, size_t len)
{
    char fence = '\0';
    for (size_t at = 0; at < len;) {
        const char *newline = memchr(text + at, '\n', len - at);
        size_t end = newline == NULL ? len : (size_t)(newline - text);
        struct line l = {text + at, end - at};
        char mark = fence_of(&l, fence);
        if (mark != '\0') {
            fence = fence == '\0' ? mark : '\0';
        } else if (fence == '\0') {
            blank_line(&l);
            blank_lone(&l);
        }
        at = end + 1;
    }
}
