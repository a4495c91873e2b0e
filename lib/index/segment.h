/**
 * One immutable segment, opened for reading: its term table, form dictionary, token sequences, passages and articles,
 * all memory-mapped, and its postings.
 *
 * Shared by any number of threads. Every slice handed out points into the maps and stays until the segment is closed.
 * Numbers: passages, articles, terms and forms of a segment count from 0 (the Xapian document of passage p is p + 1).
 * Offsets read from the files are checked where they are used: a damaged file gives ERR_INDEX, never a stray read.
 * Layout of the files: docs/INDEX-FORMAT.md.
 */
#ifndef QUOTH_SEGMENT_H
#define QUOTH_SEGMENT_H

#include "pack.h"
#include "postings.h"
#include "slice.h"
#include "status.h"

#define FORM_NONE UINT32_MAX
#define TERM_NONE UINT32_MAX

struct segment;

#define N_TERM_RANKS 4

/** Which of a term's impacts, the greatest first, the term table has: what a search for 10 or 50 passages needs, which
 * looks for one more to see whether there is a next page. */
static inline uint32_t term_rank(size_t i)
{
    static const uint32_t ranks[N_TERM_RANKS] = {1, 11, 51, 1000};
    return ranks[i];
}

struct term_view {
    uint32_t id;
    uint32_t df;                    /* passages with the term, dead ones included */
    uint8_t greatest[N_TERM_RANKS]; /* by term_rank(); 0 where there are fewer */
};

struct form_view {
    struct slice text; /* folded spelling */
    uint32_t term;     /* its stem's term */
    uint32_t n_passages;
};

struct passage_view {
    struct slice text; /* UTF-8; of a compressed segment NULL until text_room_fill() (text_room.h) */
    uint64_t at, at_len;
    uint32_t article;
    uint32_t ordinal; /* from 1 */
    uint32_t n_tokens;
};

struct article_view {
    struct slice id, title, author, lang, url, format, path; /* format: "text", …; path: below its root */
    struct slice tags;                                       /* joined with '\n' */
    int32_t date;                                            /* date.h */
    uint32_t root; /* number of the root in the manifest's order at the time; see snapshot_root() */
    uint32_t first_passage, n_passages;
    uint32_t n_title_tokens;
    char raw_hash[16]; /* XXH128 of the raw bytes (of the file, or of the JSON line) */
};

const char *segment_id(const struct segment *s);
uint32_t segment_n_passages(const struct segment *s); /* dead ones included, here and below */
uint32_t segment_n_articles(const struct segment *s);
uint32_t segment_n_terms(const struct segment *s);
uint32_t segment_n_forms(const struct segment *s);

bool segment_passage_is_dead(const struct segment *s, uint32_t passage);
bool segment_article_is_dead(const struct segment *s, uint32_t article);
uint32_t segment_n_dead_passages(const struct segment *s);
uint32_t segment_n_dead_articles(const struct segment *s);

/** Dead passages that held the term. */
uint32_t segment_dead_df(const struct segment *s, uint32_t term);

/** Terms are numbered in no order that means anything. False: no passage has the term (view->id is TERM_NONE). */
bool segment_find_term(const struct segment *s, struct slice term, struct term_view *view);
/** The same for whoever asks many segments, and so hashes the term once. */
uint32_t segment_term_hash(struct slice term);
bool segment_find_hashed(const struct segment *s, struct slice term, uint32_t hash, struct term_view *view);
/** The same; how many passages with the term are not dead. */
uint32_t segment_find_live(const struct segment *s, struct slice term, uint32_t hash, struct term_view *view);
/** Fetch into the processor's cache what that will look at, one step some time after the other; only a hint. */
enum prefetch_term { PREFETCH_BUCKET, PREFETCH_TERM, PREFETCH_FORM, PREFETCH_SPELLING };
void segment_prefetch_term(const struct segment *s, struct slice term, uint32_t hash, enum prefetch_term step);
enum status segment_term(const struct segment *s, uint32_t term, struct slice *text, struct term_view *view,
                         struct error *e) CHECK_RESULT;

/** Forms in the order of their spelling are numbered by rank; forms by falling frequency are numbered by form id. */
enum status segment_form(const struct segment *s, uint32_t form, struct form_view *view, struct error *e) CHECK_RESULT;
/** Its text alone, cheap; false: damaged. */
bool segment_form_text(const struct segment *s, uint32_t form, struct slice *text);
/** How often a form occurs, bodies and titles (once for each passage) together; 0: not known. No form occurs more often
    than one of a lower id. */
