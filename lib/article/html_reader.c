#include "reader.h"

#include "encoding.h"
#include "html_charset.h"
#include "html_meta.h"
#include "html_text.h"
#include "html_tree.h"
#include "utf8.h"

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>

#define DEPTH_MAX 1024     /* elements open at a time; a page nested deeper is read without a tree */
#define ATTRIBUTES_MAX 256 /* of an element; further ones are dropped */
/* libxml2 compares each attribute of a tag with all before it: so many comparisons in all, then no tree is made. */
#define COMPARISONS_MAX ((uint64_t)500000000)
/* Elements and attributes of a tree, each some 300 bytes: so many for each page, and one for so many of its bytes,
 * which markup hardly is as dense as; a page of more is read without a tree. */
#define NODES_MIN 10000
#define NODES_MAX 250000
#define NODE_BYTES 8

/** The bytes as libxml2 asks for them, and what it made of them so far. */
struct feed {
    struct slice rest;
    bool has_event;       /* something was parsed to its end since the last read */
    uint64_t words;       /* that may be attributes, read since then */
    uint64_t comparisons; /* that these may have cost */
    size_t nodes_left;    /* elements and attributes that the tree may still have */
    bool is_given_up;
};

static void ignore_message(void *ctx, const char *format, ...)
{
    (void)ctx;
    (void)format;
}

static struct feed *feed_of(void *parser)
{
    return ((htmlParserCtxtPtr)parser)->_private;
}

static void give_up(void *parser)
{
    feed_of(parser)->is_given_up = true;
    xmlStopParser(parser);
}

static bool take_node(struct feed *feed)
{
    feed->nodes_left -= feed->nodes_left > 0;
    return feed->nodes_left > 0;
}

/* libxml2 searches its open elements at each end tag: what nests without end would take time without end. */
static void on_start(void *ctx, const xmlChar *name, const xmlChar **attributes)
{
    htmlParserCtxtPtr parser = ctx;
    struct feed *feed = feed_of(ctx);
    feed->has_event = true;
    if (parser->nodeNr >= DEPTH_MAX || parser->nameNr >= DEPTH_MAX || !take_node(feed)) {
        give_up(ctx);
        return;
    }
    const xmlChar *kept[2 * ATTRIBUTES_MAX + 2] = {NULL};
    for (size_t i = 0; attributes != NULL && attributes[i] != NULL && i < (size_t)2 * ATTRIBUTES_MAX; i += 2) {
        if (!take_node(feed))
            break; /* the next element ends it */
        kept[i] = attributes[i];
        kept[i + 1] = attributes[i + 1];
    }
    xmlSAX2StartElement(ctx, name, attributes == NULL ? NULL : kept);
}

static void on_end(void *ctx, const xmlChar *name)
{
    feed_of(ctx)->has_event = true;
    xmlSAX2EndElement(ctx, name);
}

static void on_characters(void *ctx, const xmlChar *text, int len)
{
    feed_of(ctx)->has_event = true;
    xmlSAX2Characters(ctx, text, len);
}

/* Attributes begin behind white space or a quote. */
static uint64_t count_words(struct slice s)
{
    uint64_t n = 0;
    bool is_between = false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.data[i];
        bool is_separator = (unsigned char)c <= ' ' || c == '"' || c == '\'';
        n += is_between && !is_separator;
        is_between = is_separator;
    }
    return n;
}

static int on_read(void *ctx, char *to, int len)
{
    struct feed *f = ctx;
    size_t n = f->rest.len < (size_t)len ? f->rest.len : (size_t)len;
    if (n == 0)
        return 0;
    if (f->has_event)
        f->words = 0;
    f->has_event = false;
    uint64_t words = count_words(slice_of(f->rest.data, n));
    f->comparisons += f->words * words;
    f->words += words;
    if (f->comparisons > COMPARISONS_MAX) {
        f->is_given_up = true;
        return 0; /* as if the page ended here */
    }
    memcpy(to, f->rest.data, n);
    f->rest = slice_from(f->rest, n);
    return (int)n;
}

