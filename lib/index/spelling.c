#include "spelling.h"

#include "glass_chunk.h"
#include "segment_files.h"

#define REACH_BYTES 64 /* how far from the first place where a word could begin it is looked for */
/* Every so many words that were not found it is looked for farther away: so much for each, but not beyond. */
#define MISSED_STEP 8
#define MISSED_BYTES 16
#define FAR_BYTES 8192
#define PAIR_MIN_BYTES 8 /* of two words that are found there, side by side */
#define PAIR_GAP_BYTES 4 /* within so much after the first the second begins */
#define FORM_MAX_BYTES 255
#define FORM_USUAL_BYTES SPELLING_SLACK_BYTES

enum { CASE_AS_IS, CASE_FIRST, CASE_ALL, N_CASES };
enum { ACTION_TEXT = 24, ACTION_TEXT_FIRST = 25, ACTION_NO_WORD = 26, ACTION_TEXT_ALONE = 27 };

#define GAP_MAX_BYTES 4
#define N_GAPS 8
#define GAP_NONE 1 /* the number of the empty one */
/* What stands between words most often. */
static const struct gap {
    char bytes[GAP_MAX_BYTES];
    uint8_t len;
} gaps[N_GAPS] = {{" ", 1}, {"", 0}, {", ", 2}, {". ", 2}, {"-", 1}, {" (", 2}, {") ", 2}, {"\n", 1}};

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static char capital(char c)
{
    return is_lower(c) ? (char)(c - ('a' - 'A')) : c;
}

/* ---- text to spelling ---- */

static void put_number(struct buf *out, size_t n)
{
    for (; n >= 0x80; n >>= 7)
        buf_put_byte(out, (char)(n | 0x80));
    buf_put_byte(out, (char)n);
}

static void put_action(struct speller *s, unsigned action)
{
    /* Action 0 is a plain word itself. */
    for (; s->n_plain > SPELLING_RUN_MAX; s->n_plain -= SPELLING_RUN_MAX + 1)
        buf_put_byte(s->out, (char)(SPELLING_RUN_MAX * N_SPELLING_ACTIONS));
    buf_put_byte(s->out, (char)(s->n_plain * N_SPELLING_ACTIONS + action));
    s->n_plain = 0;
}

static void put_text(struct speller *s, unsigned action, struct slice text)
{
    put_action(s, action);
    put_number(s->out, text.len);
    buf_put(s->out, text);
}

