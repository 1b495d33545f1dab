#pragma once

// Each function so marked is compiled for several x86-64 levels, and the processor's own is chosen when the program
// starts. Such functions take plain ranges: parallel regions stand outside, because the compiler does not multiply them.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__)
#define TY_HAS_CLONES
#define TY_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TY_CLONES
#endif

#define TY_INLINE inline __attribute__((always_inline))

// Loops over small fixed counts that must become straight code, so that the arrays they walk live in registers.
#if defined(__clang__)
#define TY_UNROLL _Pragma("unroll")
#define TY_ROLLED _Pragma("nounroll")
#define TY_UNROLL_BY_4 _Pragma("unroll(4)")
#else
#define TY_UNROLL _Pragma("GCC unroll 16")
#define TY_ROLLED _Pragma("GCC unroll 1")
#define TY_UNROLL_BY_4 _Pragma("GCC unroll 4")
#endif
