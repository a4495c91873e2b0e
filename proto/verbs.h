/**
 * The verbs and their options as tables: what the parser accepts and what HELP tells is one text. Private to proto.
 */
#ifndef QUOTH_VERBS_H
#define QUOTH_VERBS_H

#include "request.h"

struct verb_rule {
    const char *name;
    enum verb verb;
    const char *text;   /* what the text is; NULL: the verb takes none */
    const char *syntax; /* for HELP */
    const char *what;
};

enum option_kind {
    OPTION_NUMBER, /* strict decimal, min..max */
    OPTION_WORD,   /* one of `words`; its index is the value */
    OPTION_BYTES,  /* anything but empty, taken as it is */
};

struct option_rule {
    uint32_t verbs; /* bits VERB_BIT(verb) */
    const char *key;
    enum option_kind kind;
    uint64_t min, max;        /* OPTION_NUMBER */
    const char *const *words; /* OPTION_WORD, ended by NULL */
    void (*set)(struct request *r, uint64_t value, struct slice bytes);
    const char *syntax, *what;
};

#define VERB_BIT(verb) (1u << (unsigned)(verb))

const struct verb_rule *verb_rules(size_t *n);
const struct option_rule *option_rules(size_t *n);

/** NULL: VERB_NONE. */
const struct verb_rule *verb_rule_of(enum verb verb);

/** Known to the protocol, but not available in this version? */
bool verb_is_planned(struct slice name);

/** r->facet into r->facets. ERR_OPTION: not a list of facets. */
enum status request_facets_parse(struct request *r, struct error *e) CHECK_RESULT;

/** Length of [a-z_]+ at the start of s that an '=' follows; 0: s does not start with key= . */
size_t key_length(struct slice s);

#endif
