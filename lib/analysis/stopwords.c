#include "stopwords.h"

#include <stdlib.h>

/* Ascending by bytes, for bsearch. */
static const char *const english[] = {
    "a",       "about",     "above",      "after",      "again",   "against", "all",     "am",      "an",
    "and",     "any",       "are",        "aren't",     "as",      "at",      "be",      "because", "been",
    "before",  "being",     "below",      "between",    "both",    "but",     "by",      "can't",   "cannot",
    "could",   "couldn't",  "did",        "didn't",     "do",      "does",    "doesn't", "doing",   "don't",
    "down",    "during",    "each",       "few",        "for",     "from",    "further", "had",     "hadn't",
    "has",     "hasn't",    "have",       "haven't",    "having",  "he",      "he'd",    "he'll",   "he's",
    "her",     "here",      "here's",     "hers",       "herself", "him",     "himself", "his",     "how",
    "how's",   "i",         "i'd",        "i'll",       "i'm",     "i've",    "if",      "in",      "into",
    "is",      "isn't",     "it",         "it's",       "its",     "itself",  "let's",   "me",      "more",
    "most",    "mustn't",   "my",         "myself",     "no",      "nor",     "not",     "of",      "off",
    "on",      "once",      "only",       "or",         "other",   "ought",   "our",     "ours",    "ourselves",
    "out",     "over",      "own",        "same",       "shan't",  "she",     "she'd",   "she'll",  "she's",
    "should",  "shouldn't", "so",         "some",       "such",    "than",    "that",    "that's",  "the",
    "their",   "theirs",    "them",       "themselves", "then",    "there",   "there's", "these",   "they",
    "they'd",  "they'll",   "they're",    "they've",    "this",    "those",   "through", "to",      "too",
    "under",   "until",     "up",         "very",       "was",     "wasn't",  "we",      "we'd",    "we'll",
    "we're",   "we've",     "were",       "weren't",    "what",    "what's",  "when",    "when's",  "where",
    "where's", "which",     "while",      "who",        "who's",   "whom",    "why",     "why's",   "with",
    "won't",   "would",     "wouldn't",   "you",        "you'd",   "you'll",  "you're",  "you've",  "your",
    "yours",   "yourself",  "yourselves",
};

static const char *const lucene[] = {
    "a",   "an",    "and",  "are",   "as",    "at",   "be",   "but", "by",  "for",  "if",
    "in",  "into",  "is",   "it",    "no",    "not",  "of",   "on",  "or",  "such", "that",
    "the", "their", "then", "there", "these", "they", "this", "to",  "was", "will", "with",
};

#define STOPWORD_MAX_BYTES 10
#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static int compare(const void *key, const void *item)
{
    return slice_compare(*(const struct slice *)key, slice_cstr(*(const char *const *)item));
}

static bool is_listed(const char *const *list, size_t n, struct slice word)
{
    return word.len > 0 && word.len <= STOPWORD_MAX_BYTES && bsearch(&word, list, n, sizeof *list, compare) != NULL;
}

bool stopword_is_english(struct slice written)
{
    if (is_listed(english, COUNT(english), written))
        return true;
    if (written.len < 4 || written.len >= STOPWORD_MAX_BYTES || !slice_ends(written, SLICE("nt")))
        return false;
    char with[STOPWORD_MAX_BYTES];
    memcpy(with, written.data, written.len - 1);
    memcpy(with + written.len - 1, "'t", 2);
    return is_listed(english, COUNT(english), slice_of(with, written.len + 1));
}

bool stopword_is_lucene(struct slice written)
{
    return is_listed(lucene, COUNT(lucene), written);
}
