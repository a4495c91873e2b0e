/*
 * Passages as they come back from a segment: their texts, raw and compressed, and what their records say, at every
 * limit of a record's fields. Compressed texts are those of words that stand in them, and of others.
 */
#include "index_model.h"

#include "segment_text.h"
#include "text_room.h"

#include <unistd.h>
#include <xxhash.h>

#define N_PASSAGES 700 /* of which every fifth begins an article; several bases of places */
#define SUM_AT 24
#define TEXT_HEADER_BYTES (32 + N_TEXT_SECTIONS * 16)

#define WORDS_MAX ((size_t)UINT16_MAX + 1)

static const char *const vocabulary[] = {"storm", "dike", "the", "sea", "north", "ete", "a", "farther"};
#define N_VOCABULARY (sizeof vocabulary / sizeof *vocabulary)

/* A passage that is put in and must come out. */
struct put {
    struct slice text;
    uint64_t at, at_len;
    uint32_t n_tokens, ordinal;
    bool is_analysed; /* its words are those that stand in it */
};

struct world {
    struct temp temp;
    struct put put[N_PASSAGES];
    char *bytes;
    unsigned seed;
};

static unsigned roll(struct world *w, unsigned below)
{
    w->seed = w->seed * 1103515245u + 12345u;
    return (w->seed >> 8) % below;
}

/* The words of the vocabulary that stand in a text; at most `most`. */
static uint32_t find_words(struct slice text, uint32_t *out, size_t most)
{
    uint32_t n = 0;
    for (size_t i = 0; i < text.len && n < most; i++)
        for (uint32_t k = 0; k < N_VOCABULARY && n < most; k++) {
            struct slice word = slice_cstr(vocabulary[k]);
            bool is_there = i + word.len <= text.len && (i == 0 || text.data[i - 1] == ' ') &&
                            slice_equal_ascii_case(slice_of(text.data + i, word.len), word);
            if (is_there)
                out[n++] = k;
        }
    return n;
}

static void make_world(struct world *w)
{
    static const size_t lens[] = {0, 1, 8191, 8192, 8193, 16384, 300000, 40};
    static const uint64_t ats[] = {0, 65535, UINT32_MAX, (uint64_t)UINT32_MAX + 1, (uint64_t)1 << 40};
    static const uint64_t at_lens[] = {0, 65534, 65535, 65536, (uint64_t)64 << 20, (uint64_t)1 << 33};
    static const char *const words[] = {"storm ", "Dike ", "the ", "sea, ", "NORTH. ", "\xc3\xa9t\xc3\xa9 "};
    uint32_t *found = malloc(WORDS_MAX * sizeof *found);
    assert_non_null(found);
    temp_make(&w->temp);
    w->bytes = malloc((size_t)1 << 20);
    assert_non_null(w->bytes);
    for (size_t i = 0; i < (size_t)1 << 20;) {
        const char *word = words[roll(w, 6)];
        for (size_t k = 0; word[k] != '\0' && i < (size_t)1 << 20; k++)
            w->bytes[i++] = word[k];
    }
    for (size_t i = 0; i < N_PASSAGES; i++) {
        struct put *p = &w->put[i];
        size_t len = roll(w, 3) > 0 ? roll(w, 1500) : lens[roll(w, 8)];
        p->text = slice_of(w->bytes + roll(w, 1 << 19), len);
        p->at = ats[roll(w, 5)];
        p->at_len = roll(w, 2) > 0 ? len : at_lens[roll(w, 6)];
        p->is_analysed = roll(w, 4) > 0;
        p->n_tokens =
            p->is_analysed ? find_words(p->text, found, WORDS_MAX) : roll(w, len > 2 ? 20 : (unsigned)len + 1);
        p->ordinal = (uint32_t)i % 5 + 1;
    }
    free(found);
    for (size_t i = 11; i <= 12; i++) {
        w->put[i].text = slice_of(w->bytes, 20000);
        w->put[i].n_tokens = UINT16_MAX + (i == 12);
        w->put[i].is_analysed = false;
    }
}

static void remove_world(struct world *w)
{
    temp_remove(&w->temp);
    free(w->bytes);
}

static struct index_settings settings_of(bool is_compressed)
{
    struct index_settings s = settings;
    s.is_compressed = is_compressed;
    return s;
}

/* Numbers of the vocabulary become words. Those that are not in the text are any, or none. */
static void make_words(const struct put *p, size_t number, const uint32_t *known, uint32_t *words)
{
    struct world any = {.seed = (unsigned)number};
    if (p->is_analysed)
        assert_int_equal(find_words(p->text, words, WORDS_MAX), p->n_tokens);
    for (uint32_t k = 0; k < p->n_tokens; k++)
        if (p->is_analysed)
            words[k] = known[words[k]];
        else
            words[k] = k > 0 && roll(&any, 5) == 0 ? WORD_GAP : known[roll(&any, N_VOCABULARY)];
}

