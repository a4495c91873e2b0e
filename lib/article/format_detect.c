#include "reader.h"

#include "encoding.h"

#define NARROW_BYTES 1024 /* of content that is looked at for its format */

const char *format_name(enum article_format format)
{
    static const char *const names[] = {"unknown", "text", "markdown", "html", "jsonl"};
    return (unsigned)format < sizeof names / sizeof *names ? names[format] : names[FORMAT_UNKNOWN];
}

static bool ends_ascii_case(struct slice s, const char *suffix)
{
    size_t n = strlen(suffix);
    return s.len > n && slice_equal_ascii_case(slice_from(s, s.len - n), slice_of(suffix, n));
}

static struct slice unpacked_name(struct slice path)
{
    if (ends_ascii_case(path, ".gz"))
        path.len -= 3;
    else if (ends_ascii_case(path, ".zst"))
        path.len -= 4;
    return path;
}

static enum article_format by_suffix(struct slice path)
{
    static const struct {
        const char *suffix;
        enum article_format format;
    } known[] = {{".txt", FORMAT_TEXT},          {".text", FORMAT_TEXT},      {".md", FORMAT_MARKDOWN},
                 {".markdown", FORMAT_MARKDOWN}, {".mdown", FORMAT_MARKDOWN}, {".html", FORMAT_HTML},
                 {".htm", FORMAT_HTML},          {".xhtml", FORMAT_HTML},     {".jsonl", FORMAT_JSONL},
                 {".ndjson", FORMAT_JSONL}};
    path = unpacked_name(path);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (ends_ascii_case(path, known[i].suffix))
            return known[i].format;
    return FORMAT_UNKNOWN;
}

/** Text that is no prose: data, programs, styles, feeds, and mail and pages in its wrapping. */
static bool is_passed_over(struct slice path)
{
    static const char *const suffixes[] = {".json", ".geojson", ".js",  ".mjs",  ".css", ".map",  ".xml", ".rss",
                                           ".atom", ".rdf",     ".svg", ".opml", ".eml", ".mbox", ".mht", ".mhtml"};
    path = unpacked_name(path);
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (ends_ascii_case(path, suffixes[i]))
            return true;
    return false;
}

/** Files that may look like text for a while, and are not. */
static bool has_binary_magic(struct slice head)
{
    static const struct slice magic[] = {
        {"%PDF-", 5},
        {"%!PS", 4},
        {"{\\rtf", 5},
        {"GIF87a", 6},
        {"GIF89a", 6},
        {"\x89PNG", 4},
        {"\xFF\xD8\xFF", 3},
        {"PK\x03\x04", 4},
        {"PK\x05\x06", 4},
        {"\x1F\x8B\x08", 3},
        {"\x28\xB5\x2F\xFD", 4},
        {"BZh9", 4},
        {"\xFD"
         "7zXZ",
         5},
        {"7z\xBC\xAF", 4},
        {"Rar!\x1A", 5},
        {"\x7F"
         "ELF",
         4},
        {"!<arch>\n", 8},
        {"SQLite format 3", 15},
        {"OggS", 4},
        {"ID3\x03", 4},
        {"ID3\x04", 4},
        {"fLaC", 4},
        {"\xCA\xFE\xBA\xBE", 4},
        {"AT&TFORM", 8},
        {"\xD0\xCF\x11\xE0", 4},
    };
    for (size_t i = 0; i < sizeof magic / sizeof *magic; i++)
        if (slice_starts(head, magic[i]))
            return true;
    return false;
}

/** Control characters that no text has: not white space, backspace (in old manuals) or escape (in ISO-2022). */
static bool is_foreign_control(char c)
{
    return ((unsigned char)c < ' ' && !(c >= '\b' && c <= '\r') && c != 0x1B) || c == 0x7F;
}

/** The ASCII characters of wide text, others as '?', and how many of its units are control characters. */
static size_t narrow(char out[NARROW_BYTES], struct slice head, const char *charset, size_t *n_controls,
                     size_t *n_units)
{
    size_t width = strstr(charset, "32") != NULL ? 4 : 2, n = 0;
    bool is_little = slice_ends(slice_cstr(charset), SLICE("LE"));
    *n_controls = *n_units = 0;
    for (size_t at = 0; at + width <= head.len; at += width) {
        uint32_t c = 0;
        for (size_t i = 0; i < width; i++)
            c = c << 8 | (unsigned char)head.data[at + (is_little ? width - 1 - i : i)];
        *n_units += 1;
        *n_controls += c == 0 || (c < 0x80 && is_foreign_control((char)c));
        if (n < NARROW_BYTES)
            out[n++] = c > 0 && c < 0x80 ? (char)c : '?';
    }
    return n;
}

