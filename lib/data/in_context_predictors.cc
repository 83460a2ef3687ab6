#include "lib/data/in_context_predictors.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace isoflop {
namespace {

template <typename Number>
double Dot(std::span<const Number> weights, std::span<const float> x) {
  double sum = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum += static_cast<double>(weights[i]) * static_cast<double>(x[i]);
  }
  return sum;
}

double SquaredDistance(std::span<const float> a, std::span<const float> b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference =
        static_cast<double>(a[i]) - static_cast<double>(b[i]);
    sum += difference * difference;
  }
  return sum;
}

/// What is known of w: a normal distribution, which every pair narrows.
class Ridge final : public InContextPredictor {
 public:
  Ridge(std::size_t dimension, double lambda)
      : lambda_(lambda),
        mean_(dimension),
        covariance_(dimension * dimension),
        gain_(dimension) {
    ResetAll();
  }

  void Reset() override { ResetAll(); }
  double Predict(std::span<const float> x) const override {
    return Dot(std::span<const double>(mean_), x);
  }
  void Show(std::span<const float> x, double y) override;

 private:
  void ResetAll();

  double lambda_;
  std::vector<double> mean_;
  std::vector<double> covariance_;  // row by row
  std::vector<double> gain_;        // space for covariance . x
};

void Ridge::ResetAll() {
  std::ranges::fill(mean_, 0.0);
  std::ranges::fill(covariance_, 0.0);
  for (std::size_t i = 0; i < mean_.size(); ++i) {
    covariance_[i * mean_.size() + i] = 1.0;
  }
}

/// By the formula of Sherman and Morrison.
void Ridge::Show(std::span<const float> x, double y) {
  constexpr double kRounding = 1e-9;
  const std::size_t d = x.size();
  double variance = 0.0;  // of w . x
  double norm = 0.0;
  for (std::size_t i = 0; i < d; ++i) {
    gain_[i] = Dot(std::span<const double>(covariance_).subspan(i * d, d), x);
    const auto value = static_cast<double>(x[i]);
    variance += value * gain_[i];
    norm += value * value;
  }
  // Without noise nothing is left to be learned in a direction seen before.
  if (lambda_ == 0.0 && variance <= kRounding * norm) return;
  const double all = variance + lambda_;
  const double surprise = (y - Predict(x)) / all;
  for (std::size_t i = 0; i < d; ++i) {
    mean_[i] += gain_[i] * surprise;
    const double scaled = gain_[i] / all;
    for (std::size_t j = 0; j < d; ++j) {
      covariance_[i * d + j] -= scaled * gain_[j];
    }
  }
}

class Zero final : public InContextPredictor {
 public:
  void Reset() override {}
  double Predict(std::span<const float> /*x*/) const override { return 0.0; }
  void Show(std::span<const float> /*x*/, double /*y*/) override {}
};

/// w = sum y x / (k + added).
class SumOverCount final : public InContextPredictor {
 public:
  SumOverCount(std::size_t dimension, double added)
      : added_(added), sum_(dimension) {}

  void Reset() override {
    std::ranges::fill(sum_, 0.0);
    count_ = 0.0;
  }
  double Predict(std::span<const float> x) const override {
    const double divisor = count_ + added_;
    return divisor > 0.0 ? Dot(std::span<const double>(sum_), x) / divisor
                         : 0.0;
  }
  void Show(std::span<const float> x, double y) override {
    for (std::size_t i = 0; i < x.size(); ++i) {
      sum_[i] += y * static_cast<double>(x[i]);
    }
    count_ += 1.0;
  }

 private:
  double added_;
  std::vector<double> sum_;
  double count_ = 0.0;
};

/// Keeps the pairs.
class ByDistance : public InContextPredictor {
 public:
  explicit ByDistance(std::size_t dimension) : dimension_(dimension) {}

  void Reset() override {
    x_.clear();
    y_.clear();
  }
  void Show(std::span<const float> x, double y) override {
    x_.insert(x_.end(), x.begin(), x.end());
    y_.push_back(y);
  }

 protected:
  std::size_t size() const { return y_.size(); }
  double y(std::size_t pair) const { return y_[pair]; }
  double SquaredDistanceTo(std::size_t pair, std::span<const float> x) const {
    return SquaredDistance(std::span(x_).subspan(pair * dimension_, dimension_),
                           x);
  }

 private:
  std::size_t dimension_;
  std::vector<float> x_;  // row by row
  std::vector<double> y_;
};

