#include "fold.h"

#include "char_class.h"
#include "utf8.h"

#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/utf16.h>

/* NFKC makes at most 18 units of one, and RAW_WORD_MAX_BYTES hold at most 128 units that are not ASCII. */
#define UNITS_MAX (128 * 18 + RAW_WORD_MAX_BYTES)

struct folder {
    const UNormalizer2 *nfkc, *nfc; /* ICU's own, never freed */
    UChar from[UNITS_MAX], to[UNITS_MAX];
};

static enum status icu_error(UErrorCode code, struct error *e)
{
    if (code == U_MEMORY_ALLOCATION_ERROR)
        return error_nomem(e);
    return error_set(e, ERR_INTERNAL, "ICU cannot normalise: %s", u_errorName(code));
}

enum status folder_new(struct folder **out, struct error *e)
{
    *out = NULL;
    UErrorCode code = U_ZERO_ERROR;
    const UNormalizer2 *nfkc = unorm2_getNFKCInstance(&code);
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&code);
    if (U_FAILURE(code))
        return icu_error(code, e);
    *out = malloc(sizeof **out);
    if (*out == NULL)
        return error_nomem(e);
    (*out)->nfkc = nfkc;
    (*out)->nfc = nfc;
    return OK;
}

void folder_free(struct folder *f)
{
    free(f);
}

struct slice fold_cut(struct slice word, size_t max)
{
    if (word.len > max)
        word.len = utf8_floor(word, max);
    return word;
}

static bool is_ascii(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.data[i] >= 0x80)
            return false;
    return true;
}

/* False: full. Then nothing more may follow, or a letter would be missing in the middle. */
static bool put_char(struct spelling *out, uint32_t c)
{
    char bytes[4];
    struct buf one = {.data = bytes, .cap = sizeof bytes, .max = sizeof bytes};
    utf8_put(&one, c);
    if (out->len + one.len > sizeof out->bytes)
        return false;
    memcpy(out->bytes + out->len, bytes, one.len);
    out->len += one.len;
    return true;
}

/* Room is the caller's care: no input has more units than UNITS_MAX. */
static void put_unit(UChar *units, int32_t *n, uint32_t c)
{
    if (U16_LENGTH(c) == 2) {
        units[(*n)++] = (UChar)U16_LEAD(c);
        units[(*n)++] = (UChar)U16_TRAIL(c);
    } else {
        units[(*n)++] = (UChar)c;
    }
}

static uint32_t lower_char(uint32_t c, bool is_turkish)
{
    if (char_is_apostrophe(c))
        return '\'';
    int32_t digit = u_charDigitValue((UChar32)c);
    if (digit >= 0)
        return (uint32_t)('0' + digit);
    if (is_turkish && c == 'I')
        return 0x131;
    return (uint32_t)u_tolower((UChar32)c);
}

enum status fold_lower_icu(struct folder *f, struct slice raw, bool is_turkish, struct spelling *out, struct error *e)
{
    out->len = 0;
    int32_t n = 0;
    for (size_t at = 0; at < raw.len;) {
        uint32_t c = utf8_next(raw, &at, NULL);
        if (!char_is_ignored(c))
            put_unit(f->from, &n, char_is_apostrophe(c) ? '\'' : c);
    }
    UErrorCode code = U_ZERO_ERROR;
    n = unorm2_normalize(f->nfkc, f->from, n, f->to, UNITS_MAX, &code);
    if (U_FAILURE(code))
        return icu_error(code, e);
    for (int32_t i = 0; i < n;) {
        UChar32 c;
        U16_NEXT(f->to, i, n, c);
        if (!put_char(out, lower_char((uint32_t)c, is_turkish)))
            break;
    }
    return OK;
}

static void lower_ascii(struct slice raw, struct spelling *out)
{
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.data[i];
        out->bytes[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c == '`' ? '\'' : c;
    }
    out->len = raw.len;
}

enum status fold_lower(struct folder *f, struct slice raw, bool is_turkish, struct spelling *out, struct error *e)
{
    if (!is_ascii(raw) || (is_turkish && memchr(raw.data, 'I', raw.len) != NULL))
        return fold_lower_icu(f, raw, is_turkish, out, e);
    lower_ascii(raw, out);
    return OK;
}

