#include "text_head.h"

#include "text_boilerplate.h"
#include "text_credit.h"
#include "text_key.h"
#include "utf8.h"
#include "written_date.h"

#include <stdlib.h>
#include <unicode/uchar.h>

/*
 * The first lines are cut in groups by blank lines. A group is prose (a standfirst, where it is short) or made of lines
 * that stand for themselves. A byline or date line is the anchor: the title is the nearest line above it that looks
 * like one. Without an anchor, a short first line is the title where what follows is plainly something else.
 */

#define TITLE_MAX_CHARS 160
#define TITLE_MAX_WORDS 25
#define STANDFIRST_MAX_WORDS 60
#define NONE SIZE_MAX

struct head_line {
    struct text_line line;
    struct slice s; /* the line squeezed; empty where it is blank or too long to be of the head */
    struct text_shape shape;
    size_t group; /* NONE: blank */
    struct credit credit;
    bool is_credit, is_key, is_rule, is_boilerplate;
};

struct head_group {
    size_t first, end; /* lines */
    size_t n_words;
    bool is_prose;
};

struct head {
    struct article *article;
    struct text_head *out;
    struct article scratch; /* owns the squeezed lines */
    struct head_line lines[HEAD_LINES_MAX];
    size_t n_lines;
    struct head_group groups[HEAD_LINES_MAX];
    size_t n_groups;
    size_t title; /* line, or NONE */
};

static bool is_rule_below(const struct head *h, size_t i)
{
    return i + 1 < h->n_lines && h->lines[i + 1].is_rule &&
           (h->lines[i + 1].s.data[0] == '=' || h->lines[i + 1].s.data[0] == '-' || h->lines[i + 1].s.data[0] == '~');
}

/** Short, no sentence, nothing that it could be besides. */
static bool looks_like_title(const struct head_line *l)
{
    const struct text_shape *s = &l->shape;
    return l->s.len > 0 && !l->is_credit && !l->is_key && !l->is_rule && !l->is_boilerplate &&
           s->n_chars <= TITLE_MAX_CHARS && s->n_words <= TITLE_MAX_WORDS && !s->is_stop && !s->is_open &&
           (s->has_letter || s->n_chars >= 2) && text_item_marker(l->s) == 0 && s->first != '>' &&
           text_find(l->s, "://") == l->s.len;
}

static bool is_prose_line(const struct head_line *l)
{
    return l->shape.n_chars > TITLE_MAX_CHARS || l->shape.n_words > TITLE_MAX_WORDS ||
           (l->shape.is_stop && l->shape.n_words >= 8);
}

/** Lines that are one wrapped paragraph, or a paragraph a line. */
static bool is_prose_group(const struct head *h, const struct head_group *g)
{
    bool has_mark = false, has_prose = false;
    for (size_t i = g->first; i < g->end; i++) {
        const struct head_line *l = &h->lines[i];
        has_mark |= l->is_credit || l->is_key || l->is_rule;
        has_prose |= is_prose_line(l);
    }
    const struct head_line *first = &h->lines[g->first], *last = &h->lines[g->end - 1];
    if (has_mark || (g->end - g->first > 1 && has_prose))
        return has_prose && !has_mark && !looks_like_title(first);
    bool is_wrapped = g->end - g->first > 1 && last->shape.is_stop && g->n_words >= 8 &&
                      u_islower((UChar32)h->lines[g->first + 1].shape.first);
    return has_prose || is_wrapped || (g->end - g->first > 3 && last->shape.is_stop);
}

