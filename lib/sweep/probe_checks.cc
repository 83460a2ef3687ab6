#include "lib/sweep/probe_checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/core/quote.h"
#include "lib/sweep/sizes.h"

namespace isoflop {
namespace {

/// Nothing where it does.
std::string LooksBack(Architecture architecture) {
  if (architecture != Architecture::kMlp &&
      architecture != Architecture::kLinear) {
    return {};
  }
  return fmt::format("needs a model that looks back, which {} does not",
                     NameOf(architecture));
}

}  // namespace

std::string WhyNot(ProbeKind probe, const Variant& variant) {
  const ExampleShape examples = ExamplesOf(variant);
  const bool transformer =
      variant.model.architecture == Architecture::kTransformer;
  const auto needs = [&](bool met, const char* what) {
    return met ? std::string()
               : fmt::format("needs {}, which {} has not", what,
                             variant.data.task->kind());
  };
  switch (probe) {
    case ProbeKind::kLossByPosition:
      return needs(examples.positions > 1, "more than one position");
    case ProbeKind::kInContextCurve:
      return needs(!variant.data.task->Baselines().empty(),
                   "predictors to compare with");
    case ProbeKind::kMetrics:
      return needs(examples.loss_unit() == LossUnit::kNats,
                   "tokens to predict");
    case ProbeKind::kGradientReach:
      if (auto why = LooksBack(variant.model.architecture); !why.empty()) {
        return why;
      }
      return needs(examples.positions > 1, "more than one position");
    case ProbeKind::kAttention:
      if (transformer && variant.model.attention == AttentionKind::kSoftmax) {
        return {};
      }
      return "needs softmax attention";
    case ProbeKind::kHeadGeometry:
      return transformer ? "" : "needs a transformer, which has heads";
    case ProbeKind::kFfnMemory:
      if (!transformer || variant.model.ffn == FfnKind::kNone) {
        return "needs a transformer with feed-forward layers";
      }
      return needs(examples.d_in == 0 && examples.d_out == 0,
                   "tokens to read and to predict");
    case ProbeKind::kCapacity:
      return needs(variant.data.task->ToMemorise().has_value(),
                   "random strings, all of one frequency (a lexicon with a "
                   "zipf_exponent of 0)");
    case ProbeKind::kEffectiveDimension:
      return {};
    case ProbeKind::kDisentanglement:
      if (!transformer) return "needs a transformer, which has a stream";
      return needs(!variant.data.task->Factors().empty(),
                   "factors that its examples are made with");
    case ProbeKind::kSecondsPerToken:
      return LooksBack(variant.model.architecture);
  }
  return {};
}

void ReadProbes(ObjectReader* reader, std::vector<ProbeKind>* probes) {
  const Json* json = reader->Child("probes");
  if (json == nullptr) return;
  if (!json->is_array()) {
    reader->Refuse("probes", "must be an array of words, got " + Quoted(*json));
    return;
  }
  for (std::size_t i = 0; i < json->size(); ++i) {
    const Json& entry = (*json)[i];
    const auto word = entry.is_string() ? entry.get<std::string>() : "";
    const auto probe = FromName<ProbeKind>(word);
    const auto key = fmt::format("probes[{}]", i);
    if (!probe) {
      reader->Refuse(key, fmt::format("must be one of {}, got {}",
                                      fmt::join(AllNames<ProbeKind>(), ", "),
                                      Quoted(entry)));
    } else if (std::ranges::find(*probes, *probe) != probes->end()) {
      reader->Refuse(key, fmt::format("\"{}\" is there already", word));
    } else {
      probes->push_back(*probe);
    }
  }
}

Json ToJson(const std::vector<ProbeKind>& probes) {
  Json json = Json::array();
  for (const ProbeKind probe : probes) json.push_back(NameOf(probe));
  return json;
}

void CheckProbes(const std::vector<ProbeKind>& probes, const Variant& variant,
                 const std::string& source, Problems* problems) {
  for (std::size_t i = 0; i < probes.size(); ++i) {
    const std::string why_not = WhyNot(probes[i], variant);
    if (why_not.empty()) continue;
    problems->Add(fmt::format("{}: probes[{}]", source, i),
                  fmt::format("{} {}", NameOf(probes[i]), why_not));
  }
}

}  // namespace isoflop
