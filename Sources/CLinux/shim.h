// What glibc offers and Swift's Glibc module leaves out.
#include <malloc.h>
extern int syncfs(int descriptor);
extern int sync_file_range(int descriptor, long long offset, long long count, unsigned int flags);
extern int pipe2(int descriptors[2], int flags);
// Of posix_spawn_file_actions_t, whose header stays Glibc's.
extern int posix_spawn_file_actions_addclosefrom_np(void *actions, int from);
extern char **environ;
static inline char **inherited_environment(void) { return environ; }
