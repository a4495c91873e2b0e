#include "verbs.h"

static const struct verb_rule verbs[] = {
    {"HELLO", VERB_HELLO, NULL, "HELLO [proto=1]", "the greeting again: version, bounds, generation"},
    {"PING", VERB_PING, "any text", "PING [text]", "one line: the text"},
    {"HELP", VERB_HELP, "a verb", "HELP [verb]", "the verbs, or the options of one"},
    {"SEARCH", VERB_SEARCH, "query", "SEARCH [options] [--] query", "the passages that best match"},
    {"COUNT", VERB_COUNT, "query", "COUNT [options] [--] query", "how many passages and articles match, exactly"},
    {"GET", VERB_GET, "article, or article#ordinal", "GET [options] [--] article[#ordinal]",
     "an article with its passages, or one passage"},
    {"EXPLAIN", VERB_EXPLAIN, "query", "EXPLAIN passage=article#ordinal [options] [--] query",
     "why a passage has its score"},
    {"SIMILAR", VERB_SIMILAR, "article#ordinal, or article", "SIMILAR [options] [--] article[#ordinal]",
     "the passages most like it, of other articles"},
    {"SUGGEST", VERB_SUGGEST, "beginning of a query", "SUGGEST [options] [--] beginning",
     "how a query that begins so may go on"},
    {"SPELL", VERB_SPELL, "query", "SPELL [options] [--] query", "each word, and what was probably meant"},
    {"WHYNOT", VERB_WHYNOT, "query", "WHYNOT passage=article#ordinal [options] [--] query",
     "why a passage is not in SEARCH's answer, or at which rank"},
    {"STATS", VERB_STATS, NULL, "STATS [out=tsv|json|prometheus]", "counters and times of the server"},
    {"QUIT", VERB_QUIT, NULL, "QUIT", "the server closes the connection"},
};

static const char *const planned_verbs[] = {"WATCH", "UNWATCH", "WAIT", "AUTH"};

static const char *const show_words[] = {"snippet", "passage", "none", NULL};
static const char *const sort_words[] = {"score", "date", "-date", NULL};
static const char *const mode_words[] = {"query", "plain", NULL};
static const char *const rank_words[] = {"full", "first", NULL};
static const char *const off_on_words[] = {"off", "on", NULL};
static const char *const on_off_words[] = {"on", "off", NULL};
static const char *const total_words[] = {"estimate", "exact", "none", NULL};
static const char *const out_words[] = {"tsv", "json", NULL};
static const char *const stats_out_words[] = {"tsv", "json", "prometheus", NULL};

static void set_n(struct request *r, uint64_t value, struct slice bytes)
{
    (void)bytes;
    r->n = (uint32_t)value;
}

static void set_from(struct request *r, uint64_t value, struct slice bytes)
{
    (void)bytes;
    r->from = (uint32_t)value;
}

static void set_per(struct request *r, uint64_t value, struct slice bytes)
{
    (void)bytes;
    r->per = (uint32_t)value;
}

static void set_width(struct request *r, uint64_t value, struct slice bytes)
{
    (void)bytes;
    r->width = (uint32_t)value;
}

static void set_deadline(struct request *r, uint64_t value, struct slice bytes)
{
    (void)bytes;
    r->deadline_ms = (uint32_t)value;
}

static void set_proto(struct request *r, uint64_t value, struct slice bytes)
{
    (void)bytes;
    r->proto = (uint32_t)value;
}

static void set_gen(struct request *r, uint64_t value, struct slice bytes)
{
    (void)bytes;
    r->gen = value;
    r->is_gen_chosen = true;
}

static void set_show(struct request *r, uint64_t value, struct slice bytes)
{
    (void)bytes;
    r->show = (enum request_show)value;
}

static void set_total(struct request *r, uint64_t value, struct slice bytes)
{
    (void)bytes;
    r->total = (enum request_total)value;
}

static void set_sort(struct request *r, uint64_t value, struct slice bytes)
{
    (void)bytes;
    r->sort = (enum request_sort)value;
}

static void set_lang(struct request *r, uint64_t value, struct slice bytes)
{
    (void)value;
    r->lang = bytes;
}

static void set_facet(struct request *r, uint64_t value, struct slice bytes)
{
    (void)value;
    r->facet = bytes;
}

static void set_out(struct request *r, uint64_t value, struct slice bytes)
{
    (void)bytes;
    r->out = (enum out_format)value;
}

static void set_mode(struct request *r, uint64_t value, struct slice bytes)
{
    (void)bytes;
    r->is_plain = value == 1;
}

static void set_rank(struct request *r, uint64_t value, struct slice bytes)
{
    (void)bytes;
    r->is_first_stage = value == 1;
}

static void set_expand(struct request *r, uint64_t value, struct slice bytes)
{
    (void)bytes;
    r->is_expanded = value == 1;
}

static void set_spell(struct request *r, uint64_t value, struct slice bytes)
{
    (void)bytes;
    r->is_spell_off = value == 1;
}

static void set_passage(struct request *r, uint64_t value, struct slice bytes)
{
    (void)value;
    r->passage = bytes;
}

#define ON_SEARCH VERB_BIT(VERB_SEARCH)
#define ON_HITS (VERB_BIT(VERB_SEARCH) | VERB_BIT(VERB_SIMILAR))
#define ON_PAGE (ON_HITS | VERB_BIT(VERB_WHYNOT)) /* those that number what SEARCH finds */
#define ON_RANKED (VERB_BIT(VERB_SEARCH) | VERB_BIT(VERB_WHYNOT))
#define ON_QUERY (ON_RANKED | VERB_BIT(VERB_COUNT) | VERB_BIT(VERB_EXPLAIN))
#define ON_WORDS (ON_QUERY | VERB_BIT(VERB_SUGGEST) | VERB_BIT(VERB_SPELL))
#define ON_TIMED (ON_WORDS | VERB_BIT(VERB_SIMILAR))
#define ON_INDEX (ON_TIMED | VERB_BIT(VERB_GET))

