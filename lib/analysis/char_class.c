#include "char_class.h"

#include "utf8.h"

#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/utf16.h>

#define PAGE_CHARS 256u
#define DECOMPOSITION_MAX 32 /* UTF-16 units; Unicode's longest is 18 */
#define TATWEEL 0x0640u
#define KATAKANA_LONG 0x30FCu

bool char_is_ignored(uint32_t c)
{
    return c == TATWEEL || u_hasBinaryProperty((UChar32)c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

bool char_is_apostrophe(uint32_t c)
{
    switch (c) {
    case '\'':
    case '`':
    case 0x00B4: /* acute accent, typed for it */
    case 0x02BC: /* modifier letter apostrophe */
    case 0x05F3: /* Hebrew geresh and gershayim */
    case 0x05F4:
    case 0x2018: /* quotation marks */
    case 0x2019:
    case 0xFF07: /* full-width */
        return true;
    default:
        return false;
    }
}

static bool is_cjk(UChar32 c)
{
    UErrorCode code = U_ZERO_ERROR;
    switch (uscript_getScript(c, &code)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_HANGUL:
        return true;
    default:
        return c == KATAKANA_LONG;
    }
}

/* Half-width voicing marks and the later parts of a Hangul syllable are letters to Unicode, but belong to the character
 * before them. */
static bool is_mark(UChar32 c)
{
    if ((U_GET_GC_MASK(c) & U_GC_M_MASK) != 0 || c == 0xFF9E || c == 0xFF9F)
        return true;
    int32_t syllable = u_getIntPropertyValue(c, UCHAR_HANGUL_SYLLABLE_TYPE);
    return syllable == U_HST_VOWEL_JAMO || syllable == U_HST_TRAILING_JAMO;
}

static enum char_class class_of_letter(UChar32 c)
{
    if (is_mark(c))
        return CHAR_MARK;
    if (is_cjk(c))
        return CHAR_CJK;
    if (u_charType(c) == U_DECIMAL_DIGIT_NUMBER)
        return CHAR_DIGIT;
    if (u_getIntPropertyValue(c, UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT)
        return CHAR_COMPLEX;
    return (U_GET_GC_MASK(c) & U_GC_L_MASK) != 0 ? CHAR_LETTER : CHAR_DIGIT;
}

/* A character that NFKC takes apart is what its first part is, if all parts are letters, marks or digits: half-width
 * and ligature letters, Roman numerals, superscripts. Fractions and bracketed numbers are not, they separate. */
static enum char_class class_of_parts(const UChar *parts, int32_t n)
{
    enum char_class first = CHAR_OTHER;
    for (int32_t i = 0; i < n;) {
        UChar32 c;
        U16_NEXT(parts, i, n, c);
        if ((U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) == 0)
            return CHAR_OTHER;
        if (first == CHAR_OTHER)
            first = class_of_letter(c);
    }
    return first;
}

static bool is_square_unit(UChar32 c)
{
    return c >= 0x3371 && c <= 0x33DF;
}

static enum char_class classify(const UNormalizer2 *nfkc, UChar32 c)
{
    if (char_is_apostrophe((uint32_t)c))
        return CHAR_APOSTROPHE;
    if (char_is_ignored((uint32_t)c))
        return CHAR_IGNORED;
    if (c == '.' || c == ',')
        return c == '.' ? CHAR_DOT : CHAR_COMMA;
    uint32_t category = U_GET_GC_MASK(c);
    if ((category & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) == 0 && !is_square_unit(c))
        return CHAR_OTHER;
    if (is_mark(c))
        return CHAR_MARK;
    UChar parts[DECOMPOSITION_MAX];
    UErrorCode code = U_ZERO_ERROR;
    int32_t n = unorm2_getDecomposition(nfkc, c, parts, DECOMPOSITION_MAX, &code);
    if (U_FAILURE(code))
        return CHAR_OTHER;
    return n < 0 ? class_of_letter(c) : class_of_parts(parts, n);
}

static unsigned char *page_new(uint32_t page)
{
    UErrorCode code = U_ZERO_ERROR;
    const UNormalizer2 *nfkc = unorm2_getNFKCInstance(&code);
    unsigned char *classes = U_FAILURE(code) ? NULL : malloc(PAGE_CHARS);
    for (uint32_t i = 0; classes != NULL && i < PAGE_CHARS; i++)
        classes[i] = (unsigned char)classify(nfkc, (UChar32)(page * PAGE_CHARS + i));
    return classes;
}

enum char_class char_class_of(struct char_classes *t, uint32_t c)
{
    uint32_t page = c / PAGE_CHARS;
    if (t->pages[page] == NULL)
        t->pages[page] = page_new(page);
    if (t->pages[page] == NULL) {
        t->state = ERR_NOMEM;
        return CHAR_OTHER;
    }
    return (enum char_class)t->pages[page][c % PAGE_CHARS];
}

enum char_class char_class_decode(struct char_classes *t, struct slice text, size_t *at)
{
    return char_class_of(t, utf8_next(text, at, NULL)); /* ill-formed: U+FFFD, which separates */
}

enum status char_classes_new(struct char_classes **out, struct error *e)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return error_nomem(e);
    for (uint32_t c = 0; c < 256; c++)
        (*out)->ascii[c] = (unsigned char)(c < 0x80 ? char_class_of(*out, c) : CHAR_NOT_ASCII);
    if ((*out)->state != OK) {
        char_classes_free(*out);
        *out = NULL;
        return error_nomem(e);
    }
    return OK;
}

void char_classes_free(struct char_classes *t)
{
    if (t == NULL)
        return;
    for (uint32_t page = 0; page < CHAR_PAGES; page++)
        free(t->pages[page]);
    free(t);
}
