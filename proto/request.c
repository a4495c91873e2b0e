#include "request.h"

#include "percent.h"
#include "utf8.h"
#include "verbs.h"

#define TLS_HANDSHAKE 0x16
#define QUOTED_MAX_BYTES 40 /* of a peer's word in a message */

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static struct slice skip_spaces(struct slice s)
{
    while (s.len > 0 && is_space(s.data[0]))
        s = slice_from(s, 1);
    return s;
}

static struct slice first_word(struct slice s)
{
    size_t len = 0;
    while (len < s.len && !is_space(s.data[len]))
        len++;
    return slice_of(s.data, len);
}

/* A peer's word as it may stand in a message. */
static struct slice cut(struct slice word)
{
    return slice_of(word.data, utf8_floor(word, QUOTED_MAX_BYTES));
}

static struct request defaults(void)
{
    return (struct request){
        .n = N_DEFAULT,
        .width = WIDTH_DEFAULT,
        .deadline_ms = DEADLINE_DEFAULT_MS,
        .proto = PROTO_VERSION,
    };
}

static void say(struct request_error *wire, const char *code, bool closes)
{
    *wire = (struct request_error){.code = code, .closes = closes};
}

bool request_is_foreign(char first_byte)
{
    return first_byte == TLS_HANDSHAKE;
}

/* A line that ends in " HTTP/1.x": what follows are headers and a body that some web page chose. */
static bool is_http(struct slice line)
{
    static const struct slice mark = {" HTTP/1.", 8};
    if (line.len <= mark.len)
        return false;
    return slice_equal(slice_of(line.data + line.len - mark.len - 1, mark.len), mark);
}

static bool is_tag_byte(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-';
}

/* Take "@tag SP" off the line. False: there is a '@' but no good tag. */
static bool take_tag(struct request *r, struct slice *line)
{
    if (line->len == 0 || line->data[0] != '@')
        return true;
    struct slice tag = slice_from(first_word(*line), 1);
    if (tag.len == 0 || tag.len > TAG_MAX_BYTES)
        return false;
    for (size_t i = 0; i < tag.len; i++)
        if (!is_tag_byte(tag.data[i]))
            return false;
    memcpy(r->tag, tag.data, tag.len);
    r->tag[tag.len] = '\0';
    *line = slice_from(*line, tag.len + 1);
    return true;
}

static enum status check_bytes(struct slice line, struct request_error *wire, struct error *e)
{
    for (size_t i = 0; i < line.len; i++) {
        unsigned char c = (unsigned char)line.data[i];
        if ((c < ' ' && c != '\t') || c == 0x7F) {
            say(wire, "bytes", false);
            return error_set(e, ERR_FORMAT, "control byte 0x%02X at byte %zu of the line; send UTF-8 text without any",
                             c, i);
        }
    }
    if (!utf8_is_valid(line)) {
        say(wire, "bytes", false);
        return error_set(e, ERR_FORMAT, "the line is not valid UTF-8; convert it before sending");
    }
    return OK;
}

static enum status take_verb(struct request *r, struct slice *line, struct request_error *wire, struct error *e)
{
    *line = skip_spaces(*line);
    struct slice word = first_word(*line);
    *line = slice_from(*line, word.len);
    r->verb = verb_find(word);
    if (r->verb != VERB_NONE)
        return OK;
    say(wire, "verb", false);
    if (word.len == 0)
        return error_set(e, ERR_OPTION, "an empty line; HELP lists the verbs");
    if (verb_is_planned(word))
        return error_set(e, ERR_OPTION, "%.*s is not available in this version; HELP lists the verbs", SLICE_ARG(word));
    return error_set(e, ERR_OPTION, "unknown verb \"%.*s\"; HELP lists the verbs", SLICE_ARG(cut(word)));
}

static const struct option_rule *find_option(enum verb verb, struct slice key, size_t *number)
{
    size_t n;
    const struct option_rule *rules = option_rules(&n);
    for (size_t i = 0; i < n; i++) {
        if (rules[i].key[0] == key.data[0] && (rules[i].verbs & VERB_BIT(verb)) != 0 &&
            slice_equal(key, slice_cstr(rules[i].key))) {
            *number = i;
            return &rules[i];
        }
    }
    return NULL;
}

static bool read_value(const struct option_rule *rule, struct slice bytes, uint64_t *value)
{
    *value = 0;
    switch (rule->kind) {
    case OPTION_NUMBER:
        return slice_to_u64(bytes, rule->max, value) && *value >= rule->min;
    case OPTION_WORD:
        while (rule->words[*value] != NULL && !slice_equal(bytes, slice_cstr(rule->words[*value])))
            ++*value;
        return rule->words[*value] != NULL;
    case OPTION_BYTES:
        return bytes.len > 0;
    }
    return false;
}

/* One key=value; `seen` has a bit for each rule that was met. */
static enum status set_option(struct request *r, struct slice word, size_t key_len, uint32_t *seen, struct error *e)
{
    struct slice key = slice_of(word.data, key_len);
    struct slice bytes = slice_from(word, key_len + 1);
    const char *verb = verb_rule_of(r->verb)->name;
    size_t number = 0;
    const struct option_rule *rule = find_option(r->verb, key, &number);
    if (rule == NULL)
        return error_set(e, ERR_OPTION, "%s has no option \"%.*s\"; put -- before text that looks like one", verb,
                         SLICE_ARG(cut(key)));
    if ((*seen & 1u << number) != 0)
        return error_set(e, ERR_OPTION, "option %s is given twice", rule->key);
    *seen |= 1u << number;
    uint64_t value;
    if (!read_value(rule, bytes, &value))
        return error_set(e, ERR_OPTION, "bad value \"%.*s\"; it must be %s", SLICE_ARG(cut(bytes)), rule->syntax);
    rule->set(r, value, bytes);
    return OK;
}