class NearestNeighbour final : public ByDistance {
 public:
  using ByDistance::ByDistance;

  double Predict(std::span<const float> x) const override {
    double nearest = std::numeric_limits<double>::infinity();
    double prediction = 0.0;
    for (std::size_t pair = 0; pair < size(); ++pair) {
      const double distance = SquaredDistanceTo(pair, x);
      if (distance < nearest) {
        nearest = distance;
        prediction = y(pair);
      }
    }
    return prediction;
  }
};

class KernelSmoother final : public ByDistance {
 public:
  KernelSmoother(std::size_t dimension, double bandwidth)
      : ByDistance(dimension), scale_(-0.5 / (bandwidth * bandwidth)) {}

  double Predict(std::span<const float> x) const override {
    // Relative to the nearest, whose weight is 1: the sum is never 0.
    double nearest = std::numeric_limits<double>::infinity();
    for (std::size_t pair = 0; pair < size(); ++pair) {
      nearest = std::min(nearest, SquaredDistanceTo(pair, x));
    }
    double sum = 0.0;
    double weights = 0.0;
    for (std::size_t pair = 0; pair < size(); ++pair) {
      const double weight =
          std::exp(scale_ * (SquaredDistanceTo(pair, x) - nearest));
      sum += weight * y(pair);
      weights += weight;
    }
    return size() == 0 ? 0.0 : sum / weights;
  }

 private:
  double scale_;
};

class MeanOfTasks final : public InContextPredictor {
 public:
  MeanOfTasks(std::size_t dimension, std::vector<float> tasks,
              double noise_variance)
      : scale_(-0.5 / noise_variance),
        tasks_(std::move(tasks)),
        log_weights_(tasks_.size() / dimension) {}

  void Reset() override { std::ranges::fill(log_weights_, 0.0); }

  double Predict(std::span<const float> x) const override {
    const double most = std::ranges::max(log_weights_);
    double sum = 0.0;
    double weights = 0.0;
    for (std::size_t task = 0; task < log_weights_.size(); ++task) {
      const double weight = std::exp(log_weights_[task] - most);
      sum += weight * Dot(Task(task, x.size()), x);
      weights += weight;
    }
    return sum / weights;
  }

  void Show(std::span<const float> x, double y) override {
    for (std::size_t task = 0; task < log_weights_.size(); ++task) {
      const double error = y - Dot(Task(task, x.size()), x);
      log_weights_[task] += scale_ * error * error;
    }
  }

 private:
  std::span<const float> Task(std::size_t task, std::size_t dimension) const {
    return std::span(tasks_).subspan(task * dimension, dimension);
  }

  double scale_;
  std::vector<float> tasks_;  // row by row
  std::vector<double> log_weights_;
};

}  // namespace

std::unique_ptr<InContextPredictor> MakeRidge(std::size_t dimension,
                                              double lambda) {
  return std::make_unique<Ridge>(dimension, lambda);
}

std::unique_ptr<InContextPredictor> MakeLeastSquares(std::size_t dimension) {
  constexpr double kNextToNothing = 1e-8;
  return std::make_unique<Ridge>(dimension, kNextToNothing);
}

std::unique_ptr<InContextPredictor> MakeZero() {
  return std::make_unique<Zero>();
}

std::unique_ptr<InContextPredictor> MakeAveraging(std::size_t dimension) {
  return std::make_unique<SumOverCount>(dimension, 0.0);
}

std::unique_ptr<InContextPredictor> MakeOneGradientStep(std::size_t dimension,
                                                        double noise_variance) {
  return std::make_unique<SumOverCount>(
      dimension, static_cast<double>(dimension) + 1.0 + noise_variance);
}

std::unique_ptr<InContextPredictor> MakeNearestNeighbour(
    std::size_t dimension) {
  return std::make_unique<NearestNeighbour>(dimension);
}

std::unique_ptr<InContextPredictor> MakeKernelSmoother(std::size_t dimension,
                                                       double bandwidth) {
  return std::make_unique<KernelSmoother>(dimension, bandwidth);
}

std::unique_ptr<InContextPredictor> MakeMeanOfTasks(std::size_t dimension,
                                                    std::vector<float> tasks,
                                                    double noise_variance) {
  return std::make_unique<MeanOfTasks>(dimension, std::move(tasks),
                                       noise_variance);
}

}  // namespace isoflop
