#include "text_head.h"

#include "date.h"
#include "text_credit.h"
#include "text_head_lines.h"
#include "text_title.h"

#include "utf8.h"

#include <stdlib.h>

#define DATELINE_MAX_BYTES 80 /* place, date and dash */

static enum status take_credit(struct head *h, size_t i, struct error *e)
{
    struct article *a = h->article;
    const struct credit *c = &h->lines[i].credit;
    h->out->roles[i] = ROLE_FIELD;
    if (c->date != DATE_NONE && (a->date == DATE_NONE || (h->is_date_update && !c->is_update))) {
        a->date = c->date;
        h->is_date_update = c->is_update;
    }
    enum status st = OK;
    for (size_t n = 0; n < c->n_names && st == OK; n++)
        st = article_add_author(a, c->names[n], e);
    return st;
}

/** A line that is a name alone and not the only title in sight. */
static bool is_bare_byline(const struct head *h, size_t i, size_t anchor, struct credit *names)
{
    if (i == HEAD_NONE || h->lines[i].is_key || h->lines[i].is_credit)
        return false;
    if (!credit_parse_names(names, h->lines[i].s) && !credit_parse_called(names, h->lines[i].s))
        return false;
    if (title_is_section(&h->lines[i]))
        return false;
    if (h->title != HEAD_NONE)
        return i > h->title;
    for (size_t k = 0; k < i && k < anchor; k++)
        if (head_looks_like_title(&h->lines[k]) && !title_is_section(&h->lines[k]))
            return true;
    return h->article->title.len > 0;
}

static enum status take_names(struct head *h, size_t i, const struct credit *names, struct error *e)
{
    h->lines[i].credit = *names;
    h->lines[i].is_credit = true;
    return take_credit(h, i, e);
}

/** Is this name at the beginning of a sentence near the end of the text, as in "Jane Doe is a lecturer …"? */
static bool is_in_biography(const struct head *h, size_t i)
{
    struct slice text = h->article->text, name = h->lines[i].s;
    size_t from = h->lines[i].line.start + h->lines[i].line.s.len;
    if (text.len > 4000 && from < text.len - 4000)
        from = text.len - 4000;
    return from < text.len && name.len > 0 && memmem(text.data + from, text.len - from, name.data, name.len) != NULL;
}

/** An initial in it, as in "J. R. Whitcomb", tells a name from a heading. */
static bool has_initial(struct slice s)
{
    for (size_t at = 0; at < s.len;) {
        struct slice word = text_word(s, &at);
        if (word.len == 2 && word.data[1] == '.' && word.data[0] >= 'A' && word.data[0] <= 'Z')
            return true;
    }
    return false;
}

/** A bare name above the anchor (a date without a name), or below a title or date. */
static enum status find_bare_byline(struct head *h, size_t anchor, struct error *e)
{
    struct credit names;
    if (h->article->author.len > 0)
        return OK;
    size_t above = anchor == HEAD_NONE ? HEAD_NONE : head_line_above(h, anchor);
    if (above != HEAD_NONE && above != h->title && is_bare_byline(h, above, anchor, &names))
        return take_names(h, above, &names, e);
    size_t upper = anchor != HEAD_NONE ? anchor : h->title;
    size_t below = upper == HEAD_NONE ? HEAD_NONE : head_line_below(h, upper);
    while (below != HEAD_NONE && h->out->roles[below] == ROLE_FIELD)
        below = head_line_below(h, below);
    if (below == HEAD_NONE || below == h->title || !is_bare_byline(h, below, HEAD_NONE, &names))
        return OK;
    const struct head_line *l = &h->lines[below];
    const struct head_group *g = &h->groups[l->group];
    bool is_last = below + 1 == g->end;
    if (!is_last && below + 2 == g->end && credit_is_calling(h->lines[below + 1].s)) {
        h->out->roles[below + 1] = ROLE_FIELD;
        is_last = true;
    }
    bool is_near = l->group == h->lines[upper].group && is_last;
    bool is_alone = g->end - g->first == 1 && (is_in_biography(h, below) || has_initial(l->s));
    return is_near || is_alone ? take_names(h, below, &names, e) : OK;
}

/** For whom somebody writes: a few words right below the byline that end its lines, "Evening Times, Lindau". */
static bool is_affiliation(const struct head *h, size_t i)
{
    const struct head_line *l = &h->lines[i];
    if (l->group == HEAD_NONE || i == 0 || h->groups[l->group].end != i + 1 || h->out->roles[i] != ROLE_BODY)
        return false;
    const struct head_line *above = &h->lines[i - 1];
    return above->group == l->group && above->is_credit && above->credit.n_names > 0 && head_looks_like_title(l) &&
           l->shape.n_words <= 4 && !l->shape.is_sentence && i != h->title;
}

/** Further bylines and dates below the anchor, over one standfirst at most. */
static enum status take_below(struct head *h, size_t anchor, struct error *e)
{
    enum status st = OK;
    size_t n_passed = 0, group = h->lines[anchor].group;
    for (size_t i = head_line_below(h, anchor); i != HEAD_NONE && st == OK; i = head_line_below(h, i)) {
        const struct head_line *l = &h->lines[i];
        const struct head_group *g = &h->groups[l->group];
        if (h->out->roles[i] == ROLE_FIELD || l->is_boilerplate) {
            group = l->group;
        } else if (is_affiliation(h, i)) {
            h->out->roles[i] = ROLE_FIELD;
            group = l->group;
        } else if (l->is_credit && ((l->credit.n_names > 0 && h->article->author.len == 0) ||
                                    (l->credit.date != DATE_NONE &&
                                     (h->article->date == DATE_NONE || h->is_date_update || l->group == group)))) {
            st = take_credit(h, i, e);
            group = l->group;
        } else if (l->group == h->lines[anchor].group && l->shape.is_stop && l->shape.n_words <= STANDFIRST_MAX_WORDS) {
            continue; /* "Jane Doe reported from Moscow." */
        } else if (!g->is_prose || g->n_words > STANDFIRST_MAX_WORDS || (l->group != group && ++n_passed > 1)) {
            break;
        } else {
            group = l->group;
        }
    }
    return st;
}

