// A disk whose flush takes longer, for any program: preloaded (LD_PRELOAD), it lets each call that waits for the disk do
// its work and then sleep. The file that SLOW_FLUSH names is mapped: who measures writes the delay there, while the
// program runs, and reads how often it was called.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

// Little-endian, as the harness writes it.
struct settings {
  _Atomic uint32_t micros;      // that each flush takes longer
  _Atomic uint32_t one_by_one;  // 1: a flush waits for the one before, as at a disk with one queue
  _Atomic uint64_t calls;       // flushes so far
};

static struct settings none;
static struct settings *now = &none;
static pthread_mutex_t disk = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("SLOW_FLUSH");
  if (path == NULL) return;
  int fd = open(path, O_RDWR | O_CLOEXEC);
  void *mapped = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof none, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (mapped == MAP_FAILED) {
    perror("slow_flush: the file that SLOW_FLUSH names");
    _exit(127);
  }
  close(fd);
  now = mapped;
}

static void sleep_micros(uint32_t micros) {
  struct timespec left = {micros / 1000000, (long)(micros % 1000000) * 1000};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

#define FLUSH(real_call)                                    \
  atomic_fetch_add(&now->calls, 1);                         \
  uint32_t micros = atomic_load(&now->micros);              \
  if (micros == 0) return real_call;                        \
  int one_by_one = atomic_load(&now->one_by_one) != 0;      \
  if (one_by_one) pthread_mutex_lock(&disk);                \
  int result = real_call;                                   \
  int failure = errno;                                      \
  sleep_micros(micros);                                     \
  if (one_by_one) pthread_mutex_unlock(&disk);              \
  errno = failure;                                          \
  return result

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

int fsync(int fd) {
  REAL(fsync);
  FLUSH(real(fd));
}

int fdatasync(int fd) {
  REAL(fdatasync);
  FLUSH(real(fd));
}

int syncfs(int fd) {
  REAL(syncfs);
  FLUSH(real(fd));
}

int msync(void *address, size_t length, int flags) {
  REAL(msync);
  if ((flags & MS_SYNC) == 0) return real(address, length, flags);
  FLUSH(real(address, length, flags));
}

int sync_file_range(int fd, off64_t offset, off64_t length, unsigned int flags) {
  REAL(sync_file_range);
  if ((flags & SYNC_FILE_RANGE_WAIT_AFTER) == 0) return real(fd, offset, length, flags);
  FLUSH(real(fd, offset, length, flags));
}
