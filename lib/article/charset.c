#include "charset.h"

#include "utf8.h"

#include <stdio.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>

/* Characters of one run that maps as a whole: a run ends with its word, so passages, which do too, map exactly. */
#define RUN_MAX_CHARS 24

/* Names whose everyday meaning is a superset of what ICU (and the standard) has them mean. */
static const struct {
    const char *declared, *meant;
} renamed[] = {
    {"iso-8859-1", CHARSET_FALLBACK},
    {"iso8859-1", CHARSET_FALLBACK},
    {"iso_8859-1", CHARSET_FALLBACK},
    {"latin1", CHARSET_FALLBACK},
    {"latin-1", CHARSET_FALLBACK},
    {"l1", CHARSET_FALLBACK},
    {"us-ascii", CHARSET_FALLBACK},
    {"ascii", CHARSET_FALLBACK},
    {"cp1252", CHARSET_FALLBACK},
    {"x-cp1252", CHARSET_FALLBACK},
    {"windows1252", CHARSET_FALLBACK},
    {"windows-1252", CHARSET_FALLBACK},
    {"iso-8859-9", "windows-1254"},
    {"latin5", "windows-1254"},
    {"iso-8859-11", "windows-874"},
    {"tis-620", "windows-874"},
    {"gb2312", "gb18030"},
    {"gbk", "gb18030"},
    {"shift_jis", "windows-31j"},
    {"shift-jis", "windows-31j"},
    {"sjis", "windows-31j"},
    {"euc-kr", "windows-949"},
    {"ks_c_5601-1987", "windows-949"},
};

static enum status sink_flush(struct utf8_sink *s, struct error *e)
{
    if (s->n_pending == 0)
        return OK;
    s->n_pending = 0;
    return article_add_run(s->article, s->pending, e);
}

static bool is_word_char(uint32_t c)
{
    return u_isalnum((UChar32)c) || c == '\'' || c == 0x2019;
}

/** Note that the next text_len bytes of text came from these source bytes. */
static enum status sink_map(struct utf8_sink *s, uint32_t c, size_t text_len, size_t src, size_t src_len,
                            struct error *e)
{
    struct offset_run *p = &s->pending;
    bool is_word = is_word_char(c);
    bool is_same = text_len == src_len && (s->n_pending == 0 || p->text_len == p->src_len);
    bool joins =
        s->n_pending > 0 && (src_len == 0 || (!is_same && is_word && s->is_word && s->n_pending < RUN_MAX_CHARS));
    s->is_word = is_word;
    if (joins) {
        p->text_len += (uint32_t)text_len;
        p->src_len += (uint32_t)src_len;
        s->n_pending++;
        return OK;
    }
    enum status st = sink_flush(s, e);
    s->pending = (struct offset_run){
        .text = (uint32_t)s->len, .text_len = (uint32_t)text_len, .src = (uint32_t)src, .src_len = (uint32_t)src_len};
    s->n_pending = 1;
    return st;
}

enum status sink_char(struct utf8_sink *s, uint32_t c, size_t src, size_t src_len, bool is_bad, struct error *e)
{
    char bytes[4];
    struct buf b = {.data = bytes, .cap = sizeof bytes, .max = sizeof bytes};
    utf8_put(&b, c == 0 ? UTF8_REPLACEMENT : c);
    enum status st = OK;
    if (s->out != NULL) {
        if (b.len > s->cap - s->len)
            return error_set(e, ERR_INTERNAL, "a charset converter was not repeatable");
        st = sink_map(s, c, b.len, src, src_len, e);
        memcpy(s->out + s->len, bytes, b.len);
        s->article->n_damaged += is_bad || c == 0;
    }
    s->len += b.len;
    return st;
}

enum status sink_ascii(struct utf8_sink *s, struct slice text, size_t src, struct error *e)
{
    enum status st = OK;
    if (s->out != NULL) {
        st = sink_flush(s, e);
        struct offset_run run = {.text = (uint32_t)s->len,
                                 .text_len = (uint32_t)text.len,
                                 .src = (uint32_t)src,
                                 .src_len = (uint32_t)text.len};
        if (st == OK)
            st = article_add_run(s->article, run, e);
        memcpy(s->out + s->len, text.data, text.len);
    }
    s->len += text.len;
    return st;
}

enum status sink_end(struct utf8_sink *s, struct error *e)
{
    return sink_flush(s, e);
}