static enum status read_line(struct head *h, struct text_line line, struct error *e)
{
    struct head_line *l = &h->lines[h->n_lines++];
    *l = (struct head_line){.line = line, .group = NONE};
    if (line.s.len == 0)
        return OK;
    bool is_new = h->n_lines == 1 || l[-1].group == NONE;
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

static enum status read_lines(struct head *h, struct error *e)
{
    enum status st = OK;
    struct text_line line;
    for (size_t at = 0; st == OK && h->n_lines < HEAD_LINES_MAX && text_line_next(h->article->text, &at, &line);)
        st = read_line(h, line, e);
    h->out->n_lines = h->n_lines;
    return st;
}

static enum status take_credit(struct head *h, size_t i, struct error *e)
{
    struct article *a = h->article;
    const struct credit *c = &h->lines[i].credit;
    h->out->roles[i] = ROLE_FIELD;
    if (a->date == DATE_NONE)
        a->date = c->date;
    enum status st = OK;
    for (size_t n = 0; n < c->n_names && st == OK; n++)
        st = article_add_author(a, c->names[n], e);
    return st;
}

/** Key lines ("Title: …", "Author: …", the header of a message) in the groups before any prose. */
static enum status read_keys(struct head *h, struct error *e)
{
    enum status st = OK;
    for (size_t g = 0; g < h->n_groups && st == OK; g++) {
        struct head_group *group = &h->groups[g];
        size_t n_keys = 0, n_known = 0;
        for (size_t i = group->first; i < group->end; i++) {
            enum text_key key = text_key(h->lines[i].s, &(struct slice){0});
            n_keys += key != KEY_NONE;
            n_known += key > KEY_OTHER;
        }
        /* In a header every line has a key; elsewhere only those that are known count. */
        bool is_header =
            n_keys >= 2 && n_known > 0 && text_key(h->lines[group->first].s, &(struct slice){0}) != KEY_NONE;
        for (size_t i = group->first; i < group->end && st == OK; i++) {
            struct head_line *l = &h->lines[i];
            struct slice value;
            enum text_key key = text_key(l->s, &value);
            bool is_folded = is_header && i > group->first && l->line.indent > 0 && h->lines[i - 1].is_key;
            if (key <= KEY_OTHER && !(is_header && key == KEY_OTHER) && !is_folded)
                continue;
            l->is_key = true;
            l->is_credit = false;
            h->out->roles[i] = ROLE_FIELD;
            if (!is_folded)
                st = text_key_apply(h->article, key, value, e);
        }
        group->is_prose = is_prose_group(h, group);
        if (group->is_prose)
            break;
    }
    return st;
}

/** The first group that is not all key lines; n_groups where all are. */
static size_t first_group(const struct head *h)
{
    for (size_t g = 0; g < h->n_groups; g++)
        for (size_t i = h->groups[g].first; i < h->groups[g].end; i++)
            if (!h->lines[i].is_key && !h->lines[i].is_rule)
                return g;
    return h->n_groups;
}

/** The line of text above or below i, blank lines passed over; NONE where there is none. */
static size_t line_above(const struct head *h, size_t i)
{
    while (i-- > 0)
        if (h->lines[i].group != NONE)
            return i;
    return NONE;
}

static size_t line_below(const struct head *h, size_t i)
{
    while (++i < h->n_lines)
        if (h->lines[i].group != NONE)
            return i;
    return NONE;
}

/** A section's name for sure: one or two known words, or a path of sections. */
static bool is_section(const struct head_line *l)
{
    static const char *const names[] = {
        "politics",       "opinion",    "opinions",      "news",         "world",         "world news",    "us news",
        "uk news",        "business",   "science",       "sport",        "sports",        "culture",       "arts",
        "books",          "technology", "tech",          "health",       "analysis",      "essay",         "essays",
        "feature",        "features",   "commentary",    "comment",      "editorial",     "editorials",    "column",
        "review",         "reviews",    "travel",        "education",    "environment",   "economy",       "finance",
        "history",        "law",        "security",      "middle east",  "europe",        "asia",          "africa",
        "americas",       "russia",     "ideas",         "long read",    "the long read", "explainer",     "interview",
        "interviews",     "blog",       "perspective",   "perspectives", "research",      "report",        "reports",
        "local",          "national",   "international", "obituary",     "obituaries",    "letters",       "food",
        "style",          "life",       "lifestyle",     "nature",       "climate",       "breaking news", "exclusive",
        "special report",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (slice_equal_ascii_case(l->s, slice_cstr(names[i])))
            return true;
    static const char *const joints[] = {" | ", " > ", " \xC2\xBB ", " \xE2\x80\xBA ", " / "};
    for (size_t i = 0; i < sizeof joints / sizeof *joints; i++)
        if (l->shape.n_words <= 12 && text_find(l->s, joints[i]) < l->s.len)
            return true;
    return false;
}

/** Does a word of the line, behind the first, begin with a small letter? */
static bool has_small_word(const struct head_line *l)
{
    size_t at = 0;
    for (text_word(l->s, &at); at < l->s.len;) {
        struct slice word = text_word(l->s, &at);
        size_t from = 0;
        if (word.len > 0 && u_islower((UChar32)utf8_next(word, &from, NULL)))
            return true;
    }
    return false;
}

static bool is_all_capitals(const struct head_line *l)
{
    return l->shape.has_upper && !l->shape.has_lower;
}

/** May `upper`, set off above a line that looks like a title, be the name of its section? */
static bool may_be_section(const struct head_line *upper, const struct head_line *lower)
{
    bool is_louder = is_all_capitals(upper) && !is_all_capitals(lower) && upper->shape.n_words <= 4;
    bool is_list = text_find(upper->s, " & ") < upper->s.len;
    return is_section(upper) || is_louder || is_list || upper->shape.n_words <= 2 ||
           (!has_small_word(upper) && has_small_word(lower));
}

/** The title among a group's lines before `end`: the first that looks like one and is no section above another. */
static size_t title_in(const struct head *h, const struct head_group *g, size_t end)
{
    size_t found = NONE;
    for (size_t i = g->first; i < end && i < g->end; i++) {
        const struct head_line *l = &h->lines[i];
        if (!looks_like_title(l) || h->out->roles[i] == ROLE_FIELD)
            continue;
        if (!is_section(l))
            return i;
        found = found == NONE ? i : found;
    }
    return found;
}

/** The title above an anchor: in its own group, else in the nearest group that has one. */
static size_t title_above(const struct head *h, size_t anchor)
{
    size_t g = h->lines[anchor].group, found = NONE;
    for (size_t k = g + 1; k-- > 0;) {
        if (h->groups[k].is_prose)
            continue;
        size_t i = title_in(h, &h->groups[k], anchor);
        if (i == NONE)
            continue;
        if (found == NONE) {
            found = i;
            /* In one group the title is the first line; groups further up can only be its section. */
            if (k == g || i > h->groups[k].first)
                return found;
            continue;
        }
        bool is_subtitle = !may_be_section(&h->lines[i], &h->lines[found]);
        return is_subtitle ? i : found;
    }
    return found;
}

/** A line that is a name alone and not the only title in sight. */
static bool is_bare_byline(const struct head *h, size_t i, size_t anchor, struct credit *names)
{
    if (i == NONE || h->lines[i].is_key || h->lines[i].is_credit || !credit_parse_names(names, h->lines[i].s))
        return false;
    if (is_section(&h->lines[i]))
        return false;
    if (h->title != NONE)
        return i > h->title;
    for (size_t k = 0; k < i && k < anchor; k++)
        if (looks_like_title(&h->lines[k]) && !is_section(&h->lines[k]))
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
    size_t above = anchor == NONE ? NONE : line_above(h, anchor);
    if (above != NONE && above != h->title && is_bare_byline(h, above, anchor, &names))
        return take_names(h, above, &names, e);
    size_t upper = anchor != NONE ? anchor : h->title;
    size_t below = upper == NONE ? NONE : line_below(h, upper);
    while (below != NONE && h->out->roles[below] == ROLE_FIELD)
        below = line_below(h, below);
    if (below == NONE || below == h->title || !is_bare_byline(h, below, NONE, &names))
        return OK;
    const struct head_line *l = &h->lines[below];
    const struct head_group *g = &h->groups[l->group];
    bool is_near = l->group == h->lines[upper].group && below + 1 == g->end;
    bool is_alone = g->end - g->first == 1 && (is_in_biography(h, below) || has_initial(l->s));
    return is_near || is_alone ? take_names(h, below, &names, e) : OK;
}

/** Further bylines and dates below the anchor, over one standfirst at most. */
static enum status take_below(struct head *h, size_t anchor, struct error *e)
{
    enum status st = OK;
    size_t n_passed = 0, group = h->lines[anchor].group;
    for (size_t i = line_below(h, anchor); i != NONE && st == OK; i = line_below(h, i)) {
        const struct head_line *l = &h->lines[i];
        const struct head_group *g = &h->groups[l->group];
        if (h->out->roles[i] == ROLE_FIELD || l->is_boilerplate) {
            group = l->group;
        } else if (l->is_credit &&
                   ((l->credit.n_names > 0 && h->article->author.len == 0) ||
                    (l->credit.date != DATE_NONE && (h->article->date == DATE_NONE || l->group == group)))) {
            st = take_credit(h, i, e);
            group = l->group;
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
    for (size_t g = first_group(h); g < h->n_groups; g++) {
        const struct head_group *group = &h->groups[g];
        if (group->is_prose) {
            if (g == first_group(h) || group->n_words > STANDFIRST_MAX_WORDS || ++n_prose > 1)
                return NONE;
            continue;
        }
        for (size_t i = group->first; i < group->end; i++)
            if (h->lines[i].is_credit)
                return i;
    }
    return NONE;
}

/** "The end of an era." over a byline is a title too. */
static void forgive_stop(struct head *h)
{
    size_t g = first_group(h);
    if (g == h->n_groups)
        return;
    struct head_group *group = &h->groups[g];
    struct head_line *l = &h->lines[group->first];
    size_t below = line_below(h, group->first);
    if (below == NONE || !h->lines[below].is_credit || !l->shape.is_stop || l->shape.n_words > 15)
        return;
    l->shape.is_stop = false;
    group->is_prose = is_prose_group(h, group);
}

/** An underlined line before any prose. */
static size_t find_underlined(const struct head *h)
{
    for (size_t g = 0; g < h->n_groups && !h->groups[g].is_prose; g++)
        for (size_t i = h->groups[g].first; i + 1 < h->groups[g].end; i++)
            if (is_rule_below(h, i) && looks_like_title(&h->lines[i]))
                return i;
    return NONE;
}

/** Without any anchor: the first line, where what follows shows that it is no part of it. */
static size_t find_first_line(const struct head *h)
{
    size_t g = first_group(h);
    if (g == h->n_groups || h->groups[g].is_prose)
        return NONE;
    const struct head_group *group = &h->groups[g];
    size_t i = title_in(h, group, group->end);
    if (i == NONE || line_below(h, i) == NONE)
        return NONE;
    bool is_next_alone = g + 1 < h->n_groups && !h->groups[g + 1].is_prose && g + 2 < h->n_groups;
    if (is_section(&h->lines[i]) && group->end - group->first == 1 && is_next_alone) {
        size_t next = title_in(h, &h->groups[g + 1], h->groups[g + 1].end);
        return next == NONE ? i : next;
    }
    const struct head_line *l = &h->lines[i];
    bool is_caps = is_all_capitals(l) && l->shape.n_chars >= 4;
    bool is_over_long = i + 1 < group->end && h->lines[i + 1].shape.n_chars > 120 && l->shape.n_chars <= 100;
    bool is_set_off = group->end - i <= 3 && g + 1 < h->n_groups;
    for (size_t k = i; k < group->end && is_set_off; k++)
        is_set_off = looks_like_title(&h->lines[k]) && h->lines[k].shape.n_chars <= 120;
    return is_caps || is_over_long || is_set_off ? i : NONE;
}

static bool ends_small(struct slice s)
{
    static const char *const words[] = {" the", " a",  " an",   " of", " and", " in",   " to",
                                        " for", " on", " with", " at", " by",  " from", " or"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (slice_ends(s, slice_cstr(words[i])))
            return true;
    return false;
}

/** Does the title go on in line i + 1 of its group? */
static bool title_goes_on(const struct head *h, size_t i)
{
    const struct head_line *l = &h->lines[i], *next = &h->lines[i + 1];
    return i + 1 < h->n_lines && next->group == l->group && looks_like_title(next) &&
           h->out->roles[i + 1] == ROLE_BODY && (u_islower((UChar32)next->shape.first) || ends_small(l->s)) &&
           l->shape.n_chars <= 100;
}

/** The title's own lines and all short lines above it are in no block; what stands between it and the anchor is no
 * heading. */
static enum status take_title(struct head *h, size_t anchor, struct error *e)
{
    struct buf b;
    buf_init(&b, FIELD_MAX_BYTES);
    size_t i = h->title;
    h->out->roles[i] = ROLE_FIELD;
    buf_put(&b, slice_starts(h->lines[i].s, SLICE("# ")) ? slice_from(h->lines[i].s, 2) : h->lines[i].s);
    for (; title_goes_on(h, i); i++) {
        h->out->roles[i + 1] = ROLE_FIELD;
        buf_put_byte(&b, ' ');
        buf_put(&b, h->lines[i + 1].s);
    }
    enum status st = article_set_field(h->article, &h->article->title, buf_slice(&b), e);
    buf_clear(&b);
    for (size_t k = 0; k < h->title; k++)
        if (h->lines[k].group != NONE && !h->groups[h->lines[k].group].is_prose && !h->lines[k].is_boilerplate)
            h->out->roles[k] = ROLE_FIELD;
    for (size_t k = i + 1; anchor != NONE && k < anchor; k++)
        if (h->out->roles[k] == ROLE_BODY)
            h->out->roles[k] = ROLE_PARAGRAPH;
    /* A subtitle in the title's group is no heading either. */
    for (size_t k = i + 1; k < h->n_lines && h->lines[k].group == h->lines[h->title].group; k++)
        if (h->out->roles[k] == ROLE_BODY)
            h->out->roles[k] = ROLE_PARAGRAPH;
    return st;
}

static size_t find_title(struct head *h, size_t anchor)
{
    size_t underlined = find_underlined(h);
    if (underlined != NONE || anchor == NONE)
        return underlined != NONE ? underlined : find_first_line(h);
    size_t above = title_above(h, anchor);
    if (above != NONE)
        return above;
    /* A byline that comes first: the title is below it. */
    for (size_t g = h->lines[anchor].group; g < h->n_groups && !h->groups[g].is_prose; g++)
        for (size_t i = h->groups[g].first; i < h->groups[g].end; i++)
            if (i > anchor && looks_like_title(&h->lines[i]))
                return line_below(h, i) == NONE ? NONE : i;
    return NONE;
}

static enum status read_head(struct head *h, struct error *e)
{
    enum status st = read_lines(h, e);
    if (st == OK)
        st = read_keys(h, e);
    if (st != OK)
        return st;
    for (size_t g = 0; g < h->n_groups; g++)
        h->groups[g].is_prose = is_prose_group(h, &h->groups[g]);
    forgive_stop(h);
    size_t anchor = find_anchor(h);
    h->title = NONE;
    /* The name over a date must not be taken for the title below another. */
    if (anchor != NONE && h->lines[anchor].credit.n_names == 0)
        st = find_bare_byline(h, anchor, e);
    if (st == OK && h->article->title.len == 0) {
        h->title = find_title(h, anchor);
        if (h->title != NONE)
            st = take_title(h, anchor, e);
    }
    if (st == OK && anchor != NONE)
        st = take_credit(h, anchor, e);
    if (st == OK && anchor != NONE)
        st = take_below(h, anchor, e);
    return st == OK ? find_bare_byline(h, anchor, e) : st;
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
