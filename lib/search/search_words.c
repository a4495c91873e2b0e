#include "search_words.h"

#include "utf8.h"

enum status searcher_read_words(struct searcher *s, struct slice text, struct arena *arena, struct query_words *out,
                                struct error *e)
{
    static const char *const english[] = {"en"};
    struct word_reader reader = {.arena = arena,
                                 .analyzer = s->analyzer,
                                 .langs = s->n_langs > 0 ? s->langs : english,
                                 .n_langs = s->n_langs > 0 ? s->n_langs : 1};
    if (s->only_lang != NULL) {
        reader.langs = &s->only_lang;
        reader.n_langs = 1;
    }
    if (text.len > QUERY_LINE_MAX_BYTES)
        text.len = utf8_floor(text, QUERY_LINE_MAX_BYTES);
    return query_words_read(out, &reader, text, 0, 0, e);
}

struct slice searcher_main_term(const struct searcher *s, const struct query_word *w, uint64_t *df)
{
    struct slice best = SLICE("");
    *df = 0;
    for (size_t t = 0; t < w->n_terms; t++) {
        uint64_t n = snapshot_df(s->snapshot, w->terms[t]);
        if (n > *df) {
            *df = n;
            best = w->terms[t];
        }
    }
    return best;
}

uint64_t searcher_word_df(const struct searcher *s, const struct query_word *w)
{
    uint64_t df;
    (void)searcher_main_term(s, w, &df);
    return df;
}
