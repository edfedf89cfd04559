/*
 * A disk that can lose power and fail, for one folder of one process (LD_PRELOAD).
 *
 * What the process writes into files of CHAOS_FOLDER reaches CHAOS_DURABLE, a second folder, only with fsync or fdatasync:
 * that one is what would be on the platter. A power cut is SIGKILL and the first folder made anew from the second.
 * Real syncs are left out, since the second folder stands for them. Shared memory (…-shm) is no matter of the disk.
 *
 * While the file CHAOS_FAULT holds a number, every write, truncation and sync of these files fails with it as errno.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_FILES 4096
#define PATH 512
#define REAL(type, name, ...) \
  static type (*real)(__VA_ARGS__); \
  if (real == NULL) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

typedef struct {
  off64_t from, to;
} extent;

typedef struct {
  int tracked;
  char durable[PATH];
  extent *dirty;
  size_t dirties, room;
  /* the shortest that it has been since the last sync, or -1 */
  off64_t cut;
} file;

static file files[MOST_FILES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static file *file_of(int fd) {
  return fd >= 0 && fd < MOST_FILES && files[fd].tracked ? &files[fd] : NULL;
}

static int ends_with(const char *text, const char *end) {
  size_t long_ = strlen(text), short_ = strlen(end);
  return long_ >= short_ && strcmp(text + long_ - short_, end) == 0;
}

/* the errno with which the disk fails at present, or 0 */
static int fault(void) {
  const char *path = getenv("CHAOS_FAULT");
  char digits[16] = "";
  if (path == NULL) return 0;
  FILE *told = fopen(path, "r");
  if (told == NULL) return 0;
  if (fgets(digits, sizeof digits, told) == NULL) digits[0] = 0;
  fclose(told);
  return atoi(digits);
}

static int fails(int fd) {
  int number = file_of(fd) == NULL ? 0 : fault();
  if (number != 0) errno = number;
  return number != 0;
}

/* where a file of the folder stands on the platter; 0 for any other file */
static int durable_path(const char *path, char durable[PATH]) {
  const char *from = getenv("CHAOS_FOLDER"), *to = getenv("CHAOS_DURABLE");
  if (path == NULL || from == NULL || to == NULL) return 0;
  size_t length = strlen(from);
  if (strncmp(path, from, length) != 0 || path[length] != '/' || ends_with(path, "-shm")) return 0;
  return snprintf(durable, PATH, "%s%s", to, path + length) < PATH;
}

static void track(int fd, const char *path) {
  struct stat what;
  char durable[PATH];
  if (fd >= MOST_FILES || !durable_path(path, durable)) return;
  if (fstat(fd, &what) != 0 || !S_ISREG(what.st_mode)) return;
  pthread_mutex_lock(&lock);
  file *one = &files[fd];
  one->tracked = 1;
  one->dirties = 0;
  one->cut = -1;
  memcpy(one->durable, durable, PATH);
  pthread_mutex_unlock(&lock);
}

static void wrote(int fd, off64_t from, ssize_t length) {
  file *one = file_of(fd);
  if (one == NULL || length <= 0) return;
  pthread_mutex_lock(&lock);
  extent *last = one->dirties > 0 ? &one->dirty[one->dirties - 1] : NULL;
  if (last != NULL && last->to == from) {
    last->to = from + length;
  } else {
    if (one->dirties == one->room) {
      one->room = one->room == 0 ? 64 : one->room * 2;
      one->dirty = realloc(one->dirty, one->room * sizeof(extent));
      if (one->dirty == NULL) abort();
    }
    one->dirty[one->dirties++] = (extent){from, from + length};
  }
  pthread_mutex_unlock(&lock);
}

static void truncated(int fd, off64_t length) {
  file *one = file_of(fd);
  if (one == NULL) return;
  pthread_mutex_lock(&lock);
  if (one->cut < 0 || length < one->cut) one->cut = length;
  pthread_mutex_unlock(&lock);
}

/* puts what changed since the last time where it would survive */
static int make_durable(int fd) {
  char block[65536];
  file *one = file_of(fd);
  if (fails(fd)) return -1;
  pthread_mutex_lock(&lock);
  int to = open64(one->durable, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (to < 0) abort();
  struct stat64 now;
  if (fstat64(fd, &now) != 0) abort();
  if (one->cut >= 0 && (ftruncate64(to, one->cut) != 0 || ftruncate64(to, now.st_size) != 0)) abort();
  for (size_t index = 0; index < one->dirties; index++) {
    for (off64_t at = one->dirty[index].from; at < one->dirty[index].to;) {
      off64_t left = one->dirty[index].to - at;
      ssize_t got = pread64(fd, block, left < (off64_t)sizeof block ? (size_t)left : sizeof block, at);
      if (got <= 0) break;
      if (pwrite64(to, block, (size_t)got, at) != got) abort();
      at += got;
    }
  }
  close(to);
  one->dirties = 0;
  one->cut = -1;
  pthread_mutex_unlock(&lock);
  return 0;
}

static int opened(int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode) {
  int fd = real(path, flags, mode);
  if (fd >= 0) track(fd, path);
  return fd;
}

static mode_t mode_of(int flags, va_list rest) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
}

int open(const char *path, int flags, ...) {
  REAL(int, "open", const char *, int, ...);
  va_list rest;
  va_start(rest, flags);
  mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return opened(real, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  REAL(int, "open64", const char *, int, ...);
  va_list rest;
  va_start(rest, flags);
  mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return opened(real, path, flags, mode);
}

int close(int fd) {
  REAL(int, "close", int);
  if (file_of(fd) != NULL) files[fd].tracked = 0;
  return real(fd);
}

int unlink(const char *path) {
  REAL(int, "unlink", const char *);
  char durable[PATH];
  if (durable_path(path, durable)) {
    int number = fault();
    if (number != 0) {
      errno = number;
      return -1;
    }
    real(durable);
  }
  return real(path);
}

ssize_t write(int fd, const void *bytes, size_t length) {
  REAL(ssize_t, "write", int, const void *, size_t);
  if (file_of(fd) == NULL) return real(fd, bytes, length);
  if (fails(fd)) return -1;
  off64_t from = lseek64(fd, 0, SEEK_CUR);
  ssize_t done = real(fd, bytes, length);
  wrote(fd, from, done);
  return done;
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t from) {
  REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
  if (fails(fd)) return -1;
  ssize_t done = real(fd, bytes, length, from);
  wrote(fd, from, done);
  return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t from) {
  return pwrite64(fd, bytes, length, from);
}

int ftruncate64(int fd, off64_t length) {
  REAL(int, "ftruncate64", int, off64_t);
  if (fails(fd)) return -1;
  int result = real(fd, length);
  if (result == 0) truncated(fd, length);
  return result;
}

int ftruncate(int fd, off_t length) {
  return ftruncate64(fd, length);
}

int fsync(int fd) {
  REAL(int, "fsync", int);
  return file_of(fd) == NULL ? real(fd) : make_durable(fd);
}

int fdatasync(int fd) {
  REAL(int, "fdatasync", int);
  return file_of(fd) == NULL ? real(fd) : make_durable(fd);
}
