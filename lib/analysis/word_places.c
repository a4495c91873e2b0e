#include "word_places.h"

#include "complex.h"
#include "pack.h"
#include "words.h"

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define BLOCK_BYTES 64u
#define NOWHERE SIZE_MAX
#define EACH(byte) ((uint64_t)(byte)*0x0101010101010101u)

/* What the bytes of a block are, a bit each, the first the lowest. Behind the end of the text they are none of these.
 */
struct block {
    size_t at;        /* its offset in the text; NOWHERE: there is none */
    uint64_t in_word; /* ASCII letters and digits */
    uint64_t joiners; /* dots, commas and apostrophes: between two letters or digits they may be inside a word */
    uint64_t others;  /* not ASCII */
    uint64_t behind;  /* the highest bit: the byte behind the block may go on with a word, or join one */
};

struct word_places {
    struct char_classes *classes;
    struct complex_cutter *cutter;
    struct slice text;
    size_t at; /* nothing before it is part of a word to come */
    struct block block;
    uint32_t position; /* of the word last found */
    struct word word;  /* that word; while a run is cut, its piece in hand */
    struct word run;   /* of CJK or of a script without spaces, where is_in_run */
    size_t run_at;
    bool is_in_run;
};

enum status word_places_new(struct word_places **out, struct error *e)
{
    struct word_places *w = *out = calloc(1, sizeof *w);
    if (w == NULL)
        return error_nomem(e);
    enum status st = char_classes_new(&w->classes, e);
    if (st == OK)
        st = complex_new(&w->cutter, e);
    if (st != OK) {
        word_places_free(w);
        *out = NULL;
    }
    return st;
}

void word_places_free(struct word_places *w)
{
    if (w == NULL)
        return;
    char_classes_free(w->classes);
    complex_free(w->cutter);
    free(w);
}

void word_places_begin(struct word_places *w, struct slice text)
{
    w->text = text;
    w->at = 0;
    w->block.at = NOWHERE;
    w->position = 0;
    w->is_in_run = false;
}

#ifdef __SSE2__

/* The walk over a hit's text is most of what marking it costs, and compilers make no bits of bytes: so by hand. */
static void classify(struct block *b, const char *bytes)
{
    b->in_word = b->joiners = b->others = 0;
    for (unsigned i = 0; i < BLOCK_BYTES; i += 16) {
        __m128i all = _mm_loadu_si128((const __m128i_u *)(bytes + i)), lower = _mm_or_si128(all, _mm_set1_epi8(0x20));
        /* What is looked for becomes the lowest of the signed bytes. */
        __m128i letters = _mm_cmplt_epi8(_mm_add_epi8(lower, _mm_set1_epi8(0x80 - 'a')), _mm_set1_epi8(INT8_MIN + 26));
        __m128i digits = _mm_cmplt_epi8(_mm_add_epi8(all, _mm_set1_epi8(0x80 - '0')), _mm_set1_epi8(INT8_MIN + 10));
        __m128i quotes =
            _mm_or_si128(_mm_cmpeq_epi8(all, _mm_set1_epi8('\'')), _mm_cmpeq_epi8(all, _mm_set1_epi8('`')));
        __m128i points = _mm_cmpeq_epi8(_mm_or_si128(all, _mm_set1_epi8('.' ^ ',')), _mm_set1_epi8('.'));
        b->in_word |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_or_si128(letters, digits)) << i;
        b->joiners |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_or_si128(quotes, points)) << i;
        b->others |= (uint64_t)(unsigned)_mm_movemask_epi8(all) << i;
    }
}

#else

/* Bit i: the high bit of byte i. */
static uint64_t high_bits(uint64_t bytes)
{
    return ((bytes & EACH(0x80)) >> 7) * 0x0102040810204080u >> 56;
}

/* Eight bytes at once: each is cut to seven bits, so that no sum leaves its byte. */
static void classify(struct block *b, const char *bytes)
{
    b->in_word = b->joiners = b->others = 0;
    for (unsigned i = 0; i < BLOCK_BYTES; i += 8) {
        uint64_t all = get_u64(bytes + i), low = all & EACH(0x7F), lower = low | EACH(0x20);
        uint64_t letters = (lower + EACH(0x80 - 'a')) & ~(lower + EACH(0x7F - 'z'));
        uint64_t digits = (low + EACH(0x80 - '0')) & ~(low + EACH(0x7F - '9'));
        uint64_t no_quote = ((low ^ EACH('\'')) + EACH(0x7F)) & ((low ^ EACH('`')) + EACH(0x7F));
        uint64_t no_point = ((low | EACH('.' ^ ',')) ^ EACH('.')) + EACH(0x7F);
        b->in_word |= high_bits((letters | digits) & ~all) << i;
        b->joiners |= high_bits(~(no_quote & no_point) & ~all) << i;
        b->others |= high_bits(all) << i;
    }
}

#endif

static void load_block(struct word_places *w)
{
    char tail[BLOCK_BYTES] = {0};
    const char *bytes = w->text.data + w->at;
    size_t left = w->text.len - w->at;
    w->block.at = w->at;
    w->block.behind = 0;
    if (left > BLOCK_BYTES) {
        unsigned char c = (unsigned char)bytes[BLOCK_BYTES];
        bool separates = w->classes->ascii[c] == CHAR_OTHER;
        w->block.behind = (uint64_t)!separates << (BLOCK_BYTES - 1);
    } else if (left < BLOCK_BYTES) {
        memcpy(tail, bytes, left);
        bytes = tail;
    }
    classify(&w->block, bytes);
}

