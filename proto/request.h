/**
 * One request line -> a request: a pure function on bytes.
 *
 *     request = [ "@" tag SP ] VERB *( SP key "=" value ) [ SP "--" ] [ SP text ]
 */
#ifndef QUOTH_REQUEST_H
#define QUOTH_REQUEST_H

#include "bounds.h"
#include "buf.h"
#include "status.h"

enum verb {
    VERB_NONE, /* unknown: ERR verb */
    VERB_HELLO,
    VERB_PING,
    VERB_HELP,
    VERB_SEARCH,
    VERB_COUNT,
    VERB_GET,
    VERB_EXPLAIN,
    VERB_SIMILAR,
    VERB_SUGGEST,
    VERB_SPELL,
    VERB_WHYNOT,
    VERB_STATS,
    VERB_QUIT,
    N_VERBS,
};

enum out_format { OUT_TSV, OUT_JSON, OUT_PROMETHEUS };
enum request_show { REQUEST_SNIPPET, REQUEST_PASSAGE, REQUEST_SHOW_NONE };
enum request_sort { REQUEST_BY_SCORE, REQUEST_NEWEST, REQUEST_OLDEST };
enum request_facet_field {
    REQUEST_AUTHOR,
    REQUEST_YEAR,
    REQUEST_MONTH,
    REQUEST_TAG,
    REQUEST_LANG,
    N_REQUEST_FACETS,
};
enum request_total { REQUEST_ESTIMATE, REQUEST_EXACT, REQUEST_TOTAL_NONE };

struct request_facet {
    enum request_facet_field field;
    uint32_t n; /* values, 1..FACET_MAX */
};

struct request {
    enum verb verb;
    char tag[TAG_MAX_BYTES + 1]; /* "" where there is none */
    struct slice text;           /* verbatim; points into the line */
    /* Options, their defaults where the request does not say. */
    uint32_t n, from, per, width, deadline_ms, proto;
    uint64_t gen;       /* 0: the current one */
    bool is_gen_chosen; /* gen= was given, 0 included */
    enum request_show show;
    enum request_total total;
    enum request_sort sort;
    struct slice lang;                             /* lang=, as given; empty: all languages of the index */
    struct slice facet;                            /* facet=, as given */
    struct request_facet facets[N_REQUEST_FACETS]; /* what it says, n_facets of them, each field once */
    size_t n_facets;
    enum out_format out;
    bool is_plain;        /* mode=plain */
    bool is_first_stage;  /* rank=first */
    bool is_expanded;     /* expand=on */
    bool is_spell_off;    /* spell=off */
    struct slice passage; /* passage= of EXPLAIN and WHYNOT, still percent-encoded */
};

/** What went wrong, as the wire says it. */
struct request_error {
    const char *code; /* "verb", "option", "query", "line", "bytes", "http", … */
    bool closes;      /* the server closes after this one */
};

/**
 * Parse a line (without its LF; a CR at its end is dropped).
 *
 * Line may be of any length. A TAB counts as a space. An option given twice, or one that another version has and this
 * one has not, is ERR_OPTION. On failure out->tag is still what could be read of it, so that the error reply can echo
 * it; *code is the wire's word and e the message.
 *
 * @retval ERR_OPTION ERR_LIMIT ERR_FORMAT  unknown verb or option, bad value, too long, bad bytes
 */
enum status request_parse(struct request *out, struct slice line, struct request_error *wire,
                          struct error *e) CHECK_RESULT;

/** Only the tag of a line that is not to be parsed, so that its error reply can echo it; all else is as by default. */
void request_take_tag(struct request *out, struct slice line);

/** Can no request begin with this byte, so that the connection is closed without waiting for a line's end (TLS)? */
bool request_is_foreign(char first_byte);

/** "id#ordinal" or "id", percent-decoded into id; *ordinal 0 where there is none. ERR_OPTION: no such form. */
enum status passage_ref_parse(struct slice ref, struct buf *id, uint32_t *ordinal, struct error *e) CHECK_RESULT;

/** The wire's word for a status: ERR_QUERY -> "query", ERR_DEADLINE -> "deadline", … "internal". */
const char *wire_code(enum status st);

/** Lines of HELP: a verb each, or with a verb its options; columns name, syntax, what it does. Returns lines written.
 */
size_t help_lines(struct buf *out, enum verb verb, enum out_format format);

/** By name, any case; VERB_NONE. */
enum verb verb_find(struct slice name);

/** "SEARCH"; NULL for VERB_NONE. */
const char *verb_name(enum verb verb);

#endif
