/**
 * The threads that build, and the order they keep.
 *
 * Jobs are numbered as they are handed out; job i goes to thread i mod n, whatever the threads are about, so that what
 * each writer gets depends on nothing but the input. A thread reads and parses its job at once, then waits for the
 * job's turn, settles ids while no other thread does, passes the turn on, and goes on alone. Shared by all threads.
 */
#ifndef QUOTH_CREW_H
#define QUOTH_CREW_H

#include "job.h"
#include "report.h"

#define CREW_WAITING_MAX 4 /* jobs handed to a thread that it has not begun */

struct crew;

/** Begins with a job that was taken, ends before job_free(); to be run by each thread. */
typedef void *crew_thread_fn(void *ctx);

/**
 * @param in_flight_max  bytes of jobs that are handed out and not done; one job may always be
 * @param cancel         looked at while waiting
 */
enum status crew_new(struct crew **out, size_t n_threads, size_t in_flight_max, const atomic_bool *cancel,
                     struct error *e) CHECK_RESULT;
/** All threads have ended. */
void crew_free(struct crew *c);

/** Hand out a job, which is taken whatever happens. Waits; `tick` is called ten times a second meanwhile. */
enum status crew_push(struct crew *c, struct job *job, void (*tick)(void *), void *ctx, struct error *e) CHECK_RESULT;
/** A job of so many bytes is handed out only when all before it are done, and the next one when it is. */
bool crew_runs_alone(const struct crew *c, size_t cost);
size_t crew_n_threads(const struct crew *c);

/** No more jobs will come. Waits until all are done. */
enum status crew_close(struct crew *c, void (*tick)(void *), void *ctx, struct error *e) CHECK_RESULT;

/** The thread's next job; NULL: there will be none, or the run is over. */
struct job *crew_take(struct crew *c, size_t thread);
/** False: something failed, or the run was cancelled; give up. */
bool crew_wait_turn(struct crew *c, const struct job *job);
void crew_pass_turn(struct crew *c, const struct job *job);
/** The job is done with; frees it. */
void crew_done(struct crew *c, struct job *job);
/** Did something fail, or was the run cancelled? */
bool crew_is_over(struct crew *c);
/** The run is over: everybody gives up; the first failure is what crew_close() returns. */
void crew_fail(struct crew *c, enum status st, const struct error *e);

#endif