static unsigned count_bits(uint64_t bits)
{
    bits -= bits >> 1 & EACH(0x55);
    bits = (bits & EACH(0x33)) + (bits >> 2 & EACH(0x33));
    return (unsigned)(((bits + (bits >> 4)) & EACH(0x0F)) * EACH(1) >> 56);
}

/* The bits below n, which is at most BLOCK_BYTES. */
static uint64_t bits_below(unsigned n)
{
    return n == BLOCK_BYTES ? UINT64_MAX : ((uint64_t)1 << n) - 1;
}

/*
 * How far, from bit `from` on, words are the runs of in_word and nothing else: up to the word that touches what is not
 * ASCII, has a joiner in it or may go on behind the block.
 */
static unsigned plain_until(const struct block *b, uint64_t in_word, unsigned from)
{
    uint64_t behind = (in_word | b->others) >> 1 | b->behind;
    uint64_t hard = (b->others & ~bits_below(from)) | (b->joiners & in_word << 1 & behind);
    unsigned until = hard == 0 ? BLOCK_BYTES : (unsigned)__builtin_ctzll(hard);
    if (hard == 0 && b->behind == 0)
        return BLOCK_BYTES;
    uint64_t gaps = ~in_word & bits_below(until); /* the word before it begins behind the last of them */
    if (gaps == 0)
        return from;
    unsigned begin = BLOCK_BYTES - (unsigned)__builtin_clzll(gaps);
    return begin > from ? begin : from;
}

enum step {
    STEP_FOUND, /* w->word is the word at the position */
    STEP_SLOW,  /* the next word has to be looked at by words_next() */
    STEP_ON,    /* to the next block */
};

/* Pass over the plain words of the block at hand, as far as the one at `position`. w->at is not within a word. */
static enum step step_block(struct word_places *w, uint32_t position)
{
    struct block *b = &w->block;
    unsigned from = (unsigned)(w->at - b->at);
    uint64_t in_word = b->in_word & ~bits_below(from);
    unsigned until = plain_until(b, in_word, from);
    uint64_t begins = in_word & ~(in_word << 1) & bits_below(until);
    unsigned n = count_bits(begins);
    if (n < position - w->position) {
        w->position += n;
        w->at = b->at + until;
        return until < BLOCK_BYTES ? STEP_SLOW : STEP_ON;
    }
    while (++w->position < position)
        begins &= begins - 1;
    unsigned start = (unsigned)__builtin_ctzll(begins);
    uint64_t behind = ~(in_word >> start); /* 0: the block is this word */
    unsigned len = behind == 0 ? BLOCK_BYTES : (unsigned)__builtin_ctzll(behind);
    w->word = (struct word){WORD_PLAIN, b->at + start, b->at + start + len, b->at + start + len};
    w->at = w->word.end;
    return STEP_FOUND;
}

/* Plain words up to `position`, or up to one that is not plain: *is_there tells which. */
static void pass_plain(struct word_places *w, uint32_t position, bool *is_there)
{
    enum step step = STEP_ON;
    while (step == STEP_ON && w->at < w->text.len) {
        if (w->block.at == NOWHERE || w->at >= w->block.at + BLOCK_BYTES)
            load_block(w);
        step = step_block(w, position);
    }
    if (w->at > w->text.len)
        w->at = w->text.len;
    *is_there = step == STEP_FOUND;
}

/* The next piece of the run at hand; is_in_run is false at its end. */
static enum status next_piece(struct word_places *w, struct error *e)
{
    if (w->run.kind == WORD_COMPLEX)
        return complex_next(w->cutter, w->classes, &w->word, &w->is_in_run, e);
    w->is_in_run = words_bigram(w->classes, w->text, &w->run, &w->run_at, &w->word);
    return OK;
}

/* The next word of the text, into w->word; *found is false at its end. */
static enum status next_word(struct word_places *w, bool *found, struct error *e)
{
    enum status st = OK;
    *found = true;
    for (;;) {
        if (w->is_in_run)
            st = next_piece(w, e);
        if (st != OK || w->is_in_run)
            return st;
        *found = words_next(w->classes, w->text, &w->at, true, &w->word);
        if (!*found || w->word.kind == WORD_PLAIN)
            return w->classes->state == OK ? OK : error_nomem(e);
        w->run = w->word;
        w->run_at = w->run.start;
        w->is_in_run = true;
        if (w->run.kind == WORD_COMPLEX)
            complex_begin(w->cutter, w->text, &w->run);
    }
}

enum status word_places_find(struct word_places *w, uint32_t position, uint32_t *start, uint32_t *len, bool *found,
                             struct error *e)
{
    *start = *len = 0;
    *found = position > w->position;
    enum status st = OK;
    while (st == OK && *found && w->position < position) {
        bool is_there = false;
        if (!w->is_in_run)
            pass_plain(w, position, &is_there);
        if (is_there)
            break;
        st = next_word(w, found, e);
        w->position += st == OK && *found;
    }
    if (st == OK && *found) {
        *start = (uint32_t)w->word.start;
        *len = (uint32_t)(w->word.end - w->word.start);
    }
    return st;
}
