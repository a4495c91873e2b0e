#include "ring.h"

#include <stdlib.h>

static struct slot *slot_at(struct ring *r, uint64_t sequence)
{
    return &r->slots[sequence % (r->cap + 1)];
}

enum status ring_init(struct ring *r, size_t cap, struct error *e)
{
    *r = (struct ring){.cap = cap, .slots = calloc(cap + 1, sizeof(struct slot))};
    return r->slots == NULL ? error_nomem(e) : OK;
}

void ring_clear(struct ring *r)
{
    for (; r->slots != NULL && r->head < r->tail; r->head++)
        task_free(slot_at(r, r->head)->task);
    free(r->slots);
    *r = (struct ring){0};
}

bool ring_is_empty(const struct ring *r)
{
    return r->head == r->tail;
}

bool ring_is_full(const struct ring *r)
{
    return r->tail - r->head >= r->cap;
}

void ring_push(struct ring *r, struct task *task, bool is_done, bool closes)
{
    task->sequence = r->tail;
    *slot_at(r, r->tail++) = (struct slot){.state = is_done ? SLOT_DONE : SLOT_WAITING, .closes = closes, .task = task};
    if (is_done)
        r->held_bytes += task_memory(task);
}

struct slot *ring_next_waiting(struct ring *r)
{
    while (r->next < r->tail && slot_at(r, r->next)->state != SLOT_WAITING)
        r->next++;
    return r->next < r->tail ? slot_at(r, r->next) : NULL;
}

void ring_mark_running(struct ring *r, struct slot *s)
{
    s->state = SLOT_RUNNING;
    s->task = NULL;
    r->n_running++;
}

void ring_mark_done(struct ring *r, struct slot *s)
{
    s->state = SLOT_DONE;
    r->held_bytes += task_memory(s->task);
}

bool ring_take_back(struct ring *r, struct task *task)
{
    if (task->sequence < r->head || task->sequence >= r->tail)
        return false;
    struct slot *s = slot_at(r, task->sequence);
    if (s->state != SLOT_RUNNING)
        return false;
    s->task = task;
    r->n_running--;
    ring_mark_done(r, s);
    return true;
}

struct task *ring_pop(struct ring *r, bool *closes)
{
    if (ring_is_empty(r) || slot_at(r, r->head)->state != SLOT_DONE)
        return NULL;
    struct slot *s = slot_at(r, r->head++);
    struct task *task = s->task;
    *closes = s->closes;
    *s = (struct slot){0};
    if (r->next < r->head)
        r->next = r->head;
    r->held_bytes -= task_memory(task);
    return task;
}
