#include "word_places.h"

#include "complex.h"
#include "pack.h"
#include "words.h"

#include <stdlib.h>

#define BLOCK_BYTES ((size_t)8)
#define EACH(byte) ((uint64_t)(byte)*0x0101010101010101u)

struct word_places {
    struct char_classes *classes;
    struct complex_cutter *cutter;
    struct slice text;
    size_t at;         /* nothing before it is part of a word to come */
    size_t block_end;  /* of a block that has to be gone through word by word */
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
    w->at = w->block_end = 0;
    w->position = 0;
    w->is_in_run = false;
}

/* The last bytes of the text, and zeros behind them. */
static uint64_t load_tail(struct slice text, size_t at)
{
    char bytes[BLOCK_BYTES] = {0};
    if (at < text.len)
        memcpy(bytes, text.data + at, text.len - at);
    return get_u64(bytes);
}

/* The eight bytes at `at`, the first in the lowest. */
static inline uint64_t load_block(struct slice text, size_t at)
{
    return at + BLOCK_BYTES <= text.len ? get_u64(text.data + at) : load_tail(text, at);
}

/* The high bit of each byte that is an ASCII letter or digit, in a block of ASCII: each sum stays in its byte. */
static uint64_t find_letters_and_digits(uint64_t block)
{
    uint64_t lower = block | EACH(0x20);
    uint64_t letters = (lower + EACH(0x80 - 'a')) & ~(lower + EACH(0x7F - 'z'));
    uint64_t digits = (block + EACH(0x80 - '0')) & ~(block + EACH(0x7F - '9'));
    return (letters | digits) & EACH(0x80);
}

static bool is_letter_or_digit(char c)
{
    return find_letters_and_digits((unsigned char)c) != 0;
}

/*
 * Pass over blocks before the one in which the word at `position` begins, back to the beginning of a word that the next
 * block cuts. Only over ASCII in which words are runs of letters and digits, with a space or several other characters
 * between them: a single one, such as an apostrophe or a dot, may be inside a word. What begins at w->at is not within
 * a word.
 */
static void skip_blocks(struct word_places *w, uint32_t position)
{
    size_t from = w->at;
    uint64_t block = load_block(w->text, w->at), in_word = find_letters_and_digits(block), is_within = 0;
    while (w->at < w->text.len) {
        uint64_t next = load_block(w->text, w->at + BLOCK_BYTES);
        uint64_t next_in_word = find_letters_and_digits(next) | (next & EACH(0x80));
        uint64_t before = in_word << 8 | is_within, behind = in_word >> 8 | next_in_word << 56;
        uint64_t others = (block ^ EACH(' ')) + EACH(0x7F); /* than a space */
        uint64_t n_begun = ((in_word & ~before) >> 7) * EACH(1) >> 56;
        if (((block | (others & ~in_word & before & behind)) & EACH(0x80)) != 0 || n_begun >= position - w->position)
            break;
        w->position += (uint32_t)n_begun;
        w->at += BLOCK_BYTES;
        is_within = in_word >> 56;
        block = next;
        in_word = next_in_word;
    }
    w->block_end = w->at + BLOCK_BYTES;
    if (w->at > w->text.len)
        w->at = w->text.len;
    if (!is_within)
        return;
    while (w->at > from && is_letter_or_digit(w->text.data[w->at - 1]))
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
        if (!w->is_in_run && w->at >= w->block_end)
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