static bool is_ascii_word(unsigned char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* Could a word begin at i, when all before s->at is spelled? ASCII letters and digits may, and what is most often a
 * letter beyond them: from U+00C0 on, but for U+2000 to U+2BFF, which are punctuation and symbols. */
static bool may_begin(const struct speller *s, size_t i)
{
    unsigned char c = (unsigned char)s->text.data[i];
    if (is_ascii_word(c))
        return i == s->at || !is_ascii_word((unsigned char)s->text.data[i - 1]);
    unsigned char second = i + 1 < s->text.len ? (unsigned char)s->text.data[i + 1] : 0;
    return c >= 0xC3 && (c != 0xE2 || second >= 0xB0);
}

void speller_begin(struct speller *s, struct buf *out, struct slice text)
{
    *s = (struct speller){.out = out, .text = text};
    put_number(out, text.len);
}

/* How the text at a place writes a form; N_CASES: it is something else. */
static unsigned case_of(struct slice text, struct slice form)
{
    if (text.len < form.len)
        return N_CASES;
    if (memcmp(text.data, form.data, form.len) == 0)
        return CASE_AS_IS;
    if (text.data[0] != capital(form.data[0]))
        return N_CASES;
    if (memcmp(text.data + 1, form.data + 1, form.len - 1) == 0)
        return CASE_FIRST;
    for (size_t i = 1; i < form.len; i++)
        if (text.data[i] != capital(form.data[i]))
            return N_CASES;
    return CASE_ALL;
}

/* Where the form begins first, from a place on and less than `reach` bytes behind it: *at, and how it is written. */
static unsigned find_form(const struct speller *s, struct slice form, size_t from, size_t reach, size_t *at)
{
    size_t left = s->text.len - from, end = from + (left < reach ? left : reach);
    for (size_t i = from; i < end; i++) {
        unsigned how = may_begin(s, i) ? case_of(slice_from(s->text, i), form) : N_CASES;
        if (how != N_CASES) {
            *at = i;
            return how;
        }
    }
    return N_CASES;
}

/*
 * Where the form stands behind the one before, farther away. After many words that are written otherwise (in
 * letters with accents, most often) what follows would be out of reach for ever. One word alone might be any that is
 * like it, and all before that would be lost.
 */
static unsigned find_pair(const struct speller *s, struct slice form, size_t *at)
{
    if (s->before.len + form.len < PAIR_MIN_BYTES)
        return N_CASES;
    size_t reach = s->n_missed * MISSED_BYTES, from = s->next, first;
    size_t end = from + (reach < FAR_BYTES ? reach : FAR_BYTES);
    while (from < end && find_form(s, s->before, from, end - from, &first) != N_CASES) {
        from = first + s->before.len;
        unsigned how = find_form(s, form, from, PAIR_GAP_BYTES, at);
        if (how != N_CASES)
            return how;
    }
    return N_CASES;
}

/* Where the form stands next, not far away: *at, and how it is written there. */
static unsigned find_word(struct speller *s, struct slice form, size_t *at)
{
    /* Told once for all words that do not stand there: however far away the place is, it is walked to once. */
    if (s->next < s->at) {
        s->next = s->at;
        s->n_missed = 0;
    }
    while (s->next < s->text.len && !may_begin(s, s->next))
        s->next++;
    unsigned how = find_form(s, form, s->next, REACH_BYTES, at);
    if (how == N_CASES && ++s->n_missed % MISSED_STEP == 0)
        how = find_pair(s, form, at);
    s->before = form;
    return how;
}

static unsigned gap_number(struct slice gap)
{
    unsigned i = 0;
    while (i < N_GAPS && !slice_equal(gap, slice_of(gaps[i].bytes, gaps[i].len)))
        i++;
    return i;
}

void speller_word(struct speller *s, struct slice form)
{
    struct slice rest = slice_from(s->text, s->at);
    if (form.len < rest.len && rest.data[0] == ' ' && memcmp(rest.data + 1, form.data, form.len) == 0) {
        s->n_plain++;
        s->at += 1 + form.len;
        return;
    }
    size_t at;
    unsigned how = find_word(s, form, &at);
    if (how == N_CASES) {
        put_action(s, ACTION_NO_WORD);
        return;
    }
    struct slice between = slice_of(rest.data, at - s->at);
    unsigned gap = gap_number(between);
    if (gap < N_GAPS) {
        put_action(s, gap * N_CASES + how);
    } else if (how == CASE_ALL) {
        put_text(s, ACTION_TEXT_ALONE, between);
        put_action(s, GAP_NONE * N_CASES + CASE_ALL);
    } else {
        put_text(s, ACTION_TEXT + how, between);
    }
    s->at = at + form.len;
}

void speller_end(struct speller *s)
{
    struct slice rest = slice_from(s->text, s->at);
    if (slice_equal(rest, SLICE("."))) {
        buf_put_byte(s->out, (char)SPELLING_END);
    } else if (rest.len > 0) {
        put_text(s, ACTION_TEXT_ALONE, rest);
    } else if (s->n_plain > 0) {
        s->n_plain--;
        put_action(s, 0);
    }
}

/* ---- spelling to text ---- */

/* Words are looked up some at a time: their memory is waited for together. */
#define N_AHEAD 32

struct reading {
    const struct segment *segment;
    struct slice codes;
    size_t code;
    const struct token_units *words;
    size_t unit;
    struct slice ahead[N_AHEAD];
    size_t n_ahead, n_taken;
    const char *forms_end; /* of all forms' bytes */
    char *out;
    size_t n, len;
};

bool spelling_text_len(struct slice spelling, const struct token_units *words, size_t *len)
{
    size_t at = 0;
    uint32_t n;
    *len = 0;
    if (!glass_unpack(spelling, &at, &n))
        return false;
    *len = n;
    /* What a damaged number would have memory reserved for. */
    return n <= spelling.len * GAP_MAX_BYTES + words->n * (FORM_MAX_BYTES + 1);
}

static bool put_bytes(struct reading *r, const char *bytes, size_t n)
{
    if (n > r->len - r->n)
        return false;
    memcpy(r->out + r->n, bytes, n);
    r->n += n;
    return true;
}

static bool look_ahead(struct reading *r)
{
    r->n_taken = r->n_ahead = 0;
    while (r->n_ahead < N_AHEAD && r->unit < r->words->n) {
        uint32_t id = token_next(r->words, &r->unit);
        if (id == FORM_NONE)
            continue;
        struct slice *form = &r->ahead[r->n_ahead];
        if (!segment_form_text(r->segment, id, form))
            return false;
        __builtin_prefetch(form->data);
        r->n_ahead++;
    }
    return r->n_ahead > 0;
}

static inline bool next_word(struct reading *r, struct slice *form)
{
    if (r->n_taken == r->n_ahead && !look_ahead(r))
        return false;
    *form = r->ahead[r->n_taken++];
    return true;
}

/* Most forms are short, and have others behind them: a copy of a fixed length takes no call. */
static inline void put_form(struct reading *r, struct slice form)
{
    if (form.len <= FORM_USUAL_BYTES && r->forms_end - form.data >= FORM_USUAL_BYTES)
        memcpy(r->out + r->n, form.data, FORM_USUAL_BYTES);
    else
        memcpy(r->out + r->n, form.data, form.len);
    r->n += form.len;
}

static bool read_plain(struct reading *r, size_t n)
{
    for (; n > 0; n--) {
        struct slice form;
        if (!next_word(r, &form) || form.len >= r->len - r->n)
            return false;
        r->out[r->n++] = ' ';
        put_form(r, form);
    }
    return true;
}

static bool read_word(struct reading *r, unsigned how)
{
    struct slice form;
    size_t at = r->n;
    if (!next_word(r, &form) || form.len > r->len - r->n)
        return false;
    put_form(r, form);
    size_t n_capitals = how == CASE_AS_IS ? 0 : how == CASE_FIRST ? 1 : form.len;
    for (size_t i = 0; i < n_capitals && i < form.len; i++)
        r->out[at + i] = capital(r->out[at + i]);
    return true;
}

static bool read_gap(struct reading *r, const struct gap *gap)
{
    if (gap->len > r->len - r->n)
        return false;
    memcpy(r->out + r->n, gap->bytes, GAP_MAX_BYTES);
    r->n += gap->len;
    return true;
}

static bool read_text(struct reading *r)
{
    uint32_t n;
    if (!glass_unpack(r->codes, &r->code, &n) || n > r->codes.len - r->code)
        return false;
    r->code += n;
    return put_bytes(r, r->codes.data + r->code - n, n);
}

static bool read_action(struct reading *r, unsigned action)
{
    struct slice form;
    switch (action) {
    case ACTION_TEXT:
    case ACTION_TEXT_FIRST:
        return read_text(r) && read_word(r, action - ACTION_TEXT);
    case ACTION_NO_WORD:
        return next_word(r, &form);
    case ACTION_TEXT_ALONE:
        return read_text(r);
    default:
        return read_gap(r, &gaps[action / N_CASES]) && read_word(r, action % N_CASES);
    }
}

/* The plain words up to the full stop that ends the text. */
static bool read_end(struct reading *r)
{
    while (r->len - r->n > 1)
        if (!read_plain(r, 1))
            return false;
    return put_bytes(r, ".", 1);
}

bool spelling_read(struct slice spelling, const struct segment *s, const struct token_units *words, char *out,
                   size_t len)
{
    struct slice forms = s->forms.sections[FORMS_BYTES];
    struct reading r;
    uint32_t told;
    r.segment = s;
    r.codes = spelling;
    r.words = words;
    r.forms_end = forms.data + forms.len;
    r.out = out;
    r.len = len;
    r.code = r.unit = r.n = r.n_ahead = r.n_taken = 0;
    if (!glass_unpack(spelling, &r.code, &told) || told != len)
        return false;
    while (r.code < spelling.len) {
        unsigned code = (unsigned char)spelling.data[r.code++];
        bool fits = code < SPELLING_CODES
                        ? read_plain(&r, code / N_SPELLING_ACTIONS) && read_action(&r, code % N_SPELLING_ACTIONS)
                        : code == SPELLING_END && read_end(&r);
        if (!fits)
            return false;
    }
    return r.n == len;
}
