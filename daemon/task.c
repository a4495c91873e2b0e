#include "task.h"

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
