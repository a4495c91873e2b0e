#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#define CHUNK_BYTES ((size_t)1 << 16)
#define PEEK_BYTES 4096
#define ZSTD_WINDOW_LOG_MAX 27 /* 128 MiB: what `zstd` without --long needs, and a hostile frame may claim */

enum packing { PACKING_NONE, PACKING_GZIP, PACKING_ZSTD };

struct input {
    char *path;
    int fd;
    enum packing packing;
    z_stream gzip;
    ZSTD_DStream *zstd;
    char raw[CHUNK_BYTES]; /* as read from the file: [raw_at, raw_len) is still to be unpacked */
    size_t raw_at, raw_len;
    bool is_raw_end;    /* the file has no more bytes */
    bool is_frame_open; /* a gzip member or zstd frame has begun and not ended */
    bool is_padding;    /* behind the last gzip member only NULs may follow */

    char *window; /* unpacked: [at, len) is still to be handed out */
    size_t at, len, cap;
    bool is_end;         /* nothing follows the window */
    struct error failed; /* the first failure; it is told when the window is used up, and again after that */
};

static enum status fail(struct input *in, const char *what)
{
    return error_set(&in->failed, ERR_FORMAT, "%s: %s", in->path, what);
}

/** Read the next bytes of the file behind those still to be unpacked. */
static enum status read_raw(struct input *in)
{
    if (in->raw_at > 0) {
        memmove(in->raw, in->raw + in->raw_at, in->raw_len - in->raw_at);
        in->raw_len -= in->raw_at;
        in->raw_at = 0;
    }
    ssize_t n;
    do {
        n = read(in->fd, in->raw + in->raw_len, CHUNK_BYTES - in->raw_len);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return error_errno(&in->failed, ERR_IO, "%s: cannot be read", in->path);
    in->raw_len += (size_t)n;
    in->is_raw_end = n == 0;
    return OK;
}

static bool has_gzip_magic(struct slice s)
{
    return slice_starts(s, SLICE("\x1F\x8B\x08"));
}

static bool has_zstd_magic(struct slice s)
{
    bool is_skippable =
        s.len >= 4 && (s.data[0] & 0xF0) == 0x50 && slice_starts(slice_from(s, 1), SLICE("\x2A\x4D\x18"));
    return is_skippable || slice_starts(s, SLICE("\x28\xB5\x2F\xFD"));
}

/** Look at the first bytes and make the unpacker they call for. */
static enum status begin(struct input *in, struct error *e)
{
    while (in->raw_len < PEEK_BYTES && !in->is_raw_end)
        if (read_raw(in) != OK)
            return error_set(e, in->failed.code, "%s", in->failed.text);
    struct slice head = slice_of(in->raw, in->raw_len);
    if (has_gzip_magic(head)) {
        if (inflateInit2(&in->gzip, 15 + 16) != Z_OK)
            return error_nomem(e);
        in->packing = PACKING_GZIP;
        in->is_frame_open = true;
    } else if (has_zstd_magic(head)) {
        in->zstd = ZSTD_createDStream();
        if (in->zstd == NULL ||
            ZSTD_isError(ZSTD_DCtx_setParameter(in->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG_MAX)))
            return error_nomem(e);
        in->packing = PACKING_ZSTD;
    }
    return OK;
}

enum status input_open(struct input **out, const char *path, struct error *e)
{
    *out = NULL;
    /* Not to block on a FIFO, not to become a terminal's owner. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return error_errno(e, errno == ENOENT || errno == ENOTDIR ? ERR_NONE : ERR_IO, "%s: cannot be opened", path);
    struct stat st;
    enum status status = OK;
    struct input *in = NULL;
    if (fstat(fd, &st) != 0)
        status = error_errno(e, ERR_IO, "%s: cannot be examined", path);
    else if (!S_ISREG(st.st_mode))
        status = error_set(e, ERR_IO, "%s: not a regular file", path);
    else if ((in = calloc(1, sizeof *in)) == NULL || (in->path = strdup(path)) == NULL)
        status = error_nomem(e);
    if (in == NULL) {
        close(fd);
        return status;
    }
    in->fd = fd;
    if (status == OK)
        status = begin(in, e);
    if (status != OK) {
        input_close(in);
        return status;
    }
    *out = in;
    return OK;
}

void input_close(struct input *in)
{
    if (in == NULL)
        return;
    if (in->packing == PACKING_GZIP)
        inflateEnd(&in->gzip);
    ZSTD_freeDStream(in->zstd);
    close(in->fd);
    free(in->window);
    free(in->path);
    free(in);
}

/** Unpack gzip from raw into out; *n says how much came. A member that ended may be followed by another, or by NULs. */
static enum status unpack_gzip(struct input *in, char *out, size_t cap, size_t *n)
{
    if (in->is_padding) {
        for (; in->raw_at < in->raw_len; in->raw_at++)
            if (in->raw[in->raw_at] != 0)
                return fail(in, "bytes that are not gzip follow the gzip data");
        return OK;
    }
    if (!in->is_frame_open) {
        struct slice rest = slice_of(in->raw + in->raw_at, in->raw_len - in->raw_at);
        if (rest.len < 3 && !in->is_raw_end)
            return OK;
        in->is_padding = rest.len > 0 && !has_gzip_magic(rest);
        if (in->is_padding || rest.len == 0)
            return OK;
        if (inflateReset(&in->gzip) != Z_OK)
            return fail(in, "the gzip data is damaged");
        in->is_frame_open = true;
    }
    in->gzip.next_in = (Bytef *)in->raw + in->raw_at;
    in->gzip.avail_in = (uInt)(in->raw_len - in->raw_at);
    in->gzip.next_out = (Bytef *)out;
    in->gzip.avail_out = (uInt)cap;
    int result = inflate(&in->gzip, Z_NO_FLUSH);
    in->raw_at = in->raw_len - in->gzip.avail_in;
    *n = cap - in->gzip.avail_out;
    if (result == Z_STREAM_END)
        in->is_frame_open = false;
    else if (result == Z_MEM_ERROR)
        return error_nomem(&in->failed);
    else if (result != Z_OK && result != Z_BUF_ERROR)
        return fail(in, "the gzip data is damaged");
    return OK;
}

static enum status unpack_zstd(struct input *in, char *out, size_t cap, size_t *n)
{
    ZSTD_inBuffer from = {in->raw, in->raw_len, in->raw_at};
    ZSTD_outBuffer to = {out, cap, 0};
    if (from.pos == from.size && !in->is_frame_open)
        return OK;
    size_t result = ZSTD_decompressStream(in->zstd, &to, &from);
    in->raw_at = from.pos;
    *n = to.pos;
    if (!ZSTD_isError(result)) {
        in->is_frame_open = result != 0;
        return OK;
    }
    ZSTD_ErrorCode code = ZSTD_getErrorCode(result);
    if (code == ZSTD_error_memory_allocation)
        return error_nomem(&in->failed);
    if (code == ZSTD_error_frameParameter_windowTooLarge)
        return fail(in, "the zstd data needs a window over 128 MiB; pack it again without --long");
    return fail(in, "the zstd data is damaged");
}

/** Unpack something into out. *n is 0 only at the end or on failure. */
static enum status unpack(struct input *in, char *out, size_t cap, size_t *n)
{
    *n = 0;
    enum status st = OK;
    while (st == OK && *n == 0) {
        size_t left = in->raw_len - in->raw_at;
        bool was_open = in->is_frame_open, was_padding = in->is_padding;
        if (in->packing == PACKING_NONE) {
            *n = left < cap ? left : cap;
            memcpy(out, in->raw + in->raw_at, *n);
            in->raw_at += *n;
        } else {
            st = in->packing == PACKING_GZIP ? unpack_gzip(in, out, cap, n) : unpack_zstd(in, out, cap, n);
        }
        bool has_moved =
            in->raw_len - in->raw_at < left || in->is_frame_open != was_open || in->is_padding != was_padding;
        if (st != OK || *n > 0 || has_moved)
            continue;
        if (in->is_raw_end && in->is_frame_open)
            return fail(in, "the compressed data is cut off");
        if (in->is_raw_end)
            return OK;
        st = read_raw(in);
    }
    return st;
}

/** Append unpacked bytes to the window. At the end, or after a failure, is_end is set. */
static enum status fill(struct input *in, struct error *e)
{
    if (in->is_end)
        return OK;
    if (in->at > 0) {
        memmove(in->window, in->window + in->at, in->len - in->at);
        in->len -= in->at;
        in->at = 0;
    }
    if (in->cap - in->len < CHUNK_BYTES) {
        size_t cap = in->cap == 0 ? CHUNK_BYTES : in->cap * 2;
        char *window = realloc(in->window, cap);
        if (window == NULL)
            return error_nomem(e);
        in->window = window;
        in->cap = cap;
    }
    size_t n;
    in->is_end = unpack(in, in->window + in->len, in->cap - in->len, &n) != OK || n == 0;
    in->len += n;
    return OK;
}

/** At the end of the window's bytes: is it the end, or what went wrong? */
static enum status end_status(const struct input *in, struct error *e)
{
    return in->failed.code == OK ? OK : error_set(e, in->failed.code, "%s", in->failed.text);
}

enum status input_peek(struct input *in, struct slice *head, struct error *e)
{
    *head = (struct slice){0};
    while (in->len - in->at < PEEK_BYTES && !in->is_end) {
        enum status st = fill(in, e);
        if (st != OK)
            return st;
    }
    size_t n = in->len - in->at;
    if (n == 0)
        return end_status(in, e);
    *head = slice_of(in->window + in->at, n < PEEK_BYTES ? n : PEEK_BYTES);
    return OK;
}

enum status input_read(struct input *in, struct buf *out, struct error *e)
{
    for (;;) {
        if (in->len > in->at)
            buf_put(out, slice_of(in->window + in->at, in->len - in->at));
        in->at = in->len = 0;
        if (out->state == ERR_LIMIT)
            return error_set(e, ERR_LIMIT, "%s: more than %zu bytes", in->path, out->max);
        if (out->state != OK)
            return buf_status(out, e);
        if (in->is_end)
            return end_status(in, e);
        enum status st = fill(in, e);
        if (st != OK)
            return st;
    }
}

enum status input_line(struct input *in, size_t max, struct slice *line, bool *has_line, bool *is_long, struct error *e)
{
    *line = (struct slice){0};
    *has_line = *is_long = false;
    size_t searched = 0; /* bytes from in->at on that hold no LF */
    for (;;) {
        size_t n = in->len - in->at;
        const char *from = n == 0 ? NULL : in->window + in->at;
        const char *lf = n == searched ? NULL : memchr(from + searched, '\n', n - searched);
        /* What a damaged file ends in the middle of is no line. */
        bool is_rest = lf == NULL && in->is_end;
        if (is_rest && (in->failed.code != OK || (n == 0 && !*is_long)))
            return *is_long = false, end_status(in, e);
        if (lf != NULL || is_rest) {
            size_t len = lf == NULL ? n : (size_t)(lf - from);
            *has_line = true;
            *is_long = *is_long || len > max;
            if (!*is_long)
                *line = slice_of(from, len);
            in->at += lf == NULL ? n : len + 1;
            return OK;
        }
        searched = n;
        if (n > max) {
            *is_long = true;
            in->at = in->len;
            searched = 0;
        }
        enum status st = fill(in, e);
        if (st != OK)
            return st;
    }
}
