#include "task.h"

#include "reply.h"

#include <stdlib.h>

struct task *task_new(struct slice line)
{
    struct task *task = malloc(sizeof *task + line.len);
    if (task == NULL)
        return NULL;
    *task = (struct task){.line_len = line.len};
    if (line.len > 0)
        memcpy(task->line, line.data, line.len);
    buf_init(&task->reply, REPLY_MAX_BYTES);
    return task;
}

void task_free(struct task *task)
{
    if (task == NULL)
        return;
    buf_clear(&task->reply);
    free(task);
}

void task_refuse_busy(struct task *task, uint64_t retry_ms)
{
    task->status = ERR_BUSY;
    reply_error_key(&task->reply, task->request.tag, wire_code(ERR_BUSY), "retry_ms",
                    retry_ms < RETRY_MIN_MS ? RETRY_MIN_MS : retry_ms,
                    "the server has too much to do; try again after retry_ms milliseconds");
}
