// ISOFLOP_VECTORISE: compiles a function for several instruction sets; the
// widest one of the machine is picked when the program is loaded. A build made
// on one machine then runs on any other of its family, at its full speed.

#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define ISOFLOP_VECTORISE \
  __attribute__((         \
      target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define ISOFLOP_VECTORISE
#endif
