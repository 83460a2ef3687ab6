// A strict look at XML, such as SVG: what a browser forgives is a fault here.

#pragma once

#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace isoflop {

/// Looks for what makes a text no well-formed XML: tags that do not nest,
/// attributes without quotes or given twice, "<" or a bare "&" in text, control
/// characters. Knows no DTDs, comments or CDATA, which pictures do not need.
class XmlChecker {
 public:
  explicit XmlChecker(std::string_view text) : rest_(text) {}

  /// Returns the first fault, or nothing.
  std::string Fault() {
    if (rest_.starts_with("<?xml")) rest_.remove_prefix(rest_.find("?>") + 2);
    while (fault_.empty() && !rest_.empty()) {
      if (rest_.front() == '<') {
        Tag();
      } else {
        Text(Take(rest_.find('<')), "text");
      }
    }
    if (fault_.empty() && !open_.empty())
      fault_ = "not closed: " + open_.back();
    if (fault_.empty() && roots_ != 1) fault_ = "needs one root";
    return fault_;
  }

 private:
  std::string_view Take(std::size_t count) {
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  void Text(std::string_view text, const std::string& where) {
    static const std::vector<std::string_view> kEntities = {
        "&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    for (std::size_t i = 0; i < text.size() && fault_.empty(); ++i) {
      const char c = text[i];
      if (static_cast<unsigned char>(c) < 0x20 && c != '\n') {
        fault_ = "control character in " + where;
      }
      if (c == '<') fault_ = "< in " + where;
      const bool known = std::ranges::any_of(kEntities, [&](auto entity) {
        return text.substr(i).starts_with(entity);
      });
      if (c == '&' && !known) fault_ = "bare & in " + where;
    }
  }

  void Tag() {
    const std::size_t end = End();
    if (end == std::string_view::npos) {
      fault_ = "a tag without end";
      return;
    }
    std::string_view tag = Take(end + 1);
    tag = tag.substr(1, tag.size() - 2);
    if (tag.starts_with('/')) return Close(std::string(tag.substr(1)));
    const bool empty = tag.ends_with('/');
    if (empty) tag.remove_suffix(1);
    const std::string name(tag.substr(0, tag.find_first_of(" \n")));
    if (name.empty() || std::isalpha(name.front()) == 0) {
      fault_ = "a tag without a name";
    }
    Attributes(tag.substr(name.size()), name);
    if (open_.empty()) ++roots_;
    if (!empty) open_.push_back(name);
  }

  /// Of a tag: a ">" in quotes is none.
  std::size_t End() const {
    char quote = 0;
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      const char c = rest_[i];
      if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '>') {
        return i;
      }
    }
    return std::string_view::npos;
  }

  void Close(const std::string& name) {
    if (open_.empty() || open_.back() != name) {
      fault_ = "closes what is not open: " + name;
      return;
    }
    open_.pop_back();
  }

  void Attributes(std::string_view text, const std::string& tag) {
    std::set<std::string> seen;
    while (fault_.empty()) {
      const std::size_t begin = text.find_first_not_of(" \n");
      if (begin == std::string_view::npos) return;
      if (begin == 0) fault_ = "no space before an attribute of " + tag;
      text.remove_prefix(begin);
      const std::size_t equals = text.find("=\"");
      if (equals == std::string_view::npos) {
        fault_ = "an attribute without a value in " + tag;
        return;
      }
      const std::string name(text.substr(0, equals));
      if (!seen.insert(name).second) fault_ = name + " twice in " + tag;
      if (name.starts_with("on")) fault_ = "a handler in " + tag;
      text.remove_prefix(equals + 2);
      const std::size_t end = text.find('"');
      Text(text.substr(0, end), name);
      text.remove_prefix(end + 1);
    }
  }

  std::string_view rest_;
  std::vector<std::string> open_;
  int roots_ = 0;
  std::string fault_;
};

/// Returns what is wrong with the XML, or nothing.
inline std::string XmlFault(std::string_view text) {
  return XmlChecker(text).Fault();
}

}  // namespace isoflop
