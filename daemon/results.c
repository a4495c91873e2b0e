#include "results.h"

#include "clock.h"
#include "reply.h"

#include <stdlib.h>
#include <sys/random.h>

#define KEY_MAX_BYTES (LINE_MAX_BYTES + 1024)
#define BYTES_A_BUCKET 2048 /* a bucket for so many of the cache: about one for each reply */
#define BUCKETS_MIN 16
#define BUCKETS_MAX ((size_t)1 << 24)
#define LARGEST_PART 8  /* a reply may take this part of the cache */
#define MALLOC_BYTES 16 /* what malloc adds to a piece of memory */

struct entry {
    struct entry *next_in_bucket;
    struct entry *newer, *older; /* by when they were last asked for */
    uint64_t hash;
    size_t key_len, before_len, after_len, lines_len;
    bool has_us;
    char bytes[]; /* key, status line up to the digits of us=, from behind them to its end without LF, data lines */
};

struct results {
    size_t max_bytes, n_buckets;
    struct entry **buckets;
    struct entry *newest, *oldest;
    struct buf key;  /* of the request at hand */
    uint64_t secret; /* in every key, so that no peer can choose where its requests go */
    uint64_t epoch;
    struct results_counts counts;
};

enum status results_new(struct results **out, size_t max_bytes, struct error *e)
{
    *out = NULL;
    struct results *r = calloc(1, sizeof *r);
    if (r == NULL)
        return error_nomem(e);
    r->max_bytes = max_bytes;
    r->n_buckets = BUCKETS_MIN;
    while (r->n_buckets < max_bytes / BYTES_A_BUCKET && r->n_buckets < BUCKETS_MAX)
        r->n_buckets *= 2;
    r->buckets = calloc(r->n_buckets, sizeof(struct entry *));
    if (r->buckets == NULL) {
        free(r);
        return error_nomem(e);
    }
    buf_init(&r->key, KEY_MAX_BYTES);
    if (getrandom(&r->secret, sizeof r->secret, GRND_NONBLOCK) != sizeof r->secret)
        r->secret = clock_us();
    r->counts.bytes = sizeof *r + KEY_MAX_BYTES + r->n_buckets * sizeof(struct entry *);
    *out = r;
    return OK;
}

static size_t memory_of(size_t n_bytes)
{
    return (sizeof(struct entry) + n_bytes + MALLOC_BYTES - 1) / MALLOC_BYTES * MALLOC_BYTES + MALLOC_BYTES;
}

static size_t bytes_of(const struct entry *x)
{
    return x->key_len + x->before_len + x->after_len + x->lines_len;
}

/* ---- the order of use */

static void link_newest(struct results *r, struct entry *x)
{
    x->newer = NULL;
    x->older = r->newest;
    if (r->newest != NULL)
        r->newest->newer = x;
    else
        r->oldest = x;
    r->newest = x;
}

static void unlink_entry(struct results *r, struct entry *x)
{
    if (x->newer != NULL)
        x->newer->older = x->older;
    else
        r->newest = x->older;
    if (x->older != NULL)
        x->older->newer = x->newer;
    else
        r->oldest = x->newer;
}

static struct entry **bucket_of(const struct results *r, uint64_t hash)
{
    return &r->buckets[hash & (r->n_buckets - 1)];
}

static void drop(struct results *r, struct entry *x)
{
    struct entry **at = bucket_of(r, x->hash);
    while (*at != x)
        at = &(*at)->next_in_bucket;
    *at = x->next_in_bucket;
    unlink_entry(r, x);
    r->counts.bytes -= memory_of(bytes_of(x));
    r->counts.replies--;
    free(x);
}

static void follow(struct results *r, uint64_t epoch)
{
    if (r->epoch == epoch)
        return;
    while (r->oldest != NULL)
        drop(r, r->oldest);
    r->epoch = epoch;
}

void results_free(struct results *r)
{
    if (r == NULL)
        return;
    while (r->oldest != NULL)
        drop(r, r->oldest);
    buf_clear(&r->key);
    free(r->buckets);
    free(r);
}

/* ---- keys */

static void put_number(struct buf *b, uint64_t value)
{
    buf_put(b, slice_of((const char *)&value, sizeof value));
}

static void put_bytes(struct buf *b, struct slice s)
{
    put_number(b, s.len);
    buf_put(b, s);
}

/* Everything that decides the answer, and nothing else. False: no key can be had. */
static bool make_key(struct results *r, const struct task *task)
{
    const struct request *q = &task->request;
    struct buf *b = &r->key;
    uint64_t numbers[] = {r->secret,
                          q->is_gen_chosen ? q->gen : task->gen,
                          q->verb,
                          q->n,
                          q->from,
                          q->per,
                          q->show,
                          q->show == REQUEST_SNIPPET ? q->width : 0,
                          q->total,
                          q->sort,
                          q->out,
                          (uint64_t)q->is_plain | (uint64_t)q->is_first_stage << 1 | (uint64_t)q->is_expanded << 2 |
                              (uint64_t)q->is_spell_off << 3,
                          q->n_facets};
    buf_reset(b);
    buf_put(b, slice_of((const char *)numbers, sizeof numbers));
    for (size_t i = 0; i < q->n_facets; i++)
        put_number(b, (uint64_t)q->facets[i].field << 32 | q->facets[i].n);
    put_bytes(b, q->lang);
    put_bytes(b, q->passage);
    buf_put(b, q->verb == VERB_SUGGEST ? q->text : slice_trim(q->text)); /* "storm " goes on with another word */
    return buf_status(b, NULL) == OK;
}

