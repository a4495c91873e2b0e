/**
 * The programs' log: one line an event on stderr, an event word, then key=value. Libraries never log.
 * Shared by all threads; a line is one write.
 */
#ifndef QUOTH_LOG_H
#define QUOTH_LOG_H

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/** What is written from now on: `level` and graver (LOG_INFO at the start). */
void log_set_level(enum log_level level);

/** log_line(LOG_INFO, "search", "c=%u us=%u", c, us). Control bytes are written as '?'; a line has at most 1,024 bytes.
 */
void log_line(enum log_level level, const char *event, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
