/**
 * The bounds of the protocol, each with its default; docs/PROTOCOL.md, "Bounds". (Not called limits.h: it would hide
 * the system's.)
 */
#ifndef QUOTH_BOUNDS_H
#define QUOTH_BOUNDS_H

#define PROTO_VERSION 1
#define LINE_MAX_BYTES 8192           /* of a request, its LF not counted; one more is ERR line */
#define LINE_CLOSE_BYTES 65536        /* past that without an LF the connection is closed */
#define LINE_COMPLETE_MS 30000        /* from a line's first byte to its LF */
#define PIPELINE_MAX 64               /* requests of one connection in flight */
#define REPLY_QUEUE_MAX_BYTES 1048576 /* unread replies of a peer */
#define REPLY_STALL_MS 30000          /* without a byte moving, then the connection is closed */
#define IDLE_MS 300000
#define TAG_MAX_BYTES 32
#define REPLY_MAX_BYTES ((size_t)256 << 20) /* of one reply */
#define OPTIONS_MAX 32                      /* key=value pairs of one request */
#define DEFAULT_PORT 7788
#define DEADLINE_DEFAULT_MS 2000
#define DEADLINE_MAX_MS 600000 /* that a request or a server's option may name */
#define N_DEFAULT 10           /* n= */
#define SUGGESTIONS_MAX 100
#define HITS_MAX 1000   /* n= */
#define DEPTH_MAX 10000 /* from + n */
#define WIDTH_MAX 10000 /* characters of a snippet */
#define WIDTH_DEFAULT 240
#define FACET_DEFAULT 10 /* values of a facet */
#define FACET_MAX 1000
#define REF_ID_MAX_BYTES 1024      /* of an article's id, percent-decoded */
#define REPLY_LINES_MAX 1000000000 /* data lines that a client believes a status line to announce */

#endif
