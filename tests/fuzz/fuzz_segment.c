/*
 * A small index whose files were changed: whatever stands in them, opening, every accessor, searches, the check, and an
 * update that kills and merges must end in an answer or an error, never in a stray read. The Xapian database is left as
 * it is: libxapian itself reads astray in a damaged block, which is not ours to mend.
 *
 * The input is edits of six bytes: u8 file, u32 offset (little-endian, modulo the file's length), u8 new value. With
 * the file's top bit the checksums are mended afterwards, so that what stands behind them is reached. With the next bit
 * of the first edit the index is one with compressed texts.
 */
#include "analyzer.h"
#include "check.h"
#include "date.h"
#include "manifest.h"
#include "pack.h"
#include "search.h"
#include "text_room.h"
#include "update.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#define FILES_MAX 24
#define FILE_MAX_BYTES ((size_t)1 << 20)
#define EDIT_BYTES 6
#define EDITS_MAX 64
#define MEND_FLAG 0x80
#define COMPRESSED_FLAG 0x40
#define FILE_MASK 0x3F
#define SUM_AT 24
#define SECTIONS_MAX 9

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
const char *__asan_default_options(void);

/* libxapian deletes a table of its own through a base class when it checks a database (1.4.22). */
const char *__asan_default_options(void)
{
    return "new_delete_type_mismatch=0";
}

struct pristine_file {
    char path[PATH_MAX];
    struct buf good, bad;
};

/* The index as it was built, and where it is written anew for each input. */
struct pristine {
    char root[64], index[96];
    struct pristine_file files[FILES_MAX];
    size_t n, n_changed; /* those that are left as they are come last */
};

static struct pristine *pristine_pair; /* texts as they are, texts compressed */

static void must(enum status st, const struct error *e)
{
    if (st == OK)
        return;
    fprintf(stderr, "%s\n", e->text);
    abort();
}

static const char *const vocabulary[] = {"storm", "sea", "north", "dike", "flood", "wind", "barn", "stormy"};
/* The terms of these; "storm" has two forms, "wint" none that begins with it. */
static const char *const terms[] = {"storm", "sea", "north", "dike", "flood", "wint", "barn", "storm"};

static void add_article(struct index_writer *w, unsigned number)
{
    struct error e;
    uint32_t words[8], title[2];
    char id[16], text[64] = "storm sea north dike flood wind barn stormi; and some more text";
    struct slice tag = SLICE("water"), author = SLICE("mari");
    for (size_t i = 0; i < 8; i++)
        must(index_writer_word(w, slice_cstr(vocabulary[i]), slice_cstr(terms[i]), &words[i], &e), &e);
    title[0] = words[number % 8];
    title[1] = words[(number + 3) % 8];
    snprintf(id, sizeof id, "a%u.txt", number);
    struct article_record record = {.id = slice_cstr(id),
                                    .title = SLICE("storm dike"),
                                    .author = SLICE("Mari"),
                                    .lang = SLICE("en"),
                                    .format = SLICE("text"),
                                    .path = slice_cstr(id),
                                    .tags = SLICE("water\nland"),
                                    .date = number % 3 == 0 ? 20240000 : 20240301 + (int32_t)number,
                                    .title_words = title,
                                    .n_title_words = 2,
                                    .author_terms = &author,
                                    .n_author_terms = 1,
                                    .tag_terms = &tag,
                                    .n_tag_terms = 1};
    must(index_writer_begin_article(w, &record, &e), &e);
    for (unsigned p = 0; p < number % 4; p++)
        must(index_writer_add_passage(w, slice_of(text, 40 + p), p * 100, 50, words + p, 8 - p, &e), &e);
    must(index_writer_end_article(w, &e), &e);
}

