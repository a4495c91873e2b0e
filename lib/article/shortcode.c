#include "shortcode.h"

/* The length of the shortcode that begins at s with "{{"; 0 where it is none. */
static size_t shortcode_len(struct slice s, bool is_target)
{
    if (s.len < 4)
        return 0;
    char mark = s.data[2];
    char end[4] = "}}";
    if (mark == '<' || mark == '%') {
        end[0] = mark == '<' ? '>' : '%';
        end[1] = end[2] = '}';
    } else if (!is_target) {
        return 0;
    }
    size_t end_len = strlen(end), limit = s.len < SHORTCODE_MAX_BYTES ? s.len : SHORTCODE_MAX_BYTES;
    const char *found = memmem(s.data + 2, limit - 2, end, end_len);
    return found == NULL ? 0 : (size_t)(found - s.data) + end_len;
}

static bool is_blank_char(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == SHORTCODE_FILLER;
}

/* Fillers become spaces on lines that hold nothing else. */
static void blank_lone_lines(char *text, size_t len)
{
    for (size_t start = 0; start < len;) {
        const char *newline = memchr(text + start, '\n', len - start);
        size_t stop = newline == NULL ? len : (size_t)(newline - text);
        size_t i = start;
        while (i < stop && is_blank_char(text[i]))
            i++;
        for (size_t k = start; k < i && i == stop; k++)
            text[k] = text[k] == SHORTCODE_FILLER ? ' ' : text[k];
        start = stop + 1;
    }
}

void shortcodes_blank(char *text, size_t len)
{
    bool is_any = false;
    for (size_t at = 0; at + 1 < len;) {
        const char *brace = memchr(text + at, '{', len - at);
        if (brace == NULL)
            break;
        at = (size_t)(brace - text);
        bool is_target = at >= 2 && text[at - 1] == '(' && text[at - 2] == ']';
        size_t code = at + 1 < len && text[at + 1] == '{' ? shortcode_len(slice_of(text + at, len - at), is_target) : 0;
        for (size_t i = at; i < at + code; i++)
            if (text[i] != '\n' && text[i] != '\r')
                text[i] = SHORTCODE_FILLER;
        is_any = is_any || code > 0;
        at += code > 0 ? code : 1;
    }
    if (is_any)
        blank_lone_lines(text, len);
}