/** Is it text at all? *text is then what may be looked at for its format. */
static bool is_text(struct slice head, struct slice *text, char wide_text[NARROW_BYTES])
{
    size_t mark_len, n_controls = 0, n = head.len;
    const char *wide = encoding_sniff_wide(head, &mark_len);
    if (wide != NULL) {
        *text = slice_of(wide_text, narrow(wide_text, slice_from(head, mark_len), wide, &n_controls, &n));
        return n_controls * 32 <= n;
    }
    if (has_binary_magic(head) || (head.len > 0 && memchr(head.data, 0, head.len) != NULL))
        return false;
    for (size_t i = 0; i < head.len; i++)
        n_controls += is_foreign_control(head.data[i]);
    *text = slice_starts(head, SLICE("\xEF\xBB\xBF")) ? slice_from(head, 3) : head;
    return n_controls * 32 <= n;
}

static bool starts_ascii_case(struct slice s, const char *prefix)
{
    size_t n = strlen(prefix);
    return s.len >= n && slice_equal_ascii_case(slice_of(s.data, n), slice_of(prefix, n));
}

static bool looks_like_html(struct slice text)
{
    static const char *const openings[] = {"<!doctype html", "<html", "<head", "<body", "<title", "<meta ", "<article"};
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++)
        if (starts_ascii_case(text, openings[i]))
            return true;
    if (!starts_ascii_case(text, "<?xml") && !starts_ascii_case(text, "<!--"))
        return false;
    for (size_t at = 0; at < text.len; at++)
        if (text.data[at] == '<' && (starts_ascii_case(slice_from(text, at), "<html") ||
                                     starts_ascii_case(slice_from(text, at), "<!doctype html")))
            return true;
    return false;
}

/** An object on the first line: '{"', and '}' at its end where the end is in sight. */
static bool looks_like_jsonl(struct slice text)
{
    struct slice inside = slice_trim(slice_from(text, 1));
    if (text.len == 0 || text.data[0] != '{' || inside.len == 0 || (inside.data[0] != '"' && inside.data[0] != '}'))
        return false;
    const char *lf = memchr(text.data, '\n', text.len);
    return lf == NULL || slice_ends(slice_trim(slice_of(text.data, (size_t)(lf - text.data))), SLICE("}"));
}

/** XML that is no page, JSON over several lines, a page saved as a message. */
static bool looks_like_data(struct slice text)
{
    static const char *const openings[] = {"<?xml", "<rss", "<feed", "<svg", "<rdf:rdf", "<opml"};
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++)
        if (starts_ascii_case(text, openings[i]))
            return true;
    struct slice inside = slice_trim(slice_from(text, 1));
    char first = text.len == 0 ? '\0' : text.data[0], second = inside.len == 0 ? '\0' : inside.data[0];
    bool is_spread = text.len > 1 && (text.data[1] == '\n' || text.data[1] == '\r' || text.data[1] == '{');
    if ((first == '{' && second == '"' && is_spread) || (first == '[' && second == '{' && is_spread))
        return true;
    return text.len > 0 && memmem(text.data, text.len, "\nContent-Type: multipart/related", 32) != NULL &&
           memmem(text.data, text.len, "\nMIME-Version:", 14) != NULL;
}

/** "# Title", or front matter: a line "---", then a key. */
static bool looks_like_markdown(struct slice text)
{
    if (slice_starts(text, SLICE("# ")))
        return true;
    if (!slice_starts(text, SLICE("---\n")) && !slice_starts(text, SLICE("---\r\n")))
        return false;
    struct slice line = slice_trim(slice_from(text, 4));
    size_t n = 0;
    while (n < line.len && ((line.data[n] >= 'a' && line.data[n] <= 'z') ||
                            (line.data[n] >= 'A' && line.data[n] <= 'Z') || line.data[n] == '_' || line.data[n] == '-'))
        n++;
    return n > 0 && n < line.len && line.data[n] == ':';
}

enum article_format format_detect(struct slice path, struct slice head)
{
    char wide_text[NARROW_BYTES];
    struct slice text;
    if (!is_text(head, &text, wide_text))
        return FORMAT_UNKNOWN;
    enum article_format format = by_suffix(path);
    if (format != FORMAT_UNKNOWN)
        return format;
    text = slice_trim(text);
    if (looks_like_html(text))
        return FORMAT_HTML;
    bool is_data = is_passed_over(path);
    if ((!is_data || ends_ascii_case(unpacked_name(path), ".json")) && looks_like_jsonl(text))
        return FORMAT_JSONL;
    if (is_data || looks_like_data(text))
        return FORMAT_UNKNOWN;
    return looks_like_markdown(text) ? FORMAT_MARKDOWN : FORMAT_TEXT;
}
