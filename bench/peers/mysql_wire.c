#include "mysql_wire.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define BUFFER_BYTES ((size_t)1 << 20)
#define HEADER_BYTES 4
#define CAPABILITIES 0x0000a201U /* long password, protocol 4.1, transactions, secure connection */
#define UTF8 33

struct mysql_wire {
    int fd;
    size_t at, end; /* of what was received */
    unsigned char buffer[BUFFER_BYTES];
};

struct packet {
    const unsigned char *data;
    size_t len;
};

static bool fail(const char *what)
{
    fprintf(stderr, "sphinx_bench: %s\n", what);
    return false;
}

static bool write_all(int fd, const unsigned char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n <= 0)
            return fail("the connection broke");
        data += n;
        len -= (size_t)n;
    }
    return true;
}

static bool send_packet(struct mysql_wire *w, unsigned char sequence, const unsigned char *data, size_t len)
{
    unsigned char packet[4096 + HEADER_BYTES];
    if (len > sizeof packet - HEADER_BYTES)
        return fail("a query too long");
    packet[0] = (unsigned char)(len & 0xff);
    packet[1] = (unsigned char)(len >> 8 & 0xff);
    packet[2] = (unsigned char)(len >> 16 & 0xff);
    packet[3] = sequence;
    memcpy(packet + HEADER_BYTES, data, len);
    return write_all(w->fd, packet, len + HEADER_BYTES);
}

static bool need(struct mysql_wire *w, size_t bytes)
{
    if (bytes > BUFFER_BYTES)
        return fail("a packet too long");
    if (w->at + bytes > BUFFER_BYTES) {
        memmove(w->buffer, w->buffer + w->at, w->end - w->at);
        w->end -= w->at;
        w->at = 0;
    }
    while (w->end - w->at < bytes) {
        ssize_t n = read(w->fd, w->buffer + w->end, BUFFER_BYTES - w->end);
        if (n <= 0)
            return fail("the connection broke");
        w->end += (size_t)n;
    }
    return true;
}

/* It stays until the next. */
static bool next_packet(struct mysql_wire *w, struct packet *out)
{
    if (!need(w, HEADER_BYTES))
        return false;
    const unsigned char *header = w->buffer + w->at;
    size_t len = header[0] | (size_t)header[1] << 8 | (size_t)header[2] << 16;
    if (!need(w, HEADER_BYTES + len))
        return false;
    *out = (struct packet){w->buffer + w->at + HEADER_BYTES, len};
    w->at += HEADER_BYTES + len;
    if (len == 0 || out->data[0] != 0xff)
        return true;
    fprintf(stderr, "sphinx_bench: searchd says: %.*s\n", len > 9 ? (int)(len - 9) : 0, (const char *)out->data + 9);
    return false;
}

static bool is_end(const struct packet *p)
{
    return p->len > 0 && p->len < 9 && p->data[0] == 0xfe;
}

static bool greet(struct mysql_wire *w)
{
    struct packet p;
    unsigned char reply[4 + 4 + 1 + 23 + 2] = {CAPABILITIES & 0xff, CAPABILITIES >> 8 & 0xff, 0, 0, 0, 0, 0, 1, UTF8};
    return next_packet(w, &p) && send_packet(w, 1, reply, sizeof reply) && next_packet(w, &p);
}

struct mysql_wire *mysql_connect(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct mysql_wire *w = calloc(1, sizeof *w);
    if (w == NULL)
        return NULL;
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    w->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (w->fd >= 0 && connect(w->fd, (const struct sockaddr *)&address, sizeof address) == 0 && greet(w))
        return w;
    mysql_close(w);
    return NULL;
}

void mysql_close(struct mysql_wire *w)
{
    if (w != NULL && w->fd >= 0)
        close(w->fd);
    free(w);
}

static bool take_cell(struct packet *p, struct mysql_cell *out)
{
    if (p->len == 0)
        return false;
    size_t len = p->data[0], width = 1;
    if (len == 0xfb) {
        *out = (struct mysql_cell){NULL, 0};
        len = 0;
    } else {
        width = len == 0xfc ? 3 : len == 0xfd ? 4 : 1;
        if (len > 0xfd || p->len < width)
            return false;
        if (width > 1)
            len = p->data[1] | (size_t)p->data[2] << 8 | (width == 4 ? (size_t)p->data[3] << 16 : 0);
        if (p->len - width < len)
            return false;
        *out = (struct mysql_cell){(const char *)p->data + width, len};
    }
    p->data += width + len;
    p->len -= width + len;
    return true;
}

static bool read_rows(struct mysql_wire *w, size_t n_columns, mysql_row_fn *row, void *ctx)
{
    struct packet p;
    while (next_packet(w, &p)) {
        struct mysql_cell cells[MYSQL_CELLS_MAX];
        if (is_end(&p))
            return true;
        for (size_t i = 0; i < n_columns; i++)
            if (!take_cell(&p, &cells[i]))
                return fail("a row that ends too early");
        row(ctx, cells, n_columns);
    }
    return false;
}

bool mysql_query(struct mysql_wire *w, const char *sql, mysql_row_fn *row, void *ctx)
{
    unsigned char command[4096];
    size_t len = strlen(sql);
    struct packet p;
    if (len >= sizeof command)
        return fail("a query too long");
    command[0] = 3;
    memcpy(command + 1, sql, len);
    if (!send_packet(w, 0, command, len + 1) || !next_packet(w, &p))
        return false;
    size_t n_columns = p.len > 0 ? p.data[0] : 0;
    if (n_columns == 0 || n_columns > MYSQL_CELLS_MAX)
        return fail("not a table");
    do {
        if (!next_packet(w, &p))
            return false;
    } while (!is_end(&p));
    return read_rows(w, n_columns, row, ctx);
}
