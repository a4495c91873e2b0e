#include "text_credit.h"

#include "text_line.h"
#include "utf8.h"
#include "written_date.h"

#include <unicode/uchar.h>

#define SEGMENTS_MAX 8

/** Is s one of these words, whatever the case and without a comma or stop behind it? */
static bool is_one_of(struct slice s, const char *const *words, size_t n)
{
    while (s.len > 0 && (s.data[s.len - 1] == ',' || s.data[s.len - 1] == '.'))
        s.len--;
    for (size_t i = 0; i < n; i++)
        if (slice_equal_ascii_case(s, slice_cstr(words[i])))
            return true;
    return false;
}

#define IS_ONE_OF(s, words) is_one_of(s, words, sizeof(words) / sizeof *(words))

/** Words that stand small inside a name. */
static bool is_particle(struct slice word)
{
    static const char *const particles[] = {"de",   "da",  "do",  "dos", "das", "del", "della", "di",  "du",
                                            "des",  "la",  "le",  "el",  "al",  "van", "von",   "vom", "der",
                                            "den",  "ter", "ten", "zu",  "zur", "af",  "av",    "bin", "ibn",
                                            "bint", "ben", "y",   "e",   "och", "d'",  "st",    "te",  "o"};
    return IS_ONE_OF(word, particles);
}

/** Words that end a name wherever they stand: small words, however written, and callings. */
static bool is_no_name(struct slice word)
{
    static const char *const words[] = {"a",          "an",       "the",         "of",         "in",
                                        "on",         "at",       "to",          "for",        "with",
                                        "from",       "by",       "and",         "or",         "as",
                                        "is",         "are",      "was",         "were",       "how",
                                        "why",        "what",     "when",        "where",      "who",
                                        "which",      "this",     "that",        "these",      "those",
                                        "my",         "our",      "your",        "his",        "her",
                                        "its",        "their",    "not",         "no",         "staff",
                                        "writer",     "reporter", "editor",      "editorial",  "correspondent",
                                        "professor",  "fellow",   "contributor", "university", "institute",
                                        "associated", "press",    "times",       "desk",       "team",
                                        "bureau"};
    bool is_initial = word.len == 2 && word.data[0] == 'A' && word.data[1] == '.';
    return !is_initial && IS_ONE_OF(word, words);
}

/** Capitalised words that begin titles, headings and the names of sections rather than names of people. */
static bool is_title_word(struct slice word)
{
    static const char *const words[] = {
        "new",          "north",     "south",      "east",     "west",       "northern",      "southern",   "eastern",
        "western",      "middle",    "central",    "chapter",  "part",       "book",          "section",    "volume",
        "introduction", "summary",   "abstract",   "preface",  "contents",   "conclusion",    "background", "overview",
        "notes",        "appendix",  "opinion",    "analysis", "commentary", "review",        "news",       "world",
        "politics",     "science",   "technology", "business", "culture",    "sport",         "sports",     "arts",
        "health",       "history",   "early",      "late",     "days",       "years",         "great",      "war",
        "one",          "two",       "three",      "four",     "first",      "second",        "third",      "last",
        "next",         "january",   "february",   "april",    "june",       "july",          "august",     "september",
        "october",      "november",  "december",   "monday",   "tuesday",    "wednesday",     "thursday",   "friday",
        "saturday",     "sunday",    "city",       "street",   "house",      "international", "national",   "foreign",
        "domestic",     "relations", "security",   "research", "areas",      "options",       "places",     "attack"};
    return IS_ONE_OF(word, words);
}

/** "Mahmoudian", "O'Neill", "J.", "J.R.", "Adeyemi-Clarke", letters of a script without capitals. */
static bool is_name_word(struct slice word)
{
    if (slice_ends(word, SLICE(",")))
        word.len--;
    size_t n = 0;
    bool is_initial = false;
    for (size_t at = 0; at < word.len; n++) {
        uint32_t c = utf8_next(word, &at, NULL);
        bool is_letter = u_isalpha((UChar32)c) || u_getCombiningClass((UChar32)c) != 0;
        if (n == 0 && (!is_letter || u_islower((UChar32)c)))
            return false;
        bool joins = c == '-' || c == '\'' || c == 0x2019 || c == 0x2010;
        is_initial = c == '.';
        if (!is_letter && !joins && !is_initial)
            return false;
    }
    /* A stop ends initials and "Jr.", not a sentence. */
    return n > 0 && n <= 24 && (!is_initial || n <= 6);
}

