#include "html_tree.h"

#include <stdlib.h>
#include <string.h>

#define BOILERPLATE_MAX_WEIGHT 400 /* what holds more is text, whatever its class says */

#define NOTE_MARK_MAX_BYTES 32

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct trait_entry {
    const char *name;
    unsigned traits;
};

static int compare_trait(const void *key, const void *entry)
{
    return strcmp(key, ((const struct trait_entry *)entry)->name);
}

unsigned html_traits(const xmlNode *node)
{
    /* In order of the names. */
    static const struct trait_entry entries[] = {
        {"address", HTML_BLOCK},
        {"article", HTML_BLOCK | HTML_SECTION},
        {"aside", HTML_BLOCK | HTML_FRAME},
        {"audio", HTML_HIDDEN},
        {"blockquote", HTML_BLOCK},
        {"body", HTML_BLOCK},
        {"button", HTML_HIDDEN},
        {"canvas", HTML_HIDDEN},
        {"caption", HTML_BLOCK | HTML_CAPTION},
        {"center", HTML_BLOCK},
        {"dd", HTML_BLOCK},
        {"details", HTML_BLOCK},
        {"dialog", HTML_BLOCK | HTML_FRAME},
        {"div", HTML_BLOCK},
        {"dl", HTML_BLOCK},
        {"dt", HTML_BLOCK},
        {"fieldset", HTML_BLOCK},
        {"figcaption", HTML_BLOCK | HTML_CAPTION},
        {"figure", HTML_BLOCK | HTML_CAPTION},
        {"footer", HTML_BLOCK | HTML_FRAME},
        {"form", HTML_BLOCK | HTML_FRAME},
        {"h1", HTML_BLOCK | HTML_HEADING},
        {"h2", HTML_BLOCK | HTML_HEADING},
        {"h3", HTML_BLOCK | HTML_HEADING},
        {"h4", HTML_BLOCK | HTML_HEADING},
        {"h5", HTML_BLOCK | HTML_HEADING},
        {"h6", HTML_BLOCK | HTML_HEADING},
        {"header", HTML_BLOCK},
        {"hr", HTML_BLOCK},
        {"iframe", HTML_HIDDEN},
        {"input", HTML_HIDDEN},
        {"li", HTML_BLOCK},
        {"main", HTML_BLOCK | HTML_SECTION},
        {"menu", HTML_BLOCK | HTML_FRAME},
        {"nav", HTML_BLOCK | HTML_FRAME},
        {"noscript", HTML_HIDDEN},
        {"object", HTML_HIDDEN},
        {"ol", HTML_BLOCK},
        {"p", HTML_BLOCK},
        {"pre", HTML_BLOCK | HTML_PRE},
        {"script", HTML_HIDDEN},
        {"section", HTML_BLOCK | HTML_SECTION},
        {"select", HTML_HIDDEN},
        {"style", HTML_HIDDEN},
        {"summary", HTML_BLOCK},
        {"svg", HTML_HIDDEN},
        {"table", HTML_BLOCK},
        {"tbody", HTML_BLOCK},
        {"td", HTML_CELL},
        {"template", HTML_HIDDEN},
        {"textarea", HTML_HIDDEN},
        {"tfoot", HTML_BLOCK},
        {"th", HTML_CELL},
        {"thead", HTML_BLOCK},
        {"title", HTML_HIDDEN},
        {"tr", HTML_BLOCK},
        {"ul", HTML_BLOCK},
        {"video", HTML_HIDDEN},
    };
    if (node->type != XML_ELEMENT_NODE)
        return 0;
    const struct trait_entry *found = bsearch(node->name, entries, COUNT(entries), sizeof *entries, compare_trait);
    return found == NULL ? 0 : found->traits;
}

