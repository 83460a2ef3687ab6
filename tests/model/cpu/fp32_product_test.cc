#include "lib/model/cpu/fp32_product.h"

#include <gtest/gtest.h>

#include "lib/model/tensor.h"

namespace isoflop {
namespace {

constexpr std::int64_t kSizes[] = {1, 3, 4, 7, 16, 31, 33, 64, 100};

MatrixView ViewOf(const at::Tensor& matrix) {
  return {.data = matrix.data_ptr<float>(),
          .row_stride = matrix.stride(0),
          .column_stride = matrix.stride(1)};
}

at::Tensor Random(std::int64_t rows, std::int64_t columns) {
  return at::randn({rows, columns});
}

at::Tensor Product(const at::Tensor& a, const at::Tensor& b,
                   Part part = Part::kAll) {
  at::Tensor c = at::full({a.size(0), b.size(1)}, 77.0);
  Multiply(a.size(0), a.size(1), b.size(1), ViewOf(a), ViewOf(b),
           c.data_ptr<float>(), c.size(1), Into::kOverwrite, part);
  return c;
}

void ExpectClose(const at::Tensor& a, const at::Tensor& b) {
  EXPECT_TRUE(at::allclose(a, b, 1e-4, 1e-4)) << a.sizes() << a.strides();
}

TEST(Multiply, EqualsTheProductOfLibTorchInEverySize) {
  for (const std::int64_t rows : kSizes) {
    for (const std::int64_t inner : kSizes) {
      for (const std::int64_t columns : kSizes) {
        const at::Tensor a = Random(rows, inner);
        const at::Tensor b = Random(inner, columns);
        ExpectClose(Product(a, b), at::mm(a, b));
      }
    }
  }
}

TEST(Multiply, TakesTransposedMatrices) {
  const at::Tensor a = Random(20, 30);
  const at::Tensor b = Random(40, 30);
  ExpectClose(Product(a, b.t()), at::mm(a, b.t()));
  const at::Tensor c = Random(20, 9);
  ExpectClose(Product(a.t(), c), at::mm(a.t(), c));
}

TEST(Multiply, LeavesLargeProductsToTheBlas) {
  const at::Tensor a = Random(300, 400);
  const at::Tensor b = Random(350, 400);
  ExpectClose(Product(a, b.t()), at::mm(a, b.t()));
  const at::Tensor c = Random(300, 250);
  ExpectClose(Product(a.t(), c), at::mm(a.t(), c));
}

TEST(Multiply, WritesRowsThatAreApart) {
  const at::Tensor a = Random(6, 5);
  const at::Tensor b = Random(5, 19);
  at::Tensor wide = at::zeros({6, 25});
  Multiply(6, 5, 19, ViewOf(a), ViewOf(b), wide.data_ptr<float>(), 25,
           Into::kOverwrite);
  ExpectClose(wide.narrow(1, 0, 19), at::mm(a, b));
  EXPECT_EQ(wide.narrow(1, 19, 6).abs().max().item<float>(), 0.0F);
}

TEST(Multiply, AddsWhenAsked) {
  for (const std::int64_t columns : kSizes) {
    const at::Tensor a = Random(9, 5);
    const at::Tensor b = Random(5, columns);
    at::Tensor c = at::ones({9, columns});
    Multiply(9, 5, columns, ViewOf(a), ViewOf(b), c.data_ptr<float>(), columns,
             Into::kAdd);
    ExpectClose(c, at::mm(a, b) + 1.0);
  }
}

TEST(Multiply, AddsLargeProductsWhenAsked) {
  const at::Tensor a = Random(300, 400);
  const at::Tensor b = Random(400, 350);
  at::Tensor c = at::ones({300, 350});
  Multiply(300, 400, 350, ViewOf(a), ViewOf(b), c.data_ptr<float>(), 350,
           Into::kAdd);
  ExpectClose(c, at::mm(a, b) + 1.0);
}

TEST(Multiply, GivesTheLowerTriangleOfAResult) {
  for (const std::int64_t size : kSizes) {
    const at::Tensor a = Random(size, 8);
    const at::Tensor b = Random(8, size);
    ExpectClose(at::tril(Product(a, b, Part::kLowerResult)),
                at::tril(at::mm(a, b)));
  }
}

TEST(Multiply, UsesThatAMatrixIsTriangular) {
  for (const std::int64_t size : kSizes) {
    const at::Tensor lower = at::tril(Random(size, size));
    const at::Tensor b = Random(size, 12);
    ExpectClose(Product(lower, b, Part::kLowerLeft), at::mm(lower, b));
    ExpectClose(Product(lower.t(), b, Part::kUpperLeft), at::mm(lower.t(), b));
  }
}

TEST(Multiply, GivesARowTheSameBitsWhateverIsBesideIt) {
  const at::Tensor a = Random(67, 40);
  const at::Tensor b = Random(40, 50);
  const at::Tensor all = Product(a, b);
  for (const std::int64_t rows : {1, 4, 6, 32}) {
    EXPECT_TRUE(
        at::equal(Product(a.narrow(0, 0, rows), b), all.narrow(0, 0, rows)));
  }
}

}  // namespace
}  // namespace isoflop
