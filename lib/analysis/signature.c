#include "analyzer.h"

#include "languages.h"
#include "pack.h"

#include <stdlib.h>
#include <xxhash.h>

#define TOKEN_PACKED_MAX (2 * (4 + WORD_MAX_BYTES) + 12)

/* Words of every language, and each rule at least once. Whatever changes this text changes the signature of every
 * index, so it stays as it is. */
static const char probe[] =
    "The U.S. didn't re-elect O\u2019Brien's e.g. U.S.A.-led al-Qa'ida; ISIS-K, COVID19 and F16: 1,000,000.5 or 3.14, "
    "2024. Running runners ran happily; nationalities, generously, skies, dying, proceed, relational conditional.\n"
    "na\u00efve caf\u00e9 cafe\u0301 \u00d8rsted \u0141\u00f3d\u017a \u0110or\u0111e stra\u00dfe \u00c6on \u0152uvre "
    "\u00dea\u00f0 Istanbul \u0130stanbul \u0131\u015f\u0131k soft\u00adhyphen zero\u200bwidth \ufb01ne \uff26\uff15 "
    "x\u00b2 \u2163 \u00bd 5\u338f \u0149\n"
    "Die H\u00e4user der Aufw\u00e4nde; les continuations fran\u00e7aises d'aujourd\u2019hui, l\u2019\u00e9l\u00e8ve; "
    "las canciones espa\u00f1olas corr\u00edan; as na\u00e7\u00f5es; le citt\u00e0 abbandonate; talojen kissoillamme; "
    "flickornas h\u00e4star; bilernes m\u00f8bler; mogelijkheden; h\u00e1zakban; kitaplar\u0131m\u0131zdan; "
    "copiilor; cases i camins; etxeetako; leabharlanna; namuose knygomis; perpustakaannya membaca.\n"
    "\u0420\u043e\u0441\u0441\u0438\u0301\u0438 \u0451\u043b\u043a\u0438 \u0432\u043e\u0439\u043d\u0430 "
    "\u043a\u043d\u0438\u0433\u0430\u043c\u0438 \u043a\u045a\u0438\u0433\u0430\u043c\u0430 "
    "\u03bf\u03b9 \u03ac\u03bd\u03b8\u03c1\u03c9\u03c0\u03bf\u03b9 \u039b\u039f\u0393\u039f\u03a3 "
    "\u0563\u0580\u0584\u0565\u0580\u0568 "
    "\u0627\u0644\u0645\u064f\u0643\u062a\u0628\u0629 \u0623\u0645\u0629 \u0643\u0640\u062a\u0627\u0628 "
    "\u05e1\u05b5\u05e4\u05b6\u05e8 \u05e6\u05d4\u05f4\u05dc \u05d1\u05d9\u05db\u05e2\u05e8\n"
    "\u0932\u0921\u093c\u0915\u093f\u092f\u094b\u0902 \u0915\u093f\u0924\u093e\u092c\u0939\u0930\u0942 "
    "\u0baa\u0bc1\u0ba4\u0bcd\u0ba4\u0b95\u0b99\u0bcd\u0b95\u0bb3\u0bcd "
    "\u6771\u4eac\u90fd\u306e\u30bf\u30ef\u30fc \u4e2d \uff76\uff9e\uff77 \ud55c\uad6d\uc5b4\ub97c "
    "\u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22\u0e07\u0e48\u0e32\u0e22 \u0661\u0662\u0663";

static enum status hash_token(void *ctx, const struct token *t, struct error *e)
{
    char bytes[TOKEN_PACKED_MAX];
    struct buf b = {.data = bytes, .cap = sizeof bytes, .max = sizeof bytes};
    put_u32(&b, (uint32_t)t->form.len);
    buf_put(&b, t->form);
    put_u32(&b, (uint32_t)t->term.len);
    buf_put(&b, t->term);
    put_u32(&b, t->position);
    put_u32(&b, t->start);
    put_u32(&b, t->len);
    XXH64_update(ctx, b.data, b.len);
    return buf_status(&b, e);
}

enum status analyzer_signature(struct analyzer *a, uint64_t *out, struct error *e)
{
    *out = 0;
    XXH64_state_t *state = XXH64_createState();
    if (state == NULL)
        return error_nomem(e);
    XXH64_reset(state, 0);
    enum status status = OK;
    for (size_t i = 0; status == OK && i < language_count(); i++) {
        const char *code = language_get(i)->code;
        XXH64_update(state, code, strlen(code) + 1);
        status = analyzer_run(a, code, slice_cstr(probe), hash_token, state, e);
    }
    if (status == OK)
        *out = XXH64_digest(state);
    XXH64_freeState(state);
    return status;
}
