// What glibc offers and Swift's Glibc module leaves out.
#include <malloc.h>
extern int syncfs(int descriptor);
extern int sync_file_range(int descriptor, long long offset, long long count, unsigned int flags);
