#include "languages.h"

/* Codes of ISO 639-1, then of 639-2 (both kinds where they differ), then the English name. */
static const struct language languages[] = {
    {"none", NULL, {NULL}},
    {"ar", "arabic", {"ara", "arabic", NULL}},
    {"hy", "armenian", {"hye", "arm", "armenian", NULL}},
    {"eu", "basque", {"eus", "baq", "basque", NULL}},
    {"ca", "catalan", {"cat", "catalan", "valencian", NULL}},
    {"da", "danish", {"dan", "danish", NULL}},
    {"nl", "dutch", {"nld", "dut", "dutch", "flemish", NULL}},
    {"en", "english", {"eng", "english", NULL}},
    {"fi", "finnish", {"fin", "finnish", NULL}},
    {"fr", "french", {"fra", "fre", "french", NULL}},
    {"de", "german", {"deu", "ger", "german", NULL}},
    {"el", "greek", {"ell", "gre", "greek", NULL}},
    {"hi", "hindi", {"hin", "hindi", NULL}},
    {"hu", "hungarian", {"hun", "hungarian", NULL}},
    {"id", "indonesian", {"ind", "in", "indonesian", NULL}},
    {"ga", "irish", {"gle", "irish", NULL}},
    {"it", "italian", {"ita", "italian", NULL}},
    {"lt", "lithuanian", {"lit", "lithuanian", NULL}},
    {"ne", "nepali", {"nep", "nepali", NULL}},
    {"no", "norwegian", {"nor", "nb", "nob", "nn", "nno", "norwegian", NULL}},
    {"pt", "portuguese", {"por", "portuguese", NULL}},
    {"ro", "romanian", {"ron", "rum", "mo", "mol", "romanian", "moldavian", NULL}},
    {"ru", "russian", {"rus", "russian", NULL}},
    {"sr", "serbian", {"srp", "serbian", NULL}},
    {"es", "spanish", {"spa", "spanish", "castilian", NULL}},
    {"sv", "swedish", {"swe", "swedish", NULL}},
    {"ta", "tamil", {"tam", "tamil", NULL}},
    {"tr", "turkish", {"tur", "turkish", NULL}},
    {"yi", "yiddish", {"yid", "ji", "yiddish", NULL}},
};

#define N_LANGUAGES (sizeof languages / sizeof languages[0])

size_t language_count(void)
{
    return N_LANGUAGES;
}

const struct language *language_get(size_t i)
{
    return &languages[i];
}

size_t language_by_code(const char *code)
{
    for (size_t i = 0; code != NULL && i < N_LANGUAGES; i++)
        if (strcmp(languages[i].code, code) == 0)
            return i;
    return LANGUAGE_UNKNOWN;
}

static bool goes_by(const struct language *l, struct slice name)
{
    if (slice_equal_ascii_case(slice_cstr(l->code), name))
        return true;
    for (size_t n = 0; n < LANGUAGE_NAMES_MAX && l->names[n] != NULL; n++)
        if (slice_equal_ascii_case(slice_cstr(l->names[n]), name))
            return true;
    return false;
}

size_t language_by_name(struct slice name)
{
    name = slice_trim(name);
    for (size_t at = 0; at < name.len; at++)
        if (name.data[at] == '-' || name.data[at] == '_')
            name.len = at;
    for (size_t i = 0; i < N_LANGUAGES; i++)
        if (goes_by(&languages[i], name))
            return i;
    return LANGUAGE_NONE;
}
