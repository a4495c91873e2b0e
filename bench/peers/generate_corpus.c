/*
 * Articles for where there are none, or not enough: generate_corpus PARAGRAPHS > FILE.jsonl. The same number gives the
 * same bytes on every machine.
 *
 * Words are drawn independently after Zipf and Mandelbrot; the commonest are English function words, so that stopwords
 * and phrases with them exist. A paragraph is about what Quoth takes for a passage.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VOCABULARY 400000
#define ZIPF_EXPONENT 1.05
#define ZIPF_SHIFT 2.7
#define ARTICLE_PARAGRAPHS 8
#define PARAGRAPHS_MAX 100000000UL
#define WORD_MAX_BYTES 24
#define TABLE_BITS 16
#define OUT_BYTES ((size_t)1 << 20)
#define PIECE_MAX_BYTES 64 /* of what is written in one go */

/* Short pieces, gigabytes of them: stdio's calls would take most of the time. */
struct out {
    size_t len;
    bool has_failed;
    char bytes[OUT_BYTES];
};

struct words {
    char (*text)[WORD_MAX_BYTES];           /* the last byte is the word's length */
    uint32_t *upper;                        /* of each rank: the greatest draw that is at most it */
    uint32_t start[(1U << TABLE_BITS) + 1]; /* rank at which a draw's high bits begin */
};

static const char *const FUNCTION_WORDS[] = {
    "the",  "of",  "and",   "in",  "to",  "a",   "was",  "is",   "for",   "as",    "on",   "with",  "by",  "he",
    "that", "at",  "from",  "his", "it",  "an",  "were", "are",  "which", "this",  "be",   "also",  "had", "has",
    "or",   "not", "their", "its", "but", "her", "they", "have", "who",   "after", "been", "other", "she", "when",
};
#define N_FUNCTION_WORDS (sizeof FUNCTION_WORDS / sizeof *FUNCTION_WORDS)

static void out_flush(struct out *out)
{
    for (size_t done = 0; done < out->len && !out->has_failed;) {
        ssize_t n = write(STDOUT_FILENO, out->bytes + done, out->len - done);
        out->has_failed = n <= 0;
        done += n > 0 ? (size_t)n : 0;
    }
    out->len = 0;
}

/* Of at most PIECE_MAX_BYTES. */
static void out_put(struct out *out, const char *piece, size_t len)
{
    if (out->len + PIECE_MAX_BYTES > OUT_BYTES)
        out_flush(out);
    memcpy(out->bytes + out->len, piece, len);
    out->len += len;
}

/* splitmix64: seven lines, and good enough */
static uint64_t draw(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

/* Syllables in the rank's digits, the commoner the shorter; the last closes the word. */
static void spell(char *out, uint32_t rank)
{
    static const char consonants[] = "bcdfghklmnprstvz", vowels[] = "aeiou", ends[] = "nrtlkm";
    if (rank < N_FUNCTION_WORDS) {
        out[WORD_MAX_BYTES - 1] = (char)snprintf(out, WORD_MAX_BYTES - 1, "%s", FUNCTION_WORDS[rank]);
        return;
    }
    uint32_t number = rank - (uint32_t)N_FUNCTION_WORDS;
    size_t len = 0;
    char end = ends[number % 6];
    number /= 6;
    do {
        out[len++] = consonants[number % 16];
        out[len++] = vowels[number / 16 % 5];
        number /= 80;
    } while (number > 0 && len + 4 < WORD_MAX_BYTES);
    out[len++] = end;
    out[WORD_MAX_BYTES - 1] = (char)len;
}

static int words_init(struct words *w)
{
    w->text = malloc(VOCABULARY * sizeof *w->text);
    w->upper = malloc(VOCABULARY * sizeof *w->upper);
    if (w->text == NULL || w->upper == NULL)
        return -1;
    double sum = 0, at = 0;
    for (uint32_t i = 0; i < VOCABULARY; i++)
        sum += pow(i + ZIPF_SHIFT, -ZIPF_EXPONENT);
    for (uint32_t i = 0; i < VOCABULARY; i++) {
        at += pow(i + ZIPF_SHIFT, -ZIPF_EXPONENT);
        w->upper[i] = i + 1 == VOCABULARY ? UINT32_MAX : (uint32_t)(at / sum * 4294967295.0);
        spell(w->text[i], i);
    }
    uint32_t rank = 0;
    for (uint32_t high = 0; high <= 1U << TABLE_BITS; high++) {
        uint64_t first = (uint64_t)high << (32 - TABLE_BITS);
        while (rank + 1 < VOCABULARY && w->upper[rank] < first)
            rank++;
        w->start[high] = rank;
    }
    return 0;
}

static const char *word_at(const struct words *w, uint32_t value)
{
    uint32_t low = w->start[value >> (32 - TABLE_BITS)], high = w->start[(value >> (32 - TABLE_BITS)) + 1];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (w->upper[middle] < value)
            low = middle + 1;
        else
            high = middle;
    }
    return w->text[low];
}

static void write_sentence(struct out *out, const struct words *w, uint64_t *state)
{
    uint64_t n = 8 + draw(state) % 23;
    for (uint64_t i = 0; i < n; i++) {
        const char *word = word_at(w, (uint32_t)draw(state));
        if (i > 0)
            out_put(out, " ", 1);
        out_put(out, word, (size_t)word[WORD_MAX_BYTES - 1]);
        if (i == 0) {
            char *first = out->bytes + out->len - word[WORD_MAX_BYTES - 1];
            *first = (char)(*first - 'a' + 'A');
        }
        if (i + 1 < n && draw(state) % 12 == 0)
            out_put(out, ",", 1);
    }
    out_put(out, ".", 1);
}

static void write_articles(struct out *out, const struct words *w, unsigned long paragraphs)
{
    uint64_t state = 1;
    for (unsigned long p = 0; p < paragraphs && !out->has_failed; p++) {
        unsigned long of_article = p % ARTICLE_PARAGRAPHS;
        if (of_article == 0) {
            char head[PIECE_MAX_BYTES];
            int len = snprintf(head, sizeof head, "{\"_id\": \"%lu\", \"text\": \"", p / ARTICLE_PARAGRAPHS + 1);
            out_put(out, head, (size_t)len);
        }
        uint64_t n = 5 + draw(&state) % 3;
        for (uint64_t i = 0; i < n; i++) {
            write_sentence(out, w, &state);
            if (i + 1 < n)
                out_put(out, " ", 1);
        }
        if (of_article + 1 < ARTICLE_PARAGRAPHS && p + 1 < paragraphs)
            out_put(out, "\\n\\n", 4);
        else
            out_put(out, "\"}\n", 3);
    }
    out_flush(out);
}

int main(int argc, char **argv)
{
    unsigned long paragraphs = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
    if (paragraphs == 0 || paragraphs > PARAGRAPHS_MAX) {
        fprintf(stderr, "usage: generate_corpus PARAGRAPHS (at most %lu)\n", PARAGRAPHS_MAX);
        return 2;
    }
    struct words *w = calloc(1, sizeof *w);
    struct out *out = calloc(1, sizeof *out);
    int status = 1;
    if (w != NULL && out != NULL && words_init(w) == 0) {
        write_articles(out, w, paragraphs);
        status = out->has_failed ? 1 : 0;
    }
    if (w != NULL) {
        free(w->text);
        free(w->upper);
    }
    free(w);
    free(out);
    return status;
}
