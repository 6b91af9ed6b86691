/* Lets the daemon's clock run P1_HURRY times as fast. Preloaded into the daemon as it is shipped. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>

static long hurry(void) {
    const char *times = getenv("P1_HURRY");
    return times ? atol(times) : 1;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    static struct timespec start;
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, now);
    if (clock == CLOCK_MONOTONIC && result == 0) {
        if (start.tv_sec == 0)
            start = *now;
        long long passed = (now->tv_sec - start.tv_sec) * 1000000000LL + now->tv_nsec - start.tv_nsec;
        passed = passed * hurry() + start.tv_nsec;
        now->tv_sec = start.tv_sec + passed / 1000000000LL;
        now->tv_nsec = passed % 1000000000LL;
    }
    return result;
}

int epoll_wait(int epoll, struct epoll_event *events, int most, int timeout) {
    static int (*real)(int, struct epoll_event *, int, int);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "epoll_wait");
    return real(epoll, events, most, timeout > 0 ? (int)(timeout / hurry()) + 1 : timeout);
}