bool charset_is_utf8(struct slice declared)
{
    declared = slice_trim(declared);
    return slice_equal_ascii_case(declared, SLICE("utf-8")) || slice_equal_ascii_case(declared, SLICE("utf8")) ||
           slice_equal_ascii_case(declared, SLICE("unicode-1-1-utf-8"));
}

/** Letters, digits and what joins them: no path and no option of ICU's can hide in such a name. */
static bool is_plain_name(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.data[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && !(c >= '0' && c <= '9') && c != '-' && c != '_' && c != '.' && c != ':' && c != '+')
            return false;
    }
    return s.len > 0 && s.len < CHARSET_NAME_MAX;
}

/** Does the converter read ASCII text as what it is? UTF-16, UTF-32, UTF-7 and EBCDIC do not; nobody's article is in
 * them. */
static bool is_ascii_superset(UConverter *cnv)
{
    static const char probe[] = "Az 09 +-AAA- {~}<=\"'>";
    UChar out[64];
    UErrorCode err = U_ZERO_ERROR;
    int32_t n = ucnv_toUChars(cnv, out, 64, probe, (int32_t)sizeof probe - 1, &err);
    bool is_same = U_SUCCESS(err) && n == (int32_t)sizeof probe - 1;
    for (int32_t i = 0; is_same && i < n; i++)
        is_same = out[i] == (UChar)probe[i];
    return is_same;
}

bool charset_find(struct slice declared, char name[CHARSET_NAME_MAX])
{
    declared = slice_trim(declared);
    if (!is_plain_name(declared) || charset_is_utf8(declared))
        return false;
    snprintf(name, CHARSET_NAME_MAX, "%.*s", SLICE_ARG(declared));
    for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++)
        if (slice_equal_ascii_case(declared, slice_cstr(renamed[i].declared)))
            snprintf(name, CHARSET_NAME_MAX, "%s", renamed[i].meant);
    UErrorCode err = U_ZERO_ERROR;
    UConverter *cnv = ucnv_open(name, &err);
    if (cnv == NULL)
        return false;
    bool is_usable = U_SUCCESS(err) && is_ascii_superset(cnv);
    ucnv_close(cnv);
    return is_usable;
}

/** ICU's call for bytes that are no character: U+FFFD in their place, and the flag at `context`. */
static void on_damage(const void *context, UConverterToUnicodeArgs *args, const char *units, int32_t n,
                      UConverterCallbackReason reason, UErrorCode *err)
{
    static const UChar replacement = UTF8_REPLACEMENT;
    (void)units;
    (void)n;
    if (reason > UCNV_IRREGULAR)
        return; /* a reset or the end, no bytes */
    bool *is_bad;
    memcpy(&is_bad, &context, sizeof is_bad);
    *is_bad = true;
    *err = U_ZERO_ERROR;
    ucnv_cbToUWriteUChars(args, &replacement, 1, 0, err);
}

static enum status decode_all(UConverter *cnv, struct utf8_sink *sink, struct slice raw, size_t at, bool *is_bad,
                              struct error *e)
{
    const char *source = raw.data + at, *limit = raw.data + raw.len;
    enum status st = OK;
    while (st == OK) {
        const char *before = source;
        UErrorCode err = U_ZERO_ERROR;
        *is_bad = false;
        UChar32 c = ucnv_getNextUChar(cnv, &source, limit, &err);
        if (err == U_INDEX_OUTOFBOUNDS_ERROR && source == before)
            break; /* the end */
        if (err == U_INDEX_OUTOFBOUNDS_ERROR && source == limit)
            break; /* trailing bytes that only switch a state */
        if (U_FAILURE(err)) {
            if (source == before)
                source = limit;
            c = UTF8_REPLACEMENT;
            *is_bad = true;
        }
        st = sink_char(sink, (uint32_t)c, (size_t)(before - raw.data), (size_t)(source - before), *is_bad, e);
    }
    return st;
}

enum status charset_decode(struct utf8_sink *sink, struct slice raw, size_t at, const char *name, struct error *e)
{
    UErrorCode err = U_ZERO_ERROR;
    UConverter *cnv = ucnv_open(name, &err);
    if (cnv == NULL)
        return err == U_MEMORY_ALLOCATION_ERROR ? error_nomem(e)
                                                : error_set(e, ERR_INTERNAL, "no converter for %s", name);
    bool is_bad = false;
    ucnv_setToUCallBack(cnv, on_damage, &is_bad, NULL, NULL, &err);
    enum status st = decode_all(cnv, sink, raw, at, &is_bad, e);
    ucnv_close(cnv);
    return st;
}
