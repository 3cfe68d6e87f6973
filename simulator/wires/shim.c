/* Loaded into a program by LD_PRELOAD: the device files of a simulated board appear in it, and in its children.

   HOISTWAY_WIRES names a folder whose file `nodes` has one device a line, fields separated by tabs:
     i  PATH  SOCKET                                   an I2C bus; each open is one connection to SOCKET
     r  PATH  TARGET                                   a serial port or a file: TARGET is opened in its place
     f  PATH  FILE  WIDTH  HEIGHT  BITS  STRIDE        a framebuffer, whose pixels are FILE
   and whose folder `dev` is what the program sees when it lists /dev.

   An I2C request is { u16 count, u16 address } and for each message { u16 address, u16 flags, u16 length }, then
   the bytes to be written; a count of 0 asks whether the address is free. The answer is { i32 errno, u32 size } and
   the bytes read. SMBus is made of I2C messages as the kernel's i2c-core-smbus.c does it, and the limits are those of
   its i2c-dev.c. Not there: ten bit addresses, PEC, and block reads whose length the chip says. */

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fb.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

enum { MOST_NODES = 32, MOST_FDS = 65536, MOST_BYTES = 8192, MOST_MESSAGES = 42, MOST_BLOCK = 32 };
enum { I2C_MAJOR = 89, FB_MAJOR = 29 };

struct node {
    char kind;
    char path[256], target[256];
    unsigned width, height, bits, stride;
    pthread_mutex_t lock;
};

struct opened {
    struct node *node;
    unsigned address;
    pid_t pid; /* whose connection it is: a child makes its own */
};

static struct node nodes[MOST_NODES];
static int node_count;
static struct opened opened[MOST_FDS];
static char listing[256];
static pid_t owner; /* whose table this is: after vfork, a child works in its parent's memory */

#define REAL(name) \
    static __typeof__(name) *real; \
    if (real == NULL) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

/* ---- the devices ---- */

static void begin_in_child(void)
{
    owner = getpid();
    for (int n = 0; n < node_count; n++) pthread_mutex_init(&nodes[n].lock, NULL);
}

__attribute__((constructor)) static void read_nodes(void)
{
    const char *folder = getenv("HOISTWAY_WIRES");
    char path[256], line[640];
    if (folder == NULL || strlen(folder) > 200) return;
    snprintf(path, sizeof path, "%s/nodes", folder);
    FILE *file = fopen(path, "re");
    if (file == NULL) return;
    while (node_count < MOST_NODES && fgets(line, sizeof line, file) != NULL) {
        struct node *node = &nodes[node_count];
        int fields = sscanf(line, "%c\t%255[^\t\n]\t%255[^\t\n]\t%u\t%u\t%u\t%u", &node->kind, node->path,
                            node->target, &node->width, &node->height, &node->bits, &node->stride);
        if (fields >= 3) pthread_mutex_init(&nodes[node_count++].lock, NULL);
    }
    fclose(file);
    snprintf(listing, sizeof listing, "%s/dev", folder);
    pthread_atfork(NULL, NULL, begin_in_child);
    owner = getpid();
}

static struct node *node_at(const char *path)
{
    for (int n = 0; path != NULL && n < node_count; n++)
        if (strcmp(nodes[n].path, path) == 0) return &nodes[n];
    return NULL;
}

static struct node *node_of(int fd)
{
    return fd >= 0 && fd < MOST_FDS ? opened[fd].node : NULL;
}

static struct node *bus_of(int fd)
{
    struct node *node = node_of(fd);
    return node != NULL && node->kind == 'i' ? node : NULL;
}

/* ---- the way to the simulated board ---- */

static int fail(int error)
{
    errno = error;
    return -1;
}

static int connected(const struct node *node, int flags)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    REAL(close);
    int fd = socket(AF_UNIX, SOCK_STREAM | (flags & O_CLOEXEC ? SOCK_CLOEXEC : 0), 0);
    if (fd < 0) return -1;
    memcpy(address.sun_path, node->target, sizeof address.sun_path - 1);
    if (fd < MOST_FDS && connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
    real(fd);
    return fail(ENODEV);
}

