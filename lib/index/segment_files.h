/**
 * The files of a segment, record by record: what segment_writer.c writes and segment.c reads. docs/INDEX-FORMAT.md.
 *
 * All integers little-endian; offsets are bytes within a section. An open segment as its readers see it stands here as
 * well, for the files of this layer only.
 */
#ifndef QUOTH_SEGMENT_FILES_H
#define QUOTH_SEGMENT_FILES_H

#include "glass_reader.h"
#include "segfile.h"
#include "segment.h"
#include "token_units.h"
#include "tombstones.h"
#include "xapiandb.h"

#include <xxhash.h>

#define SEGMENT_ID_BYTES 16 /* hexadecimal digits */

#define TERMS_MAGIC "quothTRM"
#define FORMS_MAGIC "quothFRM"
#define TOKENS_MAGIC "quothTOK"
#define TEXT_MAGIC "quothTXT"
#define ARTICLES_MAGIC "quothART"

/* terms: records | first term of each bucket, and the end | what the records have no room for | their forms */
enum { TERMS_RECORDS, TERMS_BUCKETS, TERMS_MORE, TERMS_FORMS, N_TERMS_SECTIONS };
/* u24 its form, or number in TERMS_MORE | u8 length | u8 df, 0: in TERMS_MORE | u8 greatest[0]. By bucket
   (term_bucket()), then length, then bytes. The text is what its form begins with. */
#define TERM_RECORD_BYTES 6
#define TERM_LENGTH_AT 3
#define TERM_DF_AT 4
#define TERM_GREATEST_AT 5
/* Of fewer passages than this all impacts but the greatest are 0: greatest[1] is the 11th. */
#define TERM_SHORT_DF 11
#define TERM_BUCKET_BYTES 3 /* u24 */
#define TERMS_A_BUCKET 3    /* on average */
/* u32 offset of its text in FORMS_BYTES | u32 first of its forms in TERMS_FORMS, u24 each (they end where the next
   one's begin) | u32 df | u8 greatest[4] */
#define TERM_MORE_BYTES 16
#define MORE_FIRST_AT 4
#define MORE_DF_AT 8
#define MORE_GREATEST_AT 12

/* forms: bytes by form id, then those of terms that no form of theirs begins with | blocks of forms by id | u24 form
   ids in byte order of the spelling, then of the term | u64 form_first_bytes() of every FORMS_A_PREFIXth of these |
   passages: u32 of the first forms, u8 of the next, 1 of the rest | occurrences: where they change */
enum {
    FORMS_BYTES,
    FORMS_BLOCKS,
    FORMS_SORTED,
    FORMS_PREFIXES,
    FORMS_PASSAGES_WIDE,
    FORMS_PASSAGES,
    FORMS_OCCURRENCES,
    N_FORMS_SECTIONS
};
/* u32 bytes offset of the first | FORMS_A_BLOCK * u8 length | FORMS_A_BLOCK * u24 term; the last one is filled up */
#define FORMS_A_BLOCK 16
#define BLOCK_LENGTHS_AT 4
#define BLOCK_TERMS_AT (BLOCK_LENGTHS_AT + FORMS_A_BLOCK)
#define FORM_BLOCK_BYTES (BLOCK_TERMS_AT + 3 * FORMS_A_BLOCK)
#define FORM_PREFIX_BYTES 8
#define FORMS_A_PREFIX 16
/* u32 the first form id that occurs so often | u32 how often */
#define FORM_STEP_BYTES 8

/* tokens: u16 units of the passages | where in units each passage begins, and the end (places.h) | their bases | the
   same three of the titles */
enum {
    TOKENS_BODY,
    TOKENS_BODY_AT,
    TOKENS_BODY_BASES,
    TOKENS_TITLE,
    TOKENS_TITLE_AT,
    TOKENS_TITLE_BASES,
    N_TOKENS_SECTIONS
};
/* The units: token_units.h. */
/* Compatibility characters unfold to several words: U+FDFA, three bytes, to four. */
#define TOKENS_PER_BYTE_MAX 8
#define FORMS_MAX ((uint32_t)0xFF << 16) /* fits a u24; no more terms than forms */

