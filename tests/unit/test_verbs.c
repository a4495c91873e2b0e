/* SPELL, SUGGEST, SIMILAR, WHYNOT over an index of known articles, against what a look at every word gives. */
#include "brute_force.h"

#include "edits.h"
#include "lexicon.h"
#include "similar.h"
#include "spell.h"
#include "stopwords.h"
#include "suggest.h"
#include "whynot.h"

#define N_WORLD 60
#define WORLD_WORDS 160

struct service {
    struct fixture fixture;
    struct brute brute;
    struct snapshot *snapshot;
    struct searcher *searcher;
};

static const struct stop no_stop;

/* What the tests of stages and phrases speak of. */
static const struct fixture_article floods = {
    .id = "floods.md",
    .title = "The Delta works",
    .author = "Ann Lee",
    .date = 19530201,
    .passages =
        {"The storm surge broke the dikes of the island. A storm surge barrier was built against the storm surge.",
         "The barrier of the river was flooded. A storm surge barrier was tested by engineers.",
         "Quiet pastures, where herons were counted by engineers."},
};
static const struct fixture_article tides = {
    .id = "tides.md",
    .title = "Storm tides",
    .author = "Bob Ray",
    .passages = {"Storm surge barriers close against the tide. The dikes of the island held.",
                 "The floodplain lies low."},
};
static const struct fixture_article gone = {
    .id = "gone.md", .title = "Gone", .passages = {"Zeppelins over the dikes."}};

/* Words that lie near each other: two to eight letters of few. */
static const char *world_word(uint32_t *seed, char word[16])
{
    *seed = *seed * 1664525u + 1013904223u;
    uint32_t x = *seed >> 8;
    size_t n = 2 + x % 7;
    for (size_t i = 0; i < n; i++) {
        x = x * 31 + 7;
        word[i] = "aeilmnorst"[x / 64 % 10];
    }
    word[n] = '\0';
    return word;
}

struct world {
    struct fixture_article articles[N_WORLD];
    char ids[N_WORLD][8], titles[N_WORLD][64], bodies[N_WORLD][2][WORLD_WORDS * 5];
};

static void world_fill(struct world *w)
{
    uint32_t seed = 11;
    for (size_t i = 0; i < N_WORLD; i++) {
        char word[16];
        snprintf(w->ids[i], sizeof w->ids[i], "w%02zu", i);
        snprintf(w->titles[i], sizeof w->titles[i], "%s", world_word(&seed, word));
        for (size_t p = 0; p < 2; p++) {
            size_t len = 0;
            for (size_t k = 0; k < 1 + seed % WORLD_WORDS / 2 && len + 16 < sizeof w->bodies[i][p]; k++)
                len += (size_t)snprintf(w->bodies[i][p] + len, sizeof w->bodies[i][p] - len, "%s ",
                                        world_word(&seed, word));
        }
        w->articles[i] = (struct fixture_article){
            .id = w->ids[i], .title = w->titles[i], .passages = {w->bodies[i][0], w->bodies[i][1]}};
    }
}

static int setup(void **state)
{
    static struct world world;
    struct error e = {0};
    struct service *s = calloc(1, sizeof *s);
    assert_non_null(s);
    world_fill(&world);
    fixture_init(&s->fixture);
    arena_init(&s->brute.arena);
    s->brute.analyzer = s->fixture.analyzer;
    const struct fixture_article *first[N_WORLD / 2 + 2], *second[N_WORLD / 2 + 1];
    for (size_t i = 0; i < N_WORLD / 2; i++) {
        first[i] = &world.articles[i];
        second[i] = &world.articles[N_WORLD / 2 + i];
    }
    first[N_WORLD / 2] = &gone;
    first[N_WORLD / 2 + 1] = &floods;
    second[N_WORLD / 2] = &tides;
    static const char *const removed[] = {"gone.md", "w03", "w07", "w11"};
    fixture_update(&s->fixture, NULL, 0, first, N_WORLD / 2 + 2);
    fixture_update(&s->fixture, removed, 4, second, N_WORLD / 2 + 1);
    for (size_t i = 0; i < N_WORLD; i++)
        if (i != 3 && i != 7 && i != 11)
            brute_add(&s->brute, &world.articles[i]);
    brute_add(&s->brute, &floods);
    brute_add(&s->brute, &tides);
    s->snapshot = fixture_open(&s->fixture);
    fixture_ok(searcher_new(&s->searcher, s->snapshot, NULL, &e), &e);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct service *s = *state;
    searcher_free(s->searcher);
    snapshot_unref(s->snapshot);
    brute_clear(&s->brute);
    fixture_clear(&s->fixture);
    free(s);
    return 0;
}

