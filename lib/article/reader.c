#include "reader.h"

enum status article_read(struct article *out, enum article_format format, struct slice raw, struct error *e)
{
    article_clear(out);
    if (raw.len > ARTICLE_MAX_BYTES)
        return error_set(e, ERR_LIMIT, "an article of more than %zu MiB", ARTICLE_MAX_BYTES >> 20);
    enum status st = OK;
    switch (format) {
    case FORMAT_UNKNOWN:
        return error_set(e, ERR_FORMAT, "not a text");
    case FORMAT_TEXT:
        st = text_read(out, raw, e);
        break;
    case FORMAT_MARKDOWN:
        st = markdown_read(out, raw, e);
        break;
    case FORMAT_HTML:
        st = html_read(out, raw, e);
        break;
    case FORMAT_JSONL:
        st = json_read(out, raw, e);
        break;
    }
    if (st != OK)
        article_clear(out);
    else
        out->format = format;
    return st;
}
