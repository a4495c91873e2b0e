#include "text_head_lines.h"

#include "buf.h"
#include "text_boilerplate.h"
#include "text_key.h"

#include <unicode/uchar.h>

#define TITLE_MAX_CHARS 160
#define TITLE_MAX_WORDS 25

static bool is_prose_line(const struct head_line *l)
{
    return l->shape.n_chars > TITLE_MAX_CHARS || l->shape.n_words > TITLE_MAX_WORDS ||
           (l->shape.is_stop && l->shape.n_words >= 8);
}

bool head_looks_like_title(const struct head_line *l)
{
    const struct text_shape *s = &l->shape;
    return l->s.len > 0 && !l->is_credit && !l->is_key && !l->is_rule && !l->is_boilerplate &&
           s->n_chars <= TITLE_MAX_CHARS && s->n_words <= TITLE_MAX_WORDS && !s->is_stop && !s->is_open &&
           (s->has_letter || s->n_chars >= 4) && text_item_marker(l->s) == 0 && s->first != '>' &&
           text_find(l->s, "://") == l->s.len;
}

bool head_is_prose(const struct head *h, const struct head_group *g)
{
    bool has_mark = false, has_prose = false;
    for (size_t i = g->first; i < g->end; i++) {
        const struct head_line *l = &h->lines[i];
        has_mark |= l->is_credit || l->is_key || l->is_rule;
        has_prose |= is_prose_line(l);
    }
    const struct head_line *first = &h->lines[g->first], *last = &h->lines[g->end - 1];
    if (has_mark || (g->end - g->first > 1 && has_prose))
        return has_prose && !has_mark && !head_looks_like_title(first);
    bool is_wrapped = g->end - g->first > 1 && last->shape.is_stop && g->n_words >= 8 &&
                      u_islower((UChar32)h->lines[g->first + 1].shape.first);
    return has_prose || is_wrapped || (g->end - g->first > 3 && last->shape.is_stop);
}

size_t head_first_group(const struct head *h)
{
    for (size_t g = 0; g < h->n_groups; g++)
        for (size_t i = h->groups[g].first; i < h->groups[g].end; i++)
            if (!h->lines[i].is_key && !h->lines[i].is_rule && !h->lines[i].is_boilerplate)
                return g;
    return h->n_groups;
}

size_t head_line_above(const struct head *h, size_t i)
{
    while (i-- > 0)
        if (h->lines[i].group != HEAD_NONE)
            return i;
    return HEAD_NONE;
}

size_t head_line_below(const struct head *h, size_t i)
{
    while (++i < h->n_lines)
        if (h->lines[i].group != HEAD_NONE)
            return i;
    return HEAD_NONE;
}

static enum status read_line(struct head *h, struct text_line line, struct error *e)
{
    struct head_line *l = &h->lines[h->n_lines++];
    *l = (struct head_line){.line = line, .group = HEAD_NONE};
    if (line.s.len == 0)
        return OK;
    bool is_new = h->n_lines == 1 || l[-1].group == HEAD_NONE;
    if (is_new)
        h->groups[h->n_groups++] = (struct head_group){.first = h->n_lines - 1};
    l->group = h->n_groups - 1;
    h->groups[l->group].end = h->n_lines;
    if (line.s.len >= FIELD_MAX_BYTES / 2) {
        l->shape = (struct text_shape){.n_chars = line.s.len, .n_words = TITLE_MAX_WORDS + STANDFIRST_MAX_WORDS};
        h->groups[l->group].n_words += l->shape.n_words;
        return OK;
    }
    enum status st = article_set_field(&h->scratch, &l->s, line.s, e);
    l->shape = text_shape(l->s);
    h->groups[l->group].n_words += l->shape.n_words;
    l->is_rule = text_is_rule(l->s);
    l->is_boilerplate = text_boilerplate(l->s) != BOILERPLATE_NOT;
    l->is_credit = !l->is_boilerplate && credit_parse(&l->credit, l->s);
    return st;
}

enum status head_read_lines(struct head *h, struct error *e)
{
    enum status st = OK;
    struct text_line line;
    for (size_t at = 0; st == OK && h->n_lines < HEAD_LINES_MAX && text_line_next(h->article->text, &at, &line);)
        st = read_line(h, line, e);
    h->out->n_lines = h->n_lines;
    return st;
}

/** A group whose first line has a key is a header if a known one is among them: then every line with a key counts. */
static bool is_header(const struct head *h, const struct head_group *g)
{
    size_t n_keys = 0, n_known = 0;
    struct slice value;
    for (size_t i = g->first; i < g->end; i++) {
        enum text_key key = text_key(h->lines[i].s, &value);
        n_keys += key != KEY_NONE;
        n_known += key > KEY_OTHER;
    }
    struct slice first = h->lines[g->first].s;
    enum text_key key = text_key(first, &value);
    /* "Russia: the new tsar" is a title; "Return-Path: …" is not. */
    size_t colon = text_find(first, ":");
    bool is_technical = text_find(first, "-") < colon || text_find(first, "received:") == 0;
    return n_keys >= 2 && n_known > 0 && (key > KEY_OTHER || (key == KEY_OTHER && is_technical));
}

/** A key line and, in a header, the lines folded behind it (*i is moved to the last of them). */
static enum status read_key(struct head *h, size_t *i, size_t end, bool in_header, struct error *e)
{
    struct head_line *l = &h->lines[*i];
    struct slice value;
    enum text_key key = text_key(l->s, &value);
    /* Outside a header a byline or date line is an anchor, key or not. */
    bool counts = in_header ? key != KEY_NONE : key > KEY_OTHER && !l->is_credit;
    if (!counts)
        return OK;
    struct buf b;
    buf_init(&b, FIELD_MAX_BYTES * 2);
    buf_put(&b, value);
    size_t last = *i;
    while (in_header && last + 1 < end && h->lines[last + 1].line.indent > 0) {
        last++;
        buf_put_byte(&b, ' ');
        buf_put(&b, h->lines[last].s);
    }
    for (size_t k = *i; k <= last; k++) {
        h->lines[k].is_key = true;
        h->lines[k].is_credit = false;
        h->out->roles[k] = ROLE_FIELD;
    }
    *i = last;
    /* Too long a value is cut, as any field is. */
    enum status st = b.state == ERR_NOMEM ? error_nomem(e) : text_key_apply(h->article, key, buf_slice(&b), e);
    buf_clear(&b);
    return st;
}

enum status head_read_keys(struct head *h, struct error *e)
{
    enum status st = OK;
    for (size_t g = 0; g < h->n_groups && st == OK; g++) {
        struct head_group *group = &h->groups[g];
        bool in_header = is_header(h, group);
        for (size_t i = group->first; i < group->end && st == OK; i++)
            st = read_key(h, &i, group->end, in_header, e);
        group->is_prose = head_is_prose(h, group);
        if (group->is_prose)
            break;
    }
    return st;
}
