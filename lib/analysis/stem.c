#include "stem.h"

#include "languages.h"

#include <libstemmer.h>
#include <stdlib.h>

struct stemmers {
    const char *english;
    size_t n;
    struct sb_stemmer *by_language[]; /* NULL until first needed */
};

enum status stemmers_new(struct stemmers **out, const char *english, struct error *e)
{
    size_t n = language_count();
    *out = calloc(1, sizeof **out + n * sizeof(*out)->by_language[0]);
    if (*out == NULL)
        return error_nomem(e);
    (*out)->english = english;
    (*out)->n = n;
    return OK;
}

void stemmers_free(struct stemmers *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->n; i++)
        sb_stemmer_delete(s->by_language[i]);
    free(s);
}

static enum status stemmer_get(struct stemmers *s, size_t language, struct sb_stemmer **out, struct error *e)
{
    *out = s->by_language[language];
    if (*out != NULL)
        return OK;
    const struct language *l = language_get(language);
    const char *name = strcmp(l->code, "en") == 0 ? s->english : l->stemmer;
    *out = sb_stemmer_new(name, "UTF_8");
    if (*out == NULL)
        return error_set(e, ERR_INTERNAL, "libstemmer has no stemmer named %s", name);
    s->by_language[language] = *out;
    return OK;
}

enum status stem_word(struct stemmers *s, size_t language, struct slice word, struct slice *out, struct error *e)
{
    *out = word;
    if (language_get(language)->stemmer == NULL)
        return OK;
    struct sb_stemmer *stemmer;
    enum status status = stemmer_get(s, language, &stemmer, e);
    if (status != OK)
        return status;
    const sb_symbol *stem = sb_stemmer_stem(stemmer, (const sb_symbol *)word.data, (int)word.len);
    if (stem == NULL)
        return error_nomem(e);
    int len = sb_stemmer_length(stemmer);
    if (len > 0)
        *out = slice_of((const char *)stem, (size_t)len);
    return OK;
}
