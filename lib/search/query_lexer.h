/**
 * A query line -> lexemes: words, quoted text, brackets, AND OR NOT. It knows signs, fields and which characters are
 * syntax, and nothing of what words mean. Used by query_parse.c only.
 */
#ifndef QUOTH_QUERY_LEXER_H
#define QUOTH_QUERY_LEXER_H

#include "slice.h"
#include "status.h"

enum lexeme_kind {
    LEXEME_END,
    LEXEME_TEXT,   /* a run without spaces; maybe no word at all ("...") */
    LEXEME_QUOTED, /* what stands between two quotes */
    LEXEME_NEAR,   /* the same with "~8" behind it */
    LEXEME_PREFIX, /* a run that ended in '*', which is not in its text */
    LEXEME_FUZZY,  /* a run that ended in "~1", which is not in its text */
    LEXEME_EXACT,  /* a run that began with '=', which is not in its text */
    LEXEME_OPEN,   /* ( */
    LEXEME_CLOSE,  /* ) */
    LEXEME_AND,
    LEXEME_OR,
    LEXEME_NOT,
};

enum lexeme_field {
    LEXEME_ANY,
    LEXEME_TITLE,
    LEXEME_AUTHOR,
    LEXEME_TAG,
    LEXEME_DATE, /* of this and those below the text is taken as it is */
    LEXEME_LANG,
    LEXEME_SOURCE,
    LEXEME_URL,
};

struct lexeme {
    enum lexeme_kind kind;
    enum lexeme_field field; /* of all with a text */
    char sign;               /* '+', '-' or 0; also before OPEN */
    size_t start, len;       /* the whole lexeme, bytes of the line, sign, field and quotes included */
    size_t text_start;       /* the text alone */
    struct slice text;
    uint32_t distance; /* NEAR: positions; FUZZY: edits */
    double boost;      /* behind '^', also of CLOSE; 1: none */
};

struct lexer {
    struct slice line; /* borrowed while the lexer is used */
    size_t at;
};

/**
 * The next lexeme; LEXEME_END at the end of the line.
 *
 * @retval ERR_QUERY  a quote that is not closed, a field without a value, signs that do not go together, numbers out of
 *                    their bounds
 */
enum status lexer_next(struct lexer *x, struct lexeme *out, struct error *e) CHECK_RESULT;

/** The name of a field as it is written, with its colon: "title:". */
const char *lexeme_field_name(enum lexeme_field field);

#endif
