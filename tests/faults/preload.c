/* What the fault suite puts under an unmodified node with LD_PRELOAD. Linux only.
 *
 * FAULTS_FLUSH         the n-th fsync or fdatasync of the process is the one that goes wrong
 * FAULTS_FLUSH_ACTION  how: kill-before or kill-after (SIGKILL around the real call), error (EIO once, nothing flushed)
 * FAULTS_FLUSH_MARK    a file that is made when it has gone wrong, so that the suite knows that it did
 * FAULTS_CLOCK         seconds to add to the time of day; the clocks that only measure stay as they are
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static atomic_long flushes;
static long fatal_flush;
static const char *action = "";
static const char *mark;
static long shift;

__attribute__((constructor)) static void read_environment(void)
{
    const char *text;
    if ((text = getenv("FAULTS_FLUSH")))
        fatal_flush = atol(text);
    if ((text = getenv("FAULTS_FLUSH_ACTION")))
        action = text;
    mark = getenv("FAULTS_FLUSH_MARK");
    if ((text = getenv("FAULTS_CLOCK")))
        shift = atol(text);
}

static void leave_mark(void)
{
    if (mark)
        syscall(SYS_close, syscall(SYS_openat, AT_FDCWD, mark, O_CREAT | O_WRONLY, 0600));
}

static void die(void)
{
    syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
    for (;;)
        pause();
}

static int flush(long call, int file)
{
    long result;
    if (atomic_fetch_add(&flushes, 1) + 1 != fatal_flush)
        return (int)syscall(call, file);
    leave_mark();
    if (!strcmp(action, "error")) {
        errno = EIO;
        return -1;
    }
    if (!strcmp(action, "kill-before"))
        die();
    result = syscall(call, file);
    if (!strcmp(action, "kill-after"))
        die();
    return (int)result;
}

int fsync(int file)
{
    return flush(SYS_fsync, file);
}

int fdatasync(int file)
{
    return flush(SYS_fdatasync, file);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (!result && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += shift;
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec precise;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &precise))
        return -1;
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *now)
{
    struct timespec precise;
    if (clock_gettime(CLOCK_REALTIME, &precise))
        return -1;
    if (now)
        *now = precise.tv_sec;
    return precise.tv_sec;
}
