#include "html_meta.h"

#include "html_author.h"
#include "html_jsonld.h"
#include "html_text.h"
#include "utf8.h"
#include "written_date.h"

#define LIST_MAX 32                        /* elements with tags */
#define JSONLD_MAX_BYTES ((size_t)1 << 20) /* of one script; longer ones are passed over */

struct list {
    struct slice items[LIST_MAX];
    size_t n;
};

/** What was found, by source. Slices point into the tree or the article's arena. */
struct found {
    struct slice og_title, citation_title, h1, page_title;
    struct slice lang, meta_lang, canonical, og_url;
    struct name_list meta_authors, article_authors, dublin_authors, rel_authors, bylines;
    struct list citation_authors;
    struct list article_tags, keywords;
    int32_t published, citation_date, dublin_date, meta_date, item_date, time_date;
    struct jsonld jsonld;
};

static void push(struct list *list, struct slice item)
{
    if (slice_trim(item).len > 0 && list->n < LIST_MAX)
        list->items[list->n++] = item;
}

static void first(struct slice *to, struct slice value)
{
    if (to->len == 0)
        *to = slice_trim(value);
}

static void first_date(int32_t *to, struct slice value)
{
    if (*to == DATE_NONE)
        *to = date_from_written(slice_trim(value));
}

/* ---- meta elements ---- */

enum meta_key {
    META_OTHER,
    META_OG_TITLE,
    META_CITATION_TITLE,
    META_AUTHOR,
    META_ARTICLE_AUTHOR,
    META_CITATION_AUTHOR,
    META_DUBLIN_AUTHOR,
    META_PUBLISHED,
    META_CITATION_DATE,
    META_DUBLIN_DATE,
    META_DATE,
    META_LANG,
    META_OG_URL,
    META_ARTICLE_TAG,
    META_KEYWORDS,
};

static enum meta_key meta_key_of(struct slice name)
{
    static const struct {
        const char *name;
        enum meta_key key;
    } keys[] = {
        {"og:title", META_OG_TITLE},
        {"citation_title", META_CITATION_TITLE},
        {"author", META_AUTHOR},
        {"byl", META_AUTHOR},
        {"article:author", META_ARTICLE_AUTHOR},
        {"citation_author", META_CITATION_AUTHOR},
        {"dc.creator", META_DUBLIN_AUTHOR},
        {"dcterms.creator", META_DUBLIN_AUTHOR},
        {"article:published_time", META_PUBLISHED},
        {"citation_publication_date", META_CITATION_DATE},
        {"citation_date", META_CITATION_DATE},
        {"citation_online_date", META_CITATION_DATE},
        {"dc.date", META_DUBLIN_DATE},
        {"dc.date.issued", META_DUBLIN_DATE},
        {"dcterms.date", META_DUBLIN_DATE},
        {"dcterms.created", META_DUBLIN_DATE},
        {"dcterms.issued", META_DUBLIN_DATE},
        {"date", META_DATE},
        {"pubdate", META_DATE},
        {"publish-date", META_DATE},
        {"og:locale", META_LANG},
        {"language", META_LANG},
        {"content-language", META_LANG},
        {"dc.language", META_LANG},
        {"citation_language", META_LANG},
        {"og:url", META_OG_URL},
        {"article:tag", META_ARTICLE_TAG},
        {"keywords", META_KEYWORDS},
        {"news_keywords", META_KEYWORDS},
        {"citation_keywords", META_KEYWORDS},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (slice_equal_ascii_case(name, slice_cstr(keys[i].name)))
            return keys[i].key;
    return META_OTHER;
}

static void see_meta_value(struct found *f, enum meta_key key, struct slice value)
{
    switch (key) {
    case META_OG_TITLE:
        first(&f->og_title, value);
        break;
    case META_CITATION_TITLE:
        first(&f->citation_title, value);
        break;
    case META_AUTHOR:
        name_list_add_written(&f->meta_authors, value);
        break;
    case META_ARTICLE_AUTHOR:
        name_list_add_written(&f->article_authors, value);
        break;
    case META_CITATION_AUTHOR:
        push(&f->citation_authors, value);
        break;
    case META_DUBLIN_AUTHOR:
        name_list_add_written(&f->dublin_authors, value);
        break;
    case META_PUBLISHED:
        first_date(&f->published, value);
        break;
    case META_CITATION_DATE:
        first_date(&f->citation_date, value);
        break;
    case META_DUBLIN_DATE:
        first_date(&f->dublin_date, value);
        break;
    case META_DATE:
        first_date(&f->meta_date, value);
        break;
    case META_LANG:
        first(&f->meta_lang, value);
        break;
    case META_OG_URL:
        first(&f->og_url, value);
        break;
    case META_ARTICLE_TAG:
        push(&f->article_tags, value);
        break;
    case META_KEYWORDS:
        push(&f->keywords, value);
        break;
    case META_OTHER:
        break;
    }
}

static bool is_url(struct slice s)
{
    s = slice_trim(s);
    return slice_starts(s, SLICE("http:")) || slice_starts(s, SLICE("https:")) || slice_starts(s, SLICE("/"));
}

static void see_meta(struct found *f, const xmlNode *node)
{
    static const char *const names[] = {"name", "property", "http-equiv", "itemprop"};
    struct slice value = html_attr(node, "content");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        enum meta_key key = meta_key_of(html_attr(node, names[i]));
        if ((key == META_AUTHOR || key == META_ARTICLE_AUTHOR) && is_url(value))
            return;
        if (key != META_OTHER) {
            see_meta_value(f, key, value);
            return;
        }
    }
    if (slice_equal_ascii_case(html_attr(node, "itemprop"), SLICE("datePublished")))
        first_date(&f->item_date, value);
}