static void build(const char *index, bool is_compressed)
{
    struct error e;
    struct analyzer *analyzer;
    struct index_settings settings = {.average_length = 100, .is_compressed = is_compressed};
    must(analyzer_new(&analyzer, ANALYZER_DEFAULT, &e), &e);
    must(analyzer_signature(analyzer, &settings.analyzer_signature, &e), &e);
    analyzer_free(analyzer);
    for (unsigned generation = 0; generation < 2; generation++) {
        struct update *u;
        struct index_writer *w;
        struct publish_result result;
        struct source s = {.path = SLICE("x.txt"), .size = generation};
        uint32_t root;
        must(update_begin(&u, index, &settings, &e), &e);
        must(update_root(u, SLICE("/articles"), SLICE(""), &root, &e), &e);
        must(sources_put(update_sources(u), &s, &e), &e);
        must(update_writer(u, (size_t)16 << 20, &w, &e), &e);
        for (unsigned i = 0; i < 6; i++)
            add_article(w, generation * 6 + i);
        for (uint32_t i = 2; generation > 0 && i < 4; i++)
            must(update_remove(u, 0, i, &e), &e);
        must(update_publish(u, &result, &e), &e);
        update_free(u);
    }
}

static bool ends_in(const struct pristine_file *f, const char *name)
{
    return slice_ends(slice_cstr(f->path), slice_cstr(name));
}

static bool is_left_alone(const struct pristine_file *f)
{
    return ends_in(f, "/postlist.glass") || ends_in(f, "/iamglass") || ends_in(f, "/flintlock");
}

static size_t kind_of(const struct pristine_file *f)
{
    static const char *const names[] = {"/manifest", "/terms", "/forms", "/tokens", "/text", "/articles"};
    size_t kind = 0;
    while (kind < sizeof names / sizeof *names && !ends_in(f, names[kind]))
        kind++;
    kind += strstr(f->path, "/" SOURCES_PREFIX) != NULL;
    return is_left_alone(f) ? SIZE_MAX : kind;
}

/* Names are random; what a file is must decide its number, so that inputs mean the same in every run. */
static int by_kind(const void *a, const void *b)
{
    const struct pristine_file *x = a, *y = b;
    size_t i = kind_of(x), k = kind_of(y);
    if (i != k)
        return i < k ? -1 : 1;
    return (x->good.len > y->good.len) - (x->good.len < y->good.len);
}

/* Remember every file below a folder. */
static void remember(struct pristine *p, const char *folder)
{
    DIR *d = opendir(folder);
    if (d == NULL)
        abort();
    for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
        char path[PATH_MAX];
        struct stat info;
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (stat(path, &info) != 0)
            abort();
        if (S_ISDIR(info.st_mode)) {
            remember(p, path);
            continue;
        }
        if (p->n == FILES_MAX || strcmp(entry->d_name, "lock") == 0)
            continue;
        struct error e;
        struct pristine_file *f = &p->files[p->n++];
        snprintf(f->path, sizeof f->path, "%s", path);
        buf_init(&f->good, FILE_MAX_BYTES);
        buf_init(&f->bad, FILE_MAX_BYTES);
        must(file_read(&f->good, path, &e), &e);
        p->n_changed += !is_left_alone(f);
    }
    closedir(d);
}

static void end(void)
{
    for (size_t k = 0; k < 2; k++) {
        struct pristine *p = &pristine_pair[k];
        if (file_remove_tree(p->root, NULL) != OK)
            perror(p->root);
        for (size_t i = 0; i < p->n; i++) {
            buf_clear(&p->files[i].good);
            buf_clear(&p->files[i].bad);
        }
    }
    free(pristine_pair);
}

static void begin_one(struct pristine *p, bool is_compressed)
{
    snprintf(p->root, sizeof p->root, "/tmp/quoth-fuzz-XXXXXX");
    if (mkdtemp(p->root) == NULL)
        abort();
    snprintf(p->index, sizeof p->index, "%s/index", p->root);
    build(p->index, is_compressed);
    remember(p, p->index);
    qsort(p->files, p->n, sizeof *p->files, by_kind);
}

static void begin(void)
{
    pristine_pair = calloc(2, sizeof *pristine_pair);
    if (pristine_pair == NULL)
        abort();
    atexit(end);
    begin_one(&pristine_pair[0], false);
    begin_one(&pristine_pair[1], true);
}

static void mend(struct pristine_file *f)
{
    struct buf *b = &f->bad;
    if (ends_in(f, "/manifest") && b->len > 21) {
        buf_truncate(b, b->len - 21);
        buf_printf(b, "sum %016llx\n", (unsigned long long)slice_hash(buf_slice(b)));
    } else if (b->len > SUM_AT + 8) {
        size_t start = 32 + (size_t)(get_u32(b->data + 12) % SECTIONS_MAX) * 16;
        uint64_t sum = start > b->len ? 0 : XXH64(b->data + start, b->len - start, 0);
        memcpy(b->data + SUM_AT, &sum, sizeof sum);
    }
}

