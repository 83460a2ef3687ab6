// Tests compute on one thread, as workers do, and draw the same every time.

#include <ATen/Context.h>
#include <gtest/gtest.h>

#include "lib/model/set_up.h"

namespace isoflop {
namespace {

class OneThread : public testing::Environment {
 public:
  void SetUp() override {
    SetUpComputing();
    at::manual_seed(1);
  }
};

[[maybe_unused]] const testing::Environment* const kOneThread =
    testing::AddGlobalTestEnvironment(new OneThread);

}  // namespace
}  // namespace isoflop
