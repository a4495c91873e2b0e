/**
 * Charsets by name, through ICU, and the sink that every decoder of encoding.c writes characters to.
 */
#ifndef QUOTH_CHARSET_H
#define QUOTH_CHARSET_H

#include "article.h"

#define CHARSET_NAME_MAX 64
#define CHARSET_FALLBACK "windows-1252"

/**
 * Takes characters with the source bytes they came from; writes UTF-8, offset runs and the count of damage. With out
 * NULL it only adds up the length, so that a first pass can find how much memory the second needs.
 */
struct utf8_sink {
    struct article *article;
    char *out;       /* room for cap bytes, or NULL */
    size_t cap, len; /* bytes */
    struct offset_run pending;
    unsigned n_pending; /* characters joined in it */
    bool is_word;       /* the last of them is a letter or digit */
};

/** A character, from raw bytes [src, src + src_len); NUL becomes U+FFFD. src_len 0: it belongs to the one before. */
enum status sink_char(struct utf8_sink *s, uint32_t c, size_t src, size_t src_len, bool is_bad,
                      struct error *e) CHECK_RESULT;
/** ASCII without NUL, byte for byte. */
enum status sink_ascii(struct utf8_sink *s, struct slice text, size_t src, struct error *e) CHECK_RESULT;
/** No more characters. */
enum status sink_end(struct utf8_sink *s, struct error *e) CHECK_RESULT;

/**
 * The converter for a declared charset, as browsers understand its name ("ISO-8859-1" means windows-1252). False where
 * it is empty, unknown, UTF-8, or UTF-16/32: what declares that in bytes that are read as ASCII is mistaken.
 */
bool charset_find(struct slice declared, char name[CHARSET_NAME_MAX]);

/** "UTF-8", "utf8", "unicode-1-1-utf-8". */
bool charset_is_utf8(struct slice declared);

/** Decode raw from byte `at` on by ICU's converter of that name (one charset_find gave, or UTF-16/32 with its order).
 */
enum status charset_decode(struct utf8_sink *sink, struct slice raw, size_t at, const char *name,
                           struct error *e) CHECK_RESULT;

#endif
