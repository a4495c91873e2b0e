/**
 * Files: whole reads with a bound, maps, and writes that are either whole or not there.
 */
#ifndef QUOTH_FILE_H
#define QUOTH_FILE_H

#include "buf.h"

/** A read-only map of a whole file. Embedded; an empty file has data "" and len 0. */
struct file_map {
    const char *data;
    size_t len;
    int fd; /* for locks; -1 when closed */
};

/** ERR_NONE where there is no such file, else ERR_IO. */
enum status file_map_open(struct file_map *out, const char *path, struct error *e) CHECK_RESULT;
void file_map_close(struct file_map *m);
/** The bytes stay, the descriptor goes: for whoever maps many files and locks none. */
void file_map_close_fd(struct file_map *m);

/** The whole file at path appended to out; ERR_NONE where there is none, ERR_LIMIT past the buffer's bound. */
enum status file_read(struct buf *out, const char *path, struct error *e) CHECK_RESULT;

/** Create (never overwrite) a file with these bytes and sync it. */
enum status file_write_new(const char *path, struct slice bytes, struct error *e) CHECK_RESULT;

/** Replace or create folder/name: name.tmp is written, synced, renamed, the folder synced. */
enum status file_write_atomic(const char *folder, const char *name, struct slice bytes, struct error *e) CHECK_RESULT;

/** Write all of s to fd. */
enum status file_write_all(int fd, struct slice s, const char *path, struct error *e) CHECK_RESULT;

/** fsync a file or a folder by path. */
enum status file_sync(const char *path, struct error *e) CHECK_RESULT;

/** fsync every file directly in a folder, then the folder. */
enum status file_sync_folder(const char *path, struct error *e) CHECK_RESULT;

/** Remove a file, or a folder with all that is below it (symbolic links are not followed). Absent is OK. */
enum status file_remove_tree(const char *path, struct error *e) CHECK_RESULT;

/** Bytes of a file, or of all files directly in a folder. */
enum status file_size(const char *path, uint64_t *out, struct error *e) CHECK_RESULT;

#endif
