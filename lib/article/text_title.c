#include "text_title.h"

#include "utf8.h"

#include <unicode/uchar.h>

static bool is_rule_below(const struct head *h, size_t i)
{
    return i + 1 < h->n_lines && h->lines[i + 1].is_rule &&
           (h->lines[i + 1].s.data[0] == '=' || h->lines[i + 1].s.data[0] == '-' || h->lines[i + 1].s.data[0] == '~');
}

bool title_is_section(const struct head_line *l)
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
    return title_is_section(upper) || is_louder || is_list || upper->shape.n_words <= 2 ||
           (!has_small_word(upper) && has_small_word(lower));
}

/** Does the line say the names of the byline behind it, and nothing else? */
static bool repeats_byline(const struct head *h, size_t i, size_t anchor)
{
    if (anchor >= h->n_lines || h->lines[anchor].credit.n_names == 0)
        return false;
    struct slice rest = h->lines[i].s;
    const struct credit *c = &h->lines[anchor].credit;
    for (size_t n = 0; n < c->n_names; n++) {
        if (!slice_starts(rest, c->names[n]))
            return false;
        rest = text_trim(slice_from(rest, c->names[n].len));
    }
    return rest.len == 0;
}

/** Section, headline and standfirst, one below the other: a word or two, then a longer line, then one longer still. */
static bool is_kicker(const struct head *h, const struct head_group *g, size_t i)
{
    const struct head_line *l = &h->lines[i];
    return i + 2 < g->end && l->shape.n_words <= 2 && head_looks_like_title(&l[1]) && l[2].shape.n_words >= 8 &&
           l[1].shape.n_words > 2 && l[2].shape.n_chars > l[1].shape.n_chars && !l[2].is_credit;
}

/** The title among a group's lines before `end`: the first that looks like one and is no section above another. */
static size_t title_in(const struct head *h, const struct head_group *g, size_t end)
{
    size_t found = HEAD_NONE;
    for (size_t i = g->first; i < end && i < g->end; i++) {
        const struct head_line *l = &h->lines[i];
        if (!head_looks_like_title(l) || h->out->roles[i] == ROLE_FIELD || repeats_byline(h, i, end))
            continue;
        if (!title_is_section(l) && !is_kicker(h, g, i))
            return i;
        found = found == HEAD_NONE ? i : found;
    }
    return found;
}

/** The title above an anchor: in its own group, else in the nearest group that has one. */
static size_t title_above(const struct head *h, size_t anchor)
{
    size_t g = h->lines[anchor].group, found = HEAD_NONE;
    for (size_t k = g + 1; k-- > 0;) {
        if (h->groups[k].is_prose)
            continue;
        size_t i = title_in(h, &h->groups[k], anchor);
        if (i == HEAD_NONE)
            continue;
        if (found == HEAD_NONE) {
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

/** An underlined line before any prose. */
static size_t find_underlined(const struct head *h)
{
    for (size_t g = 0; g < h->n_groups && !h->groups[g].is_prose; g++)
        for (size_t i = h->groups[g].first; i + 1 < h->groups[g].end; i++)
            if (is_rule_below(h, i) && head_looks_like_title(&h->lines[i]))
                return i;
    return HEAD_NONE;
}

/** Without any anchor: the first line, where what follows shows that it is no part of it. */
static size_t find_first_line(const struct head *h)
{
    size_t g = head_first_group(h);
    if (g == h->n_groups || h->groups[g].is_prose)
        return HEAD_NONE;
    const struct head_group *group = &h->groups[g];
    size_t i = title_in(h, group, group->end);
    if (i == HEAD_NONE || head_line_below(h, i) == HEAD_NONE)
        return HEAD_NONE;
    bool is_next_alone = g + 1 < h->n_groups && !h->groups[g + 1].is_prose && g + 2 < h->n_groups;
    if (title_is_section(&h->lines[i]) && group->end - group->first == 1 && is_next_alone) {
        size_t next = title_in(h, &h->groups[g + 1], h->groups[g + 1].end);
        return next == HEAD_NONE ? i : next;
    }
    const struct head_line *l = &h->lines[i];
    bool is_caps = is_all_capitals(l) && l->shape.n_chars >= 4;
    bool is_over_long = i + 1 < group->end && h->lines[i + 1].shape.n_chars > 120 && l->shape.n_chars <= 100;
    bool is_set_off = group->end - i <= 3 && g + 1 < h->n_groups;
    for (size_t k = i; k < group->end && is_set_off; k++)
        is_set_off = head_looks_like_title(&h->lines[k]) && h->lines[k].shape.n_chars <= 120;
    return is_caps || is_over_long || is_set_off ? i : HEAD_NONE;
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
    return i + 1 < h->n_lines && next->group == l->group && head_looks_like_title(next) &&
           h->out->roles[i + 1] == ROLE_BODY && (u_islower((UChar32)next->shape.first) || ends_small(l->s)) &&
           l->shape.n_chars <= 100;
}

enum status title_take(struct head *h, size_t anchor, struct error *e)
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
        if (h->lines[k].group != HEAD_NONE && !h->groups[h->lines[k].group].is_prose && !h->lines[k].is_boilerplate)
            h->out->roles[k] = ROLE_FIELD;
    for (size_t k = i + 1; anchor != HEAD_NONE && k < anchor; k++)
        if (h->out->roles[k] == ROLE_BODY)
            h->out->roles[k] = repeats_byline(h, k, anchor) ? ROLE_FIELD : ROLE_PARAGRAPH;
    /* A subtitle in the title's group is no heading either. */
    for (size_t k = i + 1; k < h->n_lines && h->lines[k].group == h->lines[h->title].group; k++)
        if (h->out->roles[k] == ROLE_BODY)
            h->out->roles[k] = ROLE_PARAGRAPH;
    return st;
}

size_t title_find(const struct head *h, size_t anchor)
{
    size_t underlined = find_underlined(h);
    if (underlined != HEAD_NONE || anchor == HEAD_NONE)
        return underlined != HEAD_NONE ? underlined : find_first_line(h);
    size_t above = title_above(h, anchor);
    if (above != HEAD_NONE)
        return above;
    /* A byline that comes first: the title is below it. */
    for (size_t g = h->lines[anchor].group; g < h->n_groups && !h->groups[g].is_prose; g++)
        for (size_t i = h->groups[g].first; i < h->groups[g].end; i++)
            if (i > anchor && head_looks_like_title(&h->lines[i]))
                return head_line_below(h, i) == HEAD_NONE ? HEAD_NONE : i;
    return HEAD_NONE;
}
