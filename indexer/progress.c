#include "progress.h"

#include "clock.h"

#include <stdio.h>
#include <unistd.h>

#define DRAW_EVERY_US 100000
#define BAR_CELLS 30

void progress_init(struct progress *p, const struct report *r)
{
    *p = (struct progress){.report = r, .what = ""};
    p->is_on = !r->options->is_quiet && !r->options->is_verbose && isatty(STDERR_FILENO) == 1;
}

static void draw(const struct progress *p)
{
    unsigned long long done = atomic_load(&p->report->n_bytes), articles = atomic_load(&p->report->n_articles_done);
    double share = p->n_expected == 0 ? 0 : (double)done / (double)p->n_expected;
    if (p->n_expected == 0) {
        fprintf(stderr, "\r\033[K%s: %llu articles, %.1f MB", p->what, articles, (double)done / 1e6);
        return;
    }
    int cells = share >= 1 ? BAR_CELLS : (int)(share * BAR_CELLS);
    fprintf(stderr, "\r\033[K%s [%.*s%*s] %3d%% %llu articles", p->what, cells, "##############################",
            BAR_CELLS - cells, "", share >= 1 ? 100 : (int)(share * 100), articles);
}

void progress_begin(struct progress *p, const char *what, uint64_t n_expected)
{
    p->what = what;
    p->n_expected = n_expected;
    if (p->is_on)
        draw(p);
}

void progress_tick(void *ctx)
{
    struct progress *p = ctx;
    uint64_t now = clock_us();
    if (!p->is_on || now - p->drawn_us < DRAW_EVERY_US)
        return;
    p->drawn_us = now;
    draw(p);
}

void progress_end(struct progress *p)
{
    if (p->is_on)
        fprintf(stderr, "\r\033[K");
}
