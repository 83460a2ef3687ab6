#include "lib/sweep/probe_checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/core/quote.h"
#include "lib/sweep/sizes.h"

namespace isoflop {

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
      if (variant.model.architecture == Architecture::kMlp ||
          variant.model.architecture == Architecture::kLinear) {
        return fmt::format("needs a model that looks back, which {} does not",
                           NameOf(variant.model.architecture));
      }
      return needs(examples.positions > 1, "more than one position");
    case ProbeKind::kAttention:
      if (transformer && variant.model.attention == AttentionKind::kSoftmax) {
        return {};
      }
      return "needs softmax attention";
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