/* ---- other elements ---- */

/* The text of an element in the article's arena, cut to what a field may hold. */
static enum status text_of(struct slice *out, struct article *a, const xmlNode *node, char between, struct error *e)
{
    struct buf b;
    buf_init(&b, html_weight(node) * 2 + FIELD_MAX_BYTES);
    html_inner_text(&b, node, between);
    struct slice s = buf_slice(&b);
    s.len = s.len > FIELD_MAX_BYTES ? utf8_floor(s, FIELD_MAX_BYTES) : s.len;
    *out = arena_copy(&a->arena, s);
    buf_clear(&b);
    return out->data == NULL ? error_nomem(e) : OK;
}

static enum status see_jsonld(struct found *f, struct article *a, const xmlNode *node, struct error *e)
{
    if (!slice_equal_ascii_case(html_attr(node, "type"), SLICE("application/ld+json")) || node->children == NULL)
        return OK;
    struct slice json = slice_cstr((const char *)node->children->content);
    return json.len > JSONLD_MAX_BYTES ? OK : jsonld_read(&f->jsonld, &a->arena, json, e);
}

static enum status see_named(struct found *f, struct article *a, const xmlNode *node, struct error *e)
{
    static const char *const bylines[] = {"byline", "author", "authors"};
    struct slice text;
    enum status status = OK;
    bool is_rel = slice_equal_ascii_case(html_attr(node, "rel"), SLICE("author")) ||
                  slice_equal_ascii_case(html_attr(node, "itemprop"), SLICE("author"));
    bool is_byline = !is_rel && f->bylines.n == 0 && node->properties != NULL && html_weight(node) < 120 &&
                     html_has_word(node, bylines, 3);
    if ((is_rel && f->rel_authors.n < NAMES_MAX) || is_byline) {
        status = text_of(&text, a, node, '\n', e);
        if (status == OK && is_rel && text.len < 200)
            name_list_add_byline(&f->rel_authors, text);
        else if (status == OK && is_byline && text.len < 200)
            name_list_add_byline(&f->bylines, text);
    }
    if (slice_equal_ascii_case(html_attr(node, "itemprop"), SLICE("datePublished")))
        first_date(&f->item_date, html_attr(node, "datetime"));
    return status;
}

static enum status see_time(struct found *f, struct article *a, const xmlNode *node, struct error *e)
{
    first_date(&f->time_date, html_attr(node, "datetime"));
    if (f->time_date != DATE_NONE)
        return OK;
    struct slice text;
    enum status status = text_of(&text, a, node, ' ', e);
    if (status == OK)
        first_date(&f->time_date, text);
    return status;
}

static enum status see(struct found *f, struct article *a, const xmlNode *node, bool is_main, struct error *e)
{
    if (node->type != XML_ELEMENT_NODE)
        return OK;
    if (html_is(node, "meta")) {
        see_meta(f, node);
    } else if (html_is(node, "html") || html_is(node, "body")) {
        first(&f->lang, html_attr(node, "lang"));
        first(&f->lang, html_attr(node, "xml:lang"));
    } else if (html_is(node, "link")) {
        if (slice_equal_ascii_case(html_attr(node, "rel"), SLICE("canonical")))
            first(&f->canonical, html_attr(node, "href"));
    } else if (html_is(node, "script")) {
        return see_jsonld(f, a, node, e);
    } else if (html_is(node, "title")) {
        return f->page_title.len == 0 ? text_of(&f->page_title, a, node, ' ', e) : OK;
    } else if (is_main && html_is(node, "h1") && f->h1.len == 0) {
        return text_of(&f->h1, a, node, ' ', e);
    } else if (is_main && html_is(node, "time") && f->time_date == DATE_NONE) {
        return see_time(f, a, node, e);
    } else if (is_main) {
        return see_named(f, a, node, e);
    }
    return OK;
}