static htmlParserCtxtPtr new_parser(struct feed *feed)
{
    htmlParserCtxtPtr parser = htmlNewParserCtxt();
    if (parser == NULL)
        return NULL;
    parser->_private = feed;
    htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                                   HTML_PARSE_IGNORE_ENC);
    /* Without it text after 10 MB of one paragraph would be lost; the whole is bounded by ARTICLE_MAX_BYTES. */
    parser->options |= XML_PARSE_HUGE;
    parser->sax->startElement = on_start;
    parser->sax->endElement = on_end;
    parser->sax->characters = on_characters;
    /* Nobody reads these, and they would be nodes that nothing bounds. */
    parser->sax->comment = NULL;
    parser->sax->processingInstruction = NULL;
    parser->sax->error = parser->sax->warning = parser->sax->fatalError = ignore_message;
    xmlParserInputBufferPtr buffer = xmlParserInputBufferCreateIO(on_read, NULL, feed, XML_CHAR_ENCODING_NONE);
    xmlParserInputPtr input = buffer == NULL ? NULL : xmlNewIOInputStream(parser, buffer, XML_CHAR_ENCODING_NONE);
    if (input == NULL || inputPush(parser, input) < 0) {
        if (input == NULL)
            xmlFreeParserInputBuffer(buffer);
        htmlFreeParserCtxt(parser);
        return NULL;
    }
    xmlCharEncodingHandlerPtr utf8 = xmlFindCharEncodingHandler("UTF-8");
    if (utf8 != NULL)
        xmlSwitchToEncoding(parser, utf8);
    return parser;
}

/* *doc is NULL where there is nothing in the bytes. */
static enum status parse(xmlDocPtr *doc, bool *is_given_up, struct slice html, struct error *e)
{
    *doc = NULL;
    size_t n_nodes = NODES_MIN + html.len / NODE_BYTES;
    struct feed feed = {.rest = html, .nodes_left = (n_nodes < NODES_MAX ? n_nodes : NODES_MAX) + 1};
    htmlParserCtxtPtr parser = new_parser(&feed);
    if (parser == NULL)
        return error_nomem(e);
    htmlParseDocument(parser);
    bool is_out_of_memory = parser->errNo == XML_ERR_NO_MEMORY;
    *doc = parser->myDoc;
    parser->myDoc = NULL;
    htmlFreeParserCtxt(parser);
    *is_given_up = feed.is_given_up;
    if (!is_out_of_memory)
        return OK;
    xmlFreeDoc(*doc);
    *doc = NULL;
    return error_nomem(e);
}

static enum status read_document(struct article *out, xmlNode *root, struct slice html, bool is_given_up,
                                 struct error *e)
{
    html_weigh(root);
    /* From the root, not from body: libxml2 puts elements that are younger than HTML 4 into a head that was not closed.
     */
    xmlNode *main = html_main(root);
    enum status status = html_read_meta(out, root, main, e);
    if (status != OK)
        return status;
    return is_given_up ? html_read_flat(out, html, e) : html_read_tree(out, main, html_weight(root), e);
}

enum status html_read(struct article *out, struct slice raw, struct error *e)
{
    out->format = FORMAT_HTML;
    struct slice html;
    enum status status = encoding_to_utf8(&html, out, raw, html_declared_charset(raw), e);
    if (status != OK)
        return status;
    out->n_runs = 0; /* byte ranges are of the extracted text */
    if (slice_trim(html).len == 0)
        return OK;
    xmlDocPtr doc;
    bool is_given_up;
    status = parse(&doc, &is_given_up, html, e);
    if (status != OK)
        return status;
    xmlNode *root = doc == NULL ? NULL : xmlDocGetRootElement(doc);
    if (root != NULL)
        status = read_document(out, root, html, is_given_up, e);
    else
        status = html_read_flat(out, html, e);
    xmlFreeDoc(doc);
    return status;
}

void readers_init(void)
{
    xmlInitParser();
}
