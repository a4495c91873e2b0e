#include "article.h"

#include "array.h"
#include "html_entity.h"
#include "utf8.h"

#include <stdlib.h>

/* Past these a run or block is joined with the one before: coarser, but the memory of a hostile article is bounded. */
#define RUNS_MAX ((size_t)1 << 23)
#define BLOCKS_MAX ((size_t)1 << 22)
#define REFERENCE_MAX_BYTES 40

void article_init(struct article *a)
{
    *a = (struct article){0};
    arena_init(&a->arena);
}

void article_clear(struct article *a)
{
    arena_clear(&a->arena);
    free(a->blocks);
    free(a->runs);
    article_init(a);
}

/** What a field shows as a space: white space of any script, and control characters, which no line may hold. */
static bool is_field_space(uint32_t c)
{
    return c <= ' ' || (c >= 0x7F && c <= 0xA0) || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
           c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

/** Marks that take no room and only make equal fields differ. */
static bool is_field_nothing(uint32_t c)
{
    return c == 0xFEFF || c == 0x200B || c == 0x00AD || c == 0x2060;
}

/** value squeezed into b, which is bounded by FIELD_MAX_BYTES: the first character that does not fit ends it. */
static void squeeze(struct buf *b, struct slice value)
{
    bool wants_space = false;
    for (size_t at = 0; at < value.len;) {
        uint32_t c = utf8_next(value, &at, NULL);
        if (is_field_nothing(c))
            continue;
        if (is_field_space(c)) {
            wants_space = b->len > 0;
            continue;
        }
        char bytes[8];
        struct buf one = {.data = bytes, .cap = sizeof bytes, .max = sizeof bytes};
        if (wants_space)
            buf_put_byte(&one, ' ');
        utf8_put(&one, c);
        if (one.len > b->max - b->len)
            return;
        buf_put(b, buf_slice(&one));
        wants_space = false;
    }
}

/** Generators of sites and feeds leave references in fields that are no HTML: "Member &#8211; Hannah". */
static void put_decoded(struct buf *b, struct slice value)
{
    while (value.len > 0) {
        const char *start = memchr(value.data, '&', value.len);
        size_t plain = start == NULL ? value.len : (size_t)(start - value.data);
        buf_put(b, slice_of(value.data, plain));
        value = slice_from(value, plain);
        const char *end =
            value.len == 0 ? NULL
                           : memchr(value.data, ';', value.len < REFERENCE_MAX_BYTES ? value.len : REFERENCE_MAX_BYTES);
        size_t len = end == NULL ? value.len > 0 : (size_t)(end - value.data) + 1;
        char decoded[ENTITY_MAX_BYTES];
        size_t n = len < 3 ? 0 : entity_decode(decoded, slice_of(value.data, len));
        len = n == 0 && len > 0 ? 1 : len;
        buf_put(b, n > 0 ? slice_of(decoded, n) : slice_of(value.data, len));
        value = slice_from(value, len);
    }
}

static enum status squeezed(struct buf *b, struct slice value, struct error *e)
{
    buf_init(b, FIELD_MAX_BYTES);
    if (value.len == 0 || memchr(value.data, '&', value.len) == NULL) {
        squeeze(b, value);
        return buf_status(b, e);
    }
    struct buf decoded;
    buf_init(&decoded, value.len); /* no reference is shorter than its character */
    put_decoded(&decoded, value);
    enum status st = buf_status(&decoded, e);
    if (st == OK)
        squeeze(b, buf_slice(&decoded));
    buf_clear(&decoded);
    return st == OK ? buf_status(b, e) : st;
}

enum status article_set_field(struct article *a, struct slice *field, struct slice value, struct error *e)
{
    struct buf b;
    enum status st = squeezed(&b, value, e);
    if (st == OK) {
        struct slice copy = arena_copy(&a->arena, buf_slice(&b));
        if (copy.data == NULL)
            st = error_nomem(e);
        else
            *field = copy;
    }
    buf_clear(&b);
    return st;
}

/** Does the list "A, B, C" hold this author? */
static bool has_author(struct slice list, struct slice author)
{
    for (size_t at = 0; at + author.len <= list.len; at++) {
        struct slice rest = slice_from(list, at);
        bool is_start = at == 0 || (at >= 2 && memcmp(list.data + at - 2, ", ", 2) == 0);
        if (!is_start || !slice_starts(rest, author))
            continue;
        rest = slice_from(rest, author.len);
        if (rest.len == 0 || slice_starts(rest, SLICE(", ")))
            return true;
    }
    return false;
}

enum status article_add_author(struct article *a, struct slice author, struct error *e)
{
    struct buf one, both;
    buf_init(&both, FIELD_MAX_BYTES);
    author = slice_trim(author);
    if (author.len > 3 && slice_equal_ascii_case(slice_of(author.data, 3), SLICE("by ")))
        author = slice_from(author, 3);
    enum status st = squeezed(&one, author, e);
    size_t needed = a->author.len + 2 + one.len;
    bool is_new = st == OK && one.len > 0 && !has_author(a->author, buf_slice(&one));
    if (is_new && (a->author.len == 0 || needed <= FIELD_MAX_BYTES)) {
        buf_put(&both, a->author);
        if (a->author.len > 0)
            buf_put_cstr(&both, ", ");
        buf_put(&both, buf_slice(&one));
        st = buf_status(&both, e);
        if (st == OK)
            st = article_set_field(a, &a->author, buf_slice(&both), e);
    }
    buf_clear(&one);
    buf_clear(&both);
    return st;
}

enum status article_add_author_turned(struct article *a, struct slice author, struct error *e)
{
    author = slice_trim(author);
    const char *comma = author.len == 0 ? NULL : memchr(author.data, ',', author.len);
    size_t len = comma == NULL ? 0 : (size_t)(comma - author.data);
    struct slice given = slice_trim(slice_from(author, len + (comma != NULL)));
    if (len == 0 || given.len == 0 || memchr(given.data, ',', given.len) != NULL)
        return article_add_author(a, author, e);
    struct buf b;
    buf_init(&b, author.len + 1);
    buf_put(&b, given);
    buf_put_byte(&b, ' ');
    buf_put(&b, slice_of(author.data, len));
    enum status st = buf_status(&b, e);
    if (st == OK)
        st = article_add_author(a, buf_slice(&b), e);
    buf_clear(&b);
    return st;
}

enum status article_add_tag(struct article *a, struct slice tag, struct error *e)
{
    struct slice copy = {0};
    if (a->n_tags == TAGS_MAX)
        return OK;
    enum status st = article_set_field(a, &copy, tag, e);
    if (st != OK || copy.len == 0)
        return st;
    for (size_t i = 0; i < a->n_tags; i++)
        if (slice_equal(a->tags[i], copy))
            return OK;
    if (a->tags == NULL) {
        a->tags = arena_alloc(&a->arena, TAGS_MAX * sizeof *a->tags);
        if (a->tags == NULL)
            return error_nomem(e);
    }
    a->tags[a->n_tags++] = copy;
    return OK;
}

enum status article_set_lang(struct article *a, struct slice lang, struct error *e)
{
    /* Codes for "undetermined", "several" and "none" name no language. */
    static const char *const none[] = {"und", "mul", "zxx", "mis"};
    lang = slice_trim(lang);
    char code[4] = {0};
    size_t n = 0;
    for (; n < lang.len && lang.data[n] != '-' && lang.data[n] != '_'; n++) {
        char c = lang.data[n];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c + ('a' - 'A'));
        if (n == 3 || c < 'a' || c > 'z')
            return OK;
        code[n] = c;
    }
    if (n < 2)
        return OK;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (strcmp(code, none[i]) == 0)
            return OK;
    return article_set_field(a, &a->lang, slice_of(code, n), e);
}