static void write_out(struct pristine *pristine, const uint8_t *data, size_t len)
{
    struct error e;
    bool is_mended = false;
    for (size_t i = 0; i < pristine->n; i++) {
        buf_reset(&pristine->files[i].bad);
        buf_put(&pristine->files[i].bad, buf_slice(&pristine->files[i].good));
    }
    for (size_t i = 0; i < EDITS_MAX && len >= EDIT_BYTES; i++, data += EDIT_BYTES, len -= EDIT_BYTES) {
        struct buf *b = &pristine->files[(data[0] & FILE_MASK) % pristine->n_changed].bad;
        b->data[get_u32((const char *)data + 1) % b->len] = (char)data[5];
        is_mended |= (data[0] & MEND_FLAG) != 0;
    }
    for (size_t i = 0; i < pristine->n; i++) {
        struct pristine_file *f = &pristine->files[i];
        if (is_mended && i < pristine->n_changed)
            mend(f);
        /* Never truncated: it may still be mapped. */
        unlink(f->path);
        int fd = open(f->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0)
            abort();
        must(file_write_all(fd, buf_slice(&f->bad), f->path, &e), &e);
        close(fd);
    }
}

static void look_at_tokens(const struct segment *s, uint32_t passage, uint32_t article)
{
    struct passage_view p;
    struct article_view a;
    uint32_t n = 0, *ids = NULL;
    if (segment_passage(s, passage, &p, NULL) == OK && segment_article(s, article, &a, NULL) == OK) {
        n = p.n_tokens > a.n_title_tokens ? p.n_tokens : a.n_title_tokens;
        ids = malloc(((size_t)n + 1) * sizeof *ids);
        if (ids == NULL)
            return;
        (void)!segment_tokens(s, passage, ids, p.n_tokens, NULL);
        (void)!segment_title_tokens(s, article, ids, a.n_title_tokens, NULL);
    }
    free(ids);
}

static void look_at_words(const struct segment *s)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i <= segment_n_terms(s) && i < 100; i++) {
        struct slice text;
        struct term_view view;
        const char *ids;
        uint32_t n;
        if (segment_term(s, i, &text, &view, NULL) == OK && segment_term_forms(s, i, &ids, &n, NULL) == OK)
            sum += slice_hash(text) + slice_hash(slice_of(ids, (size_t)n * 3)) + segment_dead_df(s, i);
    }
    for (uint32_t i = 0; i <= segment_n_forms(s) && i < 100; i++) {
        struct form_view view;
        if (segment_form(s, segment_form_at_rank(s, i), &view, NULL) == OK)
            sum += slice_hash(view.text) + view.n_passages + segment_form_occurrences(s, i);
    }
    uint32_t from, to;
    segment_form_prefix(s, SLICE("st"), &from, &to);
    struct term_view view;
    if (from > to || (segment_find_term(s, SLICE("storm"), &view) && view.id >= segment_n_terms(s)) || sum == 1)
        abort();
}

static void look_at_articles(const struct segment *s)
{
    uint64_t sum = 0;
    struct text_room texts = {0};
    for (uint32_t i = 0; i <= segment_n_passages(s) && i < 100; i++) {
        struct passage_view view;
        if (segment_passage(s, i, &view, NULL) == OK && text_room_fill(&texts, s, i, &view, NULL) == OK)
            sum += slice_hash(view.text);
        sum += segment_passage_is_dead(s, i);
        look_at_tokens(s, i, segment_passage_article(s, i));
    }
    text_room_clear(&texts);
    for (uint32_t i = 0; i <= segment_n_articles(s) && i < 100; i++) {
        struct article_view view;
        struct buf date;
        buf_init(&date, 64);
        if (segment_article(s, i, &view, NULL) == OK) {
            sum += slice_hash(view.id) + slice_hash(view.tags) + slice_hash(view.path);
            date_put(&date, view.date);
            if (segment_find_article(s, view.id) == UINT32_MAX)
                sum++;
        }
        sum += (uint64_t)date_last(segment_article_date(s, i));
        buf_clear(&date);
    }
    if (segment_n_dead_passages(s) > segment_n_passages(s) || segment_n_dead_articles(s) > segment_n_articles(s) ||
        sum == 1)
        abort();
}