/** The length of the name that s begins with: name words and particles between them; *n_words counts the former. */
static size_t name_len(struct slice s, size_t *n_words)
{
    size_t len = 0;
    *n_words = 0;
    for (size_t at = 0; at < s.len;) {
        struct slice word = text_word(s, &at);
        bool is_small = is_particle(word) && !is_name_word(word);
        if (is_small)
            continue; /* it counts with the name word behind it */
        if (!is_name_word(word) || is_no_name(word))
            break;
        ++*n_words;
        len = at;
        if (slice_ends(word, SLICE(",")))
            return len - 1;
    }
    return len;
}

/** Is all of s one name of min to max words, and none of them of another use? */
static bool is_name(struct slice s, size_t min, size_t max)
{
    size_t n_words;
    for (size_t at = 0; at < s.len;)
        if (is_title_word(text_word(s, &at)))
            return false;
    return s.len > 0 && name_len(s, &n_words) == s.len && n_words >= min && n_words <= max;
}

/** The next of "A, B and C" from *at on; *at is moved behind it. */
static struct slice next_of_list(struct slice list, size_t *at)
{
    static const char *const joints[] = {", and ", ", ", " and ", " & ", "; ", " with "};
    struct slice rest = slice_from(list, *at);
    size_t len = rest.len, skip = 0;
    for (size_t i = 0; i < sizeof joints / sizeof *joints; i++) {
        size_t found = text_find(rest, joints[i]);
        if (found < len) {
            len = found;
            skip = strlen(joints[i]);
        }
    }
    *at += len + skip;
    return text_trim(slice_of(rest.data, len));
}

static bool is_suffix(struct slice s)
{
    static const char *const suffixes[] = {"jr", "sr", "ii", "iii", "iv", "phd", "ph.d", "md", "m.d", "esq"};
    return IS_ONE_OF(s, suffixes);
}

static void add_name(struct credit *c, struct slice name)
{
    if (c->n_names < CREDIT_NAMES_MAX)
        c->names[c->n_names++] = name;
}

/** An institution that signs as one: "The Associated Press", "Reuters Staff". */
static bool is_signature(struct slice s)
{
    size_t n = 0;
    for (size_t at = 0; at < s.len; n++) {
        struct slice word = text_word(s, &at);
        bool is_link = slice_equal_ascii_case(word, SLICE("of")) || slice_equal_ascii_case(word, SLICE("the"));
        if (!is_name_word(word) && !(is_link && n > 0))
            return false;
    }
    return n > 0 && n <= 6;
}

bool credit_parse_authors(struct credit *out, struct slice value)
{
    *out = (struct credit){0};
    value = text_trim(value);
    struct text_shape shape = text_shape(value);
    if (value.len == 0 || shape.n_words > CREDIT_MAX_WORDS)
        return false;
    for (size_t at = 0; at < value.len;) {
        struct slice part = next_of_list(value, &at);
        size_t n_words, len = name_len(part, &n_words);
        if (is_suffix(part) && out->n_names > 0)
            continue;
        /* "Jane Doe in Moscow": the name is what stands before; but one word before a small one is a phrase. */
        bool is_all = len == part.len;
        if (len == 0 || n_words > 5 || (!is_all && n_words < 2) || (out->n_names > 0 && n_words < 2))
            break;
        add_name(out, slice_of(part.data, len));
        if (!is_all)
            break;
    }
    if (out->n_names == 0 && is_signature(value))
        add_name(out, value);
    return out->n_names > 0;
}

/** Behind one of these beginnings of line (each a whole word), or s.len. */
static size_t behind_one_of(struct slice s, const char *const *beginnings, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text_starts(s, beginnings[i]))
            return strlen(beginnings[i]);
    return s.len;
}

#define BEHIND_ONE_OF(s, list) behind_one_of(s, list, sizeof(list) / sizeof *(list))

/** "Von Anna Muster", "Par René Dupont": these words stand in names too, so that nothing but whole names may follow. */
static struct slice behind_foreign_by(struct slice s)
{
    static const char *const beginnings[] = {"von ", "par ", "por ", "di ", "door "};
    size_t from = BEHIND_ONE_OF(s, beginnings), at = from;
    if (from < s.len)
        text_word(s, &at);
    return from < s.len && at < s.len ? slice_from(s, from) : s;
}

/** "Jane Doe in Moscow" without the place. */
static struct slice without_place(struct slice s)
{
    size_t in = text_find(s, " in ");
    return in < s.len && is_name(slice_from(s, in + 4), 1, 3) ? slice_of(s.data, in) : s;
}

bool credit_parse_names(struct credit *out, struct slice line)
{
    *out = (struct credit){0};
    line = behind_foreign_by(line);
    for (size_t at = 0; at < line.len;) {
        struct slice part = next_of_list(line, &at);
        if (is_suffix(part) && out->n_names > 0)
            continue;
        part = without_place(part);
        if (!is_name(part, 2, 4) || out->n_names == CREDIT_NAMES_MAX)
            return false;
        add_name(out, part);
    }
    return out->n_names > 0;
}

