#include "job.h"

#include <stdlib.h>

enum status job_new(struct job **out, struct error *e)
{
    *out = NULL;
    struct job *job = calloc(1, sizeof *job);
    if (job == NULL)
        return error_nomem(e);
    job->units = calloc(JOB_UNITS_MAX, sizeof *job->units);
    if (job->units == NULL) {
        free(job);
        return error_nomem(e);
    }
    buf_init(&job->bytes, JOB_BYTES + ARTICLE_MAX_BYTES);
    *out = job;
    return OK;
}

void job_free(struct job *job)
{
    if (job == NULL)
        return;
    for (size_t i = 0; i < job->n_units; i++) {
        article_clear(&job->units[i].article);
        free(job->units[i].problem);
    }
    free(job->units);
    buf_clear(&job->bytes);
    free(job);
}

bool job_is_full(const struct job *job)
{
    return job->n_units == JOB_UNITS_MAX || job->cost >= JOB_BYTES;
}

struct unit *job_add(struct job *job, enum unit_kind kind, struct plan_file *file)
{
    struct unit *u = &job->units[job->n_units++];
    *u = (struct unit){.kind = kind, .file = file};
    article_init(&u->article);
    return u;
}

void unit_fail(struct unit *u, const char *problem)
{
    u->state = UNIT_FAILED;
    free(u->problem);
    u->problem = strdup(problem);
}
