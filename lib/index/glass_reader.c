#include "glass_reader.h"

#include "file.h"
#include "glass_chunk.h"
#include "glass_cursor.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define VERSION_FILE_MAX 4096
#define VERSION_HEAD_BYTES 32 /* magic, version, uuid */
#define BLOCK_MIN 2048
#define BLOCK_MAX 65536
#define KEY_MAX 255
#define TERM_MAX 245
/* A tag in several components is put together here. A chunk has about 2,000 bytes, whoever writes it. */
#define TAG_MAX 16384

struct glass_reader {
    struct file_map map;
    bool has_table;
    struct glass_tree tree;
};

static enum status unknown(const char *what, struct error *e)
{
    return error_set(e, ERR_SIGNATURE, "postlist.glass: %s, which libxapian may know", what);
}

/* What the version file says of the first table, that of the postings. */
static enum status read_version(struct glass_reader *r, struct slice bytes, struct error *e)
{
    static const char magic[] = "\x0F\x0DXapian Glass";
    static const char version[] = {(2016 - 2014) << 1, 3 << 5 | 14};
    if (bytes.len < VERSION_HEAD_BYTES || memcmp(bytes.data, magic, sizeof magic - 1) != 0)
        return error_set(e, ERR_INDEX, "iamglass is damaged; run quoth-index --check");
    if (memcmp(bytes.data + sizeof magic - 1, version, sizeof version) != 0)
        return unknown("another version of the format", e);
    size_t at = VERSION_HEAD_BYTES;
    uint32_t shape, n_entries, block;
    if (!glass_unpack(bytes, &at, &r->tree.revision) || !glass_unpack(bytes, &at, &r->tree.root) ||
        !glass_unpack(bytes, &at, &shape) || !glass_unpack(bytes, &at, &n_entries) || !glass_unpack(bytes, &at, &block))
        return error_set(e, ERR_INDEX, "iamglass is damaged; run quoth-index --check");
    r->has_table = (shape & 1) == 0;
    r->tree.level = shape >> 2;
    r->tree.block_bytes = (size_t)block << 11;
    bool fits = r->tree.level < GLASS_LEVELS_MAX && r->tree.block_bytes >= BLOCK_MIN &&
                r->tree.block_bytes <= BLOCK_MAX && (block & (block - 1)) == 0;
    return fits ? OK : error_set(e, ERR_INDEX, "iamglass is damaged; run quoth-index --check");
}

static enum status open_table(struct glass_reader *r, const char *folder, struct error *e)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/postlist.glass", folder) >= (int)sizeof path)
        return error_set(e, ERR_LIMIT, "%s: the path is too long", folder);
    enum status st = file_map_open(&r->map, path, e);
    if (st != OK)
        return st;
    file_map_close_fd(&r->map);
    r->tree.blocks = slice_of(r->map.data, r->map.len);
    if (r->tree.root >= r->map.len / r->tree.block_bytes)
        return glass_damaged("the root, block", r->tree.root, e);
    return OK;
}

enum status glass_reader_open(struct glass_reader **out, const char *folder, struct error *e)
{
    *out = NULL;
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/iamglass", folder) >= (int)sizeof path)
        return error_set(e, ERR_LIMIT, "%s: the path is too long", folder);
    struct glass_reader *r = calloc(1, sizeof *r);
    if (r == NULL)
        return error_nomem(e);
    r->map = (struct file_map){.data = "", .fd = -1};
    struct buf version;
    buf_init(&version, VERSION_FILE_MAX);
    enum status st = file_read(&version, path, e);
    if (st == OK)
        st = read_version(r, buf_slice(&version), e);
    buf_clear(&version);
    if (st == OK && r->has_table)
        st = open_table(r, folder, e);
    if (st != OK)
        glass_reader_close(r);
    else
        *out = r;
    return st;
}

void glass_reader_close(struct glass_reader *r)
{
    if (r == NULL)
        return;
    file_map_close(&r->map);
    free(r);
}

void glass_reader_release(const struct glass_reader *r)
{
    if (r->map.len > 0)
        madvise((void *)(uintptr_t)r->map.data, r->map.len, MADV_DONTNEED);
}

/* A term as a key: a zero byte is followed by 0xFF, so that the zero that ends a term sorts before all. False: too
 * long to be in the table. */
