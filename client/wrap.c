#include "wrap.h"

#include <stdio.h>

#include "utf8.h"
#include "width.h"

#define GLYPH_MAX_BYTES 8

/** One character as it will be shown. */
struct glyph {
    char bytes[GLYPH_MAX_BYTES];
    uint32_t len, width;
    bool is_space, is_line_feed, is_wide;
};

static bool changes_direction(uint32_t c)
{
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

static void spell(struct glyph *g, const char *format, unsigned value)
{
    g->len = (uint32_t)snprintf(g->bytes, sizeof g->bytes, format, value);
    g->width = g->len;
}

/** The character at *at (below text.len); moves *at behind it. */
static struct glyph next_glyph(struct slice text, size_t *at)
{
    struct glyph g = {.len = 0};
    size_t start = *at;
    bool is_bad = false;
    uint32_t c = utf8_next(text, at, &is_bad);
    g.is_line_feed = c == '\n' || c == 0x2028 || c == 0x2029;
    g.is_space = g.is_line_feed || c == ' ' || (c >= '\t' && c <= '\r') || c == 0x3000;
    if (is_bad) {
        *at = start + 1;
        spell(&g, "\\x%02x", (unsigned char)text.data[start]);
    } else if (g.is_space) {
        g.bytes[0] = ' ';
        g.len = g.width = 1;
    } else if (c < 0x20 || c == 0x7f) {
        spell(&g, "\\x%02x", c);
    } else if ((c >= 0x80 && c < 0xA0) || changes_direction(c)) {
        spell(&g, "\\u%04x", c);
    } else {
        g.len = (uint32_t)(*at - start);
        memcpy(g.bytes, text.data + start, g.len);
        g.width = char_width(c);
        g.is_wide = g.width == 2;
    }
    return g;
}

void put_harmless(struct buf *out, struct slice text)
{
    for (size_t at = 0; at < text.len;) {
        char c = text.data[at];
        if (c == '\n' || c == '\t') {
            buf_put_byte(out, c);
            at++;
            continue;
        }
        size_t start = at;
        struct glyph g = next_glyph(text, &at);
        if (g.is_space && c < 0x20 && c >= 0)
            buf_printf(out, "\\x%02x", (unsigned)c);
        else if (g.is_space)
            buf_put(out, slice_of(text.data + start, at - start));
        else
            buf_put(out, slice_of(g.bytes, g.len));
    }
}

uint32_t text_width(struct slice text)
{
    uint32_t width = 0;
    for (size_t at = 0; at < text.len;)
        width += next_glyph(text, &at).width;
    return width;
}

/** A run of the text that no line break may fall into: a word, or one wide character. */
struct unit {
    size_t start, end;
    uint32_t width;
    bool has_space, has_tab; /* before it */
    uint32_t line_feeds;     /* before it */
};

static bool next_unit(struct slice text, size_t *at, struct unit *u)
{
    *u = (struct unit){.start = *at};
    while (*at < text.len) {
        size_t start = *at;
        struct glyph g = next_glyph(text, at);
        if (g.is_space && u->width == 0 && u->end == 0) {
            u->has_space = true;
            u->has_tab |= text.data[start] == '\t';
            u->line_feeds += g.is_line_feed;
            u->start = *at;
            continue;
        }
        /* A mark of width 0 stays with the wide character before it. */
        bool ends = g.is_space || (u->end != 0 && g.is_wide);
        if (ends) {
            *at = start;
            break;
        }
        u->end = *at;
        u->width += g.width;
        if (g.is_wide) {
            while (*at < text.len) {
                size_t behind = *at;
                struct glyph mark = next_glyph(text, &behind);
                if (mark.width != 0)
                    break;
                u->end = *at = behind;
            }
            break;
        }
    }
    return u->end > u->start;
}

/** The state of highlighting while a text is written. */
struct painter {
    struct wrap *w;
    const struct mark *marks;
    size_t n_marks, next;
    bool is_base, is_marked; /* what the terminal is set to */
};

static bool is_marked_at(struct painter *p, size_t offset)
{
    while (p->next < p->n_marks && offset >= (uint64_t)p->marks[p->next].start + p->marks[p->next].len)
        p->next++;
    return p->next < p->n_marks && offset >= p->marks[p->next].start;
}

static void paint(struct painter *p, bool base, bool marked)
{
    struct wrap *w = p->w;
    base = base && w->base[0] != '\0';
    if (!w->is_colour || (p->is_base == base && p->is_marked == marked))
        return;
    if (p->is_marked || p->is_base)
        buf_put_cstr(w->out, "\033[0m");
    if (marked)
        buf_printf(w->out, "\033[%s%s%sm", base ? w->base : "", base ? ";" : "", w->marked);
    else if (base)
        buf_printf(w->out, "\033[%sm", w->base);
    p->is_base = base;
    p->is_marked = marked;
}

static void line_break(struct painter *p, uint32_t n)
{
    struct wrap *w = p->w;
    paint(p, false, false);
    for (; n > 0; n--)
        buf_put_byte(w->out, '\n');
    for (uint32_t i = 0; i < w->indent; i++)
        buf_put_byte(w->out, ' ');
    w->column = w->indent;
}

static void put_unit(struct painter *p, struct slice text, const struct unit *u)
{
    struct wrap *w = p->w;
    for (size_t at = u->start; at < u->end;) {
        size_t start = at;
        struct glyph g = next_glyph(text, &at);
        /* Only a word that is longer than a line gets here beyond the edge. */
        if (w->column + g.width > w->columns && w->column > w->indent)
            line_break(p, 1);
        paint(p, true, is_marked_at(p, start));
        buf_put(w->out, slice_of(g.bytes, g.len));
        w->column += g.width;
    }
}

/** "- ", "* ", "3. ", "(b) " at the beginning of a line. */
static bool is_list_mark(struct slice word)
{
    static const char *const bullets[] = {"-", "*", "+", "•", "–"};
    for (size_t i = 0; i < sizeof bullets / sizeof bullets[0]; i++) {
        if (slice_equal(word, slice_cstr(bullets[i])))
            return true;
    }
    if (word.len < 2 || word.len > 4 || (word.data[word.len - 1] != '.' && word.data[word.len - 1] != ')'))
        return false;
    for (size_t i = word.data[0] == '(' ? 1 : 0; i + 1 < word.len; i++) {
        bool is_letter = word.len - i == 2 && word.data[i] >= 'a' && word.data[i] <= 'z';
        if (!is_letter && (word.data[i] < '0' || word.data[i] > '9'))
            return false;
    }
    return true;
}

/** How many line feeds the text wants before this unit. */
static uint32_t breaks_before(const struct wrap *w, struct slice text, const struct unit *u)
{
    if (w->block_gap == 0 || u->line_feeds == 0)
        return 0;
    if (u->line_feeds > 1)
        return w->block_gap;
    return w->is_extracted || is_list_mark(slice_of(text.data + u->start, u->end - u->start)) ? 1 : 0;
}

void wrap_text(struct wrap *w, struct slice text, const struct mark *marks, size_t n_marks)
{
    struct painter p = {.w = w, .marks = marks, .n_marks = n_marks};
    struct unit u;
    bool is_first = true;
    for (size_t at = 0; next_unit(text, &at, &u); is_first = false) {
        bool has_room = w->column + (u.has_space ? 1 : 0) + u.width <= w->columns;
        uint32_t n_breaks = is_first ? 0 : breaks_before(w, text, &u);
        if (n_breaks == 0 && !is_first && u.has_tab && w->is_extracted && w->block_gap > 0) {
            paint(&p, false, false);
            buf_put_cstr(w->out, " |");
            w->column += 2;
        }
        if (n_breaks > 0) {
            line_break(&p, n_breaks);
        } else if (!has_room && w->column > w->indent) {
            line_break(&p, 1);
        } else if (u.has_space && !is_first) {
            paint(&p, true, is_marked_at(&p, u.start - 1));
            buf_put_byte(w->out, ' ');
            w->column++;
        }
        put_unit(&p, text, &u);
    }
    paint(&p, false, false);
}

void wrap_end(struct wrap *w)
{
    buf_put_byte(w->out, '\n');
    w->column = 0;
}