static enum status take_options(struct request *r, struct slice *line, struct error *e)
{
    uint32_t seen = 0;
    for (;;) {
        *line = skip_spaces(*line);
        struct slice word = first_word(*line);
        if (slice_equal(word, SLICE("--"))) {
            *line = slice_from(*line, word.len + 1);
            return OK;
        }
        size_t key_len = key_length(word);
        if (key_len == 0)
            return OK;
        enum status st = set_option(r, word, key_len, &seen, e);
        if (st != OK)
            return st;
        *line = slice_from(*line, word.len);
    }
}

/* What concerns more than one option. */
static enum status check_whole(const struct request *r, struct error *e)
{
    const struct verb_rule *rule = verb_rule_of(r->verb);
    if (rule->text == NULL && r->text.len > 0)
        return error_set(e, ERR_OPTION, "%s takes no text; leave it out", rule->name);
    if ((uint64_t)r->from + r->n > DEPTH_MAX)
        return error_set(e, ERR_OPTION, "from + n is %u, at most %d; ask more narrowly instead", r->from + r->n,
                         DEPTH_MAX);
    if ((r->verb == VERB_EXPLAIN || r->verb == VERB_WHYNOT) && r->passage.len == 0)
        return error_set(e, ERR_OPTION, "%s needs passage=article#ordinal", rule->name);
    if (r->proto != PROTO_VERSION)
        return error_set(e, ERR_OPTION, "protocol %u is not known here; version %d stays in force", r->proto,
                         PROTO_VERSION);
    return OK;
}

void request_take_tag(struct request *out, struct slice line)
{
    *out = defaults();
    (void)take_tag(out, &line);
}

enum status request_parse(struct request *out, struct slice line, struct request_error *wire, struct error *e)
{
    *out = defaults();
    *wire = (struct request_error){.code = "internal"};
    if (line.len > 0 && line.data[line.len - 1] == '\r')
        line.len--;
    struct slice rest = line;
    bool is_tag_good = take_tag(out, &rest);
    if ((line.len > 0 && request_is_foreign(line.data[0])) || is_http(line)) {
        say(wire, "http", true);
        return error_set(e, ERR_FORMAT, "this is no web server; HELP after connecting lists the verbs");
    }
    if (line.len > LINE_MAX_BYTES) {
        say(wire, "line", false);
        return error_set(e, ERR_LIMIT, "the line has %zu bytes; a request has at most %d", line.len, LINE_MAX_BYTES);
    }
    enum status st = check_bytes(line, wire, e);
    if (st != OK)
        return st;
    if (!is_tag_good) {
        say(wire, "option", false);
        return error_set(e, ERR_OPTION, "a tag has 1 to %d of A-Z a-z 0-9 _ . -", TAG_MAX_BYTES);
    }
    st = take_verb(out, &rest, wire, e);
    if (st != OK)
        return st;
    say(wire, "option", false);
    st = take_options(out, &rest, e);
    out->text = rest;
    if (st == OK)
        st = request_facets_parse(out, e);
    return st == OK ? check_whole(out, e) : st;
}

enum status passage_ref_parse(struct slice ref, struct buf *id, uint32_t *ordinal, struct error *e)
{
    *ordinal = 0;
    ref = slice_trim(ref);
    const char *mark = ref.len == 0 ? NULL : memchr(ref.data, '#', ref.len);
    struct slice name = mark == NULL ? ref : slice_of(ref.data, (size_t)(mark - ref.data));
    if (name.len == 0)
        return error_set(e, ERR_OPTION, "a passage is written article#ordinal, an article by its id");
    if (mark != NULL) {
        uint64_t number;
        if (!slice_to_u64(slice_from(ref, name.len + 1), UINT32_MAX, &number) || number == 0)
            return error_set(e, ERR_OPTION, "after # comes a passage's ordinal, from 1; a # in an id is written %%23");
        *ordinal = (uint32_t)number;
    }
    size_t before = id->len;
    percent_decode(id, name);
    enum status st = buf_status(id, e);
    if (st == OK && id->len - before > REF_ID_MAX_BYTES)
        st = error_set(e, ERR_OPTION, "an article's id has at most %d bytes", REF_ID_MAX_BYTES);
    if (st != OK)
        *ordinal = 0;
    return st;
}

const char *wire_code(enum status st)
{
    switch (st) {
    case ERR_QUERY:
        return "query";
    case ERR_OPTION:
        return "option";
    case ERR_NONE:
        return "none";
    case ERR_GEN:
        return "gen";
    case ERR_DEADLINE:
    case ERR_CANCELLED:
        return "deadline";
    case ERR_BUSY:
        return "busy";
    case ERR_INDEX:
    case ERR_SIGNATURE:
    case ERR_IO:
        return "index";
    case OK:
    case ERR_NOMEM:
    case ERR_LIMIT:
    case ERR_FORMAT:
    case ERR_LOCKED:
    case ERR_INTERNAL:
        break;
    }
    return "internal";
}
