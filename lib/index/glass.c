#include "glass.h"

#include "file.h"
#include "glass_table.h"
#include "posting_pool.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CHUNK_BYTES 2000   /* libxapian begins a new chunk there */
#define CHUNK_HEAD_MAX 64  /* what stands before a chunk's entries, from above */
#define FILL_MIN_BYTES 60  /* a chunk is cut shorter to fill a block's end from so many bytes on */
#define DOCUMENTS_FEW 4096 /* so many make some twenty large blocks */
#define UINT_MAX_BYTES 10
#define KEY_TAIL_BYTES 6 /* behind a term in a further chunk's key: a zero, the first document */

/* Bytes of a small number of varints, of which the writer knows that they fit. */
struct scratch {
    char bytes[GLASS_ITEM_MAX_BYTES];
    size_t len;
};

struct glass_writer {
    struct glass_table *table;
    size_t block_bytes;
    char folder[PATH_MAX];
    /* the list at hand */
    char key[GLASS_KEY_MAX_BYTES]; /* of its first chunk */
    size_t key_len;
    bool is_lengths;
    uint64_t termfreq, collfreq;
    uint32_t first; /* document of the chunk at hand */
    uint32_t last;
    bool is_first_chunk;
    size_t entries_max;
    /* what the version file tells */
    uint32_t n_documents, least_length, greatest_length, greatest_wdf;
    uint64_t total_length;
    enum status status;
    struct error error;
};

static void put_byte(struct scratch *s, unsigned v)
{
    s->bytes[s->len++] = (char)v;
}

/* LEB128. */
static void put_uint(struct scratch *s, uint64_t v)
{
    for (; v >= 128; v >>= 7)
        put_byte(s, (unsigned)(v & 0x7F) | 0x80);
    put_byte(s, (unsigned)v);
}

/* Big-endian, so that bytes sort as numbers: 15 bits in two bytes, else ones in the first byte tell how many follow. */
static void put_sortable(struct scratch *s, uint32_t v)
{
    if (v < 0x8000) {
        put_byte(s, v >> 8);
        put_byte(s, v & 0xFF);
        return;
    }
    size_t n = 3;
    for (uint32_t rest = v >> 22; rest != 0; rest >>= 7)
        n++;
    unsigned mask = 0xFFu << (10 - n) & 0xFFu;
    put_byte(s, (unsigned)((uint64_t)v >> 8 * (n - 1)) | mask);
    for (size_t i = n - 1; i-- > 0;)
        put_byte(s, v >> 8 * i & 0xFF);
}

enum status glass_create(struct glass_writer **out, const char *folder, uint32_t n_documents, struct error *e)
{
    *out = NULL;
    char path[PATH_MAX];
    struct glass_writer *w = calloc(1, sizeof *w);
    if (w == NULL)
        return error_nomem(e);
    w->n_documents = n_documents;
    /* Of large blocks less stays empty at their ends; a small segment should not be a large file. */
    w->block_bytes = n_documents < DOCUMENTS_FEW ? GLASS_BLOCK_MIN_BYTES : GLASS_BLOCK_MAX_BYTES;
    enum status st = OK;
    if (snprintf(w->folder, sizeof w->folder, "%s", folder) >= (int)sizeof w->folder - 32)
        st = error_set(e, ERR_LIMIT, "%s: the path is too long", folder);
    snprintf(path, sizeof path, "%s/postlist.glass", folder);
    if (st == OK)
        st = glass_table_create(&w->table, path, w->block_bytes, e);
    if (st != OK)
        glass_abandon(w);
    else
        *out = w;
    return st;
}

void glass_abandon(struct glass_writer *w)
{
    if (w == NULL)
        return;
    glass_table_abandon(w->table);
    free(w);
}

