/* Hangs the thread that calls the function named by P1_HANG once the file P1_TRIGGER is there, as a
   driver or a kernel might. Preloaded into the daemon as it is shipped. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

static void hang_in(const char *function) {
    const char *wanted = getenv("P1_HANG"), *trigger = getenv("P1_TRIGGER");
    if (wanted && trigger && strcmp(wanted, function) == 0 && access(trigger, F_OK) == 0)
        for (;;)
            pause();
}

/* The line. */
ssize_t read(int fd, void *buffer, size_t size) {
    static ssize_t (*real)(int, void *, size_t);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "read");
    if (isatty(fd))
        hang_in("read");
    return real(fd, buffer, size);
}

/* The hub. */
ssize_t send(int fd, const void *buffer, size_t size, int flags) {
    static ssize_t (*real)(int, const void *, size_t, int);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "send");
    hang_in("send");
    return real(fd, buffer, size, flags);
}

/* The door. */
int accept4(int fd, struct sockaddr *address, socklen_t *size, int flags) {
    static int (*real)(int, struct sockaddr *, socklen_t *, int);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "accept4");
    hang_in("accept4");
    return real(fd, address, size, flags);
}