static bool key_of(struct slice term, char key[KEY_MAX], size_t *len)
{
    *len = 0;
    for (size_t i = 0; i < term.len; i++) {
        if (*len + 2 > KEY_MAX)
            return false;
        key[(*len)++] = term.data[i];
        if (term.data[i] == '\0')
            key[(*len)++] = '\xFF';
    }
    return true;
}

/* The document in a further chunk's key: 15 bits in two bytes, else ones in the first byte tell how many follow. */
static bool unpack_sortable(struct slice bytes, uint32_t *out)
{
    if (bytes.len < 2)
        return false;
    unsigned first = (unsigned char)bytes.data[0];
    size_t len = first < 0x80 ? 2 : first < 0xC0 ? 3 : first < 0xE0 ? 4 : 5;
    uint64_t value = first < 0x80 ? first : first & 0xFFu >> (len - 1);
    if (bytes.len != len || first >= 0xF0)
        return false;
    for (size_t i = 1; i < len; i++)
        value = value << 8 | (unsigned char)bytes.data[i];
    *out = (uint32_t)value;
    return value <= UINT32_MAX;
}

/* One walk along a term's chunks. */
struct list {
    struct glass_cursor cursor;
    uint32_t n_documents, termfreq, last;
    bool is_last; /* chunk */
    char tag[TAG_MAX];
};

/* The tag of the item that the cursor stands on, which is its first component; the cursor goes to the last. */
static enum status read_tag(struct list *l, struct glass_item *item, struct slice *tag, struct error *e)
{
    if (item->is_compressed)
        return unknown("a compressed tag", e);
    *tag = item->tag;
    if (item->is_last && item->component == 1)
        return OK;
    size_t len = 0;
    for (uint32_t component = 1;; component++) {
        if (item->component != component)
            return glass_damaged("the component of a tag, number", component, e);
        if (item->tag.len > sizeof l->tag - len)
            return unknown("a tag of more than 16,384 bytes", e);
        memcpy(l->tag + len, item->tag.data, item->tag.len);
        len += item->tag.len;
        if (item->is_last)
            break;
        bool found;
        struct slice key = item->key;
        enum status st = glass_cursor_next(&l->cursor, &found, e);
        if (st == OK && found)
            st = glass_cursor_item(&l->cursor, item, e);
        if (st != OK)
            return st;
        if (!found || !slice_equal(item->key, key))
            return glass_damaged("a tag cut off at component", component, e);
    }
    *tag = slice_of(l->tag, len);
    return OK;
}

static enum status bad_chunk(const struct list *l, struct error *e)
{
    return glass_damaged("the chunk of postings behind document", l->last, e);
}

/* The chunk's header and its entries, appended to *out. */
static enum status take_chunk(struct list *l, struct slice tag, size_t at, uint32_t first, struct postings *out,
                              struct error *e)
{
    uint32_t span;
    if (at >= tag.len || (tag.data[at] != '0' && tag.data[at] != '1'))
        return bad_chunk(l, e);
    l->is_last = tag.data[at++] == '1';
    if (!glass_unpack(tag, &at, &span) || first <= l->last || first > l->n_documents || span > l->n_documents - first)
        return bad_chunk(l, e);
    size_t n = glass_chunk_decode(slice_from(tag, at), first, first + span, out->passages + out->n,
                                  out->impacts + out->n, l->termfreq - out->n);
    if (n == 0)
        return bad_chunk(l, e);
    out->n += n;
    l->last = first + span;
    return OK;
}

static enum status take_first_chunk(struct list *l, struct slice tag, struct postings *out, struct error *e)
{
    size_t at = 0;
    uint32_t first;
    if (!glass_unpack(tag, &at, &l->termfreq))
        return bad_chunk(l, e);
    /* The sum of the wdfs may need more than 32 bits; nobody asks for it. */
    while (at < tag.len && (unsigned char)tag.data[at] >= 0x80)
        at++;
    at++;
    if (!glass_unpack(tag, &at, &first) || first == UINT32_MAX || l->termfreq == 0 || l->termfreq > l->n_documents)
        return bad_chunk(l, e);
    enum status st = postings_reserve(out, l->termfreq, e);
    return st == OK ? take_chunk(l, tag, at, first + 1, out, e) : st;
}