/** The first byline or date line; before it at most one standfirst, and not at the very beginning. */
static size_t find_anchor(const struct head *h)
{
    size_t n_prose = 0;
    for (size_t g = head_first_group(h); g < h->n_groups; g++) {
        const struct head_group *group = &h->groups[g];
        if (group->is_prose) {
            if (g == head_first_group(h) || group->n_words > STANDFIRST_MAX_WORDS || ++n_prose > 1)
                return HEAD_NONE;
            continue;
        }
        for (size_t i = group->first; i < group->end; i++)
            if (h->lines[i].is_credit)
                return i;
    }
    return HEAD_NONE;
}

/** "The end of an era." over a byline is a title too. */
static void forgive_stop(struct head *h)
{
    size_t g = head_first_group(h);
    if (g == h->n_groups)
        return;
    struct head_group *group = &h->groups[g];
    struct head_line *l = &h->lines[group->first];
    size_t below = head_line_below(h, group->first);
    struct credit names;
    if (below != HEAD_NONE && !h->lines[below].is_credit && credit_parse_names(&names, h->lines[below].s))
        below = head_line_below(h, below);
    if (below == HEAD_NONE || !h->lines[below].is_credit || !l->shape.is_stop || l->shape.n_words > 15)
        return;
    l->shape.is_stop = false;
    group->is_prose = head_is_prose(h, group);
}

/** "LINDAU, 12 June 2023 – The board …": the date that the first paragraph begins with. */
static int32_t find_dateline(const struct head *h)
{
    static const char *const dashes[] = {" \xE2\x80\x93 ", " \xE2\x80\x94 ", " -- ", " - "};
    size_t g = 0;
    while (g < h->n_groups && !h->groups[g].is_prose)
        g++;
    if (g == h->n_groups)
        return DATE_NONE;
    struct slice line = h->lines[h->groups[g].first].line.s;
    line.len = line.len > DATELINE_MAX_BYTES ? utf8_floor(line, DATELINE_MAX_BYTES) : line.len;
    for (size_t i = 0; i < sizeof dashes / sizeof *dashes; i++) {
        struct credit credit;
        size_t at = text_find(line, dashes[i]);
        if (at < line.len && credit_parse(&credit, slice_of(line.data, at)) && credit.n_names == 0)
            return credit.date;
    }
    return DATE_NONE;
}

/** "Nine years of warnings. By Hannah Moss": a standfirst that ends in the byline. */
static enum status find_sentence_byline(struct head *h, struct error *e)
{
    enum status st = OK;
    for (size_t i = 0; i < h->n_lines && h->article->author.len == 0 && st == OK; i++) {
        const struct head_line *l = &h->lines[i];
        struct credit names;
        size_t at = text_find(l->s, ". by ");
        if (l->shape.n_words > STANDFIRST_MAX_WORDS)
            break;
        if (at < l->s.len && !l->shape.is_stop && h->out->roles[i] != ROLE_FIELD &&
            credit_parse_authors(&names, slice_from(l->s, at + 5)))
            for (size_t n = 0; n < names.n_names && st == OK; n++)
                st = article_add_author(h->article, names.names[n], e);
    }
    return st;
}

static enum status read_head(struct head *h, struct error *e)
{
    enum status st = head_read_lines(h, e);
    if (st == OK)
        st = head_read_keys(h, e);
    if (st != OK)
        return st;
    for (size_t g = 0; g < h->n_groups; g++)
        h->groups[g].is_prose = head_is_prose(h, &h->groups[g]);
    forgive_stop(h);
    size_t anchor = find_anchor(h);
    h->title = HEAD_NONE;
    /* The name over a date must not be taken for the title below another. */
    if (anchor != HEAD_NONE && h->lines[anchor].credit.n_names == 0)
        st = find_bare_byline(h, anchor, e);
    if (st == OK && h->article->title.len == 0) {
        h->title = title_find(h, anchor);
        if (h->title != HEAD_NONE)
            st = title_take(h, anchor, e);
    }
    if (st == OK && anchor != HEAD_NONE)
        st = take_credit(h, anchor, e);
    if (st == OK && anchor != HEAD_NONE)
        st = take_below(h, anchor, e);
    if (st == OK)
        st = find_bare_byline(h, anchor, e);
    if (h->article->date == DATE_NONE)
        h->article->date = find_dateline(h);
    return st == OK && h->title != HEAD_NONE ? find_sentence_byline(h, e) : st;
}

enum status text_head_read(struct text_head *out, struct article *a, struct error *e)
{
    *out = (struct text_head){0};
    struct head *h = calloc(1, sizeof *h);
    if (h == NULL)
        return error_nomem(e);
    h->article = a;
    h->out = out;
    article_init(&h->scratch);
    enum status st = read_head(h, e);
    article_clear(&h->scratch);
    free(h);
    return st;
}
