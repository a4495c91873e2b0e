#include "task.h"

#include "reply.h"

#include <stdlib.h>

static struct task *take_kept(struct task_store *store)
{
    struct task *task = store->kept;
    if (task != NULL) {
        store->kept = task->next;
        store->n_kept--;
    }
    return task;
}

struct task *task_new(struct task_store *store, struct slice line)
{
    struct task *task = store != NULL && line.len <= TASK_LINE_BYTES ? take_kept(store) : NULL;
    struct buf reply;
    size_t cap = line.len <= TASK_LINE_BYTES ? TASK_LINE_BYTES : line.len;
    buf_init(&reply, REPLY_MAX_BYTES);
    if (task != NULL) {
        reply = task->reply;
        buf_reset(&reply);
    } else {
        task = malloc(sizeof *task + cap);
    }
    if (task == NULL)
        return NULL;
    *task = (struct task){.reply = reply, .home = store, .line_len = line.len, .line_cap = cap};
    if (line.len > 0)
        memcpy(task->line, line.data, line.len);
    return task;
}

size_t task_memory(const struct task *task)
{
    return sizeof *task + task->line_cap + task->reply.cap;
}

static void destroy(struct task *task)
{
    buf_clear(&task->reply);
    free(task);
}

void task_free(struct task *task)
{
    if (task == NULL)
        return;
    struct task_store *home = task->home;
    if (home == NULL || home->n_kept == TASKS_KEPT || task->line_cap != TASK_LINE_BYTES) {
        destroy(task);
        return;
    }
    if (task->reply.cap > TASK_REPLY_KEPT_BYTES)
        buf_clear(&task->reply);
    task->next = home->kept;
    home->kept = task;
    home->n_kept++;
}

void task_store_clear(struct task_store *store)
{
    for (struct task *task; (task = take_kept(store)) != NULL;)
        destroy(task);
}

void task_refuse_busy(struct task *task, uint64_t retry_ms)
{
    task->status = ERR_BUSY;
    reply_error_key(&task->reply, task->request.tag, wire_code(ERR_BUSY), "retry_ms",
                    retry_ms < RETRY_MIN_MS ? RETRY_MIN_MS : retry_ms,
                    "the server has too much to do; try again after retry_ms milliseconds");
}