/* *hash is set in any case. */
static struct entry *find(const struct results *r, uint64_t *hash)
{
    struct slice key = buf_slice(&r->key);
    *hash = slice_hash(key);
    for (struct entry *x = *bucket_of(r, *hash); x != NULL; x = x->next_in_bucket)
        if (x->hash == *hash && slice_equal(slice_of(x->bytes, x->key_len), key))
            return x;
    return NULL;
}

/* ---- answers */

static void put_reply(struct task *task, const struct entry *x, uint64_t now_us)
{
    struct buf *out = &task->reply;
    struct slice rest = slice_of(x->bytes + x->key_len, bytes_of(x) - x->key_len);
    reply_tag(out, task->request.tag);
    buf_put(out, slice_of(rest.data, x->before_len));
    if (x->has_us)
        buf_put_u64(out, clock_us() - now_us);
    buf_put(out, slice_of(rest.data + x->before_len, x->after_len));
    reply_key_u64(out, "cached", 1);
    reply_end(out);
    buf_put(out, slice_from(rest, x->before_len + x->after_len));
}

bool results_answer(struct results *r, struct task *task, uint64_t epoch, uint64_t now_us)
{
    uint64_t hash;
    follow(r, epoch);
    struct entry *x = make_key(r, task) ? find(r, &hash) : NULL;
    if (x == NULL) {
        r->counts.misses++;
        return false;
    }
    put_reply(task, x, now_us);
    if (buf_status(&task->reply, NULL) != OK) {
        buf_reset(&task->reply);
        r->counts.misses++;
        return false;
    }
    unlink_entry(r, x);
    link_newest(r, x);
    r->counts.hits++;
    return true;
}

/* ---- what is kept */

/* A whole answer to its question? A number of passages that is a bound is not, since another time may bring a better
 * one; an estimate is: it depends on the index alone. */
static bool is_kept(struct slice status)
{
    struct reply_status s;
    struct slice bound;
    if (reply_parse(&s, status, NULL) != OK || !s.is_ok)
        return false;
    return !reply_value(&s, "bound", &bound) || slice_equal(bound, SLICE("exact")) ||
           slice_equal(bound, SLICE("estimate"));
}

/* The reply in the parts that an entry has of it. */
static void cut_reply(struct entry *x, struct slice reply, size_t tag_len, struct slice parts[3])
{
    static const struct slice mark = {" us=", 4};
    const char *end = memchr(reply.data, '\n', reply.len);
    struct slice status = slice_of(reply.data + tag_len, (size_t)(end - reply.data) - tag_len);
    const char *us = memmem(status.data, status.len, mark.data, mark.len);
    x->has_us = us != NULL;
    x->before_len = us != NULL ? (size_t)(us - status.data) + mark.len : status.len;
    parts[0] = slice_of(status.data, x->before_len);
    parts[1] = slice_from(status, x->before_len);
    while (x->has_us && parts[1].len > 0 && parts[1].data[0] >= '0' && parts[1].data[0] <= '9')
        parts[1] = slice_from(parts[1], 1);
    x->after_len = parts[1].len;
    parts[2] = slice_from(reply, tag_len + status.len + 1);
    x->lines_len = parts[2].len;
}

static void add(struct results *r, uint64_t hash, const struct task *task, size_t tag_len)
{
    struct entry parsed = {.hash = hash, .key_len = r->key.len};
    struct slice parts[3];
    cut_reply(&parsed, buf_slice(&task->reply), tag_len, parts);
    size_t n_bytes = bytes_of(&parsed), memory = memory_of(n_bytes);
    if (memory > r->max_bytes / LARGEST_PART)
        return;
    for (; r->oldest != NULL && r->counts.bytes + memory > r->max_bytes; r->counts.evictions++)
        drop(r, r->oldest);
    struct entry *x = r->counts.bytes + memory > r->max_bytes ? NULL : malloc(sizeof *x + n_bytes);
    if (x == NULL)
        return;
    *x = parsed;
    char *at = x->bytes;
    memcpy(at, r->key.data, r->key.len);
    at += r->key.len;
    for (size_t i = 0; i < 3; at += parts[i++].len)
        if (parts[i].len > 0)
            memcpy(at, parts[i].data, parts[i].len);
    struct entry **bucket = bucket_of(r, hash);
    x->next_in_bucket = *bucket;
    *bucket = x;
    link_newest(r, x);
    r->counts.bytes += memory;
    r->counts.replies++;
}

void results_keep(struct results *r, const struct task *task, uint64_t epoch)
{
    uint64_t hash;
    struct slice reply = buf_slice(&task->reply);
    follow(r, epoch);
    /* An answer that was on its way while the index changed may be of either generation. */
    if (task->status != OK || task->epoch != epoch)
        return;
    const char *end = reply.len == 0 ? NULL : memchr(reply.data, '\n', reply.len);
    if (end == NULL || !is_kept(slice_of(reply.data, (size_t)(end - reply.data))))
        return;
    size_t tag_len = strlen(task->request.tag);
    if (make_key(r, task) && find(r, &hash) == NULL)
        add(r, hash, task, tag_len == 0 ? 0 : tag_len + 2); /* '@', tag, space */
}

struct results_counts results_counts(const struct results *r)
{
    return r->counts;
}
