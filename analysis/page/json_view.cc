#include "analysis/page/json_view.h"

#include <fmt/format.h>

#include "lib/core/error.h"
#include "lib/core/quote.h"

namespace isoflop {

void JsonView::Refuse(const char* wanted) const {
  throw Error(
      fmt::format("{}: must be {}, got {}", path_, wanted, Quoted(*json_)));
}

JsonView JsonView::operator[](std::string_view key) const {
  std::string path = fmt::format("{}.{}", path_, key);
  if (json_ == nullptr) return {nullptr, std::move(path)};
  if (!json_->is_object()) Refuse("an object");
  const auto found = json_->find(std::string(key));
  return {found == json_->end() ? nullptr : &*found, std::move(path)};
}

std::optional<double> JsonView::number() const {
  if (json_ == nullptr) return std::nullopt;
  if (!json_->is_number()) Refuse("a number");
  return json_->get<double>();
}

std::optional<std::string> JsonView::text() const {
  if (json_ == nullptr) return std::nullopt;
  if (!json_->is_string()) Refuse("a text");
  return json_->get<std::string>();
}

std::optional<bool> JsonView::flag() const {
  if (json_ == nullptr) return std::nullopt;
  if (!json_->is_boolean()) Refuse("true or false");
  return json_->get<bool>();
}

std::vector<JsonView> JsonView::items() const {
  std::vector<JsonView> items;
  if (json_ == nullptr) return items;
  if (!json_->is_array()) Refuse("an array");
  for (std::size_t i = 0; i < json_->size(); ++i) {
    items.push_back({&(*json_)[i], fmt::format("{}[{}]", path_, i)});
  }
  return items;
}

std::vector<std::pair<std::string, JsonView>> JsonView::members() const {
  std::vector<std::pair<std::string, JsonView>> members;
  if (json_ == nullptr) return members;
  if (!json_->is_object()) Refuse("an object");
  for (const auto& item : json_->items()) {
    members.emplace_back(
        item.key(),
        JsonView(&item.value(), fmt::format("{}.{}", path_, item.key())));
  }
  return members;
}

std::vector<std::string> JsonView::texts() const {
  std::vector<std::string> texts;
  for (const JsonView& item : items()) texts.push_back(item.text_or_none());
  return texts;
}

}  // namespace isoflop
