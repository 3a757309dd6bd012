// What glibc offers and Swift's Glibc module leaves out.
#include <malloc.h>
extern int syncfs(int descriptor);
