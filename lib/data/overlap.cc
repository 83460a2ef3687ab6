#include "lib/data/overlap.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <span>
#include <vector>

#include "lib/core/error.h"

namespace isoflop {
namespace {

constexpr std::uint64_t kBase = 0x5851f42d4c957f2dULL;
constexpr std::uint64_t kMix = 0x9e3779b97f4a7c15ULL;

/// Whether tokens repeat themselves after at most `longest` of them: the
/// failure function of Knuth, Morris and Pratt.
bool IsPeriodic(std::span<const std::int32_t> tokens, std::size_t longest) {
  std::vector<std::size_t> border(tokens.size(), 0);
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    std::size_t length = border[i - 1];
    while (length > 0 && tokens[i] != tokens[length]) {
      length = border[length - 1];
    }
    border[i] = length + (tokens[i] == tokens[length] ? 1 : 0);
  }
  return tokens.size() - border.back() <= longest;
}

/// The hash of a block that slides over tokens.
class RollingHash {
 public:
  explicit RollingHash(std::int64_t block) {
    for (std::int64_t i = 0; i < block; ++i) leaving_ *= kBase;
  }

  void Enter(std::int32_t token) { hash_ = hash_ * kBase + Value(token); }
  void Slide(std::int32_t entering, std::int32_t leaving) {
    hash_ = hash_ * kBase + Value(entering) - leaving_ * Value(leaving);
  }
  /// Its high bits are as good as its low ones.
  std::uint64_t value() const {
    const std::uint64_t mixed = hash_ * kMix;
    return mixed ^ mixed >> 32;
  }

 private:
  static std::uint64_t Value(std::int32_t token) {
    return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(token)) + 1) *
           kMix;
  }

  std::uint64_t leaving_ = 1;  // kBase to the power of the block
  std::uint64_t hash_ = 0;
};

/// A block of the evaluation set.
struct EvalBlock {
  std::int64_t begin = 0;  // in the validation tokens
  std::uint64_t hash = 0;
  std::uint32_t next = 0;  // of those in the same slot; kNone: none
  int tries = 0;           // places where it was found and was no copy
};

/// Blocks by their hash, of which those are taken out that are settled.
class BlockTable {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  explicit BlockTable(std::size_t blocks)
      : slots_(std::bit_ceil(4 * blocks + 64), kNone),
        seen_(slots_.size() / 4) {}

  void Insert(EvalBlock block) {
    std::uint32_t& slot = slots_[block.hash & (slots_.size() - 1)];
    block.next = slot;
    slot = static_cast<std::uint32_t>(blocks_.size());
    blocks_.push_back(block);
    seen_[SeenAt(block.hash)] |= SeenBit(block.hash);
  }

  /// Whether a block of this hash may be there: what the cache can hold.
  bool MayHave(std::uint64_t hash) const {
    return (seen_[SeenAt(hash)] & SeenBit(hash)) != 0;
  }

  /// Calls settled(block) for each block of this hash, and takes out those of
  /// which it returns true.
  template <typename Settled>
  void ForEach(std::uint64_t hash, const Settled& settled) {
    std::uint32_t* link = &slots_[hash & (slots_.size() - 1)];
    while (*link != kNone) {
      EvalBlock& block = blocks_[*link];
      if (block.hash == hash && settled(block)) {
        *link = block.next;
      } else {
        link = &block.next;
      }
    }
  }

  std::size_t size() const { return blocks_.size(); }

 private:
  // Bits of the hash that the slot does not depend on choose these.
  std::size_t SeenAt(std::uint64_t hash) const {
    return (hash >> 30) & (seen_.size() - 1);
  }
  static std::uint64_t SeenBit(std::uint64_t hash) {
    return std::uint64_t{1} << (hash >> 58);
  }

  std::vector<EvalBlock> blocks_;
  std::vector<std::uint32_t> slots_;  // a power of two of them
  std::vector<std::uint64_t> seen_;   // likewise
};

class OverlapSearch {
 public:
  OverlapSearch(const TokenSequence& train, const TokenSequence& validation,
                const EvalWindows& windows, bool bytes,
                const OverlapLimits& limits)
      : train_(train),
        validation_(validation),
        block_(bytes ? 128 : 32),
        table_(static_cast<std::size_t>(
            std::min(limits.blocks, BlocksOf(windows)))) {
    overlap_.stretch = std::min({bytes ? std::int64_t{1024} : std::int64_t{256},
                                 train.size(), validation.size()});
    AddBlocks(windows, limits.blocks);
  }

  Overlap Run(std::int64_t most_tokens) && {
    if (table_.size() == 0 || overlap_.stretch < block_) return overlap_;
    // Long enough that what is lost at the ends of a piece does not count.
    constexpr std::int64_t kPiece = 1 << 18;
    const std::int64_t pieces = (train_.size() + kPiece - 1) / kPiece;
    const std::int64_t taken =
        std::min(pieces, std::max<std::int64_t>(most_tokens / kPiece, 1));
    for (std::int64_t i = 0; i < taken; ++i) {
      const std::int64_t begin = i * pieces / taken * kPiece;
      Search(begin, std::min(begin + kPiece + block_ - 1, train_.size()));
    }
    overlap_.searched =
        static_cast<double>(taken) / static_cast<double>(pieces);
    overlap_.share = std::min(
        1.0, static_cast<double>(copied_) /
                 (static_cast<double>(table_.size()) * overlap_.searched));
    return overlap_;
  }