/* Elements of the head, and those of the main text that are no frame. */
static enum status look_through(struct found *f, struct article *a, const xmlNode *root, const xmlNode *main,
                                struct error *e)
{
    enum status status = OK;
    for (const xmlNode *node = root; node != NULL && status == OK; node = html_next(node, root, true))
        status = see(f, a, node, false, e);
    size_t page = html_weight(root);
    for (const xmlNode *node = main; node != NULL && status == OK;) {
        bool is_dropped = node != main && html_is_dropped(node, page);
        if (!is_dropped)
            status = see(f, a, node, true, e);
        node = html_next(node, main, !is_dropped);
    }
    return status;
}

/* ---- choosing ---- */

static bool begins_with_title(struct slice page_title, struct slice title)
{
    static const char *const separators[] = {" | ", " - ", " – ", " — ", " · ", " :: ", " » ", ": "};
    if (title.len == 0 || page_title.len <= title.len ||
        !slice_equal_ascii_case(slice_of(page_title.data, title.len), title))
        return false;
    for (size_t i = 0; i < sizeof separators / sizeof *separators; i++)
        if (slice_starts(slice_from(page_title, title.len), slice_cstr(separators[i])))
            return true;
    return false;
}

static enum status choose_title(struct article *a, const struct found *f, struct error *e)
{
    struct slice title = {0};
    first(&title, f->citation_title);
    first(&title, f->og_title);
    /* An h1 that the page's title begins with is the title: a headline beside them may only describe it. */
    if (slice_equal_ascii_case(f->page_title, f->h1) || begins_with_title(f->page_title, f->h1))
        first(&title, f->h1);
    first(&title, f->jsonld.headline);
    first(&title, f->h1);
    first(&title, f->page_title);
    if (begins_with_title(title, f->h1)) /* the site's name stands behind it */
        title = f->h1;
    return article_set_field(a, &a->title, title, e);
}

/* citation_author often says "Byman, Daniel". */
static enum status add_citation_authors(struct article *a, const struct list *names, struct error *e)
{
    enum status status = OK;
    for (size_t i = 0; i < names->n && status == OK; i++)
        status = article_add_author_turned(a, names->items[i], e);
    return status;
}

static enum status choose_author(struct article *a, const struct found *f, struct error *e)
{
    if (f->citation_authors.n > 0)
        return add_citation_authors(a, &f->citation_authors, e);
    /* An organisation signs where no person does. */
    const struct name_list *const lists[] = {&f->meta_authors,        &f->article_authors, &f->jsonld.authors,
                                             &f->dublin_authors,      &f->rel_authors,     &f->bylines,
                                             &f->jsonld.organisations};
    return html_choose_author(a, lists, sizeof lists / sizeof *lists, e);
}

static void choose_date(struct article *a, const struct found *f)
{
    const int32_t dates[] = {f->published,        f->citation_date, f->dublin_date, f->meta_date,
                             f->jsonld.published, f->item_date,     f->time_date};
    for (size_t i = 0; i < sizeof dates / sizeof *dates && a->date == DATE_NONE; i++)
        a->date = dates[i];
}

/* is_tight: a comma and a space are inside a tag, "Doe, Jane". */
static enum status add_tags(struct article *a, struct slice list, bool is_tight, struct error *e)
{
    enum status status = OK;
    while (list.len > 0 && status == OK) {
        size_t len = 0;
        while (len < list.len &&
               (list.data[len] != ',' || (is_tight && len + 1 < list.len && list.data[len + 1] == ' ')))
            len++;
        status = article_add_tag(a, slice_of(list.data, len), e);
        list = slice_from(list, len + 1);
    }
    return status;
}

static enum status choose_tags(struct article *a, const struct found *f, struct error *e)
{
    enum status status = OK;
    for (size_t i = 0; i < f->article_tags.n && status == OK; i++)
        status = add_tags(a, f->article_tags.items[i], true, e);
    for (size_t i = 0; i < f->keywords.n && status == OK; i++)
        status = add_tags(a, f->keywords.items[i], false, e);
    return status == OK && a->n_tags == 0 ? add_tags(a, f->jsonld.keywords, false, e) : status;
}

enum status html_read_meta(struct article *a, const xmlNode *root, const xmlNode *main, struct error *e)
{
    struct found f = {0};
    enum status status = look_through(&f, a, root, main, e);
    if (status != OK)
        return status;
    first(&f.lang, f.meta_lang);
    first(&f.lang, f.jsonld.lang);
    first(&f.canonical, f.og_url);
    first(&f.canonical, f.jsonld.url);
    if (f.jsonld.is_of_crowd && f.jsonld.modified != DATE_NONE)
        f.jsonld.published = f.jsonld.modified;
    choose_date(a, &f);
    status = choose_title(a, &f, e);
    if (status == OK)
        status = choose_author(a, &f, e);
    if (status == OK)
        status = choose_tags(a, &f, e);
    if (status == OK)
        status = article_set_lang(a, f.lang, e);
    return status == OK ? article_set_field(a, &a->url, f.canonical, e) : status;
}
