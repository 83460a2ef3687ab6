#include "lib/model/cpu/bf16_product.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "lib/model/cpu/bf16_linear.h"
#include "lib/model/tensor.h"

namespace isoflop::bf16 {
namespace {

constexpr std::int64_t kSomeSizes[] = {1, 2, 5, 6, 16, 33, 48, 65, 130};

/// Products of bf16 numbers are exact in fp32; sums round in another order.
constexpr double kTolerance = 1e-4;

class Bf16Product : public testing::Test {
 protected:
  void SetUp() override {
    if (!Available()) {
      GTEST_SKIP() << "this processor does not multiply bf16 numbers";
    }
  }
};

/// A matrix of bf16 numbers with rows StrideOf apart.
struct Rounded {
  explicit Rounded(const at::Tensor& x)
      : values(x.to(at::kBFloat16).to(at::kFloat)),
        rows(x.size(0)),
        columns(x.size(1)),
        numbers(static_cast<std::size_t>(rows * StrideOf(columns))) {
    const at::Tensor dense = x.contiguous();
    ConvertRows(rows, columns, dense.data_ptr<float>(), numbers.data());
  }

  at::Tensor values;  // fp32
  std::int64_t rows, columns;
  std::vector<Number> numbers;
};

std::vector<Number> RoomFor(std::int64_t inner, std::int64_t outer,
                            std::int64_t panel) {
  return std::vector<Number>(
      static_cast<std::size_t>(PackedSize(inner, outer, panel)));
}

at::Tensor Random(std::int64_t rows, std::int64_t columns) {
  return at::randn({rows, columns});
}

/// C = 1 + A B, or A B, of factors in either layout.
at::Tensor Product(const Left& a, const Right& b, std::int64_t rows,
                   std::int64_t columns, Into into = Into::kOverwrite,
                   Part part = Part::kAll) {
  at::Tensor c = at::ones({rows, columns});
  Multiply(rows, columns, a, b, c.data_ptr<float>(), columns, into, part);
  return c;
}

void ExpectClose(const at::Tensor& found, const at::Tensor& expected,
                 double tolerance = kTolerance) {
  EXPECT_TRUE(at::allclose(found, expected, tolerance, tolerance))
      << expected.sizes();
}

TEST_F(Bf16Product, EqualsTheFp32ProductOfTheRoundedFactorsInEverySize) {
  for (const std::int64_t rows : kSomeSizes) {
    for (const std::int64_t inner : kSomeSizes) {
      for (const std::int64_t columns : kSomeSizes) {
        const Rounded a(Random(rows, inner));
        const Rounded b(Random(columns, inner));
        auto packed = RoomFor(inner, columns, kRightPanel);
        const Right right = PackRightTransposed(
            inner, columns, b.numbers.data(), StrideOf(inner), packed.data());
        ExpectClose(Product(LeftOfRows(a.numbers.data(), StrideOf(inner)),
                            right, rows, columns),
                    at::mm(a.values, b.values.t()));
      }
    }
  }
}

TEST_F(Bf16Product, TakesBothFactorsWithTheInnerDimensionFirst) {
  for (const std::int64_t rows : kSomeSizes) {
    for (const std::int64_t inner : kSomeSizes) {
      const std::int64_t columns = rows + 7;
      const Rounded a(Random(inner, rows));
      const Rounded b(Random(inner, columns));
      auto left_room = RoomFor(inner, rows, kLeftPanel);
      auto right_room = RoomFor(inner, columns, kRightPanel);
      const Left left = PackLeftTransposed(inner, rows, a.numbers.data(),
                                           StrideOf(rows), left_room.data());
      const Right right = PackRight(inner, columns, b.numbers.data(),
                                    StrideOf(columns), right_room.data());
      ExpectClose(Product(left, right, rows, columns),
                  at::mm(a.values.t(), b.values));
    }
  }
}

TEST_F(Bf16Product, SumsAnInnerDimensionOfManyBlocks) {
  const Rounded a(Random(50, 1301));
  const Rounded b(Random(70, 1301));
  auto packed = RoomFor(1301, 70, kRightPanel);
  const Right right = PackRightTransposed(1301, 70, b.numbers.data(),
                                          StrideOf(1301), packed.data());
  const Left left = LeftOfRows(a.numbers.data(), StrideOf(1301));
  const at::Tensor expected = at::mm(a.values, b.values.t());
  EXPECT_TRUE(at::allclose(Product(left, right, 50, 70), expected, 1e-3, 1e-3));
  EXPECT_TRUE(at::allclose(Product(left, right, 50, 70, Into::kAdd),
                           expected + 1.0, 1e-3, 1e-3));
}

TEST_F(Bf16Product, AddsToWhatIsThere) {
  const Rounded a(Random(13, 20));
  const Rounded b(Random(20, 35));
  auto packed = RoomFor(20, 35, kRightPanel);
  const Right right =
      PackRight(20, 35, b.numbers.data(), StrideOf(35), packed.data());
  ExpectClose(Product(LeftOfRows(a.numbers.data(), StrideOf(20)), right, 13, 35,
                      Into::kAdd),
              at::mm(a.values, b.values) + 1.0);
}

TEST_F(Bf16Product, LeavesOutOnlyWhatIsZeroOrNotWanted) {
  for (const std::int64_t size : {1, 5, 17, 64, 100, 131, 1100}) {
    const double tolerance = size > 1000 ? 1e-3 : kTolerance;
    const Rounded square(Random(size, size));
    const Rounded lower(at::tril(Random(size, size)));
    const Rounded b(Random(size, 24));
    auto packed = RoomFor(size, 24, kRightPanel);
    const Right right =
        PackRight(size, 24, b.numbers.data(), StrideOf(24), packed.data());
    ExpectClose(Product(LeftOfRows(lower.numbers.data(), StrideOf(size)), right,
                        size, 24, Into::kOverwrite, Part::kLowerLeft),
                at::mm(lower.values, b.values), tolerance);
    auto transposed = RoomFor(size, size, kLeftPanel);
    const Left upper = PackLeftTransposed(size, size, lower.numbers.data(),
                                          StrideOf(size), transposed.data());
    ExpectClose(
        Product(upper, right, size, 24, Into::kOverwrite, Part::kUpperLeft),
        at::mm(lower.values.t(), b.values), tolerance);
    auto all = RoomFor(size, size, kRightPanel);
    const Right whole = PackRight(size, size, square.numbers.data(),
                                  StrideOf(size), all.data());
    ExpectClose(at::tril(Product(
                    LeftOfRows(square.numbers.data(), StrideOf(size)), whole,
                    size, size, Into::kOverwrite, Part::kLowerResult)),
                at::tril(at::mm(square.values, square.values)), tolerance);
  }
}

TEST_F(Bf16Product, RoundsAsLibTorchDoes) {
  for (const std::int64_t size : {1, 15, 16, 17, 1000}) {
    const at::Tensor x = at::randn({size}) * at::exp(20.0 * at::randn({size}));
    at::Tensor rounded = at::empty({size}, at::kBFloat16);
    Convert(size, x.data_ptr<float>(), rounded.data_ptr<Number>());
    EXPECT_TRUE(at::equal(rounded, x.to(at::kBFloat16)));
    at::Tensor back = at::empty({size});
    Convert(size, rounded.data_ptr<Number>(), back.data_ptr<float>());
    EXPECT_TRUE(at::equal(back, rounded.to(at::kFloat)));
  }
}

TEST_F(Bf16Product, KeepsInfinitiesAndWhatIsNoNumber) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const float x[] = {kInfinity, -kInfinity, NAN, 3.4e38F, -0.0F};
  Number y[5];
  Convert(5, x, y);
  EXPECT_EQ(static_cast<float>(y[0]), kInfinity);
  EXPECT_EQ(static_cast<float>(y[1]), -kInfinity);
  EXPECT_TRUE(std::isnan(static_cast<float>(y[2])));
  EXPECT_EQ(static_cast<float>(y[3]), kInfinity);
  EXPECT_TRUE(std::signbit(static_cast<float>(y[4])));
}

TEST_F(Bf16Product, WritesNothingBeyondTheRowsAndColumnsOfTheResult) {
  const Rounded a(Random(7, 4));
  const Rounded b(Random(4, 19));
  auto packed = RoomFor(4, 19, kRightPanel);
  const Right right =
      PackRight(4, 19, b.numbers.data(), StrideOf(19), packed.data());
  at::Tensor c = at::full({9, 40}, 5.0);
  Multiply(7, 19, LeftOfRows(a.numbers.data(), StrideOf(4)), right,
           c.data_ptr<float>(), 40, Into::kOverwrite);
  EXPECT_TRUE(at::all(c.narrow(1, 19, 21) == 5.0).item<bool>());
  EXPECT_TRUE(at::all(c.narrow(0, 7, 2) == 5.0).item<bool>());
}

}  // namespace
}  // namespace isoflop::bf16