static void write_range(struct world *w, struct index_writer *to, size_t from, size_t end)
{
    uint32_t known[N_VOCABULARY], *words = malloc(WORDS_MAX * sizeof *words);
    assert_non_null(words);
    for (size_t i = from; i < end; i++) {
        const struct put *p = &w->put[i];
        if (p->ordinal == 1) {
            char id[16];
            snprintf(id, sizeof id, "%zu", i);
            struct article_record a = {.id = slice_cstr(id), .title = SLICE("title"), .lang = SLICE("en")};
            assert_int_equal(index_writer_begin_article(to, &a, NULL), OK);
        }
        for (size_t k = 0; k < N_VOCABULARY; k++)
            assert_int_equal(index_writer_word(to, slice_cstr(vocabulary[k]), SLICE("term"), &known[k], NULL), OK);
        make_words(p, i, known, words);
        assert_int_equal(index_writer_add_passage(to, p->text, p->at, p->at_len, words, p->n_tokens, NULL), OK);
        if (p->ordinal == 5)
            assert_int_equal(index_writer_end_article(to, NULL), OK);
    }
    free(words);
}

static void build(struct world *w, bool is_compressed, size_t from, size_t end)
{
    const struct index_settings s = settings_of(is_compressed);
    struct update *u;
    struct index_writer *to;
    assert_int_equal(update_begin(&u, w->temp.path, &s, NULL), OK);
    assert_int_equal(update_writer(u, (size_t)64 << 20, &to, NULL), OK);
    write_range(w, to, from, end);
    publish(u);
}

/* Passage number p of a segment is the one that was put in as number i. */
static void check_passage(const struct world *w, const struct segment *s, uint32_t p, size_t i, struct text_room *room,
                          bool is_compressed)
{
    const struct put *want = &w->put[i];
    struct passage_view have;
    struct token_units units;
    assert_int_equal(segment_passage(s, p, &have, NULL), OK);
    assert_int_equal(have.text.data == NULL, is_compressed);
    assert_int_equal(text_room_fill(room, s, p, &have, NULL), OK);
    assert_true(slice_equal(have.text, want->text));
    assert_int_equal(have.at, want->at);
    assert_int_equal(have.at_len, want->at_len);
    assert_int_equal(have.n_tokens, want->n_tokens);
    assert_int_equal(have.ordinal, want->ordinal);
    assert_int_equal(have.article, p / 5);
    assert_int_equal(segment_passage_article(s, p), p / 5);
    assert_int_equal(segment_token_units(s, p, &units, NULL), OK);
    assert_int_equal(units.n, want->n_tokens);
}

static void check_all(struct world *w, bool is_compressed)
{
    struct snapshot *snapshot;
    struct text_room room = {0};
    struct error e;
    if (index_check(w->temp.path, NULL, NULL, &e) != OK)
        fail_msg("%s", e.text);
    assert_int_equal(snapshot_open(&snapshot, w->temp.path, NULL), OK);
    assert_int_equal(snapshot_settings(snapshot)->is_compressed, is_compressed);
    size_t i = 0;
    for (size_t k = 0; k < snapshot_n_segments(snapshot); k++) {
        const struct segment *s = snapshot_segment(snapshot, k);
        size_t first = i;
        for (uint32_t p = 0; p < segment_n_passages(s); p++)
            check_passage(w, s, p, i++, &room, is_compressed);
        for (size_t n = 0; n < 2000; n++) {
            uint32_t p = roll(w, segment_n_passages(s));
            check_passage(w, s, p, first + p, &room, is_compressed);
        }
        struct passage_view view;
        assert_int_equal(segment_passage(s, segment_n_passages(s), &view, NULL), ERR_INDEX);
        assert_int_equal(segment_passage_article(s, segment_n_passages(s)), UINT32_MAX);
    }
    assert_int_equal(i, N_PASSAGES);
    text_room_clear(&room);
    snapshot_unref(snapshot);
}

static void compact_index(const struct world *w)
{
    struct update *u;
    assert_int_equal(update_begin(&u, w->temp.path, NULL, NULL), OK);
    update_request_compact(u, false);
    assert_int_equal(publish(u).n_segments, 1);
}

static void test_passage__comes_back_as_it_was_put_in(void **state)
{
    (void)state;
    for (unsigned is_compressed = 0; is_compressed < 2; is_compressed++) {
        struct world w = {.seed = 5 + is_compressed};
        make_world(&w);
        build(&w, is_compressed, 0, N_PASSAGES);
        check_all(&w, is_compressed);
        remove_world(&w);
    }
}

/* An index keeps what it was built with, whatever is merged. */
static void test_passage__survives_updates_and_merges(void **state)
{
    (void)state;
    for (unsigned is_compressed = 0; is_compressed < 2; is_compressed++) {
        struct world w = {.seed = 7};
        make_world(&w);
        build(&w, is_compressed, 0, 600);
        build(&w, is_compressed, 600, N_PASSAGES);
        check_all(&w, is_compressed);
        compact_index(&w);
        check_all(&w, is_compressed);
        remove_world(&w);
    }
}