bool html_is(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

struct slice html_attr(const xmlNode *node, const char *name)
{
    if (node->type != XML_ELEMENT_NODE)
        return (struct slice){0};
    for (const xmlAttr *attr = node->properties; attr != NULL; attr = attr->next)
        if (strcmp((const char *)attr->name, name) == 0)
            return attr->children == NULL ? (struct slice){0} : slice_cstr((const char *)attr->children->content);
    return (struct slice){0};
}

/* ---- words of class and id ---- */

static bool is_separator(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == '-' || c == '_';
}

static bool value_has_word(struct slice value, const char *const *words, size_t n_words)
{
    /* In "has-sidebar" and the like the element itself is none. */
    static const char *const negations[] = {"has", "with", "no", "without", "is"};
    bool is_negated = false;
    for (size_t at = 0; at < value.len;) {
        size_t start = at;
        while (at < value.len && !is_separator(value.data[at]))
            at++;
        struct slice word = slice_of(value.data + start, at - start);
        for (size_t i = 0; i < n_words && !is_negated; i++)
            if (slice_equal_ascii_case(word, slice_cstr(words[i])))
                return true;
        is_negated = false;
        for (size_t i = 0; i < COUNT(negations) && at < value.len && value.data[at] == '-'; i++)
            is_negated |= slice_equal_ascii_case(word, slice_cstr(negations[i]));
        at++;
    }
    return false;
}

bool html_has_word(const xmlNode *node, const char *const *words, size_t n_words)
{
    /* Where classes are hashes, the hooks of a site's tests and styles still have names. */
    static const char *const names[] = {"class", "id", "data-testid", "data-component"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (value_has_word(html_attr(node, names[i]), words, n_words))
            return true;
    return false;
}

/* ---- walking and weighing ---- */

xmlNode *html_next(const xmlNode *node, const xmlNode *root, bool descends)
{
    /* The children of an entity reference are not below it. */
    if (descends && node->type == XML_ELEMENT_NODE && node->children != NULL)
        return node->children;
    while (node != root && node->next == NULL)
        node = node->parent;
    return node == root ? NULL : node->next;
}

static size_t dense_len(const xmlNode *text)
{
    size_t n = 0;
    for (const xmlChar *p = text->content; p != NULL && *p != '\0'; p++)
        n += *p > ' ';
    return n;
}

/* _private: the weight, and in the lowest bit whether the node stands in a section. */
static uintptr_t mark_of(const xmlNode *node)
{
    return (uintptr_t)node->_private;
}

static void set_mark(xmlNode *node, uintptr_t mark)
{
    node->_private = (void *)mark;
}

size_t html_weight(const xmlNode *node)
{
    return mark_of(node) >> 1;
}

static bool is_in_section(const xmlNode *node)
{
    return (mark_of(node) & 1) != 0;
}

static void add_weight(xmlNode *node, size_t weight)
{
    set_mark(node, mark_of(node) + ((uintptr_t)weight << 1));
}

static void begin_weight(xmlNode *node)
{
    const xmlNode *parent = node->parent;
    bool in_section = parent != NULL && parent->type == XML_ELEMENT_NODE &&
                      (is_in_section(parent) || (html_traits(parent) & HTML_SECTION) != 0);
    set_mark(node, in_section);
}

void html_weigh(xmlNode *root)
{
    set_mark(root, 0);
    xmlNode *node = root;
    for (;;) {
        bool is_hidden = (html_traits(node) & HTML_HIDDEN) != 0;
        if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
            add_weight(node, dense_len(node));
        if (node->type == XML_ELEMENT_NODE && !is_hidden && node->children != NULL) {
            node = node->children;
            begin_weight(node);
            continue;
        }
        while (node != root && node->next == NULL) {
            add_weight(node->parent, html_weight(node));
            node = node->parent;
        }
        if (node == root)
            return;
        add_weight(node->parent, html_weight(node));
        node = node->next;
        begin_weight(node);
    }
}

/* ---- what belongs to the text ---- */

static bool is_unseen(const xmlNode *node)
{
    for (const xmlAttr *attr = node->properties; attr != NULL; attr = attr->next)
        if (strcmp((const char *)attr->name, "hidden") == 0)
            return true;
    struct slice style = html_attr(node, "style");
    return slice_equal_ascii_case(html_attr(node, "aria-hidden"), SLICE("true")) ||
           (style.len > 0 &&
            (strstr(style.data, "display:none") != NULL || strstr(style.data, "display: none") != NULL));
}

static bool is_frame_role(const xmlNode *node)
{
    static const char *const roles[] = {"navigation", "banner", "contentinfo", "complementary",
                                        "search",     "dialog", "menu"};
    struct slice role = html_attr(node, "role");
    for (size_t i = 0; i < COUNT(roles); i++)
        if (slice_equal_ascii_case(role, slice_cstr(roles[i])))
            return true;
    return false;
}

static bool is_frame(const xmlNode *node, unsigned traits)
{
    static const char *const words[] = {
        "nav",         "navbar",      "navigation", "menu",         "sidebar",       "footer",
        "cookie",      "cookies",     "consent",    "share",        "sharing",       "social",
        "related",     "recommended", "comments",   "commentlist",  "respond",       "breadcrumb",
        "breadcrumbs", "newsletter",  "promo",      "advert",       "advertisement", "ads",
        "pagination",  "popup",       "modal",      "skip",         "masthead",      "noprint",
        "ad",          "editsection", "catlinks",   "relatedposts", "reflist",       "references",
    };
    if ((traits & HTML_FRAME) != 0 || is_frame_role(node))
        return true;
    if (html_is(node, "header"))
        return !is_in_section(node);
    /* Sites put an article's own topics in its class: "category-social" is no frame. */
    if ((traits & HTML_HEADING) != 0 || html_is(node, "article") || html_is(node, "main") || html_is(node, "body"))
        return false;
    bool is_container = (traits & HTML_BLOCK) != 0 || html_is(node, "a") || html_is(node, "span");
    return is_container && html_has_word(node, words, COUNT(words));
}

/** Text below an element, white space left out, of max bytes and nodes at most. */
static size_t dense_text(char *out, size_t max, const xmlNode *element)
{
    size_t n = 0, n_nodes = 0;
    for (const xmlNode *node = element; node != NULL && n_nodes < max; node = html_next(node, element, true), n_nodes++)
        if (node->type == XML_TEXT_NODE)
            for (const xmlChar *p = node->content; p != NULL && *p != '\0' && n < max; p++)
                if (*p > ' ')
                    out[n++] = (char)*p;
    return n;
}

/** What a note hangs on: "[1]" or "[citation needed]" set high, or a link within the page that is set high. */
static bool is_note_mark(const xmlNode *node)
{
    char text[NOTE_MARK_MAX_BYTES + 1];
    if (!html_is(node, "sup") || html_weight(node) == 0 || html_weight(node) > NOTE_MARK_MAX_BYTES)
        return false;
    size_t n = dense_text(text, sizeof text, node);
    if (n >= 2 && text[0] == '[' && text[n - 1] == ']')
        return true;
    const xmlNode *link = node->children;
    return link != NULL && link->next == NULL && html_is(link, "a") &&
           slice_starts(html_attr(link, "href"), SLICE("#"));
}

bool html_is_dropped(const xmlNode *node, size_t page_weight)
{
    if (node->type != XML_ELEMENT_NODE)
        return false;
    unsigned traits = html_traits(node);
    if ((traits & HTML_HIDDEN) != 0 || is_note_mark(node))
        return true;
    if (!is_unseen(node) && !is_frame(node, traits))
        return false;
    /* A form around the whole page, a body with a class "menu": what holds most of the text is no frame. */
    return html_weight(node) <= page_weight / 2;
}

bool html_is_boilerplate(const xmlNode *node)
{
    static const char *const words[] = {"byline",  "dateline", "timestamp", "caption", "credit",
                                        "credits", "pubdate",  "meta",      "hatnote", "sitesub"};
    unsigned traits = html_traits(node);
    if ((traits & HTML_CAPTION) != 0)
        return true;
    return (traits & HTML_BLOCK) != 0 && (traits & (HTML_HEADING | HTML_SECTION)) == 0 &&
           html_weight(node) < BOILERPLATE_MAX_WEIGHT && html_has_word(node, words, COUNT(words));
}

xmlNode *html_main(xmlNode *root)
{
    xmlNode *best = root;
    size_t page = html_weight(root);
    for (xmlNode *node = root; node != NULL;) {
        bool is_dropped = html_is_dropped(node, page);
        bool is_candidate = html_is(node, "main") || html_is(node, "article") ||
                            slice_equal_ascii_case(html_attr(node, "role"), SLICE("main"));
        /* A candidate inside another is better where it still holds most of that. */
        if (!is_dropped && is_candidate && node != root && html_weight(node) > html_weight(best) / 2)
            best = node;
        node = html_next(node, root, !is_dropped);
    }
    return best;
}
