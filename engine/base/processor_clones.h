#pragma once

// Before a function: one copy for each generation of vector registers, chosen when the program starts. Sanitizers do not know them.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define TY_FOR_EACH_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TY_FOR_EACH_PROCESSOR
#endif