/* Send off a chunk: the first has the list's key and counts, the others the key with their first document. */
static void add_chunk(struct glass_writer *w, struct slice entries, bool is_last)
{
    struct scratch key = {.len = w->key_len}, tag = {.len = 0};
    memcpy(key.bytes, w->key, w->key_len);
    if (w->is_first_chunk) {
        put_uint(&tag, w->termfreq);
        put_uint(&tag, w->collfreq);
        put_uint(&tag, w->first - 1);
    } else {
        if (!w->is_lengths)
            put_byte(&key, 0);
        put_sortable(&key, w->first);
    }
    put_byte(&tag, is_last ? '1' : '0');
    put_uint(&tag, w->last - w->first);
    memcpy(tag.bytes + tag.len, entries.data, entries.len);
    glass_table_add(w->table, slice_of(key.bytes, key.len), slice_of(tag.bytes, tag.len + entries.len));
    w->is_first_chunk = false;
}

static void begin_list(struct glass_writer *w, uint64_t termfreq, uint64_t collfreq)
{
    size_t room = GLASS_ITEM_MAX_BYTES - GLASS_ITEM_OVERHEAD - w->key_len - CHUNK_HEAD_MAX;
    w->entries_max = room < CHUNK_BYTES ? room : CHUNK_BYTES;
    w->termfreq = termfreq;
    w->collfreq = collfreq;
    w->is_first_chunk = true;
}

/* Is a chunk with entries of so many bytes full? As libxapian, with room for one more of any size. */
static bool is_full(const struct glass_writer *w, size_t entries_len)
{
    return entries_len + 2 * UINT_MAX_BYTES > w->entries_max;
}

void glass_lengths(struct glass_writer *w, const uint32_t *lengths)
{
    struct scratch entries = {.len = 0};
    memcpy(w->key, "\0\xE0", 2);
    w->key_len = 2;
    w->is_lengths = true;
    w->least_length = UINT32_MAX;
    begin_list(w, 0, 0);
    w->first = 1;
    for (uint32_t i = 0; i < w->n_documents; i++) {
        if (entries.len > 0 && is_full(w, entries.len)) {
            add_chunk(w, slice_of(entries.bytes, entries.len), false);
            w->first = i + 1;
            entries.len = 0;
        } else if (entries.len > 0) {
            put_uint(&entries, 0);
        }
        put_uint(&entries, lengths[i]);
        w->last = i + 1;
        w->total_length += lengths[i];
        w->least_length = lengths[i] < w->least_length ? lengths[i] : w->least_length;
        w->greatest_length = lengths[i] > w->greatest_length ? lengths[i] : w->greatest_length;
    }
    add_chunk(w, slice_of(entries.bytes, entries.len), true);
    w->is_lengths = false;
}

/* A zero byte is followed by 0xFF, so that the zero that ends a term sorts before all. */
static bool put_key(struct glass_writer *w, struct slice term)
{
    w->key_len = 0;
    for (size_t i = 0; i < term.len; i++) {
        if (w->key_len + 2 > GLASS_KEY_MAX_BYTES - KEY_TAIL_BYTES)
            return false;
        w->key[w->key_len++] = term.data[i];
        if (term.data[i] == '\0')
            w->key[w->key_len++] = '\xFF';
    }
    return term.len > 0 && term.len <= GLASS_TERM_MAX_BYTES;
}

/* From the wdf of w->first on: how many bytes of the postings belong to the chunk; w->last is then its last document.
 */
static size_t chunk_bytes(struct glass_writer *w, const unsigned char *p, const unsigned char *end)
{
    const unsigned char *start = p++;
    w->last = w->first;
    while (p < end && !is_full(w, (size_t)(p - start))) {
        uint32_t gap;
        p = pool_read_gap(p, &gap) + 1;
        w->last += gap + 1;
    }
    return (size_t)(p - start);
}

void glass_add_term(struct glass_writer *w, const struct glass_term *term, struct slice postings)
{
    const unsigned char *p = (const unsigned char *)postings.data, *end = p + postings.len;
    if (!put_key(w, term->term) && w->status == OK)
        w->status = error_set(&w->error, ERR_INTERNAL, "a term of %zu bytes is too long for a key", term->term.len);
    begin_list(w, term->termfreq, term->collfreq);
    const size_t usual = w->entries_max, overhead = GLASS_ITEM_OVERHEAD + w->key_len + CHUNK_HEAD_MAX;
    for (w->last = 0; p < end && w->status == OK;) {
        uint32_t gap;
        /* A long list's chunk takes the rest of the block, else an eighth of all blocks would stay empty. */
        size_t room = glass_table_room(w->table);
        bool fills = room >= FILL_MIN_BYTES + overhead && room < usual + overhead && postings.len > usual;
        w->entries_max = fills ? room - overhead : usual;
        p = pool_read_gap(p, &gap);
        w->first = w->last + gap + 1;
        size_t n = (size_t)(end - p);
        if (is_full(w, n))
            n = chunk_bytes(w, p, end);
        else
            w->last = term->last;
        add_chunk(w, slice_of((const char *)p, n), p + n == end);
        p += n;
    }
    if (term->greatest_wdf > w->greatest_wdf)
        w->greatest_wdf = term->greatest_wdf;
}

