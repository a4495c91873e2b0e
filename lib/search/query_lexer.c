#include "query_lexer.h"

#include "query_suffix.h"
#include "utf8.h"

struct field_name {
    const char *name;
    enum lexeme_field field;
};

/* Anything else before a colon is a word: "http://x", "10:30", "note:this". */
static const struct field_name fields[] = {
    {"title:", LEXEME_TITLE}, {"author:", LEXEME_AUTHOR}, {"tag:", LEXEME_TAG}, {"date:", LEXEME_DATE},
    {"lang:", LEXEME_LANG},   {"source:", LEXEME_SOURCE}, {"url:", LEXEME_URL},
};

#define N_FIELDS (sizeof fields / sizeof fields[0])

const char *lexeme_field_name(enum lexeme_field field)
{
    for (size_t i = 0; i < N_FIELDS; i++)
        if (fields[i].field == field)
            return fields[i].name;
    return "";
}

static bool is_space(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
           c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

/* " and the typographic ones; any of them opens and any closes, for pasted text mixes them. */
static bool is_quote(uint32_t c)
{
    return c == '"' || (c >= 0x201C && c <= 0x201F);
}

/* The character at `at`, 0 at the end; *after is where the next one begins. */
static uint32_t peek(const struct lexer *x, size_t at, size_t *after)
{
    *after = at;
    if (at >= x->line.len)
        return 0;
    unsigned char c = (unsigned char)x->line.data[at];
    if (c < 0x80) {
        *after = at + 1;
        return c;
    }
    return utf8_next(x->line, after, NULL);
}

/* ASCII that is no space, quote or bracket, whatever stands beside it. */
static bool is_plain(unsigned char c)
{
    return c > ' ' && c < 0x80 && c != '"' && c != '(' && c != ')';
}

/* Where the run without spaces, quotes and brackets that begins at `at` ends. */
static size_t run_end(const struct lexer *x, size_t at)
{
    for (size_t after; at < x->line.len; at = after) {
        after = at + 1;
        if (is_plain((unsigned char)x->line.data[at]))
            continue;
        uint32_t c = peek(x, at, &after);
        if (is_space(c) || is_quote(c) || c == '(' || c == ')')
            break;
    }
    return at;
}

static enum status no_weight(const struct lexeme *x, struct error *e)
{
    return error_query(e, (int64_t)x->start, "'^' weighs what adds to the score; %s only filters",
                       lexeme_field_name(x->field));
}

/* "~8" and "^2" right behind a quote. */
static enum status read_after_quote(struct lexer *x, struct lexeme *out, struct error *e)
{
    size_t len;
    bool is_of_text = out->field == LEXEME_ANY || out->field == LEXEME_TITLE;
    struct slice rest = slice_from(x->line, x->at);
    if (!is_of_text && rest.len > 0 && rest.data[0] == '~')
        return error_query(e, (int64_t)x->at, "'~' does not go with %s", lexeme_field_name(out->field));
    enum status st = suffix_read(rest, x->at, &out->distance, &out->boost, &len, e);
    if (st != OK)
        return st;
    if (out->field != LEXEME_ANY && (out->boost < 1 || out->boost > 1))
        return no_weight(out, e);
    if (out->distance > 0)
        out->kind = LEXEME_NEAR;
    x->at += len;
    return OK;
}

/* A '*' that touches a word is the end of a prefix or an error; one that touches none is punctuation. */
static enum status read_star(struct slice *run, size_t at, bool *is_prefix, struct error *e)
{
    *is_prefix = false;
    if (run->len == 0 || memchr(run->data, '*', run->len) == NULL)
        return OK;
    for (size_t i = 0; i < run->len; i++) {
        bool is_behind = i > 0 && is_word_byte(run->data[i - 1]);
        bool is_before = i + 1 < run->len && is_word_byte(run->data[i + 1]);
        if (run->data[i] != '*' || (!is_behind && !is_before))
            continue;
        bool is_first = memchr(run->data, '*', run->len) == run->data + i;
        if (!is_behind || !is_first || i + 1 != run->len)
            return error_query(e, (int64_t)(at + i),
                               "'*' stands only at the end of a word, once; quote it or use mode=plain");
        *is_prefix = true;
    }
    if (*is_prefix)
        run->len--;
    return OK;
}

static enum status read_quoted(struct lexer *x, struct lexeme *out, struct error *e)
{
    size_t opened = x->at, after;
    peek(x, opened, &after);
    out->text_start = after;
    for (size_t at = after; at < x->line.len; at = after) {
        if (!is_quote(peek(x, at, &after)))
            continue;
        out->kind = LEXEME_QUOTED;
        out->text = slice_of(x->line.data + out->text_start, at - out->text_start);
        x->at = after;
        return read_after_quote(x, out, e);
    }
    return error_query(e, (int64_t)opened, "quote opened here is not closed");
}

static enum lexeme_kind operator_kind(struct slice run)
{
    if (slice_equal(run, SLICE("AND")))
        return LEXEME_AND;
    if (slice_equal(run, SLICE("OR")))
        return LEXEME_OR;
    return slice_equal(run, SLICE("NOT")) ? LEXEME_NOT : LEXEME_TEXT;
}

/* A '=' before a word; before a quote it would silently mean nothing. */
static enum status read_equals(const struct lexer *x, struct lexeme *out, struct error *e)
{
    struct slice run = out->text;
    if (run.len == 0 || run.data[0] != '=')
        return OK;
    size_t after, end = out->text_start + run.len;
    if (run.len == 1 && is_quote(peek(x, end, &after)))
        return error_query(e, (int64_t)out->text_start, "'=' goes before a single word, without quotes");
    if (run.len == 1 || !is_word_byte(run.data[1]))
        return OK;
    out->kind = LEXEME_EXACT;
    out->text = slice_from(run, 1);
    out->text_start++;
    return OK;
}

/* The signs of a run without spaces, from its end: "^2", then "~1" or '*', then '=' at its beginning. */
static enum status read_signs(const struct lexer *x, struct lexeme *out, struct error *e)
{
    uint32_t edits = 0;
    bool is_prefix = false;
    enum status st = suffix_take_boost(&out->text, out->text_start, &out->boost, e);
    if (st == OK && out->field != LEXEME_ANY && (out->boost < 1 || out->boost > 1))
        st = no_weight(out, e);
    if (st == OK)
        st = suffix_take_edits(&out->text, out->text_start, &edits, e);
    if (st == OK)
        st = read_equals(x, out, e);
    if (st == OK)
        st = read_star(&out->text, out->text_start, &is_prefix, e);
    if (st != OK)
        return st;
    if (out->kind == LEXEME_EXACT && (edits > 0 || is_prefix))
        return error_query(e, (int64_t)out->text_start - 1, "'=' does not go with '*' or '~'; use one of them");
    if (edits > 0) {
        out->kind = LEXEME_FUZZY;
        out->distance = edits;
    } else if (is_prefix) {
        out->kind = LEXEME_PREFIX;
    }
    return OK;
}

static enum status read_text(struct lexer *x, struct lexeme *out, struct error *e)
{
    size_t end = run_end(x, x->at);
    out->text_start = x->at;
    out->text = slice_of(x->line.data + x->at, end - x->at);
    out->kind = LEXEME_TEXT;
    x->at = end;
    if (out->field == LEXEME_ANY && out->sign == 0)
        out->kind = operator_kind(out->text);
    bool has_signs = out->kind == LEXEME_TEXT && out->field < LEXEME_DATE;
    return has_signs ? read_signs(x, out, e) : OK;
}

/* Moves over "title:" and the like; the value must follow at once. */
static enum status read_field(struct lexer *x, struct lexeme *out, struct error *e)
{
    struct slice rest = slice_from(x->line, x->at);
    const struct field_name *f = NULL;
    for (size_t i = 0; i < N_FIELDS && f == NULL && rest.len > 0; i++)
        if (rest.data[0] == fields[i].name[0] && slice_starts(rest, slice_cstr(fields[i].name)))
            f = &fields[i];
    if (f == NULL)
        return OK;
    x->at += strlen(f->name);
    out->field = f->field;
    size_t after;
    uint32_t c = peek(x, x->at, &after);
    if (c == 0 || is_space(c) || c == '(' || c == ')')
        return error_query(e, (int64_t)x->at,
                           "%s needs a word or a \"phrase\" right behind it; brackets do not go here", f->name);
    return OK;
}

/* A sign counts at the beginning of a word and before something to sign: "C++", "a - b" and "--help" are words. */
static void read_sign(struct lexer *x, struct lexeme *out)
{
    char c = x->line.data[x->at];
    if (c != '+' && c != '-')
        return;
    size_t after;
    uint32_t next = peek(x, x->at + 1, &after);
    if (next == 0 || is_space(next) || next == '+' || next == '-' || next == ')')
        return;
    out->sign = c;
    x->at++;
}

enum status lexer_next(struct lexer *x, struct lexeme *out, struct error *e)
{
    size_t after;
    bool is_at_beginning = x->at == 0 || x->line.data[x->at - 1] == '(';
    while (x->at < x->line.len && !is_plain((unsigned char)x->line.data[x->at]) && is_space(peek(x, x->at, &after))) {
        x->at = after;
        is_at_beginning = true;
    }
    *out = (struct lexeme){.kind = LEXEME_END, .start = x->at, .text_start = x->at, .boost = 1};
    if (x->at == x->line.len)
        return OK;
    if (is_at_beginning)
        read_sign(x, out);
    enum status st = OK;
    uint32_t c = peek(x, x->at, &after);
    if (c == '(' || c == ')') {
        out->kind = c == '(' ? LEXEME_OPEN : LEXEME_CLOSE;
        x->at = after;
        size_t len = 0;
        if (c == ')')
            st = suffix_read(slice_from(x->line, x->at), x->at, NULL, &out->boost, &len, e);
        x->at += len;
    } else {
        st = read_field(x, out, e);
        if (st == OK)
            st = is_quote(peek(x, x->at, &after)) ? read_quoted(x, out, e) : read_text(x, out, e);
    }
    out->len = x->at - out->start;
    return st;
}