static uint64_t text_bytes(const struct world *w)
{
    struct snapshot *s;
    assert_int_equal(snapshot_open(&s, w->temp.path, NULL), OK);
    uint64_t n = snapshot_segment(s, 0)->text.map.len;
    snapshot_unref(s);
    return n;
}

/* What stands in the file is what it takes, compressed and not. */
static void test_passage__is_small(void **state)
{
    (void)state;
    struct world raw = {.seed = 9}, compressed = {.seed = 9};
    uint64_t n_text = 0, n_wide = 0;
    make_world(&raw);
    make_world(&compressed);
    for (size_t i = 0; i < N_PASSAGES; i++) {
        const struct put *p = &raw.put[i];
        n_text += p->text.len;
        n_wide += p->at > UINT32_MAX || p->at_len >= PASSAGE_WIDE || p->n_tokens > UINT16_MAX;
    }
    build(&raw, false, 0, N_PASSAGES);
    build(&compressed, true, 0, N_PASSAGES);
    assert_true(text_bytes(&raw) < n_text + N_PASSAGES * PASSAGE_RECORD_BYTES + n_wide * WIDE_RECORD_BYTES + 200);
    assert_true(text_bytes(&compressed) < n_text / 2);
    remove_world(&raw);
    remove_world(&compressed);
}

/* The file of texts of a world's only segment. */
struct text_file {
    char path[PATH_MAX];
    struct buf good;
};

static void text_file_read(struct text_file *f, const struct world *w)
{
    struct snapshot *s;
    assert_int_equal(snapshot_open(&s, w->temp.path, NULL), OK);
    snprintf(f->path, sizeof f->path, "%s/segments/%s/text", w->temp.path, segment_id(snapshot_segment(s, 0)));
    snapshot_unref(s);
    buf_init(&f->good, (size_t)1 << 24);
    assert_int_equal(file_read(&f->good, f->path, NULL), OK);
}

/* Write it with a byte that is another, and a checksum as if nothing had happened. */
static void text_file_damage(struct text_file *f, size_t at)
{
    struct buf *b = &f->good;
    b->data[at] ^= 0x55;
    uint64_t sum = XXH64(b->data + TEXT_HEADER_BYTES, b->len - TEXT_HEADER_BYTES, 0);
    memcpy(b->data + SUM_AT, &sum, sizeof sum);
    unlink(f->path);
    assert_int_equal(file_write_new(f->path, buf_slice(b), NULL), OK);
    b->data[at] ^= 0x55;
}

static void test_text_room__damage_is_an_error_or_another_text(void **state)
{
    (void)state;
    struct world w = {.seed = 11};
    struct text_file f;
    make_world(&w);
    build(&w, true, 0, 100);
    text_file_read(&f, &w);
    size_t n_refused = 0;
    for (size_t i = 0; i < 400; i++) {
        /* The tables stand at the end. */
        size_t behind = i % 2 == 0 ? f.good.len - TEXT_HEADER_BYTES : 4000;
        struct text_room room = {0};
        struct snapshot *s;
        text_file_damage(&f, f.good.len - 1 - roll(&w, (unsigned)behind));
        if (snapshot_open(&s, w.temp.path, NULL) != OK)
            continue;
        const struct segment *segment = snapshot_segment(s, 0);
        for (uint32_t p = 0; p < segment_n_passages(segment); p++) {
            struct passage_view view;
            enum status st = segment_passage(segment, p, &view, NULL);
            if (st == OK)
                st = text_room_fill(&room, segment, p, &view, NULL);
            assert_true(st == OK || st == ERR_INDEX);
            n_refused += st != OK;
        }
        text_room_clear(&room);
        snapshot_unref(s);
    }
    assert_true(n_refused > 100);
    buf_clear(&f.good);
    remove_world(&w);
}

/* The bytes of all texts are the file's last eight. */
static void test_check__adds_up_spelled_texts(void **state)
{
    (void)state;
    struct world w = {.seed = 13};
    struct text_file f;
    struct error e;
    make_world(&w);
    build(&w, true, 0, 100);
    text_file_read(&f, &w);
    for (size_t i = 1; i <= TEXT_SPELLED_BYTES; i++) {
        text_file_damage(&f, f.good.len - i);
        assert_int_equal(index_check(w.temp.path, NULL, NULL, &e), ERR_INDEX);
        assert_non_null(strstr(e.text, "length of all texts"));
    }
    buf_clear(&f.good);
    remove_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_passage__comes_back_as_it_was_put_in),
        cmocka_unit_test(test_passage__survives_updates_and_merges),
        cmocka_unit_test(test_passage__is_small),
        cmocka_unit_test(test_text_room__damage_is_an_error_or_another_text),
        cmocka_unit_test(test_check__adds_up_spelled_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
