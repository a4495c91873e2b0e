#include "query_lexer.h"

#include "utf8.h"

#define HINT_PLAIN "is not available in this version; quote it or use mode=plain"

struct field_name {
    const char *name;
    enum lexeme_field field;
    bool is_available;
};

/* Anything else before a colon is a word: "http://x", "10:30", "note:this". */
static const struct field_name fields[] = {
    {"title:", LEXEME_TITLE, true}, {"author:", LEXEME_AUTHOR, true}, {"tag:", LEXEME_TAG, true},
    {"date:", LEXEME_DATE, true},   {"lang:", LEXEME_ANY, false},     {"source:", LEXEME_ANY, false},
    {"url:", LEXEME_ANY, false},
};

#define N_FIELDS (sizeof fields / sizeof fields[0])

const char *lexeme_field_name(enum lexeme_field field)
{
    for (size_t i = 0; i < N_FIELDS; i++)
        if (fields[i].is_available && fields[i].field == field)
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

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A byte that may belong to a word: a letter, a digit, or part of a character past ASCII. */
static bool is_word_byte(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* The character at `at`, 0 at the end; *after is where the next one begins. */
static uint32_t peek(const struct lexer *x, size_t at, size_t *after)
{
    *after = at;
    return at < x->line.len ? utf8_next(x->line, after, NULL) : 0;
}

/* Where the run without spaces, quotes and brackets that begins at `at` ends. */
static size_t run_end(const struct lexer *x, size_t at)
{
    for (size_t after; at < x->line.len; at = after) {
        uint32_t c = peek(x, at, &after);
        if (is_space(c) || is_quote(c) || c == '(' || c == ')')
            break;
    }
    return at;
}

/* "~", "~8" or "^2" right behind a quote or a bracket. */
static enum status check_after_closing(const struct lexer *x, struct error *e)
{
    struct slice rest = slice_from(x->line, x->at);
    if (rest.len > 0 && rest.data[0] == '~')
        return error_query(e, (int64_t)x->at, "'~' (words near each other) " HINT_PLAIN);
    if (rest.len > 1 && rest.data[0] == '^' && is_digit(rest.data[1]))
        return error_query(e, (int64_t)x->at, "'^' (a weight) " HINT_PLAIN);
    return OK;
}

/* The length of "~", "~1" or "^2.5" at the end of a run, behind a word; 0: there is none. */
static size_t suffix_len(struct slice run, char mark)
{
    size_t i = run.len;
    while (i > 0 && (is_digit(run.data[i - 1]) || (mark == '^' && run.data[i - 1] == '.')))
        i--;
    bool has_number = i < run.len || mark == '~';
    if (!has_number || i < 2 || run.data[i - 1] != mark || !is_word_byte(run.data[i - 2]))
        return 0;
    return run.len - (i - 1);
}

/* Syntax that is known but not there yet is refused: as plain words it would silently mean something else. */
static enum status check_run(struct slice run, size_t at, struct error *e)
{
    if (run.len > 1 && run.data[0] == '=' && is_word_byte(run.data[1]))
        return error_query(e, (int64_t)at, "'=' (this form only) " HINT_PLAIN);
    size_t len = suffix_len(run, '~');
    if (len > 0)
        return error_query(e, (int64_t)(at + run.len - len), "'~' (similar words) " HINT_PLAIN);
    len = suffix_len(run, '^');
    if (len > 0)
        return error_query(e, (int64_t)(at + run.len - len), "'^' (a weight) " HINT_PLAIN);
    return OK;
}

/* A '*' that touches a word is the end of a prefix or an error; one that touches none is punctuation. */
static enum status read_star(struct slice *run, size_t at, bool *is_prefix, struct error *e)
{
    *is_prefix = false;
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
        return check_after_closing(x, e);
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

static enum status read_text(struct lexer *x, struct lexeme *out, struct error *e)
{
    size_t end = run_end(x, x->at);
    out->text_start = x->at;
    out->text = slice_of(x->line.data + x->at, end - x->at);
    out->kind = LEXEME_TEXT;
    x->at = end;
    if (out->field == LEXEME_ANY && out->sign == 0)
        out->kind = operator_kind(out->text);
    if (out->kind != LEXEME_TEXT || out->field == LEXEME_DATE)
        return OK;
    enum status st = check_run(out->text, out->text_start, e);
    if (st != OK)
        return st;
    bool is_prefix;
    st = read_star(&out->text, out->text_start, &is_prefix, e);
    if (is_prefix)
        out->kind = LEXEME_PREFIX;
    return st;
}

/* Moves over "title:" and the like; the value must follow at once. */
static enum status read_field(struct lexer *x, struct lexeme *out, struct error *e)
{
    struct slice rest = slice_from(x->line, x->at);
    const struct field_name *f = NULL;
    for (size_t i = 0; i < N_FIELDS && f == NULL; i++)
        if (slice_starts(rest, slice_cstr(fields[i].name)))
            f = &fields[i];
    if (f == NULL)
        return OK;
    if (!f->is_available)
        return error_query(e, (int64_t)x->at, "%s " HINT_PLAIN, f->name);
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
    while (x->at < x->line.len && is_space(peek(x, x->at, &after))) {
        x->at = after;
        is_at_beginning = true;
    }
    *out = (struct lexeme){.kind = LEXEME_END, .start = x->at, .text_start = x->at};
    if (x->at == x->line.len)
        return OK;
    if (is_at_beginning)
        read_sign(x, out);
    enum status st = OK;
    uint32_t c = peek(x, x->at, &after);
    if (c == '(' || c == ')') {
        out->kind = c == '(' ? LEXEME_OPEN : LEXEME_CLOSE;
        x->at = after;
        if (c == ')')
            st = check_after_closing(x, e);
    } else {
        st = read_field(x, out, e);
        if (st == OK)
            st = is_quote(peek(x, x->at, &after)) ? read_quoted(x, out, e) : read_text(x, out, e);
    }
    out->len = x->at - out->start;
    return st;
}
