#include "render.h"

#include <stdio.h>
#include <stdlib.h>

#include "percent.h"
#include "utf8.h"
#include "wrap.h"

#define SGR_TITLE "1"
#define SGR_WHERE "36"
#define SGR_NOTE "2"
#define SGR_MATCH "1;31"
#define BODY_INDENT 4
#define CUT_MARK SLICE("…")
#define WORD_LIKELY_MAX 32 /* characters of a word that had no room in a snippet */
#define MARKS_MAX 4096     /* of one text; further ones are not highlighted */

/* Columns of SEARCH, by place; docs/PROTOCOL.md. */
enum {
    COL_RANK,
    COL_SCORE,
    COL_PASSAGE,
    COL_AT,
    COL_SPANS,
    COL_DATE,
    COL_TITLE,
    COL_TEXT,
    COL_AUTHOR,
    COL_URL,
    COL_LANG,
    COL_TSPANS,
    COL_TEXTAT,
    COL_FORMAT,
    COL_PATH
};

static struct wrap wrap_begin(struct buf *out, const struct render_style *style, const char *base)
{
    return (struct wrap){.out = out,
                         .columns = style->columns,
                         .indent = BODY_INDENT,
                         .is_colour = style->is_colour,
                         .base = base,
                         .marked = SGR_MATCH};
}

/** "0+5,10+5" -> marks of a text of text_len bytes; what is not ascending and inside it is left out. */
static size_t parse_marks(struct mark *marks, size_t max, struct slice spans, size_t text_len)
{
    size_t n = 0;
    uint64_t behind = 0;
    while (spans.len > 0 && n < max) {
        const char *comma = memchr(spans.data, ',', spans.len);
        struct slice one = slice_of(spans.data, comma != NULL ? (size_t)(comma - spans.data) : spans.len);
        uint64_t start = 0, len = 0;
        if (pair_parse(one, &start, &len) && start >= behind && start < text_len && len > 0 &&
            len <= text_len - start && text_len <= UINT32_MAX) {
            marks[n++] = (struct mark){(uint32_t)start, (uint32_t)len};
            behind = start + len;
        }
        spans = slice_from(spans, one.len + 1);
    }
    return n;
}

static void put_marked(struct wrap *w, struct slice text, struct slice spans)
{
    struct mark *marks = malloc(MARKS_MAX * sizeof *marks);
    size_t n = marks != NULL ? parse_marks(marks, MARKS_MAX, spans, text.len) : 0;
    wrap_text(w, text, marks, n);
    free(marks);
}

static bool ends_a_sentence(struct slice text)
{
    static const char *const ends[] = {".", "!", "?", "\"", ")", "”", "’", "…", "。"};
    text = slice_trim(text);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        if (slice_ends(text, slice_cstr(ends[i])))
            return true;
    }
    return text.len == 0;
}

static void put_title(struct buf *out, const struct row_view *r, const struct render_style *style)
{
    struct slice title = r->columns[COL_TITLE];
    struct slice rank = r->columns[COL_RANK];
    for (uint32_t width = text_width(rank); width < 2; width++)
        buf_put_byte(out, ' ');
    put_harmless(out, rank);
    buf_put_cstr(out, "  ");
    struct wrap w = wrap_begin(out, style, SGR_TITLE);
    w.column = BODY_INDENT;
    if (title.len > 0)
        put_marked(&w, title, r->columns[COL_TSPANS]);
    else
        wrap_text(&w, r->columns[COL_PATH].len > 0 ? r->columns[COL_PATH] : r->columns[COL_PASSAGE], NULL, 0);
    wrap_end(&w);
}

static void put_part(struct buf *line, struct slice part)
{
    if (part.len == 0)
        return;
    if (line->len > 0)
        buf_put_cstr(line, " · ");
    buf_put(line, part);
}

static void put_indented(struct buf *out, struct slice line, const char *base, const struct render_style *style)
{
    if (line.len == 0)
        return;
    struct wrap w = wrap_begin(out, style, base);
    buf_put_cstr(out, "    ");
    w.column = BODY_INDENT;
    wrap_text(&w, line, NULL, 0);
    wrap_end(&w);
}

/** A line that is copied as a whole: never wrapped here. */
static void put_unwrapped(struct buf *out, struct slice line, const struct render_style *style)
{
    struct render_style endless = *style;
    endless.columns = COLUMNS_ENDLESS;
    put_indented(out, line, SGR_WHERE, &endless);
}

/** The number in a column; false: there is none. */
static bool real_of(struct slice column, double *out)
{
    char text[32], *end = NULL;
    snprintf(text, sizeof text, "%.*s", column.len > 24 ? 24 : (int)column.len, column.data);
    *out = strtod(text, &end);
    return end != text && *end == '\0';
}

/** A filter ranks nothing: its score is 0 and not shown. */
static void put_score(struct buf *line, struct slice column)
{
    double score = 0;
    if (real_of(column, &score) && score != 0)
        buf_printf(line, score < 0.01 && score > 0 ? " · score %.1g" : " · score %.2f", score);
}

