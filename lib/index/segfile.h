/**
 * The common shape of a segment's own files: a header, then sections of bytes.
 *
 *     8 bytes magic | u32 format | u32 sections | u64 file length | u64 XXH64 of all after the header
 *     sections * (u64 offset, u64 length) | sections, each aligned to 8 bytes
 *
 * Integers are little-endian. A writer streams one section after the other; a reader maps the file and checks header
 * and length when it opens, every byte when asked.
 */
#ifndef QUOTH_SEGFILE_H
#define QUOTH_SEGFILE_H

#include "file.h"

#define SEGFILE_SECTIONS_MAX 8
#define SEGFILE_FORMAT 1
#define SEGFILE_ROOM_MAX 65536

struct segfile {
    struct file_map map;
    struct slice sections[SEGFILE_SECTIONS_MAX];
};

/**
 * @param magic      8 bytes
 * @param n_sections exactly these
 * @retval ERR_NONE       there is no such file
 * @retval ERR_SIGNATURE  another format number
 * @retval ERR_INDEX      torn or not such a file
 */
enum status segfile_open(struct segfile *out, const char *folder, const char *name, const char magic[8],
                         size_t n_sections, struct error *e) CHECK_RESULT;
void segfile_close(struct segfile *f);

/** Let go of the pages that were read; they are read again when they are needed. For who walks all of a large file. */
void segfile_release(const struct segfile *f);

/** Compare the checksum: reads every byte. */
enum status segfile_check(const struct segfile *f, const char *name, struct error *e) CHECK_RESULT;

struct segfile_writer;

enum status segfile_create(struct segfile_writer **out, const char *folder, const char *name, const char magic[8],
                           size_t n_sections, struct error *e) CHECK_RESULT;
/** Append to the current section; the first failure sticks and is told by segfile_finish(). */
void segfile_write(struct segfile_writer *w, struct slice bytes);
/** Append n bytes, at most SEGFILE_ROOM_MAX, that the caller sets at once. */
char *segfile_room(struct segfile_writer *w, size_t n);
/** The next section begins. */
void segfile_next_section(struct segfile_writer *w);
/** Write the header, sync, close; w is freed whatever happens. */
enum status segfile_finish(struct segfile_writer *w, struct error *e) CHECK_RESULT;
/** The same but for the sync, which is the caller's: the kernel was told to begin. */
enum status segfile_finish_unsynced(struct segfile_writer *w, struct error *e) CHECK_RESULT;
void segfile_abandon(struct segfile_writer *w);

#endif
