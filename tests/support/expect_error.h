// EXPECT_ERROR(statement, fragment): the statement throws Error, and its
// message contains the fragment.

#pragma once

#include <gtest/gtest.h>

#include <string>

#include "lib/core/error.h"

#define EXPECT_ERROR(statement, fragment)                                    \
  do {                                                                       \
    try {                                                                    \
      statement;                                                             \
      ADD_FAILURE() << "no Error; expected one with: " << (fragment);        \
    } catch (const ::isoflop::Error& error) {                                \
      EXPECT_NE(std::string(error.what()).find(fragment), std::string::npos) \
          << "message: " << error.what() << "\nexpected: " << (fragment);    \
    }                                                                        \
  } while (false)
