// How a loop gets the vectors of the machine it runs on, in a build that was
// made on another: one function, compiled for several instruction sets.

#pragma once

/// Before the definition of a function: compiles it for several instruction
/// sets, of which the widest that the machine has is picked when the program is
/// loaded. A build made on one machine then runs on any other of its family, at
/// its full speed. Nothing where the compiler cannot do that. What the function
/// calls has to be ISOFLOP_INLINE to gain by it, and may round otherwise on
/// another machine where the compiler contracts a * b + c.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define ISOFLOP_VECTORISE \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define ISOFLOP_VECTORISE
#endif

/// Makes a function part of its callers, so that it is compiled for the
/// instruction set of each of them.
#define ISOFLOP_INLINE inline __attribute__((always_inline))

/// The same for a lambda, between its parameters and its body.
#define ISOFLOP_INLINED __attribute__((always_inline))
