#include "written_date.h"

/*
 * A date is cut into tokens, the time of day and its zone are taken out wherever they stand, then a weekday and commas;
 * what is left must be exactly one of a few shapes.
 */

#define DATE_MAX_BYTES 128 /* longer is prose, not a date */
#define TOKENS_MAX 40

enum token_kind { TOKEN_NUMBER, TOKEN_WORD, TOKEN_MARK };

struct token {
    enum token_kind kind;
    struct slice text;
    int value;       /* of a number of up to 8 digits, else -1; of a mark its character */
    bool has_before; /* white space stands before it */
};

struct tokens {
    struct token list[TOKENS_MAX];
    size_t n;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/** The length of white space at s: ASCII's, or U+00A0, U+2009, U+202F as typesetting puts them. */
static size_t space_len(struct slice s)
{
    if (s.data[0] == ' ' || (s.data[0] >= '\t' && s.data[0] <= '\r'))
        return 1;
    if (slice_starts(s, SLICE("\xC2\xA0")))
        return 2;
    return slice_starts(s, SLICE("\xE2\x80\x89")) || slice_starts(s, SLICE("\xE2\x80\xAF")) ? 3 : 0;
}

/** The length of a mark at s, and the ASCII character it counts as; 0: none that a date has. */
static size_t mark_len(struct slice s, int *as)
{
    static const struct {
        struct slice text;
        char as;
    } wide[] = {{{"\xE2\x80\x93", 3}, '-'}, {{"\xE2\x80\x94", 3}, '-'}, {{"\xE2\x80\x90", 3}, '-'},
                {{"\xE2\x88\x92", 3}, '-'}, {{"\xC2\xB7", 2}, '|'},     {{"\xE2\x80\xA2", 3}, '|'}};
    *as = s.data[0];
    if (strchr("-/.,:+()[]|@", s.data[0]) != NULL)
        return 1;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (slice_starts(s, wide[i].text)) {
            *as = wide[i].as;
            return wide[i].text.len;
        }
    return 0;
}

static int number_value(struct slice s)
{
    uint64_t value;
    return s.len <= 8 && slice_to_u64(s, 99999999, &value) ? (int)value : -1;
}

/** Bytes of a letter at s: ASCII's, or one of Latin-1 as European months have it. */
static size_t letter_len(struct slice s)
{
    if (is_letter(s.data[0]))
        return 1;
    return s.len >= 2 && s.data[0] == '\xC3' && s.data[1] != '\x97' && s.data[1] != '\xB7' ? 2 : 0;
}

/** "March 14, 20246:03 PM": where a page's own spacing was lost, the first four digits are the year. */
static size_t split_year(struct slice rest, size_t len)
{
    bool is_clock = rest.len > len + 2 && rest.data[len] == ':' && is_digit(rest.data[len + 1]);
    return is_clock && (len == 5 || len == 6) && (rest.data[0] == '1' || rest.data[0] == '2') ? 4 : len;
}

static bool tokenize(struct tokens *t, struct slice s)
{
    t->n = 0;
    bool has_before = false;
    for (size_t at = 0; at < s.len;) {
        struct slice rest = slice_from(s, at);
        size_t len = rest.data[0] == 0 ? 0 : space_len(rest);
        if (len > 0) {
            has_before = true;
            at += len;
            continue;
        }
        if (t->n == TOKENS_MAX || rest.data[0] == 0)
            return false;
        struct token *token = &t->list[t->n++];
        *token = (struct token){.value = -1, .has_before = has_before};
        has_before = false;
        if (is_digit(rest.data[0])) {
            while (len < rest.len && is_digit(rest.data[len]))
                len++;
            len = split_year(rest, len);
            token->kind = TOKEN_NUMBER;
            token->value = number_value(slice_of(rest.data, len));
        } else if (letter_len(rest) > 0) {
            for (size_t n = 1; len < rest.len && n > 0; len += n)
                n = letter_len(slice_from(rest, len));
            token->kind = TOKEN_WORD;
        } else {
            len = mark_len(rest, &token->value);
            if (len == 0)
                return false;
            token->kind = TOKEN_MARK;
        }
        token->text = slice_of(rest.data, len);
        at += len;
    }
    return true;
}

/* The token at i, or one that is nothing, so that no caller needs to look where the list ends. */
static const struct token *token_at(const struct tokens *t, size_t i)
{
    static const struct token none = {.kind = TOKEN_MARK, .text = {"", 0}, .value = 0};
    return i < t->n ? &t->list[i] : &none;
}

static bool is_mark(const struct tokens *t, size_t i, char c)
{
    return token_at(t, i)->kind == TOKEN_MARK && token_at(t, i)->value == c;
}

static bool is_word(const struct tokens *t, size_t i, const char *word)
{
    return token_at(t, i)->kind == TOKEN_WORD && slice_equal_ascii_case(token_at(t, i)->text, slice_cstr(word));
}

/** A number of min to max digits. */
static bool is_number(const struct tokens *t, size_t i, size_t min, size_t max)
{
    const struct token *token = token_at(t, i);
    return token->kind == TOKEN_NUMBER && token->text.len >= min && token->text.len <= max;
}

static void remove_tokens(struct tokens *t, size_t from, size_t to)
{
    if (to < t->n)
        memmove(t->list + from, t->list + to, (t->n - to) * sizeof *t->list);
    t->n -= to - from;
}

/** Behind "am", "p.m." at i, else i. */
static size_t skip_half_day(const struct tokens *t, size_t i)
{
    if (is_word(t, i, "am") || is_word(t, i, "pm"))
        return i + 1;
    if ((is_word(t, i, "a") || is_word(t, i, "p")) && is_mark(t, i + 1, '.') && is_word(t, i + 2, "m"))
        return is_mark(t, i + 3, '.') ? i + 4 : i + 3;
    return i;
}

/** Behind a zone of digits, "-0500", "+05:30", "+01", at i, else i. */
static size_t skip_offset(const struct tokens *t, size_t i)
{
    if ((!is_mark(t, i, '+') && !is_mark(t, i, '-')) || token_at(t, i + 1)->has_before)
        return i;
    if (is_number(t, i + 1, 4, 4) && token_at(t, i + 1)->value <= 1459)
        return i + 2;
    if (!is_number(t, i + 1, 1, 2) || token_at(t, i + 1)->value > 14)
        return i;
    return is_mark(t, i + 2, ':') && is_number(t, i + 3, 2, 2) ? i + 4 : i + 2;
}

/** Behind a zone at i, by name or number or both, with or without brackets, else i. */
static size_t skip_zone(const struct tokens *t, size_t i)
{
    static const char *const names[] = {
        "z",    "ut",   "utc",  "gmt",  "bst", "ist", "wet",   "west", "cet",  "cest", "eet",  "eest",
        "msk",  "et",   "est",  "edt",  "ct",  "cst", "cdt",   "mt",   "mst",  "mdt",  "pt",   "pst",
        "pdt",  "akst", "akdt", "hst",  "jst", "kst", "sgt",   "hkt",  "aest", "aedt", "acst", "acdt",
        "awst", "nzst", "nzdt", "sast", "brt", "art", "local", "time", "uhr",  "h",
    };
    size_t from = is_mark(t, i, '(') ? i + 1 : i, at = skip_offset(t, from);
    bool is_known = true;
    while (is_known) {
        is_known = false;
        for (size_t n = 0; n < sizeof names / sizeof *names && !is_known; n++)
            is_known = is_word(t, at, names[n]);
        at += is_known;
    }
    at = skip_offset(t, at);
    if (from > i)
        return at > from && is_mark(t, at, ')') ? at + 1 : i;
    return is_mark(t, at, '(') && at > i ? skip_zone(t, at) : at;
}

/** Behind a time of day at i, else i. "13:00", "9:00:00.5", "1 pm", "1.30pm", "05.00 GMT", "T0900". */
static size_t skip_clock(const struct tokens *t, size_t i)
{
    bool is_iso = is_word(t, i, "t");
    size_t at = is_iso ? i + 1 : i;
    if (is_iso && (is_number(t, at, 4, 4) || is_number(t, at, 6, 6)))
        return at + 1;
    if (!is_number(t, at, 1, 2) || token_at(t, at)->value > 24)
        return i;
    size_t minutes = at + 2;
    bool has_colon = is_mark(t, at + 1, ':'),
         has_minutes = is_number(t, minutes, 2, 2) && token_at(t, minutes)->value < 60;
    if (has_colon && has_minutes) {
        at += 3;
        if (is_mark(t, at, ':') && is_number(t, at + 1, 2, 2) && token_at(t, at + 1)->value <= 60)
            at += 2;
        if ((is_mark(t, at, '.') || is_mark(t, at, ',')) && is_number(t, at + 1, 1, 9) &&
            !token_at(t, at + 1)->has_before)
            at += 2;
        return skip_half_day(t, at);
    }
    bool is_zoned = token_at(t, at + 3)->kind == TOKEN_WORD && skip_zone(t, at + 3) > at + 3;
    if (is_mark(t, at + 1, '.') && has_minutes && (is_zoned || skip_half_day(t, at + 3) > at + 3))
        return skip_half_day(t, at + 3);
    size_t end = skip_half_day(t, at + 1);
    return end > at + 1 ? end : is_iso ? at + 1 : i;
}

/** Take out the first time of day, with what joins it to the date. */
static void remove_time(struct tokens *t)
{
    for (size_t i = 0; i < t->n; i++) {
        size_t end = skip_clock(t, i), from = i;
        if (end == i)
            continue;
        end = skip_zone(t, end);
        if (from > 0 && is_word(t, from - 1, "at"))
            from--;
        else if (from > 0 && (is_mark(t, from - 1, '+') || is_mark(t, from - 1, '-') || is_mark(t, from - 1, '|') ||
                              is_mark(t, from - 1, '@')))
            from--;
        if (from > 0 && is_mark(t, from - 1, ','))
            from--;
        if (from == 0 && (is_mark(t, end, ',') || is_mark(t, end, '|') || is_mark(t, end, '-')))
            end++;
        if (from == 0 && is_word(t, end, "on"))
            end++;
        remove_tokens(t, from, end);
        return;
    }
}

static const char *const months[] = {"january", "february", "march",     "april",   "may",      "june",
                                     "july",    "august",   "september", "october", "november", "december"};

/** Months of other languages, where they differ from the English: none of these words names two. */
static const struct {
    const char *name;
    int month;
} other_months[] = {
    /* German */
    {"januar", 1},
    {"jänner", 1},
    {"februar", 2},
    {"märz", 3},
    {"mrz", 3},
    {"mai", 5},
    {"juni", 6},
    {"juli", 7},
    {"oktober", 10},
    {"okt", 10},
    {"dezember", 12},
    {"dez", 12},
    /* French */
    {"janvier", 1},
    {"janv", 1},
    {"février", 2},
    {"fevrier", 2},
    {"févr", 2},
    {"mars", 3},
    {"avril", 4},
    {"avr", 4},
    {"juin", 6},
    {"juillet", 7},
    {"juil", 7},
    {"août", 8},
    {"aout", 8},
    {"septembre", 9},
    {"octobre", 10},
    {"novembre", 11},
    {"décembre", 12},
    {"decembre", 12},
    {"déc", 12},
    /* Spanish */
    {"enero", 1},
    {"ene", 1},
    {"febrero", 2},
    {"marzo", 3},
    {"abril", 4},
    {"abr", 4},
    {"mayo", 5},
    {"junio", 6},
    {"julio", 7},
    {"agosto", 8},
    {"ago", 8},
    {"septiembre", 9},
    {"setiembre", 9},
    {"octubre", 10},
    {"noviembre", 11},
    {"diciembre", 12},
    {"dic", 12},
    /* Italian */
    {"gennaio", 1},
    {"gen", 1},
    {"febbraio", 2},
    {"aprile", 4},
    {"maggio", 5},
    {"mag", 5},
    {"giugno", 6},
    {"giu", 6},
    {"luglio", 7},
    {"lug", 7},
    {"settembre", 9},
    {"ottobre", 10},
    {"ott", 10},
    {"dicembre", 12},
    /* Dutch */
    {"januari", 1},
    {"februari", 2},
    {"maart", 3},
    {"mrt", 3},
    {"mei", 5},
    {"augustus", 8},
};

/** Equal but for the case of ASCII and Latin-1 letters. */
static bool equals_case(struct slice word, struct slice name)
{
    if (word.len != name.len)
        return false;
    for (size_t i = 0; i < word.len; i++) {
        char c = word.data[i], want = name.data[i];
        bool is_latin = i > 0 && word.data[i - 1] == '\xC3';
        bool is_upper = (c >= 'A' && c <= 'Z') || (is_latin && c <= '\x9E');
        if (c != want && !(is_upper && (char)(c + 0x20) == want))
            return false;
    }
    return true;
}

/** 1 to 12 for a month's name or its usual abbreviation, else 0. */
static int month_at(const struct tokens *t, size_t i)
{
    const struct token *token = token_at(t, i);
    if (token->kind != TOKEN_WORD)
        return 0;
    if (is_word(t, i, "sept"))
        return 9;
    for (int m = 0; m < 12; m++) {
        struct slice name = slice_cstr(months[m]);
        if (slice_equal_ascii_case(token->text, name) || slice_equal_ascii_case(token->text, slice_of(name.data, 3)))
            return m + 1;
    }
    for (size_t i_name = 0; i_name < sizeof other_months / sizeof *other_months; i_name++)
        if (equals_case(token->text, slice_cstr(other_months[i_name].name)))
            return other_months[i_name].month;
    return 0;
}

/** Take out a weekday at the start, or one that follows something else, as in "27 March 2024 (Wednesday)". */
static void remove_weekday(struct tokens *t)
{
    static const char *const names[] = {
        "monday", "tuesday",  "wednesday", "thursday",   "friday",   "saturday",  "sunday",    "mon",      "tue",
        "tues",   "wed",      "weds",      "thu",        "thur",     "thurs",     "fri",       "sat",      "sun",
        "montag", "dienstag", "mittwoch",  "donnerstag", "freitag",  "samstag",   "sonnabend", "sonntag",  "lundi",
        "mardi",  "mercredi", "jeudi",     "vendredi",   "samedi",   "dimanche",  "lunes",     "martes",   "miércoles",
        "jueves", "viernes",  "sábado",    "domingo",    "lunedì",   "martedì",   "mercoledì", "giovedì",  "venerdì",
        "sabato", "domenica", "maandag",   "dinsdag",    "woensdag", "donderdag", "vrijdag",   "zaterdag", "zondag"};
    for (size_t i = 0; i < t->n; i++)
        for (size_t n = 0; n < sizeof names / sizeof *names; n++)
            if (is_word(t, i, names[n])) {
                size_t end = i + 1;
                if (i > 0 && is_mark(t, i - 1, '(') && is_mark(t, end, ')')) {
                    remove_tokens(t, i - 1, end + 1);
                    return;
                }
                end += is_mark(t, end, '.');
                end += is_mark(t, end, ',');
                remove_tokens(t, i, end);
                return;
            }
}

/** "27/03/2024": only where one order of day and month is possible. */
static int32_t from_day_and_month(int first, int second, int year)
{
    if (first > 12)
        return date_make(year, second, first);
    return second > 12 || first == second ? date_make(year, first, second) : DATE_NONE;
}

/** Numbers alone: "2024", "2024-03", "2024/03/27", "20240327", "27.03.2024". */
static int32_t from_numbers(const struct tokens *t)
{
    bool is_year_first = is_number(t, 0, 4, 4);
    int first = token_at(t, 0)->value, second = token_at(t, 2)->value, third = token_at(t, 4)->value;
    if (t->n == 1 && is_number(t, 0, 8, 8))
        return first % 100 == 0 || first / 100 % 100 == 0 ? DATE_NONE
                                                          : date_make(first / 10000, first / 100 % 100, first % 100);
    if (t->n == 1)
        return is_year_first ? date_make(first, 0, 0) : DATE_NONE;
    for (size_t i = 1; i < t->n; i += 2)
        if (token_at(t, i)->kind != TOKEN_MARK || strchr("-/.", token_at(t, i)->value) == NULL ||
            token_at(t, i)->value != token_at(t, 1)->value || !is_number(t, i + 1, 1, 4))
            return DATE_NONE;
    bool has_month = is_number(t, 2, 1, 2) && second > 0;
    if (t->n == 3 && is_year_first)
        return has_month && token_at(t, 2)->text.len == 2 ? date_make(first, second, 0) : DATE_NONE;
    if (t->n != 5 || !has_month)
        return DATE_NONE;
    if (is_year_first)
        return is_number(t, 4, 1, 2) && third > 0 ? date_make(first, second, third) : DATE_NONE;
    return is_number(t, 0, 1, 2) && first > 0 && is_number(t, 4, 4, 4) ? from_day_and_month(first, second, third)
                                                                       : DATE_NONE;
}

/** "the 27th of March", "3 de abril de 2018". */
static bool is_of(const struct tokens *t, size_t i)
{
    return is_word(t, i, "of") || is_word(t, i, "de") || is_word(t, i, "del");
}

/** A day of the month at *i, "27", "27th", "the 27th of"; moves *i behind it. 0: none. */
static int take_day(const struct tokens *t, size_t *i)
{
    static const char *const endings[] = {"st", "nd", "rd", "th", "er"};
    static const char *const articles[] = {"the", "le", "el", "il", "den"};
    size_t at = *i;
    for (size_t n = 0; n < sizeof articles / sizeof *articles && at == *i; n++)
        at += is_word(t, at, articles[n]);
    if (!is_number(t, at, 1, 2))
        return 0;
    int day = token_at(t, at++)->value;
    for (size_t n = 0; n < sizeof endings / sizeof *endings; n++)
        if (is_word(t, at, endings[n]) && !token_at(t, at)->has_before) {
            at++;
            break;
        }
    if (is_mark(t, at, '.'))
        at++;
    at += is_of(t, at);
    *i = at;
    return day;
}

/** A month by name, with a day before or behind or none, and a year: at the end, or before it all. */
static int32_t from_names(const struct tokens *t)
{
    size_t i = 0;
    int year = 0;
    if (is_number(t, 0, 4, 4)) {
        year = token_at(t, 0)->value;
        i = is_mark(t, 1, ',') || is_mark(t, 1, '-') || is_mark(t, 1, '/') ? 2 : 1;
    }
    int day = take_day(t, &i), month;
    i += day > 0 && (is_mark(t, i, '-') || is_mark(t, i, '/') || is_mark(t, i, ','));
    month = month_at(t, i++);
    if (month == 0)
        return DATE_NONE;
    i += is_mark(t, i, '.');
    i += is_mark(t, i, '-') || is_mark(t, i, '/');
    if (day == 0)
        day = take_day(t, &i);
    i += is_mark(t, i, ',');
    i += is_of(t, i);
    if (year == 0 && is_number(t, i, 4, 4))
        year = token_at(t, i++)->value;
    i += is_mark(t, i, '.') || is_mark(t, i, ',');
    return i == t->n ? date_make(year, month, day) : DATE_NONE;
}

int32_t date_from_written(struct slice s)
{
    struct tokens t;
    if (s.len > DATE_MAX_BYTES || !tokenize(&t, s) || t.n == 0)
        return DATE_NONE;
    remove_time(&t);
    remove_weekday(&t);
    /* A zone behind the date: "2024-03-27Z" in XML, "13:00, 27 March 2024 (UTC)" in wikis. */
    if (t.n == 6 && is_word(&t, 5, "z"))
        t.n = 5;
    if (t.n > 3 && is_mark(&t, t.n - 3, '(') && skip_zone(&t, t.n - 3) == t.n)
        t.n -= 3;
    if (t.n == 0)
        return DATE_NONE;
    int32_t date = from_numbers(&t);
    return date != DATE_NONE ? date : from_names(&t);
}
