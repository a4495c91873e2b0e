/**
 * What the analyzer makes of a text, printed: "form/term@start+len" for each token, the term left out where it is the
 * form, "*" for a stopword, and "_" for each position that no token has.
 */
#ifndef QUOTH_TEST_TOKEN_TEXT_H
#define QUOTH_TEST_TOKEN_TEXT_H

#include "analyzer.h"
#include "buf.h"

struct token_text {
    struct buf out;
    uint32_t position;
    bool has_bytes; /* print the ranges */
};

static inline enum status token_text_add(void *ctx, const struct token *t, struct error *e)
{
    struct token_text *text = ctx;
    for (text->position++; text->position < t->position; text->position++)
        buf_put_cstr(&text->out, text->out.len == 0 ? "_" : " _");
    if (text->out.len > 0)
        buf_put_byte(&text->out, ' ');
    buf_put(&text->out, t->form);
    if (!slice_equal(t->form, t->term)) {
        buf_put_byte(&text->out, '/');
        buf_put(&text->out, t->term);
    }
    if (t->is_stopword)
        buf_put_byte(&text->out, '*');
    if (text->has_bytes)
        buf_printf(&text->out, "@%u+%u", t->start, t->len);
    return buf_status(&text->out, e);
}

/** Terminated by NUL, in text->out; the caller clears it. */
static inline const char *token_text_of(struct token_text *text, struct analyzer *a, const char *lang,
                                        struct slice input)
{
    struct error e = {.text = ""};
    buf_init(&text->out, (size_t)1 << 24);
    text->position = 0;
    if (analyzer_run(a, lang, input, token_text_add, text, &e) != OK) {
        buf_reset(&text->out);
        buf_printf(&text->out, "error %d: %s", (int)e.code, e.text);
    }
    buf_put_byte(&text->out, 0);
    return text->out.data;
}

#endif