static const struct option_rule options[] = {
    {ON_PAGE, "n", OPTION_NUMBER, 1, HITS_MAX, NULL, set_n, "n=1..1000", "hits wanted; 10"},
    {VERB_BIT(VERB_SUGGEST), "n", OPTION_NUMBER, 1, SUGGESTIONS_MAX, NULL, set_n, "n=1..100", "suggestions wanted; 10"},
    {ON_PAGE, "from", OPTION_NUMBER, 0, DEPTH_MAX, NULL, set_from, "from=0..",
     "hits passed over; from + n <= 10000; 0"},
    {ON_PAGE, "per", OPTION_NUMBER, 0, DEPTH_MAX, NULL, set_per, "per=0..10000",
     "passages of one article at most, 0 for no limit; 0"},
    {ON_HITS, "show", OPTION_WORD, 0, 0, show_words, set_show, "show=snippet|passage|none",
     "what the text column holds; snippet"},
    {ON_HITS, "width", OPTION_NUMBER, 1, WIDTH_MAX, NULL, set_width, "width=1..10000", "characters of a snippet; 240"},
    {ON_SEARCH, "total", OPTION_WORD, 0, 0, total_words, set_total, "total=estimate|exact|none",
     "how passages found are counted; estimate"},
    {ON_RANKED, "sort", OPTION_WORD, 0, 0, sort_words, set_sort, "sort=score|date|-date",
     "date: newest first, -date: oldest first, the undated last; score"},
    {ON_SEARCH, "facet", OPTION_BYTES, 0, 0, NULL, set_facet, "facet=author,year,month,tag,lang",
     "articles by these, the commonest 10 or :N; none"},
    {VERB_BIT(VERB_EXPLAIN) | VERB_BIT(VERB_WHYNOT), "passage", OPTION_BYTES, 0, 0, NULL, set_passage,
     "passage=article#ordinal", "the passage to explain; needed"},
    {ON_QUERY, "mode", OPTION_WORD, 0, 0, mode_words, set_mode, "mode=query|plain",
     "plain: words only, no operators; query"},
    {ON_RANKED | VERB_BIT(VERB_EXPLAIN), "rank", OPTION_WORD, 0, 0, rank_words, set_rank, "rank=full|first",
     "first: without re-ranking; full"},
    {ON_RANKED, "expand", OPTION_WORD, 0, 0, off_on_words, set_expand, "expand=off|on",
     "on: search again with words of the best passages; off"},
    {ON_SEARCH, "spell", OPTION_WORD, 0, 0, on_off_words, set_spell, "spell=on|off",
     "whether plain words that find nothing are tried again corrected; on"},
    {ON_WORDS, "lang", OPTION_BYTES, 0, 0, NULL, set_lang, "lang=de",
     "words by this language's stems only; all of the index"},
    {ON_TIMED, "deadline", OPTION_NUMBER, 1, DEADLINE_MAX_MS, NULL, set_deadline, "deadline=1..",
     "milliseconds, never above the server's own; 2000"},
    {ON_INDEX, "gen", OPTION_NUMBER, 0, UINT64_MAX, NULL, set_gen, "gen=N",
     "a generation still served; the current one"},
    {ON_INDEX | VERB_BIT(VERB_HELP), "out", OPTION_WORD, 0, 0, out_words, set_out, "out=tsv|json",
     "form of data lines; tsv"},
    {VERB_BIT(VERB_STATS), "out", OPTION_WORD, 0, 0, stats_out_words, set_out, "out=tsv|json|prometheus",
     "form of data lines; tsv"},
    {VERB_BIT(VERB_HELLO), "proto", OPTION_NUMBER, 0, UINT32_MAX, NULL, set_proto, "proto=1",
     "the protocol's version; 1"},
};

_Static_assert(sizeof options / sizeof options[0] <= OPTIONS_MAX, "a request's options are counted in 32 bits");

const struct verb_rule *verb_rules(size_t *n)
{
    *n = sizeof verbs / sizeof verbs[0];
    return verbs;
}

const struct option_rule *option_rules(size_t *n)
{
    *n = sizeof options / sizeof options[0];
    return options;
}

const struct verb_rule *verb_rule_of(enum verb verb)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (verbs[i].verb == verb)
            return &verbs[i];
    return NULL;
}

enum verb verb_find(struct slice name)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (slice_equal_ascii_case(name, slice_cstr(verbs[i].name)))
            return verbs[i].verb;
    return VERB_NONE;
}

const char *verb_name(enum verb verb)
{
    const struct verb_rule *rule = verb_rule_of(verb);
    return rule == NULL ? NULL : rule->name;
}

bool verb_is_planned(struct slice name)
{
    for (size_t i = 0; i < sizeof planned_verbs / sizeof planned_verbs[0]; i++)
        if (slice_equal_ascii_case(name, slice_cstr(planned_verbs[i])))
            return true;
    return false;
}

size_t key_length(struct slice s)
{
    size_t len = 0;
    while (len < s.len && ((s.data[len] >= 'a' && s.data[len] <= 'z') || s.data[len] == '_'))
        len++;
    return len < s.len && s.data[len] == '=' ? len : 0;
}
