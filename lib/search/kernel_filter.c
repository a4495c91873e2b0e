#include "kernel_filter.h"

#include "date.h"

/* A date of a month or a year stands for all its days: it matches when one of them lies in the range. */
static bool date_overlaps(const struct query_node *n, int32_t date)
{
    return date != DATE_NONE && (n->date_from == 0 || date_last(date) >= n->date_from) &&
           (n->date_to == 0 || date_first(date) <= n->date_to);
}

/* By its name ("de", "german") where there is a stemmer for it, else as it is written. No language is English. */
static bool is_language(struct slice wanted, struct slice lang)
{
    if (slice_equal_ascii_case(wanted, lang))
        return true;
    const char *code = analyzer_language(wanted);
    return strcmp(code, "none") != 0 && strcmp(code, analyzer_language(lang)) == 0;
}

static bool starts_ascii_case(struct slice s, struct slice prefix)
{
    return s.len >= prefix.len && slice_equal_ascii_case(slice_of(s.data, prefix.len), prefix);
}

/* Behind "https://". */
static struct slice without_scheme(struct slice url)
{
    for (size_t i = 0; i + 2 < url.len; i++)
        if (memcmp(url.data + i, "://", 3) == 0)
            return slice_from(url, i + 3);
    return url;
}

/* Of "user@host:80/path" the host. */
static struct slice host_of(struct slice rest)
{
    size_t end = 0;
    while (end < rest.len && rest.data[end] != '/' && rest.data[end] != '?' && rest.data[end] != '#')
        end++;
    rest.len = end;
    for (size_t i = 0; i < end; i++)
        if (rest.data[i] == '@')
            rest = slice_of(rest.data + i + 1, end - i - 1);
    for (size_t i = 0; i < rest.len; i++)
        if (rest.data[i] == ':')
            rest.len = i;
    return rest;
}

/* "example.org" is the domain of itself and of "news.example.org". */
static bool is_in_domain(struct slice host, struct slice domain)
{
    if (host.len < domain.len || memchr(domain.data, '/', domain.len) != NULL)
        return false;
    size_t before = host.len - domain.len;
    return slice_equal_ascii_case(slice_from(host, before), domain) && (before == 0 || host.data[before - 1] == '.');
}

static bool is_at(struct slice wanted, struct slice url)
{
    struct slice rest = without_scheme(url), www = SLICE("www.");
    if (starts_ascii_case(url, wanted) || starts_ascii_case(rest, wanted))
        return true;
    if (starts_ascii_case(rest, www) && starts_ascii_case(slice_from(rest, www.len), wanted))
        return true;
    return is_in_domain(host_of(rest), wanted);
}

enum status filter_passes(const struct query_node *n, const struct segment *s, uint32_t article, bool *passes,
                          struct error *e)
{
    *passes = false;
    if (n->kind == NODE_DATE) {
        *passes = date_overlaps(n, segment_article_date(s, article));
        return OK;
    }
    struct article_view view;
    enum status st = segment_article(s, article, &view, e);
    if (st != OK)
        return st;
    if (n->kind == NODE_LANG)
        *passes = is_language(n->value, view.lang);
    else if (n->kind == NODE_SOURCE)
        *passes = slice_starts(view.path, n->value);
    else if (n->kind == NODE_URL)
        *passes = is_at(n->value, view.url);
    return OK;
}
