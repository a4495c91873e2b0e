#include "job.h"

#include <stdlib.h>

struct job *job_new(struct slice line)
{
    struct job *job = malloc(sizeof *job + line.len);
    if (job == NULL)
        return NULL;
    *job = (struct job){.line_len = line.len};
    if (line.len > 0)
        memcpy(job->line, line.data, line.len);
    buf_init(&job->reply, REPLY_MAX_BYTES);
    return job;
}

void job_free(struct job *job)
{
    if (job == NULL)
        return;
    buf_clear(&job->reply);
    free(job);
}
