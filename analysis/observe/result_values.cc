#include "analysis/observe/result_values.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "lib/core/text.h"

namespace isoflop {
namespace {

/// Returns an element of an array, counted from the end if negative.
const Json* ElementOf(const Json* array, std::string_view index) {
  const auto number = ParseNumber<std::int64_t>(index);
  if (!number || !array->is_array()) return nullptr;
  const auto size = static_cast<std::int64_t>(array->size());
  const std::int64_t at = *number < 0 ? size + *number : *number;
  if (at < 0 || at >= size) return nullptr;
  return &(*array)[static_cast<std::size_t>(at)];
}

/// Takes the first key, with the places in arrays behind it, off a path and
/// returns what stands there; null where there is nothing.
const Json* Step(const Json* at, std::string_view* path) {
  constexpr auto kNone = std::string_view::npos;
  const auto end = path->find_first_of(".[]");
  const std::string key(path->substr(0, end));
  *path = end == kNone ? std::string_view() : path->substr(end);
  if (!at->is_object()) return nullptr;
  const auto found = at->find(key);
  at = found == at->end() ? nullptr : &*found;
  while (at != nullptr && path->starts_with('[')) {
    const auto close = path->find(']');
    if (close == kNone) return nullptr;
    at = ElementOf(at, path->substr(1, close - 1));
    *path = path->substr(close + 1);
  }
  return at;
}

/// Returns what stands at "a.b[0].c[-1]"; null where there is nothing.
const Json* Find(const Json& json, std::string_view path) {
  const Json* at = &json;
  while (at != nullptr) {
    at = Step(at, &path);
    if (path.empty()) return at;
    if (!path.starts_with('.')) return nullptr;
    path = path.substr(1);
  }
  return nullptr;
}

/// From one place, included, to another, left out; from the end if negative.
struct Places {
  std::int64_t first = 0;
  std::int64_t last = 0;
};

/// Takes "[2:5]" off the end of a path, if it is there.
std::optional<Places> TakeSlice(std::string_view* path) {
  const auto open = path->rfind('[');
  const auto colon = path->rfind(':');
  if (open == std::string_view::npos || colon == std::string_view::npos ||
      colon < open || !path->ends_with(']')) {
    return std::nullopt;
  }
  const auto first =
      ParseNumber<std::int64_t>(path->substr(open + 1, colon - open - 1));
  const auto last = ParseNumber<std::int64_t>(
      path->substr(colon + 1, path->size() - colon - 2));
  if (!first || !last) return std::nullopt;
  *path = path->substr(0, open);
  return Places{.first = *first, .last = *last};
}

/// A run of a plan with its group.
struct FoundRun {
  const RunGroup* group = nullptr;
  const PlannedRun* run = nullptr;
};

FoundRun FindRun(const Plan& plan, const std::string& id) {
  for (const RunGroup& group : plan.groups) {
    for (const PlannedRun& run : group.runs) {
      if (run.id == id) return {.group = &group, .run = &run};
    }
  }
  return {};
}

/// To a batch.
bool SameTokens(const FoundRun& one, const RunGroup& group,
                const PlannedRun& run) {
  const auto batch =
      std::max(one.group->training.batch_tokens, group.training.batch_tokens);
  return std::abs(one.run->tokens - run.tokens) < batch;
}

/// |ln(N / N)|.
double SizeRatio(const RunGroup& one, const RunGroup& other) {
  return std::abs(std::log(static_cast<double>(one.params.total)) -
                  std::log(static_cast<double>(other.params.total)));
}

bool SameOtherSettings(const Json& one, const Json& other,
                       const Json& against) {
  return std::ranges::all_of(one.items(), [&](const auto& item) {
    return against.contains(item.key()) ||
           other.value(item.key(), Json()) == item.value();
  });
}

/// Whether runs of two groups may be compared, but for D and size.
bool IsComparable(const RunGroup& one, const RunGroup& other,
                  const Json& against) {
  return (one.seed == other.seed || against.contains("seed")) &&
         SameOtherSettings(one.variant, other.variant, against);
}

}  // namespace

std::vector<double> NumbersAt(const Json& json, std::string_view path) {
  const auto slice = TakeSlice(&path);
  const Json* found = Find(json, path);
  std::vector<double> numbers;
  if (found == nullptr) return numbers;
  if (found->is_number() && !slice) return {found->get<double>()};
  if (!found->is_array()) return numbers;
  const auto size = std::ssize(*found);
  const auto within = [size](std::int64_t place) {
    return std::clamp<std::int64_t>(place < 0 ? size + place : place, 0, size);
  };
  const std::int64_t last = slice ? within(slice->last) : size;
  for (std::int64_t i = slice ? within(slice->first) : 0; i < last; ++i) {
    const Json& element = (*found)[static_cast<std::size_t>(i)];
    if (element.is_number()) numbers.push_back(element.get<double>());
  }
  return numbers;
}

bool IsRunOf(const RunGroup& group, const PlannedRun& run, const Json& of) {
  const auto is = [](const Json& value, std::int64_t number) {
    return value == Json(number) || value == Json(static_cast<double>(number));
  };
  for (const auto& item : of.items()) {
    const std::string& key = item.key();
    const Json& value = item.value();
    if (key == "tokens") {
      // D is rounded to whole batches.
      if (!SameSetting(key, run.tokens, value, group.training.batch_tokens)) {
        return false;
      }
    } else if (key == "seed") {
      if (!is(value, group.seed)) return false;
    } else if (key == "d_model") {
      if (!is(value, group.shape.d_model)) return false;
    } else if (key == "layers") {
      if (!is(value, group.shape.layers)) return false;
    } else if (group.variant.value(key, Json()) != value) {
      return false;
    }
  }
  return true;
}

bool SameSetting(const std::string& key, const Json& one, const Json& other,
                 std::int64_t batch_tokens) {
  if (key == "tokens" && one.is_number() && other.is_number()) {
    return std::abs(one.get<double>() - other.get<double>()) <
           static_cast<double>(batch_tokens);
  }
  return one == other;
}

std::set<std::string> MeantRuns(const Plan& plan, const Json& of) {
  std::set<std::string> ids;
  for (const RunGroup& group : plan.groups) {
    for (const PlannedRun& run : group.runs) {
      if (IsRunOf(group, run, of)) ids.insert(run.id);
    }
  }
  return ids;
}

std::string PartnerOf(const Plan& plan, const std::string& run,
                      const Json& against) {
  const FoundRun one = FindRun(plan, run);
  if (one.run == nullptr) return {};
  const bool any_size =
      against.contains("d_model") || against.contains("layers");
  std::string nearest;
  double least = std::numeric_limits<double>::infinity();
  for (const RunGroup& group : plan.groups) {
    if (!IsComparable(*one.group, group, against)) continue;
    const double distance = any_size ? 0.0 : SizeRatio(*one.group, group);
    if (distance >= least) continue;
    const auto other =
        std::ranges::find_if(group.runs, [&](const PlannedRun& candidate) {
          return candidate.id != run && IsRunOf(group, candidate, against) &&
                 (against.contains("tokens") ||
                  SameTokens(one, group, candidate));
        });
    if (other == group.runs.end()) continue;
    least = distance;
    nearest = other->id;
  }
  return nearest;
}

}  // namespace isoflop