static void look_at_postings(struct snapshot *s)
{
    struct postings postings = {0};
    for (size_t i = 0; i < snapshot_n_segments(s); i++) {
        const struct segment *segment = snapshot_segment(s, i);
        uint32_t n = segment_n_passages(segment);
        for (size_t w = 0; w < sizeof vocabulary / sizeof *vocabulary; w++) {
            if (segment_postings(segment, slice_cstr(terms[w]), NULL, &postings, NULL) != OK)
                continue;
            for (size_t p = 0; p < postings.n; p++)
                if (postings.passages[p] >= n || postings.impacts[p] > 127)
                    abort();
        }
    }
    postings_clear(&postings);
}

static void ask(struct snapshot *s)
{
    static const char *const lines[] = {"storm sea",         "\"storm sea\" -barn",
                                        "+title:storm wind", "date:2024",
                                        "s* dike",           "author:mari (north OR tag:water)",
                                        "storm NOT sea"};
    struct searcher *searcher;
    struct search_options options = search_options_default();
    if (searcher_new(&searcher, s, NULL, NULL) != OK)
        return;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct slice line = slice_cstr(lines[i]);
        struct hits *hits;
        struct explanation *x;
        uint64_t n_passages, n_articles;
        options.per = i % 2;
        if (search_run(&hits, searcher, line, &options, NULL) == OK)
            hits_free(hits);
        if (search_count(searcher, line, MODE_QUERY, &options.stop, &n_passages, &n_articles, NULL) == OK &&
            n_passages > snapshot_n_passages(s))
            abort();
        if (search_explain(&x, searcher, line, MODE_QUERY, RANK_FULL, SLICE("a3.txt"), 2, &options.stop, NULL) == OK)
            explanation_free(x);
    }
    searcher_free(searcher);
}

static void read_index(const char *index)
{
    struct snapshot *s;
    if (snapshot_open(&s, index, NULL) != OK)
        return;
    for (size_t i = 0; i < snapshot_n_segments(s); i++) {
        look_at_words(snapshot_segment(s, i));
        look_at_articles(snapshot_segment(s, i));
    }
    look_at_postings(s);
    ask(s);
    snapshot_unref(s);
}

/* Kill what is there, and merge: it may be published or refused. */
static void change_index(const char *index)
{
    struct update *u;
    struct publish_result result;
    if (update_begin(&u, index, NULL, NULL) != OK)
        return;
    enum status st = OK;
    for (size_t i = 0; st == OK && i < snapshot_n_segments(update_snapshot(u)); i++)
        for (uint32_t a = 0; st == OK && a < segment_n_articles(snapshot_segment(update_snapshot(u), i)); a += 2)
            st = update_remove(u, i, a, NULL);
    if (st == OK)
        st = update_forget_root(u, SLICE("/articles"), NULL) == ERR_NONE ? OK : st;
    update_request_compact(u, false);
    if (st == OK && update_publish(u, &result, NULL) == OK && result.n_passages > UINT32_MAX)
        abort();
    update_free(u);
}

/* Take away what a change left, so that each input begins with the same files. */
static void sweep_out(const struct pristine *pristine)
{
    const char *index = pristine->index;
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/" SEGMENTS_NAME, index);
    if (file_remove_tree(path, NULL) != OK)
        abort();
    mkdir(path, 0777);
    for (size_t i = 0; i < pristine->n; i++) {
        snprintf(path, sizeof path, "%s", pristine->files[i].path);
        *strrchr(path, '/') = '\0';
        mkdir(path, 0777);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct error e;
    if (pristine_pair == NULL)
        begin();
    struct pristine *pristine = &pristine_pair[len > 0 && (data[0] & COMPRESSED_FLAG) != 0];
    sweep_out(pristine);
    write_out(pristine, data, len);
    read_index(pristine->index);
    if (index_check(pristine->index, NULL, NULL, &e) == OK && len > 0 && len < EDIT_BYTES)
        return 0;
    change_index(pristine->index);
    read_index(pristine->index);
    return 0;
}
