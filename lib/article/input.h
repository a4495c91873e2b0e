/**
 * A file as a stream of bytes, unpacked on the way when it is gzip or zstd (told by its first bytes, not its name).
 * One thread at a time; memory stays bounded whatever the file holds.
 */
#ifndef QUOTH_INPUT_H
#define QUOTH_INPUT_H

#include "buf.h"

struct input;

/** ERR_NONE: no such file; ERR_IO: cannot be opened, or is not a regular file (devices, FIFOs, folders). */
enum status input_open(struct input **out, const char *path, struct error *e) CHECK_RESULT;
void input_close(struct input *in);

/** The first bytes, up to 4,096, without consuming them; valid until the next call. */
enum status input_peek(struct input *in, struct slice *head, struct error *e) CHECK_RESULT;

/** All that is left, appended to out. ERR_LIMIT past out's bound; ERR_FORMAT: a damaged or cut-off gzip or zstd. */
enum status input_read(struct input *in, struct buf *out, struct error *e) CHECK_RESULT;

/**
 * The next line, without its LF (a CR before it stays), valid until the next call. *has_line is false at the end.
 * A line over `max` bytes is skipped to its end, whatever its length: *line is empty and *is_long true.
 *
 * @retval ERR_FORMAT  damaged or cut-off compressed data: the lines before it were delivered
 */
enum status input_line(struct input *in, size_t max, struct slice *line, bool *has_line, bool *is_long,
                       struct error *e) CHECK_RESULT;

#endif
