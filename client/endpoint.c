#include "connect.h"

#include <stdio.h>

#include "bounds.h"

void endpoint_default(struct endpoint *out)
{
    *out = (struct endpoint){.host = "127.0.0.1", .port = DEFAULT_PORT};
}

static enum status set_text(char *out, size_t max, struct slice text, const char *what, struct error *e)
{
    if (text.len == 0)
        return error_set(e, ERR_OPTION, "the %s is empty", what);
    if (text.len > max)
        return error_set(e, ERR_OPTION, "the %s is longer than %zu bytes", what, max);
    memcpy(out, text.data, text.len);
    out[text.len] = '\0';
    return OK;
}

enum status endpoint_parse(struct endpoint *out, struct slice text, struct error *e)
{
    if (slice_starts(text, SLICE("unix:")))
        return set_text(out->path, ENDPOINT_PATH_MAX, slice_from(text, 5), "socket's path", e);
    if (text.len > 0 && memchr(text.data, '/', text.len) != NULL)
        return set_text(out->path, ENDPOINT_PATH_MAX, text, "socket's path", e);

    struct slice host = text, port = {"", 0};
    const char *closing = text.len > 0 && text.data[0] == '[' ? memchr(text.data, ']', text.len) : NULL;
    const char *colon = memrchr(text.data, ':', text.len);
    if (closing != NULL) {
        host = slice_of(text.data + 1, (size_t)(closing - text.data) - 1);
        port = slice_from(text, (size_t)(closing - text.data) + 1);
    } else if (colon != NULL && memchr(text.data, ':', text.len) == colon) {
        /* More than one colon and no bracket is an IPv6 address alone. */
        host = slice_of(text.data, (size_t)(colon - text.data));
        port = slice_from(text, host.len);
    }
    uint64_t number = DEFAULT_PORT;
    if (port.len > 0 && (port.data[0] != ':' || !slice_to_u64(slice_from(port, 1), 65535, &number) || number == 0))
        return error_set(e, ERR_OPTION, "'%.*s' is not HOST:PORT", SLICE_ARG(text));
    out->port = (uint16_t)number;
    out->path[0] = '\0';
    return set_text(out->host, ENDPOINT_HOST_MAX, host, "host", e);
}

enum status endpoint_set_host(struct endpoint *out, const char *host, struct error *e)
{
    out->is_given = true;
    out->path[0] = '\0';
    return set_text(out->host, ENDPOINT_HOST_MAX, slice_cstr(host), "host", e);
}

void endpoint_set_port(struct endpoint *out, uint16_t port)
{
    out->is_given = true;
    out->path[0] = '\0';
    out->port = port;
}

enum status endpoint_set_path(struct endpoint *out, const char *path, struct error *e)
{
    out->is_given = true;
    return set_text(out->path, ENDPOINT_PATH_MAX, slice_cstr(path), "socket's path", e);
}

void endpoint_name(struct buf *out, const struct endpoint *server)
{
    if (server->path[0] != '\0')
        buf_put_cstr(out, server->path);
    else if (strchr(server->host, ':') != NULL)
        buf_printf(out, "[%s]:%u", server->host, server->port);
    else
        buf_printf(out, "%s:%u", server->host, server->port);
}
