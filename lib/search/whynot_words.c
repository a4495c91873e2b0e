#include "whynot_words.h"

#include "array.h"
#include "edits.h"

#include <stdlib.h>

#define TOKENS_MAX ((size_t)1 << 24)
#define SHORT_BYTES 5 /* of a shorter word one edit is near, of others two */
#define STEM_BYTES 4  /* what words of one family begin with alike, at least, */
#define STEM_PART 0.6 /* and at least this part of the shorter */

void passage_words_clear(struct passage_words *w)
{
    free(w->forms);
    *w = (struct passage_words){0};
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

enum status passage_words_read(struct passage_words *out, const struct segment *s, uint32_t passage, struct error *e)
{
    struct passage_view view;
    struct article_view article;
    *out = (struct passage_words){.segment = s};
    enum status st = segment_passage(s, passage, &view, e);
    if (st == OK)
        st = segment_article(s, view.article, &article, e);
    if (st != OK)
        return st;
    size_t n = (size_t)view.n_tokens + article.n_title_tokens;
    st = array_reserve(&out->forms, &out->cap, n + 1, sizeof *out->forms, TOKENS_MAX, e);
    if (st == OK)
        st = segment_tokens(s, passage, out->forms, view.n_tokens, e);
    if (st == OK)
        st = segment_title_tokens(s, view.article, out->forms + view.n_tokens, article.n_title_tokens, e);
    if (st != OK)
        return st;
    qsort(out->forms, n, sizeof *out->forms, by_number);
    for (size_t i = 0; i < n; i++)
        if (out->forms[i] != FORM_NONE && (out->n == 0 || out->forms[out->n - 1] != out->forms[i]))
            out->forms[out->n++] = out->forms[i];
    return OK;
}

bool passage_words_has(const struct passage_words *w, const struct query_word *word)
{
    for (size_t i = 0; i < w->n; i++) {
        struct form_view form;
        struct slice term;
        struct term_view view;
        if (segment_form(w->segment, w->forms[i], &form, NULL) != OK ||
            segment_term(w->segment, form.term, &term, &view, NULL) != OK)
            continue;
        for (size_t t = 0; t < word->n_terms; t++)
            if (slice_equal(term, word->terms[t]))
                return true;
    }
    return false;
}

static size_t common_bytes(struct slice a, struct slice b)
{
    size_t n = 0;
    while (n < a.len && n < b.len && a.data[n] == b.data[n])
        n++;
    return n;
}

/* 0: not alike; greater is liker. */
static size_t likeness(struct slice a, struct slice b)
{
    size_t shorter = a.len < b.len ? a.len : b.len, common = common_bytes(a, b);
    unsigned max = a.len < SHORT_BYTES ? 1 : 2;
    bool is_family = common >= STEM_BYTES && (double)common >= STEM_PART * (double)shorter;
    return is_family || edits_within(a, b, max) <= max ? common + 1 : 0;
}

struct slice passage_words_near(const struct passage_words *w, struct slice form)
{
    struct slice best = SLICE("");
    size_t greatest = 0;
    for (size_t i = 0; i < w->n; i++) {
        struct form_view view;
        if (segment_form(w->segment, w->forms[i], &view, NULL) != OK)
            continue;
        size_t alike = likeness(form, view.text);
        if (alike > greatest || (alike > 0 && alike == greatest && slice_compare(view.text, best) < 0)) {
            greatest = alike;
            best = view.text;
        }
    }
    return best;
}