 private:
  /// Blocks that lie side by side in the windows, at least one in each.
  std::int64_t BlocksOf(const EvalWindows& windows) const {
    return windows.count * InWindow(windows);
  }

  std::int64_t InWindow(const EvalWindows& windows) const {
    return std::max<std::int64_t>(windows.context / block_, 1);
  }

  void AddBlocks(const EvalWindows& windows, std::int64_t most) {
    const std::int64_t all = BlocksOf(windows);
    const std::int64_t taken = std::min(all, most);
    std::vector<std::int32_t> tokens(static_cast<std::size_t>(block_));
    for (std::int64_t i = 0; i < taken; ++i) {
      // all * taken may be more than fits.
      const auto number = static_cast<std::int64_t>(static_cast<double>(i) *
                                                    static_cast<double>(all) /
                                                    static_cast<double>(taken));
      const std::int64_t begin = windows.begin(number / InWindow(windows)) +
                                 number % InWindow(windows) * block_;
      if (begin + block_ > validation_.size()) continue;
      validation_.Read(begin, tokens);
      RollingHash hash(block_);
      for (const std::int32_t token : tokens) hash.Enter(token);
      table_.Insert({.begin = begin, .hash = hash.value()});
    }
  }

  /// Looks up every block of the training tokens in [begin, end).
  void Search(std::int64_t begin, std::int64_t end) {
    const auto size = static_cast<std::size_t>(end - begin);
    const auto block = static_cast<std::size_t>(block_);
    if (size < block) return;
    tokens_.resize(size);
    train_.Read(begin, tokens_);
    RollingHash hash(block_);
    for (std::size_t i = 0; i < size; ++i) {
      if (i < block) {
        hash.Enter(tokens_[i]);
      } else {
        hash.Slide(tokens_[i], tokens_[i - block]);
      }
      if (i + 1 < block || !table_.MayHave(hash.value())) continue;
      const std::int64_t at = begin + static_cast<std::int64_t>(i + 1) - block_;
      table_.ForEach(hash.value(),
                     [&](EvalBlock& found) { return IsSettled(at, &found); });
    }
  }

  /// Whether nothing more is to be learned of a block that was found at `at`.
  bool IsSettled(std::int64_t at, EvalBlock* block) {
    constexpr int kMostTries = 8;  // of text that is everywhere
    if (!IsCopy(at, block->begin)) return ++block->tries >= kMostTries;
    ++copied_;
    if (overlap_.first.empty()) {
      overlap_.first =
          fmt::format("{} and on as {}", validation_.Locate(block->begin),
                      train_.Locate(at));
    }
    return true;
  }

  /// Whether a block is in a stretch of both that makes it a copy.
  bool IsCopy(std::int64_t in_train, std::int64_t in_validation) const {
    const std::int64_t before =
        std::min({in_train, in_validation, overlap_.stretch});
    const std::int64_t after =
        std::min({train_.size() - in_train, validation_.size() - in_validation,
                  overlap_.stretch});
    std::vector<std::int32_t> a(static_cast<std::size_t>(before + after));
    std::vector<std::int32_t> b(a.size());
    train_.Read(in_train - before, a);
    validation_.Read(in_validation - before, b);
    auto first = static_cast<std::size_t>(before);
    std::size_t last = first;
    while (last < a.size() && a[last] == b[last]) ++last;
    while (first > 0 && a[first - 1] == b[first - 1]) --first;
    const auto stretch = static_cast<std::size_t>(overlap_.stretch);
    if (last - first < stretch) return false;
    return !IsPeriodic(std::span(a).subspan(first, last - first), stretch / 4);
  }

  const TokenSequence& train_;
  const TokenSequence& validation_;
  std::int64_t block_;
  BlockTable table_;
  Overlap overlap_;
  std::int64_t copied_ = 0;
  std::vector<std::int32_t> tokens_;
};

}  // namespace

Overlap FindOverlap(const TokenSequence& train, const TokenSequence& validation,
                    const EvalWindows& windows, bool bytes,
                    const OverlapLimits& limits) {
  return OverlapSearch(train, validation, windows, bytes, limits)
      .Run(limits.train_tokens);
}

std::string NoteOverlap(const Overlap& overlap) {
  if (overlap.share < kNotedOverlap) return {};
  const std::string searched =
      overlap.searched < 1.0
          ? fmt::format(", as {:.3g} % of the training data suggests",
                        100.0 * overlap.searched)
          : "";
  const std::string what = fmt::format(
      "{:.3g} % of the evaluation set also stands in the training data, in "
      "stretches of {} tokens and more{}; for one, {}",
      100.0 * overlap.share, overlap.stretch, searched, overlap.first);
  Require(overlap.share <= kRefusedOverlap,
          "data: {}: at most {:.0f} % may, since losses of what was trained on "
          "are too low; leave the copies out, or evaluate on other files",
          what, 100.0 * kRefusedOverlap);
  return fmt::format("data: {}: losses are too low by that much of it", what);
}

}  // namespace isoflop
