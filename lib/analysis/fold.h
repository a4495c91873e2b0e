/**
 * The spelling of one word: lower case, without what does not belong to it, folded.
 */
#ifndef QUOTH_FOLD_H
#define QUOTH_FOLD_H

#include "slice.h"
#include "status.h"

#define RAW_WORD_MAX_BYTES 256 /* of a word as written that are looked at; the rest is left out of its form */

/** A word of UTF-8 in memory of its own. */
struct spelling {
    size_t len;
    char bytes[RAW_WORD_MAX_BYTES];
};

struct folder;

enum status folder_new(struct folder **out, struct error *e) CHECK_RESULT;
void folder_free(struct folder *f);

/**
 * NFKC and lower case; decimal digits of any script become 0-9, apostrophes of any kind "'", and characters that are no
 * part of a spelling are left out.
 *
 * @param raw         at most RAW_WORD_MAX_BYTES of UTF-8
 * @param is_turkish  I becomes a dotless i
 */
enum status fold_lower(struct folder *f, struct slice raw, bool is_turkish, struct spelling *out,
                       struct error *e) CHECK_RESULT;

/** Without 's at the end: the new length of a word from fold_lower. */
size_t fold_possessive(struct slice lower);

/** Drop 's at the end, other apostrophes, commas, and dots that do not stand between digits. In place. */
void fold_strip(struct spelling *word);

/**
 * Marks of Latin, Greek, Arabic and Hebrew letters and of digits are dropped, and Cyrillic accents; ø ł đ ß æ œ þ ð ı ς
 * become o l d ss ae oe th d i σ; then NFC.
 *
 * @param word  lower case, as from fold_lower
 */
enum status fold_marks(struct folder *f, struct slice word, struct spelling *out, struct error *e) CHECK_RESULT;

/** The way through ICU, also for ASCII, which fold_lower and fold_marks spare; for tests. */
enum status fold_lower_icu(struct folder *f, struct slice raw, bool is_turkish, struct spelling *out,
                           struct error *e) CHECK_RESULT;
enum status fold_marks_icu(struct folder *f, struct slice word, struct spelling *out, struct error *e) CHECK_RESULT;

/** Cut to at most max bytes, at a character. */
struct slice fold_cut(struct slice word, size_t max);

#endif