/* Every form of the live passages with how many have it. */
struct counted {
    struct slice form;
    uint64_t n_passages;
    size_t last;
};

struct counted_forms {
    struct counted items[1 << 14];
    size_t n;
};

static void count_text(struct counted_forms *c, const struct brute_text *text, size_t passage)
{
    for (size_t t = 0; t < text->n; t++) {
        size_t i = 0;
        while (i < c->n && !slice_equal(c->items[i].form, text->tokens[t].form))
            i++;
        assert_true(i < sizeof c->items / sizeof c->items[0]);
        if (i == c->n)
            c->items[c->n++] = (struct counted){.form = text->tokens[t].form};
        c->items[i].n_passages += c->items[i].last != passage;
        c->items[i].last = passage;
    }
}

static const struct counted_forms *all_forms(const struct service *s)
{
    static struct counted_forms forms;
    size_t passage = 0;
    if (forms.n > 0)
        return &forms;
    for (size_t a = 0; a < s->brute.n_articles; a++) {
        for (size_t p = 0; p < s->brute.articles[a]->n_passages; p++) {
            passage++;
            count_text(&forms, &s->brute.articles[a]->title, passage);
            count_text(&forms, &s->brute.articles[a]->passages[p], passage);
        }
    }
    return &forms;
}

static int by_count(const void *a, const void *b)
{
    const struct counted *x = a, *y = b;
    if (x->n_passages != y->n_passages)
        return x->n_passages > y->n_passages ? -1 : 1;
    return slice_compare(x->form, y->form);
}

static void test_lexicon_starting__agrees_with_all_forms(void **state)
{
    struct service *s = *state;
    const struct counted_forms *forms = all_forms(s);
    static struct counted with_prefix[1 << 14];
    static const char *const prefixes[] = {"a", "e", "s", "t", "st", "sto", "no", "zz", "storm", "z"};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        struct slice prefix = slice_cstr(prefixes[i]);
        struct lexicon_list list;
        struct error e = {0};
        size_t n = 0;
        for (size_t k = 0; k < forms->n; k++)
            if (slice_starts(forms->items[k].form, prefix) && forms->items[k].form.len > prefix.len)
                with_prefix[n++] = forms->items[k];
        qsort(with_prefix, n, sizeof *with_prefix, by_count);
        fixture_ok(lexicon_init(&list, &e), &e);
        fixture_ok(lexicon_starting(&list, s->searcher, prefix, 20, &no_stop, &e), &e);
        assert_int_equal(list.n, n < 20 ? n : 20);
        for (size_t k = 0; k < list.n; k++) {
            if (!slice_equal(list.items[k].text, with_prefix[k].form) ||
                list.items[k].n_passages != with_prefix[k].n_passages)
                fail_msg("%s, place %zu: got %.*s %llu, want %.*s %llu", prefixes[i], k, SLICE_ARG(list.items[k].text),
                         (unsigned long long)list.items[k].n_passages, SLICE_ARG(with_prefix[k].form),
                         (unsigned long long)with_prefix[k].n_passages);
        }
        lexicon_clear(&list);
    }
}

/* The best correction of a word that stands alone, by the formula of spell.h and a look at every form. */
static struct slice best_correction(const struct counted_forms *forms, struct slice word)
{
    struct slice best = SLICE("");
    double greatest = 0;
    unsigned least = 0;
    for (size_t i = 0; i < forms->n; i++) {
        unsigned max = word.len < SPELL_TWO_EDITS_LETTERS ? 1 : 2;
        unsigned edits = edits_within(word, forms->items[i].form, max);
        if (edits == 0 || edits > max)
            continue;
        double weight = (double)forms->items[i].n_passages / (edits == 2 ? 32 : 1) /
                        (word.data[0] == forms->items[i].form.data[0] ? 1 : 16);
        bool is_tie = weight == greatest;
        if (weight > greatest || (is_tie && edits < least) ||
            (is_tie && edits == least && slice_compare(forms->items[i].form, best) < 0)) {
            greatest = weight;
            least = edits;
            best = forms->items[i].form;
        }
    }
    return best;
}

