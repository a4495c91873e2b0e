#include "html_author.h"

#include "text_credit.h"
#include "text_line.h"

#define BYLINE_MAX_WORDS 8 /* of one that is taken as it is */

static bool holds(const struct name_list *list, struct slice name)
{
    for (size_t i = 0; i < list->n; i++)
        if (slice_equal_ascii_case(list->items[i], name))
            return true;
    return false;
}

void name_list_add(struct name_list *list, struct slice name)
{
    name = text_trim(name);
    if (name.len > 0 && list->n < NAMES_MAX && !holds(list, name))
        list->items[list->n++] = name;
}

static void add_credit(struct name_list *list, const struct credit *credit)
{
    for (size_t i = 0; i < credit->n_names; i++)
        name_list_add(list, credit->names[i]);
}

static struct slice without_by(struct slice s)
{
    s = text_trim(s);
    return text_starts(s, "by ") ? text_trim(slice_from(s, 3)) : s;
}

void name_list_add_written(struct name_list *list, struct slice written)
{
    struct credit credit;
    written = without_by(written);
    if (credit_parse_names(&credit, written))
        add_credit(list, &credit);
    else
        name_list_add(list, written);
}

static bool has_digit(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.data[i] >= '0' && s.data[i] <= '9')
            return true;
    return false;
}

void name_list_add_byline(struct name_list *list, struct slice lines)
{
    struct text_line line;
    for (size_t at = 0; text_line_next(lines, &at, &line);) {
        struct credit credit;
        bool is_read = (credit_parse(&credit, line.s) && credit.n_names > 0) || credit_parse_names(&credit, line.s);
        if (is_read) {
            add_credit(list, &credit);
            return;
        }
    }
    lines = without_by(lines);
    if (!has_digit(lines) && text_count_words(lines, BYLINE_MAX_WORDS) <= BYLINE_MAX_WORDS)
        name_list_add(list, lines);
}

static bool holds_all(const struct name_list *more, const struct name_list *fewer)
{
    for (size_t i = 0; i < fewer->n; i++)
        if (!holds(more, fewer->items[i]))
            return false;
    return more->n > fewer->n;
}

enum status html_choose_author(struct article *a, const struct name_list *const *lists, size_t n, struct error *e)
{
    const struct name_list *best = NULL;
    for (size_t i = 0; i < n; i++)
        if (lists[i]->n > 0 && (best == NULL || holds_all(lists[i], best)))
            best = lists[i];
    enum status st = OK;
    for (size_t i = 0; best != NULL && i < best->n && st == OK; i++)
        st = article_add_author(a, best->items[i], e);
    return st;
}