size_t fold_possessive(struct slice lower)
{
    while (lower.len > 2 && slice_ends(lower, SLICE("'s")))
        lower.len -= 2;
    return lower.len;
}

void fold_strip(struct spelling *word)
{
    size_t len = fold_possessive(slice_of(word->bytes, word->len)), to = 0;
    char before = 0;
    for (size_t i = 0; i < len; i++) {
        char c = word->bytes[i], after = i + 1 < len ? word->bytes[i + 1] : 0;
        bool is_decimal = before >= '0' && before <= '9' && after >= '0' && after <= '9';
        before = c;
        if (c != '\'' && c != ',' && (c != '.' || is_decimal))
            word->bytes[to++] = c;
    }
    word->len = to;
}

static bool is_cyrillic_vowel(uint32_t c)
{
    static const uint16_t vowels[] = {0x430, 0x435, 0x438, 0x43E, 0x443, 0x44B, 0x44D, 0x44E, 0x44F, 0x456, 0x454};
    for (size_t i = 0; i < sizeof vowels / sizeof vowels[0]; i++)
        if (vowels[i] == c)
            return true;
    return false;
}

/* In Cyrillic a mark mostly makes another letter; only the two dots of ё and the stress of dictionaries are dropped. */
static bool is_dropped(uint32_t base, uint32_t mark)
{
    UErrorCode code = U_ZERO_ERROR;
    switch (uscript_getScript((UChar32)base, &code)) {
    case USCRIPT_LATIN:
    case USCRIPT_GREEK:
    case USCRIPT_ARABIC:
    case USCRIPT_HEBREW:
        return true;
    case USCRIPT_CYRILLIC:
        return (mark == 0x308 && base == 0x435) || ((mark == 0x300 || mark == 0x301) && is_cyrillic_vowel(base));
    default:
        return base >= '0' && base <= '9';
    }
}

static const char *replacement(uint32_t c)
{
    switch (c) {
    case 0xF8:
        return "o";
    case 0x142:
        return "l";
    case 0x111:
    case 0xF0:
        return "d";
    case 0xDF:
        return "ss";
    case 0xE6:
        return "ae";
    case 0x153:
        return "oe";
    case 0xFE:
        return "th";
    case 0x131:
        return "i";
    default:
        return NULL;
    }
}

/* Letters of f->to, which is decomposed, to f->from; returns how many units. */
static int32_t drop_marks(struct folder *f, int32_t n)
{
    int32_t to = 0;
    uint32_t base = 0;
    for (int32_t i = 0; i < n;) {
        UChar32 c;
        U16_NEXT(f->to, i, n, c);
        bool is_mark = (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
        if (is_mark && is_dropped(base, (uint32_t)c))
            continue;
        if (!is_mark)
            base = (uint32_t)c;
        const char *instead = replacement((uint32_t)c);
        for (; instead != NULL && *instead != 0; instead++)
            put_unit(f->from, &to, (unsigned char)*instead);
        if (instead == NULL)
            put_unit(f->from, &to, c == 0x3C2 ? 0x3C3 : (uint32_t)c);
    }
    return to;
}

enum status fold_marks_icu(struct folder *f, struct slice word, struct spelling *out, struct error *e)
{
    out->len = 0;
    int32_t n = 0;
    for (size_t at = 0; at < word.len;)
        put_unit(f->from, &n, utf8_next(word, &at, NULL));
    UErrorCode code = U_ZERO_ERROR;
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&code);
    if (U_SUCCESS(code))
        n = unorm2_normalize(nfd, f->from, n, f->to, UNITS_MAX, &code);
    if (U_FAILURE(code))
        return icu_error(code, e);
    n = drop_marks(f, n);
    n = unorm2_normalize(f->nfc, f->from, n, f->to, UNITS_MAX, &code);
    if (U_FAILURE(code))
        return icu_error(code, e);
    for (int32_t i = 0; i < n;) {
        UChar32 c;
        U16_NEXT(f->to, i, n, c);
        if (!put_char(out, (uint32_t)c))
            break;
    }
    return OK;
}

enum status fold_marks(struct folder *f, struct slice word, struct spelling *out, struct error *e)
{
    if (!is_ascii(word))
        return fold_marks_icu(f, word, out, e);
    memcpy(out->bytes, word.data, word.len);
    out->len = word.len;
    return OK;
}