enum status article_add_block(struct article *a, uint32_t start, uint32_t len, enum block_kind kind, struct error *e)
{
    if (a->n_blocks == BLOCKS_MAX) {
        struct block *last = &a->blocks[a->n_blocks - 1];
        last->len = start + len - last->start;
        return OK;
    }
    enum status st = array_reserve(&a->blocks, &a->blocks_cap, a->n_blocks + 1, sizeof *a->blocks, BLOCKS_MAX, e);
    if (st != OK)
        return st;
    a->blocks[a->n_blocks++] = (struct block){.start = start, .len = len, .kind = kind};
    return OK;
}

static bool is_one_to_one(const struct offset_run *r)
{
    return r->text_len == r->src_len;
}

enum status article_add_run(struct article *a, struct offset_run run, struct error *e)
{
    if (a->n_runs > 0) {
        struct offset_run *last = &a->runs[a->n_runs - 1];
        bool continues = last->text + last->text_len == run.text && last->src + last->src_len == run.src;
        if ((continues && is_one_to_one(last) && is_one_to_one(&run)) || a->n_runs == RUNS_MAX) {
            last->text_len = run.text + run.text_len - last->text;
            last->src_len = run.src + run.src_len - last->src;
            return OK;
        }
    }
    enum status st = array_reserve(&a->runs, &a->runs_cap, a->n_runs + 1, sizeof *a->runs, RUNS_MAX, e);
    if (st != OK)
        return st;
    a->runs[a->n_runs++] = run;
    return OK;
}

/** The first run that ends behind text byte `at`; n_runs where none does. */
static size_t run_at(const struct article *a, uint32_t at)
{
    size_t low = 0, high = a->n_runs;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (a->runs[middle].text + a->runs[middle].text_len > at)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

void article_source_range(const struct article *a, uint32_t start, uint32_t len, uint64_t *src_start, uint64_t *src_len)
{
    *src_start = start;
    *src_len = len;
    if (a->n_runs == 0)
        return;
    size_t first = run_at(a, start), last = run_at(a, start + len - 1);
    const struct offset_run *final = &a->runs[a->n_runs - 1];
    uint64_t from = (uint64_t) final->src + final->src_len;
    if (first < a->n_runs) {
        const struct offset_run *r = &a->runs[first];
        bool is_inside = start > r->text && is_one_to_one(r);
        from = (uint64_t)r->src + (is_inside ? start - r->text : 0);
    }
    /* What ends in text that came from nowhere (a gap between runs) ends with the run before. */
    uint64_t to = from;
    if (last < a->n_runs && a->runs[last].text < start + len) {
        const struct offset_run *r = &a->runs[last];
        to = (uint64_t)r->src + (is_one_to_one(r) ? start + len - r->text : r->src_len);
    } else if (last > 0) {
        to = (uint64_t)a->runs[last - 1].src + a->runs[last - 1].src_len;
    }
    *src_start = from;
    *src_len = to > from ? to - from : 0;
}