/* A child shares its parent's connection until it uses it. */
static int own_connection(int fd, const struct node *node)
{
    struct opened *one = &opened[fd];
    if (one->pid == getpid()) return 0;
    REAL(close);
    int flags = fcntl(fd, F_GETFD) & FD_CLOEXEC ? O_CLOEXEC : 0;
    int fresh = connected(node, flags);
    if (fresh < 0) return -1;
    int (*real_dup3)(int, int, int) = (int (*)(int, int, int))dlsym(RTLD_NEXT, "dup3");
    int moved = real_dup3(fresh, fd, flags);
    real(fresh);
    one->pid = getpid();
    return moved < 0 ? -1 : 0;
}

static int send_all(int fd, const void *data, size_t size)
{
    for (const char *next = data; size > 0;) {
        ssize_t sent = send(fd, next, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return fail(ENODEV);
        next += sent, size -= (size_t)sent;
    }
    return 0;
}

static int receive_all(int fd, void *data, size_t size)
{
    for (char *next = data; size > 0;) {
        ssize_t got = recv(fd, next, size, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return fail(ENODEV);
        next += got, size -= (size_t)got;
    }
    return 0;
}

/* Send a request, take its answer: the bytes read go to the read messages in their order. */
static int exchange(int fd, const struct node *node, const void *request, size_t size,
                    struct i2c_msg *messages, unsigned count)
{
    struct { int32_t error; uint32_t size; } answer;
    size_t expected = 0;
    for (unsigned n = 0; n < count; n++)
        if (messages[n].flags & I2C_M_RD) expected += messages[n].len;
    if (own_connection(fd, node) < 0 || send_all(fd, request, size) < 0) return -1;
    if (receive_all(fd, &answer, sizeof answer) < 0) return -1;
    if (answer.error != 0) return fail(answer.error);
    if (answer.size != expected) return fail(EPROTO);
    for (unsigned n = 0; n < count; n++)
        if (messages[n].flags & I2C_M_RD && receive_all(fd, messages[n].buf, messages[n].len) < 0) return -1;
    return (int)count;
}

static int locked_exchange(int fd, const void *request, size_t size, struct i2c_msg *messages, unsigned count)
{
    struct node *node = bus_of(fd);
    if (node == NULL) return fail(EBADF); /* closed by another thread meanwhile */
    pthread_mutex_lock(&node->lock);
    int result = exchange(fd, node, request, size, messages, count);
    pthread_mutex_unlock(&node->lock);
    return result;
}

static int transfer(int fd, struct i2c_msg *messages, unsigned count)
{
    size_t size = 4 + 6 * (size_t)count;
    for (unsigned n = 0; n < count; n++) {
        if (messages[n].flags & (I2C_M_TEN | I2C_M_RECV_LEN)) return fail(EOPNOTSUPP);
        if (messages[n].len > MOST_BYTES) return fail(EINVAL);
        if (!(messages[n].flags & I2C_M_RD)) size += messages[n].len;
    }
    uint16_t *request = malloc(size);
    if (request == NULL) return fail(ENOMEM);
    uint16_t *header = request;
    *header++ = (uint16_t)count, *header++ = 0;
    char *data = (char *)request + 4 + 6 * (size_t)count;
    for (unsigned n = 0; n < count; n++) {
        *header++ = messages[n].addr, *header++ = messages[n].flags, *header++ = messages[n].len;
        if (messages[n].flags & I2C_M_RD) continue;
        memcpy(data, messages[n].buf, messages[n].len);
        data += messages[n].len;
    }
    int result = locked_exchange(fd, request, size, messages, count);
    free(request);
    return result;
}

/* ---- what i2c-dev understands ---- */

static int set_address(int fd, unsigned long address, int force)
{
    uint16_t request[2] = {0, (uint16_t)address};
    if (address > 0x7f) return fail(EINVAL);
    if (!force && locked_exchange(fd, request, sizeof request, NULL, 0) < 0) return -1;
    opened[fd].address = (unsigned)address;
    return 0;
}

static int read_write(int fd, struct i2c_rdwr_ioctl_data *all)
{
    if (all == NULL) return fail(EFAULT);
    if (all->msgs == NULL || all->nmsgs == 0 || all->nmsgs > MOST_MESSAGES) return fail(EINVAL);
    return transfer(fd, all->msgs, all->nmsgs);
}

/* What an SMBus call writes after its command; -1 where it is not possible. */
static int smbus_written(const struct i2c_smbus_ioctl_data *call, uint8_t *data)
{
    const union i2c_smbus_data *given = call->data;
    int reads = call->read_write == I2C_SMBUS_READ;
    switch (call->size) {
    case I2C_SMBUS_BYTE_DATA:
        data[0] = given->byte;
        return reads ? 0 : 1;
    case I2C_SMBUS_WORD_DATA:
    case I2C_SMBUS_PROC_CALL:
        data[0] = given->word & 0xff, data[1] = given->word >> 8;
        return reads && call->size == I2C_SMBUS_WORD_DATA ? 0 : 2;
    case I2C_SMBUS_BLOCK_DATA:
    case I2C_SMBUS_I2C_BLOCK_DATA:
    case I2C_SMBUS_I2C_BLOCK_BROKEN:
        if (reads && call->size == I2C_SMBUS_BLOCK_DATA) return fail(EOPNOTSUPP);
        if (reads) return 0;
        if (given->block[0] == 0 || given->block[0] > MOST_BLOCK) return fail(EINVAL);
        int with_count = call->size == I2C_SMBUS_BLOCK_DATA;
        memcpy(data, given->block + !with_count, given->block[0] + (size_t)with_count);
        return given->block[0] + with_count;
    default:
        return fail(EOPNOTSUPP);
    }
}

/* How much an SMBus call reads after that; -1 where it is not possible. */
static int smbus_reads(const struct i2c_smbus_ioctl_data *call)
{
    if (call->size == I2C_SMBUS_PROC_CALL) return 2;
    if (call->read_write != I2C_SMBUS_READ) return 0;
    if (call->size == I2C_SMBUS_BYTE_DATA) return 1;
    if (call->size == I2C_SMBUS_WORD_DATA) return 2;
    if (call->size == I2C_SMBUS_I2C_BLOCK_BROKEN) return MOST_BLOCK;
    return call->data->block[0] == 0 || call->data->block[0] > MOST_BLOCK ? fail(EINVAL) : call->data->block[0];
}

static void smbus_give(const struct i2c_smbus_ioctl_data *call, const uint8_t *answer, int size)
{
    if (call->size == I2C_SMBUS_BYTE_DATA) {
        call->data->byte = answer[0];
    } else if (call->size == I2C_SMBUS_WORD_DATA || call->size == I2C_SMBUS_PROC_CALL) {
        call->data->word = (uint16_t)(answer[0] | answer[1] << 8);
    } else {
        call->data->block[0] = (uint8_t)size;
        memcpy(call->data->block + 1, answer, (size_t)size);
    }
}

static int smbus_with_command(int fd, const struct i2c_smbus_ioctl_data *call)
{
    uint8_t sent[MOST_BLOCK + 2] = {call->command}, answer[MOST_BLOCK];
    uint16_t address = (uint16_t)opened[fd].address;
    if (call->data == NULL) return fail(EINVAL);
    int written = smbus_written(call, sent + 1);
    int wanted = written < 0 ? -1 : smbus_reads(call);
    if (wanted < 0) return -1;
    struct i2c_msg messages[2] = {
        {.addr = address, .flags = 0, .len = (uint16_t)(1 + written), .buf = sent},
        {.addr = address, .flags = I2C_M_RD, .len = (uint16_t)wanted, .buf = answer},
    };
    if (transfer(fd, messages, wanted ? 2 : 1) < 0) return -1;
    if (wanted) smbus_give(call, answer, wanted);
    return 0;
}

static int smbus(int fd, struct i2c_smbus_ioctl_data *call)
{
    if (call == NULL) return fail(EFAULT);
    uint8_t command = call->command;
    int reads = call->read_write == I2C_SMBUS_READ;
    if (call->size != I2C_SMBUS_QUICK && call->size != I2C_SMBUS_BYTE) return smbus_with_command(fd, call);
    struct i2c_msg message = {.addr = (uint16_t)opened[fd].address, .flags = reads ? I2C_M_RD : 0, .buf = &command};
    message.len = call->size == I2C_SMBUS_BYTE;
    if (message.len && reads && call->data == NULL) return fail(EINVAL);
    if (transfer(fd, &message, 1) < 0) return -1;
    if (message.len && reads) call->data->byte = command;
    return 0;
}

static int i2c_ioctl(int fd, unsigned long request, void *argument)
{
    switch (request) {
    case I2C_SLAVE:
        return set_address(fd, (unsigned long)argument, 0);
    case I2C_SLAVE_FORCE:
        return set_address(fd, (unsigned long)argument, 1);
    case I2C_FUNCS:
        *(unsigned long *)argument = I2C_FUNC_I2C | (I2C_FUNC_SMBUS_EMUL & ~(unsigned long)I2C_FUNC_SMBUS_PEC);
        return 0;
    case I2C_RDWR:
        return read_write(fd, argument);
    case I2C_SMBUS:
        return smbus(fd, argument);
    case I2C_TENBIT:
    case I2C_PEC:
        return argument == NULL ? 0 : fail(EINVAL);
    case I2C_TIMEOUT:
    case I2C_RETRIES:
        return 0;
    default:
        return fail(ENOTTY);
    }
}

static ssize_t plain(int fd, void *data, size_t size, uint16_t flags)
{
    uint16_t length = (uint16_t)(size > MOST_BYTES ? MOST_BYTES : size);
    struct i2c_msg message = {.addr = (uint16_t)opened[fd].address, .flags = flags, .len = length, .buf = data};
    return transfer(fd, &message, 1) < 0 ? -1 : length;
}

/* ---- what a framebuffer understands ---- */

static void describe(const struct node *node, struct fb_var_screeninfo *info)
{
    memset(info, 0, sizeof *info);
    info->xres = info->xres_virtual = node->width;
    info->yres = info->yres_virtual = node->height;
    info->bits_per_pixel = node->bits;
    int narrow = node->bits == 16;
    info->red = (struct fb_bitfield){narrow ? 11 : 16, narrow ? 5 : 8, 0};
    info->green = (struct fb_bitfield){narrow ? 5 : 8, narrow ? 6 : 8, 0};
    info->blue = (struct fb_bitfield){0, narrow ? 5 : 8, 0};
}

static int fb_ioctl(const struct node *node, unsigned long request, void *argument)
{
    struct fb_fix_screeninfo *fixed = argument;
    switch (request) {
    case FBIOGET_VSCREENINFO:
        describe(node, argument);
        return 0;
    case FBIOGET_FSCREENINFO:
        memset(fixed, 0, sizeof *fixed);
        strcpy(fixed->id, "simulated");
        fixed->smem_len = node->stride * node->height;
        fixed->line_length = node->stride;
        fixed->type = FB_TYPE_PACKED_PIXELS;
        fixed->visual = FB_VISUAL_TRUECOLOR;
        return 0;
    case FBIOPUT_VSCREENINFO:
    case FBIOPAN_DISPLAY:
    case FBIOBLANK:
        return 0;
    default:
        return fail(ENOTTY);
    }
}

/* ---- the C library's calls, which end here first ---- */

static int remember(int fd, struct node *node)
{
    if (fd >= 0 && fd < MOST_FDS && getpid() == owner) opened[fd] = (struct opened){node, 0, getpid()};
    return fd;
}

static void forget(int fd)
{
    if (node_of(fd) != NULL && getpid() == owner) opened[fd].node = NULL;
}

#define MODE(flags, last) \
    va_list rest; \
    va_start(rest, last); \
    mode_t mode = (flags) & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
    va_end(rest)

#define OPEN(name) \
    int name(const char *path, int flags, ...) \
    { \
        MODE(flags, flags); \
        struct node *node = node_at(path); \
        REAL(name); \
        if (node == NULL) return real(path, flags, mode); \
        if (node->kind == 'i') return remember(connected(node, flags), node); \
        return remember(real(node->target, flags & ~(O_CREAT | O_TRUNC | O_EXCL)), node); \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
    int name(int folder, const char *path, int flags, ...) \
    { \
        MODE(flags, flags); \
        REAL(name); \
        return node_at(path) == NULL ? real(folder, path, flags, mode) : open(path, flags); \
    }
OPENAT(openat)
OPENAT(openat64)

/* What a program calls that was compiled with _FORTIFY_SOURCE. */
int __open_2(const char *path, int flags) { return open(path, flags); }
int __open64_2(const char *path, int flags) { return open64(path, flags); }
int __openat_2(int folder, const char *path, int flags) { return openat(folder, path, flags); }
int __openat64_2(int folder, const char *path, int flags) { return openat64(folder, path, flags); }

int close(int fd)
{
    REAL(close);
    forget(fd);
    return real(fd);
}

int close_range(unsigned first, unsigned last, int flags)
{
    REAL(close_range);
    for (unsigned fd = first; flags == 0 && fd <= last && fd < MOST_FDS; fd++) forget((int)fd);
    return real(first, last, flags);
}

static int copied(int from, int to)
{
    if (node_of(from) != NULL && to >= 0 && to < MOST_FDS && getpid() == owner) opened[to] = opened[from];
    return to;
}

int dup(int fd)
{
    REAL(dup);
    return copied(fd, real(fd));
}

int dup2(int fd, int to)
{
    REAL(dup2);
    if (fd != to) forget(to);
    return copied(fd, real(fd, to));
}

int dup3(int fd, int to, int flags)
{
    REAL(dup3);
    forget(to);
    return copied(fd, real(fd, to, flags));
}

#define FCNTL(name) \
    int name(int fd, int command, ...) \
    { \
        va_list rest; \
        va_start(rest, command); \
        void *argument = va_arg(rest, void *); \
        va_end(rest); \
        REAL(name); \
        int result = real(fd, command, argument); \
        return command == F_DUPFD || command == F_DUPFD_CLOEXEC ? copied(fd, result) : result; \
    }
FCNTL(fcntl)
FCNTL(fcntl64)

ssize_t read(int fd, void *data, size_t size)
{
    REAL(read);
    return bus_of(fd) == NULL ? real(fd, data, size) : plain(fd, data, size, I2C_M_RD);
}

ssize_t __read_chk(int fd, void *data, size_t size, size_t space)
{
    return size > space ? (abort(), -1) : read(fd, data, size);
}

ssize_t write(int fd, const void *data, size_t size)
{
    REAL(write);
    return bus_of(fd) == NULL ? real(fd, data, size) : plain(fd, (void *)data, size, 0);
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    static int (*real)(int, unsigned long, ...);
    if (real == NULL) real = (int (*)(int, unsigned long, ...))dlsym(RTLD_NEXT, "ioctl");
    struct node *node = node_of(fd);
    if (node == NULL || node->kind == 'r') return real(fd, request, argument);
    /* Python hands request codes on as signed numbers. */
    request &= 0xffffffff;
    return node->kind == 'i' ? i2c_ioctl(fd, request, argument) : fb_ioctl(node, request, argument);
}

#define SEEN(name) \
    int name(const char *path, int mode) \
    { \
        struct node *node = node_at(path); \
        REAL(name); \
        return real(node == NULL ? path : node->target, mode); \
    }
SEEN(access)
SEEN(euidaccess)
SEEN(eaccess)

int faccessat(int folder, const char *path, int mode, int flags)
{
    struct node *node = node_at(path);
    REAL(faccessat);
    return real(folder, node == NULL ? path : node->target, mode, flags);
}

DIR *opendir(const char *path)
{
    REAL(opendir);
    int dev = node_count > 0 && (strcmp(path, "/dev") == 0 || strcmp(path, "/dev/") == 0);
    return real(dev ? listing : path);
}

/* ---- character devices, for whoever looks ---- */

static dev_t number(const struct node *node)
{
    const char *digits = node->path + strcspn(node->path, "0123456789");
    if (node->kind == 'i') digits = strrchr(node->path, '-') ? strrchr(node->path, '-') + 1 : "0";
    return makedev(node->kind == 'i' ? I2C_MAJOR : FB_MAJOR, (unsigned)atoi(digits));
}

#define AS_DEVICE(result, node, about) \
    if ((result) == 0 && (node) != NULL && (node)->kind != 'r') { \
        (about)->st_mode = S_IFCHR | 0660; \
        (about)->st_rdev = number(node); \
        (about)->st_size = 0; \
    } \
    return result

#define STAT(name, follows, type) \
    int name(const char *path, struct type *about) \
    { \
        struct node *node = node_at(path); \
        int (*real)(const char *, struct type *) = dlsym(RTLD_NEXT, node == NULL ? #name : #follows); \
        int result = real(node == NULL ? path : node->target, about); \
        AS_DEVICE(result, node, about); \
    }
STAT(stat, stat, stat)
STAT(stat64, stat64, stat64)
STAT(lstat, stat, stat)
STAT(lstat64, stat64, stat64)

#define FSTAT(name, type) \
    int name(int fd, struct type *about) \
    { \
        REAL(name); \
        int result = real(fd, about); \
        AS_DEVICE(result, node_of(fd), about); \
    }
FSTAT(fstat, stat)
FSTAT(fstat64, stat64)

#define FSTATAT(name, type) \
    int name(int folder, const char *path, struct type *about, int flags) \
    { \
        struct node *node = node_at(path); \
        REAL(name); \
        int result = node == NULL ? real(folder, path, about, flags) \
                                  : real(folder, node->target, about, flags & ~AT_SYMLINK_NOFOLLOW); \
        AS_DEVICE(result, node, about); \
    }
FSTATAT(fstatat, stat)
FSTATAT(fstatat64, stat64)

/* What a program calls that was built against a C library before 2.33. */
#define OLD_STAT(name, follows, type) \
    int name(int version, const char *path, struct type *about) \
    { \
        struct node *node = node_at(path); \
        int (*real)(int, const char *, struct type *) = dlsym(RTLD_NEXT, node == NULL ? #name : #follows); \
        int result = real(version, node == NULL ? path : node->target, about); \
        AS_DEVICE(result, node, about); \
    }
OLD_STAT(__xstat, __xstat, stat)
OLD_STAT(__xstat64, __xstat64, stat64)
OLD_STAT(__lxstat, __xstat, stat)
OLD_STAT(__lxstat64, __xstat64, stat64)

#define OLD_FSTAT(name, type) \
    int name(int version, int fd, struct type *about) \
    { \
        int (*real)(int, int, struct type *) = dlsym(RTLD_NEXT, #name); \
        int result = real(version, fd, about); \
        AS_DEVICE(result, node_of(fd), about); \
    }
OLD_FSTAT(__fxstat, stat)
OLD_FSTAT(__fxstat64, stat64)

int statx(int folder, const char *path, int flags, unsigned mask, struct statx *about)
{
    struct node *node = node_at(path);
    REAL(statx);
    int result = real(folder, node == NULL ? path : node->target, flags, mask, about);
    if (node == NULL && path[0] == '\0') node = node_of(folder);
    if (result == 0 && node != NULL && node->kind != 'r') {
        about->stx_mode = S_IFCHR | 0660;
        about->stx_rdev_major = major(number(node));
        about->stx_rdev_minor = minor(number(node));
        about->stx_size = 0;
    }
    return result;
}
