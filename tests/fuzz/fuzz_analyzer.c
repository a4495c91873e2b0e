/*
 * Any bytes as text, in every language and profile (the first byte says which): what the analyzer promises must hold.
 */
#include <stdlib.h>

#include "analyzer.h"
#include "char_class.h"
#include "languages.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define INPUT_MAX 4096

struct check {
    struct slice text;
    struct analyzer *analyzer, *again;
    const char *lang;
    struct char_classes *classes;
    uint32_t position, start, n;
    struct slice want; /* of a token analysed alone: its form */
};

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* Where a word of a script without spaces ends depends on what stands beside it. */
static bool is_complex(struct check *c, struct slice s)
{
    for (size_t at = 0; at < s.len;)
        if (char_class_next(c->classes, s, &at) == CHAR_COMPLEX)
            return true;
    return false;
}

static enum status check_alone(void *ctx, const struct token *t, struct error *e)
{
    (void)e;
    struct check *c = ctx;
    require(slice_equal(t->form, c->want) && t->position == 1 && t->start == 0 && t->len == c->text.len);
    c->n++;
    return OK;
}

static enum status check_token(void *ctx, const struct token *t, struct error *e)
{
    struct check *c = ctx;
    require(t->form.len > 0 && t->form.len <= WORD_MAX_BYTES && utf8_is_valid(t->form));
    require(t->term.len > 0 && t->term.len <= WORD_MAX_BYTES && utf8_is_valid(t->term));
    require(t->term.data[0] < 'A' || t->term.data[0] > 'Z');
    require(t->position > c->position && (c->n == 0 || t->start > c->start));
    require(t->len > 0 && (size_t)t->start + t->len <= c->text.len);
    c->position = t->position;
    c->start = t->start;
    c->n++;
    struct slice alone = slice_of(c->text.data + t->start, t->len);
    require(utf8_is_valid(alone));
    if (is_complex(c, alone))
        return OK;
    struct check one = {.text = alone, .want = t->form};
    enum status status = analyzer_run(c->again, c->lang, alone, check_alone, &one, e);
    require(one.n == 1);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0)
        return 0;
    size_t choice = data[0] % (2 * language_count());
    enum analyzer_profile profile = choice % 2 == 0 ? ANALYZER_DEFAULT : ANALYZER_PARITY;
    struct check c = {
        .text = slice_of((const char *)data + 1, len - 1 < INPUT_MAX ? len - 1 : INPUT_MAX),
        .lang = language_get(choice / 2)->code,
    };
    if (analyzer_new(&c.analyzer, profile, NULL) != OK || analyzer_new(&c.again, profile, NULL) != OK ||
        char_classes_new(&c.classes, NULL) != OK)
        abort();
    require(analyzer_run(c.analyzer, c.lang, c.text, check_token, &c, NULL) == OK);
    analyzer_free(c.analyzer);
    analyzer_free(c.again);
    char_classes_free(c.classes);
    return 0;
}
