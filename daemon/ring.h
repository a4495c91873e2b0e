/**
 * The requests of one connection that are in flight, in their order: replies are finished in any order and leave in
 * this one.
 *
 *     head                      next                 tail
 *      | done, running, done ... | waiting, done ...  |  free
 *
 * What lies before `next` has been handed to a worker or was answered at once.
 */
#ifndef QUOTH_RING_H
#define QUOTH_RING_H

#include "task.h"

enum slot_state {
    SLOT_WAITING, /* task is here, for a worker to come */
    SLOT_RUNNING, /* task is with the pool */
    SLOT_DONE,    /* task is here with its reply */
};

struct slot {
    enum slot_state state;
    bool closes; /* the connection ends with this reply */
    struct task *task;
};

struct ring {
    struct slot *slots; /* cap + 1: the last word of a connection always finds a place */
    size_t cap;
    uint64_t head, next, tail; /* sequence numbers */
    size_t n_running;
    size_t held_bytes; /* of memory: replies that are done but not at the head */
};

enum status ring_init(struct ring *r, size_t cap, struct error *e) CHECK_RESULT;
/** Frees the tasks that are here. */
void ring_clear(struct ring *r);

bool ring_is_empty(const struct ring *r);
bool ring_is_full(const struct ring *r);

/** Add a task at the tail and take it; its sequence is set. Not where the ring is full, but for one that closes.
 * is_done: its reply is there already. */
void ring_push(struct ring *r, struct task *task, bool is_done, bool closes);

/** The first slot that waits for a worker; NULL: there is none. */
struct slot *ring_next_waiting(struct ring *r);

/** Its task goes to the pool, or was refused and has its reply. */
void ring_mark_running(struct ring *r, struct slot *s);
void ring_mark_done(struct ring *r, struct slot *s);

/** A task comes back; takes it. False: this ring does not know it, and it stays the caller's. */
bool ring_take_back(struct ring *r, struct task *task);

/** The task at the head if it is done: the caller owns it; NULL: nothing to send yet. */
struct task *ring_pop(struct ring *r, bool *closes);

#endif