static void test_spell_run__agrees_with_all_forms(void **state)
{
    struct service *s = *state;
    const struct counted_forms *forms = all_forms(s);
    uint32_t seed = 99;
    size_t n_unknown = 0, n_corrected = 0;
    for (int round = 0; round < 400; round++) {
        char word[16];
        struct error e = {0};
        struct spelled *x;
        world_word(&seed, word);
        fixture_ok(spell_run(&x, s->searcher, slice_cstr(word), false, &no_stop, &e), &e);
        assert_int_equal(x->n_words, 1);
        if (x->words[0].n_passages == 0) {
            struct slice want = strlen(word) < SPELL_LETTERS_MIN ? SLICE("") : best_correction(forms, slice_cstr(word));
            if (!slice_equal(want, x->words[0].correction))
                fail_msg("%s: got %.*s, want %.*s", word, SLICE_ARG(x->words[0].correction), SLICE_ARG(want));
            n_corrected += want.len > 0;
            n_unknown++;
        } else {
            assert_int_equal(x->words[0].correction.len, 0);
        }
        spelled_free(x);
    }
    assert_true(n_unknown > 50 && n_corrected > 20);
}

static void test_spell_run__table(void **state)
{
    struct service *s = *state;
    static const struct {
        const char *text, *want; /* "": nothing to correct */
    } rows[] = {
        {"strom srge", "storm surge"},
        {"+strom -srge", "+storm -surge"},
        {"storm surge", ""},
        {"the dieks", "the dikes"},
        {"xq", ""},           /* too short */
        {"19533", ""},        /* no letters */
        {"qqqqqqqqqqqq", ""}, /* nothing is near */
        {"zeppelinss", ""},   /* only a removed article had it */
        {"storms stormy engineeers", "storms storm engineers"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct error e = {0};
        struct spelled *x;
        struct buf got;
        buf_init(&got, 4096);
        fixture_ok(spell_run(&x, s->searcher, slice_cstr(rows[i].text), true, &no_stop, &e), &e);
        bool is_changed = spelled_apply(x, slice_cstr(rows[i].text), &got);
        if (is_changed != (rows[i].want[0] != '\0') ||
            (is_changed && !slice_equal(buf_slice(&got), slice_cstr(rows[i].want))))
            fail_msg("%s: got %.*s", rows[i].text, SLICE_ARG(buf_slice(&got)));
        buf_clear(&got);
        spelled_free(x);
    }
}

static void test_spell_run__bounds(void **state)
{
    struct service *s = *state;
    struct spelled *x;
    struct error e = {0};
    char text[(SPELL_WORDS_MAX + 1) * 2 + 1];
    for (size_t i = 0; i < sizeof text - 1; i++)
        text[i] = i % 2 == 0 ? 'a' : ' ';
    text[sizeof text - 1] = '\0';
    assert_int_equal(spell_run(&x, s->searcher, slice_cstr(text), false, &no_stop, &e), ERR_QUERY);
    assert_int_equal(e.at, SPELL_WORDS_MAX * 2);
    assert_null(x);
    fixture_ok(spell_run(&x, s->searcher, slice_of(text, SPELL_WORDS_MAX * 2), false, &no_stop, &e), &e);
    assert_int_equal(x->n_words, SPELL_WORDS_MAX);
    spelled_free(x);
    struct stop late = {.deadline_us = 1};
    assert_int_equal(spell_run(&x, s->searcher, SLICE("stromm"), false, &late, &e), ERR_DEADLINE);
}

static bool suggests(struct service *s, const char *text, size_t n, const char *want, uint64_t *n_passages)
{
    struct error e = {0};
    struct suggestions *x;
    bool is_there = false;
    fixture_ok(suggest_run(&x, s->searcher, slice_cstr(text), n, &no_stop, &e), &e);
    assert_true(x->n <= n);
    for (size_t i = 0; i < x->n; i++) {
        for (size_t k = 0; k < i; k++)
            assert_false(slice_equal(x->items[i].text, x->items[k].text));
        assert_true(x->items[i].n_passages > 0);
        if (want != NULL && slice_equal(x->items[i].text, slice_cstr(want))) {
            is_there = true;
            *n_passages = x->items[i].n_passages;
        }
    }
    bool is_empty = x->n == 0;
    suggestions_free(x);
    return want == NULL ? is_empty : is_there;
}

static void test_suggest_run__table(void **state)
{
    static const struct {
        const char *text, *want; /* NULL: nothing at all */
        uint64_t n_passages;
    } rows[] = {
        {"storm su", "storm surge", 3},
        {"storm surge b", "storm surge barrier", 2},
        {"Storm  SU", "Storm  surge", 3},
        {"+storm su", "+storm surge", 3},
        {"storm surge ", "storm surge barrier", 2},
        {"  engin", "engineers", 2},
        {"delta ", "delta works", 3},
        {"zepp", NULL, 0}, /* the article is gone */
        {"", NULL, 0},
        {"   ", NULL, 0},
        {"+", NULL, 0},
        {"storm (", NULL, 0},
        {"qqqq ", NULL, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t n_passages = 0;
        if (!suggests(*state, rows[i].text, 10, rows[i].want, &n_passages) || n_passages != rows[i].n_passages)
            fail_msg("%s: %s, %llu passages", rows[i].text, rows[i].want, (unsigned long long)n_passages);
    }
}

/* Where nothing stands before, completions are the commonest forms that are no stopwords. */
static void test_suggest_run__completions_are_the_commonest(void **state)
{
    struct service *s = *state;
    const struct counted_forms *forms = all_forms(s);
    static const char *const prefixes[] = {"me", "ro", "sta", "na", "le"};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        static struct counted with_prefix[1 << 14];
        struct slice prefix = slice_cstr(prefixes[i]);
        struct suggestions *x;
        struct error e = {0};
        size_t n = 0;
        for (size_t k = 0; k < forms->n; k++)
            if (slice_starts(forms->items[k].form, prefix) && forms->items[k].form.len > prefix.len &&
                !stopword_is_english(forms->items[k].form))
                with_prefix[n++] = forms->items[k];
        qsort(with_prefix, n, sizeof *with_prefix, by_count);
        fixture_ok(suggest_run(&x, s->searcher, prefix, 6, &no_stop, &e), &e);
        for (size_t k = 0; k < x->n && !x->items[k].is_phrase; k++) {
            assert_true(slice_equal(x->items[k].text, with_prefix[k].form));
            assert_int_equal(x->items[k].n_passages, with_prefix[k].n_passages);
        }
        assert_true(n < 3 || x->n >= 3);
        suggestions_free(x);
    }
}

static void test_suggest_run__bounds(void **state)
{
    struct service *s = *state;
    struct suggestions *x;
    struct error e = {0};
    uint64_t n;
    assert_int_equal(suggest_run(&x, s->searcher, SLICE("s"), 0, &no_stop, &e), ERR_OPTION);
    assert_int_equal(suggest_run(&x, s->searcher, SLICE("s"), SUGGEST_N_MAX + 1, &no_stop, &e), ERR_OPTION);
    assert_false(suggests(s, "s", SUGGEST_N_MAX, NULL, &n));
    assert_false(suggests(s, "s", 1, NULL, &n));
    struct stop late = {.deadline_us = 1};
    assert_int_equal(suggest_run(&x, s->searcher, SLICE("storm s"), 10, &late, &e), ERR_DEADLINE);
    assert_null(x);
}

static void test_search_similar__others_only(void **state)
{
    struct service *s = *state;
    struct search_options options = search_options_default();
    struct error e = {0};
    struct hits *h;
    fixture_ok(search_similar(&h, s->searcher, SLICE("floods.md"), 1, &options, &e), &e);
    assert_true(h->n >= 1);
    assert_true(slice_equal(h->items[0].article.id, SLICE("tides.md")));
    assert_int_equal(h->items[0].passage.ordinal, 1);
    assert_true(h->items[0].spans.n > 0);
    uint64_t found = h->found;
    hits_free(h);
    /* All of them: as many as found says, none of the article itself, best first. */
    options.n = SEARCH_N_MAX;
    fixture_ok(search_similar(&h, s->searcher, SLICE("w20"), 0, &options, &e), &e);
    assert_int_equal(h->n, h->found);
    assert_int_equal(h->next, 0);
    for (size_t i = 0; i < h->n; i++) {
        assert_false(slice_equal(h->items[i].article.id, SLICE("w20")));
        assert_true(i == 0 || h->items[i].score <= h->items[i - 1].score);
    }
    hits_free(h);
    options.n = 1;
    fixture_ok(search_similar(&h, s->searcher, SLICE("floods.md"), 1, &options, &e), &e);
    assert_int_equal(h->n, 1);
    assert_int_equal(h->found, found);
    hits_free(h);
    assert_int_equal(search_similar(&h, s->searcher, SLICE("gone.md"), 1, &options, &e), ERR_NONE);
    assert_int_equal(search_similar(&h, s->searcher, SLICE("tides.md"), 3, &options, &e), ERR_NONE);
    options.n = 0;
    assert_int_equal(search_similar(&h, s->searcher, SLICE("tides.md"), 1, &options, &e), ERR_OPTION);
}

static void test_search_run__corrected(void **state)
{
    struct service *s = *state;
    static const struct {
        const char *line, *spelled;
        bool is_off, is_plain;
    } rows[] = {
        {"engineeers", "engineers", false, false}, {"the engineeers", "the engineers", false, false},
        {"engineeers", "", true, false},           {"engineeers", "", false, true},
        {"+engineeers", "", false, false},         {"\"engineeers\"", "", false, false},
        {"engineeers^2", "", false, false},        {"title:engineeers", "", false, false},
        {"engineeers storm", "", false, false}, /* something is found */
        {"qqqqqqqqqqq", "", false, false},         {"engineers", "", false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct search_options options = search_options_default();
        struct error e = {0};
        struct hits *h;
        options.corrects = !rows[i].is_off;
        options.mode = rows[i].is_plain ? MODE_PLAIN : MODE_QUERY;
        fixture_ok(search_run(&h, s->searcher, slice_cstr(rows[i].line), &options, &e), &e);
        if (!slice_equal(buf_slice(&h->spelled), slice_cstr(rows[i].spelled)))
            fail_msg("%s: %.*s", rows[i].line, SLICE_ARG(buf_slice(&h->spelled)));
        if (rows[i].spelled[0] != '\0')
            assert_int_equal(h->found, 2);
        hits_free(h);
    }
}

static void check_stages(struct service *s, const char *passage, uint32_t ordinal, const char *query,
                         const struct search_options *options, const char *want)
{
    struct error e = {0};
    struct whynot *w;
    char got[512] = "";
    size_t len = 0;
    fixture_ok(search_whynot(&w, s->searcher, slice_cstr(query), options, slice_cstr(passage), ordinal, &e), &e);
    for (size_t i = 0; i < w->n_rows; i++)
        len += (size_t)snprintf(got + len, sizeof got - len, "%s%s %.*s", i == 0 ? "" : "|", w->rows[i].stage,
                                (int)strcspn(w->rows[i].detail.data, ":"), w->rows[i].detail.data);
    if (strcmp(got, want) != 0)
        fail_msg("%s#%u %s: got %s, want %s", passage, ordinal, query, got, want);
    whynot_free(w);
}

static void test_search_whynot__stages(void **state)
{
    static const struct {
        const char *passage;
        uint32_t ordinal;
        const char *query;
        uint32_t n, from, per;
        const char *want;
    } rows[] = {
        {"nowhere.md", 1, "storm", 10, 0, 0,
         "missing no such article; an id is written as the passages of SEARCH show it"},
        {"tides.md", 3, "storm", 10, 0, 0, "missing the article has 2 passages, no #3"},
        {"gone.md", 1, "dikes", 10, 0, 0, "deleted it was removed or replaced; the next merge forgets it"},
        {"gone.md", 2, "dikes", 10, 0, 0,
         "missing no such article; an id is written as the passages of SEARCH show it"},
        {"tides.md", 1, "", 10, 0, 0, "empty the query has no word to search for"},
        {"tides.md", 2, "herons", 10, 0, 0, "absent herons"},
        {"tides.md", 2, "herons pastures", 10, 0, 0, "absent herons|absent pastures"},
        {"tides.md", 2, "+storm +herons", 10, 0, 0, "absent herons"},
        {"tides.md", 2, "flooding", 10, 0, 0, "stem flooding"},
        {"tides.md", 2, "zepp*", 10, 0, 0, "absent zepp*"},
        {"tides.md", 1, "storm -tide", 10, 0, 0, "excluded tide"},
        {"tides.md", 1, "storm NOT (tide OR herons)", 10, 0, 0, "excluded tide OR herons"},
        {"tides.md", 1, "\"surge storm\"", 10, 0, 0, "phrase surge storm"},
        {"tides.md", 1, "\"surge herons\"", 10, 0, 0, "absent herons"},
        {"tides.md", 1, "+storm author:lee", 10, 0, 0, "filter author"},
        {"tides.md", 1, "+storm title:delta", 10, 0, 0, "filter title"},
        {"tides.md", 1, "+storm date:1953", 10, 0, 0, "filter date"},
        {"tides.md", 1, "+herons author:lee", 10, 0, 0, "absent herons|filter author"},
        {"floods.md", 2, "storm surge", 10, 0, 1, "grouped per=1"},
        {"tides.md", 2, "storm surge", 3, 0, 0, "ranked 4 of 4"},
        {"floods.md", 1, "storm surge", 10, 2, 0, "ranked 1 of 4"},
        {"floods.md", 1, "storm surge", 10, 0, 0, "shown 1 of 4"},
        {"floods.md", 1, "storm surge", 10, 0, 1, "shown 1 of 4"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct search_options options = search_options_default();
        options.n = rows[i].n;
        options.from = rows[i].from;
        options.per = rows[i].per;
        check_stages(*state, rows[i].passage, rows[i].ordinal, rows[i].query, &options, rows[i].want);
    }
}

/* What sixty prefixes stand for is more than the query had room for when it was parsed. */
static void test_search_whynot__prefixes(void **state)
{
    struct service *s = *state;
    struct search_options options = search_options_default();
    struct error e = {0};
    struct whynot *w;
    char line[60 * 5 + 1] = "";
    for (unsigned i = 0; i < 60; i++)
        snprintf(line + (size_t)i * 5, 6, "+%c%c* ", "aeilmn"[i / 10], "aeilmnorst"[i % 10]);
    fixture_ok(search_whynot(&w, s->searcher, slice_cstr(line), &options, SLICE("floods.md"), 3, &e), &e);
    assert_true(w->n_rows > 50);
    for (size_t i = 0; i < w->n_rows; i++)
        assert_string_equal(w->rows[i].stage, "absent");
    whynot_free(w);
}

/* The rank told is the one that a search has. */
static void test_search_whynot__ranks(void **state)
{
    struct service *s = *state;
    static const char *const queries[] = {"storm surge barrier dikes", "re* la*", "storm OR no*"};
    for (size_t q = 0; q < sizeof queries / sizeof queries[0]; q++) {
        struct search_options options = search_options_default();
        struct error e = {0};
        struct hits *h;
        options.n = SEARCH_N_MAX;
        fixture_ok(search_run(&h, s->searcher, slice_cstr(queries[q]), &options, &e), &e);
        assert_true(h->n > 0);
        options.n = 3;
        for (size_t i = 0; i < h->n; i++) {
            struct whynot *w;
            fixture_ok(search_whynot(&w, s->searcher, slice_cstr(queries[q]), &options, h->items[i].article.id,
                                     h->items[i].passage.ordinal, &e),
                       &e);
            assert_int_equal(w->rank, i + 1);
            assert_string_equal(w->rows[0].stage, i < 3 ? "shown" : "ranked");
            whynot_free(w);
        }
        hits_free(h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lexicon_starting__agrees_with_all_forms),
        cmocka_unit_test(test_spell_run__agrees_with_all_forms),
        cmocka_unit_test(test_spell_run__table),
        cmocka_unit_test(test_spell_run__bounds),
        cmocka_unit_test(test_suggest_run__table),
        cmocka_unit_test(test_suggest_run__completions_are_the_commonest),
        cmocka_unit_test(test_suggest_run__bounds),
        cmocka_unit_test(test_search_similar__others_only),
        cmocka_unit_test(test_search_run__corrected),
        cmocka_unit_test(test_search_whynot__stages),
        cmocka_unit_test(test_search_whynot__prefixes),
        cmocka_unit_test(test_search_whynot__ranks),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