bool credit_is_of(const struct credit *credit, struct slice author)
{
    if (author.len == 0)
        return false;
    for (size_t i = 0; i < credit->n_names; i++)
        if (memmem(author.data, author.len, credit->names[i].data, credit->names[i].len) == NULL)
            return false;
    return credit->n_names > 0;
}

bool credit_is_calling(struct slice line)
{
    static const char *const callings[] = {"correspondent", "reporter",  "editor",  "writer",   "columnist",
                                           "fellow",        "professor", "analyst", "lecturer", "contributor",
                                           "critic",        "staff",     "author",  "producer", "journalist"};
    size_t n = 0;
    bool is_calling = false;
    for (size_t at = 0; at < line.len; n++)
        is_calling |= IS_ONE_OF(text_word(line, &at), callings);
    return is_calling && n <= 8 && !text_shape(line).is_stop;
}

bool credit_parse_called(struct credit *out, struct slice line)
{
    *out = (struct credit){0};
    if (!credit_is_calling(line))
        return false;
    size_t at = 0, n_words = 0;
    while (at < line.len && n_words < 2) {
        struct slice word = text_word(line, &at);
        bool is_initial = word.len == 2 && word.data[1] == '.';
        n_words += !is_initial && !is_particle(word);
    }
    struct slice name = text_trim(slice_of(line.data, at)), rest = text_trim(slice_from(line, at));
    if (slice_ends(name, SLICE(",")))
        name.len--;
    if (!is_name(name, 2, 4) || !credit_is_calling(rest))
        return false;
    add_name(out, name);
    return true;
}

/** "By X", "Written by X". */
static bool parse_byline(struct credit *out, struct slice s)
{
    static const char *const beginnings[] = {
        "by: ",        "by ",          "written by ",  "words by ",     "words: ",      "text by ",       "text: ",
        "story by ",   "report by ",   "reported by ", "reporting by ", "posted by ",   "an essay by ",   "essay by ",
        "a story by ", "a report by ", "review by ",   "reviewed by ",  "analysis by ", "commentary by ", "opinion by ",
        "author: ",    "authors: ",    "author(s): ",  "author ",
    };
    size_t from = BEHIND_ONE_OF(s, beginnings);
    struct text_shape shape = text_shape(s);
    /* A sentence may begin so; a stop behind "Jr." ends none. */
    bool is_sentence = shape.is_sentence && shape.n_words > 6;
    return from < s.len && !is_sentence && credit_parse_authors(out, slice_from(s, from));
}

/** A date, with or without "Published on" or its like. A year alone is a date only behind one. */
static bool parse_date(struct credit *out, struct slice s)
{
    static const char *const published[] = {
        "published on: ",
        "published on ",
        "published: ",
        "published, ",
        "published ",
        "first published: ",
        "first published on ",
        "first published ",
        "posted on: ",
        "posted on ",
        "posted: ",
        "posted ",
        "date: ",
        "dated ",
        "created: ",
        "created on ",
        "release date: ",
        "publication date: ",
        "issued: ",
        "submitted on ",
        "on ",
        "stand: ",
        "vom ",
        "am ",
        "veröffentlicht am ",
        "veröffentlicht: ",
        "erschienen am ",
        "publié le ",
        "le ",
        "publicado el ",
        "publicado: ",
        "el ",
        "pubblicato il ",
        "gepubliceerd op ",
    };
    static const char *const updated[] = {
        "last updated on: ", "last updated on ",
        "last updated: ",    "last updated ",
        "updated on: ",      "updated on ",
        "updated: ",         "updated at ",
        "updated ",          "last modified: ",
        "last modified on ", "last modified ",
        "modified: ",        "most recently updated: ",
        "aktualisiert am ",  "aktualisiert: ",
        "mis à jour le ",    "actualizado el ",
        "aggiornato il ",    "bijgewerkt op ",
    };
    size_t from = BEHIND_ONE_OF(s, published);
    size_t updated_from = BEHIND_ONE_OF(s, updated);
    bool is_update = updated_from < s.len;
    struct slice value = is_update ? slice_from(s, updated_from) : from < s.len ? slice_from(s, from) : s;
    /* "March 14, 2024Updated 2 hours ago" */
    size_t later = text_find(value, "updated");
    if (later < value.len && later > 0)
        value = text_trim(slice_of(value.data, later));
    while (value.len < s.len && value.len > 0 && strchr("|,;(", value.data[value.len - 1]) != NULL)
        value.len--;
    int32_t date = date_from_written(value);
    /* "Submitted on 3 May 2021 (v1), last revised …": what was said to be the date is what stands before a remark. */
    size_t remark = text_find(value, " (");
    if (date == DATE_NONE && (from < s.len || is_update) && remark < value.len)
        date = date_from_written(slice_of(value.data, remark));
    if (date == DATE_NONE || (from == s.len && !is_update && date % 10000 == 0))
        return false;
    *out = (struct credit){.date = date, .is_update = is_update};
    return true;
}

