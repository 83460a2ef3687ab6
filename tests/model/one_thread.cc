// Tests compute on one thread, as workers do.

#include <gtest/gtest.h>

#include "lib/model/set_up.h"

namespace isoflop {
namespace {

class OneThread : public testing::Environment {
 public:
  void SetUp() override { SetUpComputing(); }
};

[[maybe_unused]] const testing::Environment* const kOneThread =
    testing::AddGlobalTestEnvironment(new OneThread);

}  // namespace
}  // namespace isoflop
