/* Lets time pass many times as fast for the processes it is loaded into (LD_PRELOAD).

   QUICK_TIME is "FACTOR REALTIME_NS MONOTONIC_NS": from that moment on every clock of the system
   shows FACTOR times what has passed since, and whoever waits waits a FACTOR-th as long. All
   processes that share these three numbers agree on what time it is, whenever they are started.
   Clocks of processor time are left alone.

   A fourth word is a file of eight bytes: so many nanoseconds all of them slept through, as a
   computer does whose lid is closed. The time of day is later by them, nobody has waited. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL

static int64_t factor, begun_real, begun_monotonic;
static const int64_t never = 0;
static const volatile int64_t *slept = &never;

static void know_sleep(const char *path) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  void *shared = mmap(NULL, sizeof *slept, PROT_READ, MAP_SHARED, file, 0);
  if (shared != MAP_FAILED) slept = shared;
  close(file);
}

static void know(void) {
  const char *told = getenv("QUICK_TIME");
  char *rest = NULL;
  int64_t times = told ? strtoll(told, &rest, 10) : 1;
  begun_real = told ? strtoll(rest, &rest, 10) : 0;
  begun_monotonic = told ? strtoll(rest, &rest, 10) : 0;
  if (told && *rest) know_sleep(rest + 1);
  factor = times > 0 ? times : 1;
}

static int64_t times_as_fast(void) {
  if (!factor) know();
  return factor;
}

static int64_t ns_of(const struct timespec *at) { return at->tv_sec * SECOND + at->tv_nsec; }

static struct timespec of_ns(int64_t ns) {
  return (struct timespec){.tv_sec = ns / SECOND, .tv_nsec = ns % SECOND};
}

static int is_of_day(clockid_t clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
}

static int64_t begun(clockid_t clock) {
  times_as_fast();
  return is_of_day(clock) ? begun_real : begun_monotonic;
}

static int64_t slept_by(clockid_t clock) { return is_of_day(clock) ? *slept : 0; }

/* A moment that a clock shows, as the kernel knows it; what is past stays past. */
static struct timespec kernel_moment(clockid_t clock, const struct timespec *at) {
  int64_t since = ns_of(at) - begun(clock) - slept_by(clock);
  return of_ns(begun(clock) + (since > 0 ? since / factor + 1 : since));
}

/* How long the kernel is to wait. */
static struct timespec kernel_wait(int64_t ns) {
  int64_t shorter = ns / times_as_fast();
  return of_ns(shorter || ns <= 0 ? shorter : 1);
}

/* ---- what time it is */

int clock_gettime(clockid_t clock, struct timespec *now) {
  int failed = syscall(SYS_clock_gettime, clock, now);
  if (failed || clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID) return failed;
  if (clock < 0 || clock > CLOCK_BOOTTIME) return 0;
  *now = of_ns(begun(clock) + (ns_of(now) - begun(clock)) * factor + slept_by(clock));
  return 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  struct timespec at;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &at);
  *now = (struct timeval){.tv_sec = at.tv_sec, .tv_usec = at.tv_nsec / 1000};
  return 0;
}

time_t time(time_t *told) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (told) *told = now.tv_sec;
  return now.tv_sec;
}

/* ---- who sleeps */

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *asked, struct timespec *left) {
  struct timespec wait =
      flags & TIMER_ABSTIME ? kernel_moment(clock, asked) : kernel_wait(ns_of(asked));
  return syscall(SYS_clock_nanosleep, clock, flags, &wait, left) ? errno : 0;
}

int nanosleep(const struct timespec *asked, struct timespec *left) {
  int failed = clock_nanosleep(CLOCK_MONOTONIC, 0, asked, left);
  errno = failed;
  return failed ? -1 : 0;
}

int usleep(useconds_t us) {
  struct timespec wait = of_ns(us * 1000LL);
  return nanosleep(&wait, NULL);
}

unsigned int sleep(unsigned int seconds) {
  struct timespec wait = of_ns(seconds * SECOND);
  return nanosleep(&wait, NULL) ? seconds : 0;
}

/* ---- who waits for something to be read or written */

int epoll_pwait(int epoll, struct epoll_event *events, int most, int ms, const sigset_t *mask) {
  struct timespec wait = kernel_wait(ms * 1000000LL);
  return syscall(SYS_epoll_pwait2, epoll, events, most, ms < 0 ? NULL : &wait, mask, _NSIG / 8);
}

int epoll_wait(int epoll, struct epoll_event *events, int most, int ms) {
  return epoll_pwait(epoll, events, most, ms, NULL);
}

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *asked, const sigset_t *mask) {
  struct timespec wait = kernel_wait(asked ? ns_of(asked) : 0);
  return syscall(SYS_ppoll, fds, count, asked ? &wait : NULL, mask, _NSIG / 8);
}

int poll(struct pollfd *fds, nfds_t count, int ms) {
  struct timespec asked = of_ns(ms * 1000000LL);
  return ppoll(fds, count, ms < 0 ? NULL : &asked, NULL);
}

int select(int count, fd_set *restrict in, fd_set *restrict out, fd_set *restrict odd,
           struct timeval *restrict asked) {
  int64_t ns = asked ? asked->tv_sec * SECOND + asked->tv_usec * 1000LL : 0;
  struct timespec wait = kernel_wait(ns);
  return syscall(SYS_pselect6, count, in, out, odd, asked ? &wait : NULL, NULL);
}

/* ---- who waits for another thread */

#define THE_REAL(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

int sem_clockwait(sem_t *restrict sem, clockid_t clock, const struct timespec *restrict until) {
  struct timespec at = kernel_moment(clock, until);
  return THE_REAL(sem_clockwait)(sem, clock, &at);
}

int sem_timedwait(sem_t *restrict sem, const struct timespec *restrict until) {
  struct timespec at = kernel_moment(CLOCK_REALTIME, until);
  return THE_REAL(sem_timedwait)(sem, &at);
}

int pthread_cond_clockwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex,
                           clockid_t clock, const struct timespec *restrict until) {
  struct timespec at = kernel_moment(clock, until);
  return THE_REAL(pthread_cond_clockwait)(cond, mutex, clock, &at);
}

/* The condition does not tell its clock; seconds since 1970 are many more than since the boot. */
int pthread_cond_timedwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict until) {
  clockid_t clock = until->tv_sec > SECOND ? CLOCK_REALTIME : CLOCK_MONOTONIC;
  struct timespec at = kernel_moment(clock, until);
  return THE_REAL(pthread_cond_timedwait)(cond, mutex, &at);
}
