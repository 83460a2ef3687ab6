#include "lib/core/share_work.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace isoflop {
namespace {

class SharedWork {
 public:
  SharedWork(int count,
             const std::function<std::function<void(int)>()>& make_worker)
      : count_(count), make_worker_(make_worker) {}

  void Run(int threads) {
    {
      std::vector<std::jthread> others;
      try {
        while (static_cast<int>(others.size()) + 1 < threads) {
          others.emplace_back([this] { Work(); });
        }
      } catch (const std::system_error&) {
        // No more threads to be had: those that there are do it all.
      }
      Work();
    }
    if (exception_) std::rethrow_exception(exception_);
  }

 private:
  void Work() noexcept {
    try {
      const std::function<void(int)> worker = make_worker_();
      for (int i = next_++; i < count_; i = next_++) worker(i);
    } catch (...) {
      next_ = count_;  // so that nobody begins another piece
      const std::lock_guard lock(exception_mutex_);
      exception_ = std::current_exception();
    }
  }

  int count_;
  const std::function<std::function<void(int)>()>& make_worker_;
  std::atomic<int> next_ = 0;
  std::mutex exception_mutex_;
  std::exception_ptr exception_;
};

}  // namespace

void ShareWork(int count, int threads,
               const std::function<std::function<void(int)>()>& make_worker) {
  const int cores =
      std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const int wanted = threads > 0 ? std::min(threads, cores) : cores;
  SharedWork(count, make_worker).Run(std::min(wanted, std::max(1, count)));
}

}  // namespace isoflop