/** "Anna Vos · 1953-02-01", "sea/floods.md#4 · bytes 1830+412 · score 4.22", then the path where it is not the id. */
static void put_where(struct buf *out, const struct row_view *r, const struct render_style *style)
{
    struct buf line, id;
    buf_init(&line, REPLY_MAX_BYTES);
    buf_init(&id, REPLY_MAX_BYTES);
    put_part(&line, r->columns[COL_AUTHOR]);
    put_part(&line, r->columns[COL_DATE]);
    put_indented(out, buf_slice(&line), "", style);

    buf_reset(&line);
    struct slice passage = r->columns[COL_PASSAGE], path = r->columns[COL_PATH];
    put_part(&line, passage);
    put_range(&line, r->columns[COL_AT], r->columns[COL_FORMAT]);
    put_score(&line, r->columns[COL_SCORE]);
    put_unwrapped(out, buf_slice(&line), style);

    buf_reset(&line);
    const char *hash = passage.len > 0 ? memrchr(passage.data, '#', passage.len) : NULL;
    percent_decode(&id, slice_of(passage.data, hash != NULL ? (size_t)(hash - passage.data) : passage.len));
    if (!slice_equal(buf_slice(&id), path))
        put_part(&line, path);
    put_part(&line, r->columns[COL_URL]);
    put_unwrapped(out, buf_slice(&line), style);
    buf_clear(&line);
    buf_clear(&id);
}

/**
 * Does the shown text reach its passage's end? The reply does not say so outright. Byte ranges of HTML, JSON Lines and
 * plain text count the passage's own bytes; of Markdown they count its marks too, but a snippet that was cut is filled
 * up to its width, all but the word that had no room.
 */
static bool reaches_end(const struct row_view *r, struct slice text, uint64_t text_at, const struct render_style *style)
{
    uint64_t at = 0, at_len = 0;
    if (pair_parse(r->columns[COL_AT], &at, &at_len) && text_at <= at_len && text.len >= at_len - text_at)
        return true;
    return utf8_length(text) + WORD_LIKELY_MAX <= style->width;
}

/** The text of a hit with "…" where it was cut; in one piece, so that no "…" stands on a line of its own. */
static void put_text(struct buf *out, const struct row_view *r, const struct render_style *style)
{
    struct slice text = r->columns[COL_TEXT];
    if (slice_trim(text).len == 0)
        return;
    struct buf whole;
    struct mark *marks = malloc(MARKS_MAX * sizeof *marks);
    size_t n = marks != NULL ? parse_marks(marks, MARKS_MAX, r->columns[COL_SPANS], text.len) : 0;
    uint64_t text_at = 0;
    bool is_begun = style->is_snippet && slice_to_u64(r->columns[COL_TEXTAT], UINT64_MAX, &text_at) && text_at > 0;
    buf_init(&whole, REPLY_MAX_BYTES);
    if (is_begun)
        buf_put(&whole, CUT_MARK);
    for (size_t i = 0; i < n; i++)
        marks[i].start += (uint32_t)whole.len;
    buf_put(&whole, text);
    if (style->is_snippet && !ends_a_sentence(text) && !reaches_end(r, text, text_at, style))
        buf_put(&whole, CUT_MARK);

    struct wrap w = wrap_begin(out, style, "");
    w.block_gap = style->is_snippet ? 1 : 2;
    w.is_extracted = is_extracted(r->columns[COL_FORMAT]);
    buf_put_cstr(out, "    ");
    w.column = BODY_INDENT;
    wrap_text(&w, buf_slice(&whole), marks, n);
    wrap_end(&w);
    buf_clear(&whole);
    free(marks);
}

/** A status key's value as words: decoded, its commas spaced. */
static void put_note(struct buf *line, const struct reply_status *status, const char *key, const char *label)
{
    struct slice value;
    if (!reply_value(status, key, &value) || value.len == 0)
        return;
    struct buf words;
    buf_init(&words, REPLY_MAX_BYTES);
    percent_decode(&words, value);
    buf_printf(line, "%s%s: ", line->len > 0 ? "; " : "", label);
    for (size_t i = 0; i < words.len; i++) {
        buf_put_byte(line, words.data[i]);
        if (words.data[i] == ',')
            buf_put_byte(line, ' ');
    }
    buf_clear(&words);
}

static void put_summary(struct buf *out, const struct reply_status *status, uint64_t n_hits, bool is_ranked,
                        const struct render_style *style)
{
    struct slice found, bound, next;
    struct buf line;
    buf_init(&line, REPLY_MAX_BYTES);
    if (n_hits > 0) {
        bool is_one = n_hits == 1;
        buf_printf(&line, "passage%s %llu", is_one ? "" : "s", (unsigned long long)style->from + 1);
        if (!is_one)
            buf_printf(&line, "–%llu", (unsigned long long)(style->from + n_hits));
        if (reply_value(status, "found", &found) && reply_value(status, "bound", &bound)) {
            buf_put_cstr(&line, slice_equal(bound, SLICE("exact"))      ? " of "
                                : slice_equal(bound, SLICE("estimate")) ? " of about "
                                                                        : " of at least ");
            put_grouped(&line, found);
        }
        if (!is_ranked)
            buf_put_cstr(&line, ", newest first");
        if (reply_value(status, "next", &next)) {
            buf_put_cstr(&line, "; more: --from ");
            buf_put(&line, next);
        }
    }
    put_note(&line, status, "ignored", "not searched");
    put_note(&line, status, "cut", "cut");
    put_note(&line, status, "spelled", "searched instead");
    if (n_hits > 0)
        put_note(&line, status, "authored", "by an author of that name");
    put_indented(out, buf_slice(&line), SGR_NOTE, style);
    buf_clear(&line);
}

void render_hits(struct buf *out, const struct reply_status *status, struct slice lines,
                 const struct render_style *style)
{
    struct row_view r;
    uint64_t n_hits = 0;
    double score = 0;
    bool is_ranked = false; /* of filters alone every score is 0 */
    row_view_init(&r);
    while (row_view_next(&r, &lines)) {
        is_ranked |= !real_of(r.columns[COL_SCORE], &score) || score != 0;
        put_title(out, &r, style);
        put_where(out, &r, style);
        put_text(out, &r, style);
        buf_put_byte(out, '\n');
        n_hits++;
    }
    put_summary(out, status, n_hits, is_ranked, style);
    row_view_clear(&r);
}