/* The next item must be the list's next chunk. */
static enum status take_next_chunk(struct list *l, struct slice key, struct postings *out, struct error *e)
{
    struct glass_item item;
    struct slice tag;
    bool found;
    uint32_t first;
    enum status st = glass_cursor_next(&l->cursor, &found, e);
    if (st == OK && found)
        st = glass_cursor_item(&l->cursor, &item, e);
    if (st != OK)
        return st;
    if (!found || !slice_starts(item.key, key) || item.key.len <= key.len || item.key.data[key.len] != '\0' ||
        !unpack_sortable(slice_from(item.key, key.len + 1), &first))
        return bad_chunk(l, e);
    st = read_tag(l, &item, &tag, e);
    return st == OK ? take_chunk(l, tag, 0, first, out, e) : st;
}

enum status glass_reader_postings(const struct glass_reader *r, struct slice term, uint32_t n_documents,
                                  const struct stop *stop, struct postings *out, struct error *e)
{
    struct list l;
    struct glass_item item;
    struct slice tag;
    char bytes[KEY_MAX];
    size_t len;
    out->n = 0;
    if (!r->has_table || term.len == 0 || term.len > TERM_MAX || !key_of(term, bytes, &len))
        return OK;
    struct slice key = slice_of(bytes, len);
    l.n_documents = n_documents;
    l.last = 0;
    enum status st = glass_cursor_find(&l.cursor, &r->tree, key, e);
    if (st != OK || glass_cursor_is_behind(&l.cursor))
        return st;
    st = glass_cursor_item(&l.cursor, &item, e);
    if (st != OK || !slice_equal(item.key, key))
        return st;
    st = read_tag(&l, &item, &tag, e);
    if (st == OK)
        st = take_first_chunk(&l, tag, out, e);
    for (size_t looked = 0; st == OK && !l.is_last;) {
        if (out->n - looked >= POSTINGS_STOP_EVERY) {
            looked = out->n;
            st = stop_check(stop, e);
        }
        if (st == OK)
            st = take_next_chunk(&l, key, out, e);
    }
    if (st == OK && out->n != l.termfreq)
        st = glass_damaged("the number of postings behind document", l.last, e);
    return st;
}

/* The term of a key; false where it is no term's: another chunk's, or a list of another kind. */
static bool term_of(struct slice key, char term[KEY_MAX], size_t *len)
{
    *len = 0;
    for (size_t i = 0; i < key.len; i++) {
        term[(*len)++] = key.data[i];
        if (key.data[i] == '\0' && (++i == key.len || key.data[i] != '\xFF'))
            return false;
    }
    return *len > 0;
}

/* Where a walk over all items stands: they must ascend, else a damaged branch could lead round and round. */
struct item_order {
    char key[KEY_MAX];
    size_t len;
    uint32_t component;
};

static bool is_next(struct item_order *before, const struct glass_item *item)
{
    int order = slice_compare(slice_of(before->key, before->len), item->key);
    bool fits = item->component == 1 ? order < 0 : order == 0 && item->component == before->component + 1;
    memcpy(before->key, item->key.data, item->key.len);
    before->len = item->key.len;
    before->component = item->component;
    return fits;
}

enum status glass_reader_terms(const struct glass_reader *r, struct slice prefix, glass_reader_term_fn *fn, void *ctx,
                               struct error *e)
{
    struct glass_cursor c;
    struct item_order before = {.len = 0};
    char start[KEY_MAX], term[KEY_MAX];
    size_t start_len, len;
    if (!r->has_table || prefix.len == 0 || prefix.len > TERM_MAX || !key_of(prefix, start, &start_len))
        return OK;
    bool found = true;
    enum status st = glass_cursor_find(&c, &r->tree, slice_of(start, start_len), e);
    if (st == OK && glass_cursor_is_behind(&c))
        st = glass_cursor_next(&c, &found, e);
    for (uint64_t n = 0; st == OK && found; n++) {
        struct glass_item item;
        st = glass_cursor_item(&c, &item, e);
        if (st != OK || !slice_starts(item.key, slice_of(start, start_len)))
            return st;
        if (!is_next(&before, &item))
            return glass_damaged("the order of keys at item", n, e);
        if (item.component == 1 && term_of(item.key, term, &len))
            st = fn(ctx, slice_of(term, len), e);
        if (st == OK)
            st = glass_cursor_next(&c, &found, e);
    }
    return st;
}
