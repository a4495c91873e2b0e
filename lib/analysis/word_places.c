#include "word_places.h"

#include "complex.h"
#include "words.h"

#include <stdlib.h>

#define BLOCK_BYTES 32

struct word_places {
    struct char_classes *classes;
    struct complex_cutter *cutter;
    struct slice text;
    size_t at;         /* nothing before it is part of a word to come */
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
    w->position = 0;
    w->is_in_run = false;
}

static bool is_letter_or_digit(unsigned char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26 || (unsigned char)(c - '0') < 10;
}

/* Dots, commas and apostrophes: between two letters or digits they may be inside a word. */
static bool is_joiner(unsigned char c)
{
    return c == '\'' || c == '`' || c == '.' || c == ',';
}

/*
 * How many words begin in a block of ASCII in which no dot, comma or apostrophe may be inside a word: there words are
 * runs of letters and digits. False: the block is another. Loops of fixed length over bytes, which compilers vectorise.
 *
 * @param p              BLOCK_BYTES of the text, and one more behind them
 * @param is_within      a word goes on into the block
 */
static bool count_block(const char *p, bool is_within, uint32_t *n_begun)
{
    unsigned char text[BLOCK_BYTES + 1], is_word[BLOCK_BYTES + 2];
    unsigned char is_hard = 0, n = 0;
    memcpy(text, p, sizeof text);
    is_word[0] = is_within;
    for (size_t i = 0; i < BLOCK_BYTES; i++)
        is_word[i + 1] = is_letter_or_digit(text[i]);
    is_word[BLOCK_BYTES + 1] = is_letter_or_digit(text[BLOCK_BYTES]) | (text[BLOCK_BYTES] >> 7);
    for (size_t i = 0; i < BLOCK_BYTES; i++) {
        is_hard |= (unsigned char)(text[i] >> 7) | (unsigned char)(is_joiner(text[i]) & is_word[i] & is_word[i + 2]);
        n = (unsigned char)(n + (is_word[i + 1] & (is_word[i] ^ 1)));
    }
    *n_begun = n;
    return is_hard == 0;
}

/* Pass over whole blocks before the one in which the word at `position` begins, back to the beginning of a word that
 * the next block cuts. */
static void skip_blocks(struct word_places *w, uint32_t position)
{
    size_t from = w->at;
    bool is_within = false;
    uint32_t n_begun;
    while (w->text.len - w->at > BLOCK_BYTES) {
        const char *p = w->text.data + w->at;
        if (!count_block(p, is_within, &n_begun) || n_begun >= position - w->position)
            break;
        w->position += n_begun;
        w->at += BLOCK_BYTES;
        is_within = is_letter_or_digit((unsigned char)p[BLOCK_BYTES - 1]);
    }
    if (!is_within)
        return;
    while (w->at > from && is_letter_or_digit((unsigned char)w->text.data[w->at - 1]))
        w->at--;
    w->position--;
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
        if (!w->is_in_run)
            skip_blocks(w, position);
        st = next_word(w, found, e);
        w->position += st == OK && *found;
    }
    if (st == OK && *found) {
        *start = (uint32_t)w->word.start;
        *len = (uint32_t)(w->word.end - w->word.start);
    }
    return st;
}