static void put_root(struct scratch *s, const struct glass_root *root, size_t block_bytes, unsigned compress_min)
{
    bool is_absent = root->n_entries == 0;
    put_uint(s, root->block);
    /* Level, then: built in order, and (for a table without a file) not there. */
    put_uint(s, (uint64_t)root->level << 2 | 1u << 1 | is_absent);
    put_uint(s, root->n_entries);
    put_uint(s, block_bytes >> 11);
    put_uint(s, compress_min);
    if (is_absent) {
        put_uint(s, 0);
        return;
    }
    /* The free list, as a string: empty, its next block the first unused one. */
    struct scratch list = {.len = 0};
    put_uint(&list, 0);
    put_uint(&list, root->n_blocks);
    for (int i = 0; i < 4; i++)
        put_uint(&list, 0);
    put_uint(s, list.len);
    memcpy(s->bytes + s->len, list.bytes, list.len);
    s->len += list.len;
}

static void put_version(struct scratch *s, const struct glass_writer *w, const struct glass_root *postlist,
                        const char uuid[16])
{
    static const char magic[] = "\x0F\x0DXapian Glass";
    const struct glass_root absent = {0};
    const unsigned year = 2016 - 2014, month = 3, day = 14, compress_min = 18;
    memcpy(s->bytes, magic, sizeof magic - 1);
    s->len = sizeof magic - 1;
    put_byte(s, (year << 9 | month << 5 | day) >> 8);
    put_byte(s, (year << 9 | month << 5 | day) & 0xFF);
    memcpy(s->bytes + s->len, uuid, 16);
    s->len += 16;
    put_uint(s, 1); /* revision */
    put_root(s, postlist, w->block_bytes, 0);
    put_root(s, &absent, w->block_bytes, compress_min); /* docdata */
    put_root(s, &absent, w->block_bytes, compress_min); /* termlist */
    put_root(s, &absent, w->block_bytes, 0);            /* position */
    put_root(s, &absent, w->block_bytes, compress_min); /* spelling */
    put_root(s, &absent, w->block_bytes, compress_min); /* synonym */
    put_uint(s, w->n_documents);
    put_uint(s, 0); /* last document - number of documents */
    put_uint(s, w->least_length);
    put_uint(s, w->greatest_wdf);
    put_uint(s, w->greatest_length - w->greatest_wdf);
    put_uint(s, 0); /* oldest changeset */
    put_uint(s, w->total_length);
    put_uint(s, 0); /* spelling's greatest frequency */
}

static enum status write_file(const struct glass_writer *w, const char *name, struct slice bytes, struct error *e)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", w->folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return error_errno(e, ERR_IO, "%s", path);
    enum status st = file_write_all(fd, bytes, path, e);
    if (close(fd) != 0 && st == OK)
        st = error_errno(e, ERR_IO, "%s", path);
    return st;
}

enum status glass_finish(struct glass_writer *w, const char uuid[16], struct error *e)
{
    struct glass_root postlist;
    struct glass_table *table = w->table;
    w->table = NULL;
    enum status st = glass_table_finish(table, &postlist, e);
    if (st == OK && w->status != OK) {
        st = w->status;
        if (e != NULL)
            *e = w->error;
    }
    struct scratch version = {.len = 0};
    put_version(&version, w, &postlist, uuid);
    if (st == OK)
        st = write_file(w, "iamglass", slice_of(version.bytes, version.len), e);
    if (st == OK)
        st = write_file(w, "flintlock", SLICE(""), e);
    glass_abandon(w);
    return st;
}