uint32_t segment_form_occurrences(const struct segment *s, uint32_t form);
/** The form id at place `rank` of the sorted order; FORM_NONE past the end. */
uint32_t segment_form_at_rank(const struct segment *s, uint32_t rank);
/** Ranks [*from, *to) of the forms that start with prefix. */
void segment_form_prefix(const struct segment *s, struct slice prefix, uint32_t *from, uint32_t *to);
/** The forms whose term is `term`: *ids points to *n form ids, ascending, for segment_listed_form(). */
enum status segment_term_forms(const struct segment *s, uint32_t term, const char **ids, uint32_t *n,
                               struct error *e) CHECK_RESULT;
/** Fetch into the processor's cache what that will look at, one step some time after the other; only a hint. */
enum prefetch_forms { PREFETCH_FORMS_TERM, PREFETCH_FORMS_MORE, PREFETCH_FORMS_LIST };
void segment_prefetch_forms(const struct segment *s, uint32_t term, enum prefetch_forms step);

/** Number i of such a list; damaged ones name forms that are not there. */
static inline uint32_t segment_listed_form(const char *ids, uint32_t i)
{
    return get_u24(ids + (size_t)i * 3);
}

enum status segment_passage(const struct segment *s, uint32_t passage, struct passage_view *view,
                            struct error *e) CHECK_RESULT;
enum status segment_article(const struct segment *s, uint32_t article, struct article_view *view,
                            struct error *e) CHECK_RESULT;
/** Fetch into the processor's cache a passage's record; some time later its article's, or its text; only a hint. */
enum prefetch_passage { PREFETCH_RECORD, PREFETCH_ARTICLE, PREFETCH_TEXT };
void segment_prefetch_passage(const struct segment *s, uint32_t passage, enum prefetch_passage step);
/** The date alone, cheap; DATE_NONE where the article is not readable. */
int32_t segment_article_date(const struct segment *s, uint32_t article);
/**
 * Where it stands among articles that are as good as each other, cheap after the first time: newer ones are smaller,
 * the undated greatest, those of one date by the first half of their id's slice_hash(). The upper half is
 * UINT32_MAX - date. 0 where the article is not readable.
 */
uint64_t segment_article_order(const struct segment *s, uint32_t article);
/** The article of a passage, cheap; UINT32_MAX where not readable. */
uint32_t segment_passage_article(const struct segment *s, uint32_t passage);
/** The article with this id, live or dead; UINT32_MAX: none. */
uint32_t segment_find_article(const struct segment *s, struct slice id);

/**
 * The token sequence of a passage's body as form ids, in position order (position = index + 1), n_tokens of them.
 * FORM_NONE marks a position without a token (a dropped stopword under the parity profile).
 *
 * @param out  room for passage_view.n_tokens
 */
enum status segment_tokens(const struct segment *s, uint32_t passage, uint32_t *out, uint32_t n_tokens,
                           struct error *e) CHECK_RESULT;
/** The same of an article's title: room for article_view.n_title_tokens. */
enum status segment_title_tokens(const struct segment *s, uint32_t article, uint32_t *out, uint32_t n_tokens,
                                 struct error *e) CHECK_RESULT;

/** A token sequence in the map, as the file has it; token_units.h reads it. */
struct token_units {
    const char *data;
    size_t n; /* u16 units, at least one a token */
};

/** Where the sequences stand, cheap: only the bounds are checked. *out is empty on failure. */
enum status segment_token_units(const struct segment *s, uint32_t passage, struct token_units *out,
                                struct error *e) CHECK_RESULT;
enum status segment_title_token_units(const struct segment *s, uint32_t article, struct token_units *out,
                                      struct error *e) CHECK_RESULT;

/** Fetch into the processor's cache what the two will look at, one step some time after the other; only a hint. */
enum prefetch_step { PREFETCH_PLACES, PREFETCH_BODY, PREFETCH_TITLE };
void segment_prefetch_tokens(const struct segment *s, uint32_t passage, enum prefetch_step step);
void segment_prefetch_title(const struct segment *s, uint32_t article);

/**
 * Decode a term's postings, ascending, into *out: its memory is used again, else exactly what is needed is reserved.
 * out->n is 0 where the segment has not the term, and after a failure. Finding a list takes about a microsecond.
 *
 * @param stop  may be NULL
 * @retval ERR_INDEX     also where a posting names a passage that the segment has not, or an impact out of range
 * @retval ERR_DEADLINE ERR_CANCELLED ERR_NOMEM
 */
enum status segment_postings(const struct segment *s, struct slice term, const struct stop *stop, struct postings *out,
                             struct error *e) CHECK_RESULT;

#endif