/** "By Jane Doe, March 27, 2024", "By Jane Doe on 27 March 2024", "March 27, 2024 by Jane Doe", "London, 3 May 1950".
 */
static bool parse_mixed(struct credit *out, struct slice s)
{
    static const char *const joints[] = {", ", " on ", " by ", " "};
    for (size_t i = 0; i < sizeof joints / sizeof *joints; i++) {
        size_t joint_len = strlen(joints[i]);
        for (size_t at = 0; at < s.len; at++) {
            at += text_find(slice_from(s, at), joints[i]);
            if (at == s.len)
                break;
            struct slice left = slice_of(s.data, at), right = slice_from(s, at + joint_len);
            struct credit date, names;
            if (*joints[i] == ' ' && (i == 2 || i == 3)) {
                bool is_marked = i == 2 ? credit_parse_authors(&names, right) : parse_byline(&names, right);
                if (!parse_date(&date, left) || !is_marked)
                    continue;
            } else {
                if (!parse_date(&date, right) || !(parse_byline(&names, left) || (i == 0 && is_name(left, 1, 3))))
                    continue;
                bool is_foreign = behind_foreign_by(left).len < left.len && credit_parse_names(&names, left);
                if (!is_foreign && !parse_byline(&names, left))
                    names = (struct credit){0}; /* a place */
            }
            *out = names;
            out->date = date.date;
            out->is_update = date.is_update;
            return true;
        }
    }
    return false;
}

/** Cut a line at "|", "·", "•", a dash or a slash between spaces. */
static size_t split(struct slice segments[SEGMENTS_MAX], struct slice line)
{
    static const char *const joints[] = {"|",   "\xC2\xB7", "\xE2\x80\xA2", " \xE2\x80\x93 ", " \xE2\x80\x94 ",
                                         " - ", " / "};
    size_t n = 0;
    for (size_t from = 0; from <= line.len && n < SEGMENTS_MAX;) {
        struct slice rest = slice_from(line, from);
        size_t len = rest.len, skip = 1;
        for (size_t i = 0; i < sizeof joints / sizeof *joints; i++) {
            size_t at = text_find(rest, joints[i]);
            if (at < len) {
                len = at;
                skip = strlen(joints[i]);
            }
        }
        struct slice segment = text_trim(slice_of(rest.data, len));
        if (segment.len > 0)
            segments[n++] = segment;
        from += len + skip;
    }
    return n;
}

static void take_date(struct credit *out, const struct credit *from)
{
    if (from->date != DATE_NONE && (out->date == DATE_NONE || (out->is_update && !from->is_update))) {
        out->date = from->date;
        out->is_update = from->is_update;
    }
}

/** The segments of a line as one credit. What is neither date nor byline may stand beside them if it is short. */
static bool parse_segments(struct credit *out, const struct slice *segments, size_t n)
{
    size_t n_parsed = 0;
    struct credit bare = {0}; /* of the first segment that is a name alone: it counts beside a date */
    for (size_t i = 0; i < n; i++) {
        struct credit c;
        if (parse_date(&c, segments[i]) || parse_mixed(&c, segments[i]) || parse_byline(&c, segments[i])) {
            n_parsed++;
            take_date(out, &c);
            for (size_t k = 0; k < c.n_names; k++)
                add_name(out, c.names[k]);
        } else if (text_shape(segments[i]).n_words > 4) {
            return false;
        } else if (bare.n_names == 0 && credit_parse_names(&c, segments[i])) {
            bare = c;
        }
    }
    for (size_t k = 0; k < bare.n_names && n_parsed > 0 && (k > 0 || out->n_names == 0); k++)
        add_name(out, bare.names[k]);
    return n_parsed > 0;
}

bool credit_parse(struct credit *out, struct slice line)
{
    *out = (struct credit){0};
    line = text_trim(line);
    bool is_bracketed = (slice_starts(line, SLICE("(")) && slice_ends(line, SLICE(")"))) ||
                        (slice_starts(line, SLICE("[")) && slice_ends(line, SLICE("]")));
    if (is_bracketed)
        line = text_trim(slice_of(line.data + 1, line.len - 2));
    if (line.len == 0 || line.len > 400 || text_shape(line).n_words > CREDIT_MAX_WORDS)
        return false;
    if (parse_date(out, line))
        return true;
    struct slice segments[SEGMENTS_MAX];
    size_t n = split(segments, line);
    *out = (struct credit){0};
    return parse_segments(out, segments, n);
}