/* text: the passages' texts one after the other, or their spellings (spelling.h) | records | bases of where they begin
   (places.h) | wide records | u64 bytes of all texts; empty where they stand as they are */
enum { TEXT_BYTES, TEXT_RECORDS, TEXT_BASES, TEXT_WIDE, TEXT_SPELLED, N_TEXT_SECTIONS };
#define TEXT_MAX_BYTES ((size_t)256 << 20) /* one passage's; extracted text can be three times an article of 64 MiB */
/* u32 where its text or spelling begins behind the base; it ends where the next begins | u32 article | u32 at | u16 at
   length | u16 tokens. Where one of the last three is larger: u32 number of its wide record | u16 PASSAGE_WIDE | u16
   zero */
#define PASSAGE_RECORD_BYTES 16
#define PASSAGE_ARTICLE_AT 4
#define PASSAGE_WIDE 0xFFFFu
/* u64 at | u64 at length | u32 tokens | u32 zero */
#define WIDE_RECORD_BYTES 24
#define TEXT_SPELLED_BYTES 8

/* articles: records | bytes | u32 articles in byte order of the ids */
enum { ARTICLES_RECORDS, ARTICLES_BYTES, ARTICLES_SORTED, N_ARTICLES_SECTIONS };
/* u64 bytes offset | u32 first passage | u32 passages | i32 date | u32 root | u32 title tokens | u32 tags' length | 16
   bytes raw hash | u16 lengths of id, title, author, lang, url, format, path | 2 zero; the bytes: id, title, author,
   lang, url, format, path, tags one after the other */
#define ARTICLE_RECORD_BYTES 64
#define ARTICLE_FIRST_PASSAGE_AT 8
#define ARTICLE_TITLE_TOKENS_AT 24
#define ARTICLE_N_SHORT 7

/** In which of n buckets a term stands. */
static inline uint32_t term_bucket(uint32_t hash, uint32_t n)
{
    return (uint32_t)((uint64_t)hash * n >> 32);
}

/** The first bytes of a text as a number that sorts as they do; what is missing is filled up. */
static inline uint64_t form_first_bytes(struct slice text, unsigned char fill)
{
    uint64_t number = 0;
    for (size_t i = 0; i < FORM_PREFIX_BYTES; i++)
        number = number << 8 | (i < text.len ? (unsigned char)text.data[i] : fill);
    return number;
}

struct segment {
    char id[SEGMENT_ID_BYTES + 1];
    struct segfile terms, forms, tokens, text, articles;
    char *folder;               /* as it was opened */
    struct glass_reader *glass; /* NULL: no postings, or libxapian must read them */
    struct tombstones *dead;    /* NULL: none */
    uint32_t n_terms, n_forms, n_passages, n_articles;
    _Atomic uint64_t *orders; /* segment_article_order() of each article that was asked for; else 0 */
};

/**
 * Open a segment's files and take its shared lock.
 *
 * @param folder  INDEX/segments/ID
 * @param del     name of its tombstone file beside the folder, or NULL
 * @retval ERR_NONE  it, or a file of it, is not there (or is just being removed)
 */
enum status segment_open(struct segment **out, const char *folder, const char *id, const char *del,
                         struct error *e) CHECK_RESULT;
void segment_close(struct segment *s);

/**
 * The terms of the postings that start with prefix (not empty), in byte order: words and filter terms.
 *
 * @param fn  anything but OK ends the walk with it; it may ask for postings
 */
typedef enum status segment_term_fn(void *ctx, struct slice term, struct error *e);
enum status segment_terms(const struct segment *s, struct slice prefix, segment_term_fn *fn, void *ctx,
                          struct error *e) CHECK_RESULT;

/** Do the sections of `terms` and `forms` fit each other? Sets n_terms and n_forms. */
bool segment_words_fit(struct segment *s);

/** Let go of the pages of all files that were read; see segfile_release(). */
void segment_release(const struct segment *s);

/** Every byte: checksums, then the records against each other, then xapian-check and its counts. */
enum status segment_check(const struct segment *s, const char *folder, struct error *e) CHECK_RESULT;

#endif
