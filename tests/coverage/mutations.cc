#include "tests/coverage/mutations.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "lib/core/text.h"

namespace isoflop {
namespace {

constexpr std::size_t kParams = 0;
constexpr std::size_t kTokens = 1;
constexpr std::size_t kLoss = 2;

using Cells = std::vector<std::string>;

double Value(const Cells& row, std::size_t column) {
  return *ParseNumber<double>(row[column]);
}

void Set(Cells* row, std::size_t column, double value) {
  (*row)[column] = fmt::format("{:.10g}", value);
}

void Scale(TableText* table, std::size_t column, double factor) {
  for (Cells& row : table->rows) Set(&row, column, factor * Value(row, column));
}

void AddColumn(TableText* table, const std::string& name, auto value) {
  table->header.push_back(name);
  for (std::size_t i = 0; i < table->rows.size(); ++i) {
    table->rows[i].push_back(value(i));
  }
}

void Swap(TableText* table, std::size_t a, std::size_t b) {
  for (Cells& row : table->rows) std::swap(row[a], row[b]);
}

std::size_t Pick(const TableText& table, RandomStream* random) {
  const auto count = static_cast<double>(table.rows.size());
  return std::min(static_cast<std::size_t>(random->Uniform() * count),
                  table.rows.size() - 1);
}

void Shuffle(TableText* table, RandomStream* random) {
  for (std::size_t i = table->rows.size(); i > 1; --i) {
    const auto j =
        static_cast<std::size_t>(random->Uniform() * static_cast<double>(i));
    std::swap(table->rows[i - 1], table->rows[std::min(j, i - 1)]);
  }
}

std::string Joined(const Cells& cells, const char* separator) {
  return fmt::format("{}\n", fmt::join(cells, separator));
}

std::string Separated(const TableText& table, const char* separator) {
  std::string text = Joined(table.header, separator);
  for (const Cells& row : table.rows) text += Joined(row, separator);
  return text;
}

/// A mutation that changes cells and is written as CSV.
Mutation Changed(const char* name, Visibility visibility, auto change) {
  return {name, visibility, [change](TableText table, RandomStream* random) {
            change(&table, random);
            return CsvText(table);
          }};
}

Mutation Scaled(const char* name, Visibility visibility,
                std::vector<std::pair<std::size_t, double>> factors) {
  return Changed(name, visibility, [factors](TableText* table, RandomStream*) {
    for (const auto& [column, factor] : factors) Scale(table, column, factor);
  });
}

void Replace(std::string* text, const std::string& from,
             const std::string& to) {
  for (std::size_t at = 0; (at = text->find(from, at)) != std::string::npos;
       at += to.size()) {
    text->replace(at, from.size(), to);
  }
}

void AddHarmless(std::vector<Mutation>* all) {
  constexpr auto kHarmless = Visibility::kHarmless;
  all->push_back(Changed("rows in another order", kHarmless, Shuffle));
  all->push_back(Changed(
      "a column of names", kHarmless, [](TableText* table, RandomStream*) {
        AddColumn(table, "name",
                  [](std::size_t i) { return fmt::format("run-{}", i); });
      }));
  all->push_back(Changed("a setting without effect", kHarmless,
                         [](TableText* table, RandomStream* random) {
                           AddColumn(table, "machine", [&](std::size_t) {
                             return random->Uniform() < 0.4 ? "a" : "b";
                           });
                         }));
  all->push_back({"Windows line ends and a byte-order mark", kHarmless,
                  [](const TableText& table, RandomStream*) {
                    std::string text = CsvText(table);
                    Replace(&text, "\n", "\r\n");
                    return "\xEF\xBB\xBF" + text;
                  }});
  all->push_back(Changed(
      "numbers with M and B", kHarmless, [](TableText* table, RandomStream*) {
        for (Cells& row : table->rows) {
          row[kParams] = fmt::format("{:.10g}M", Value(row, kParams) / 1e6);
          row[kTokens] = fmt::format("{:.10g}B", Value(row, kTokens) / 1e9);
        }
      }));
  all->push_back(Changed("names N, D and L", kHarmless,
                         [](TableText* table, RandomStream*) {
                           table->header = {"N", "D", "L"};
                         }));
  all->push_back(Changed("FLOPs in place of tokens", kHarmless,
                         [](TableText* table, RandomStream*) {
                           table->header[kTokens] = "flops";
                           for (Cells& row : table->rows) {
                             row[kTokens] = fmt::format(
                                 "{:.17g}", 6.0 * Value(row, kParams) *
                                                Value(row, kTokens));
                           }
                         }));
  all->push_back(Changed("crashed runs with NaN", kHarmless,
                         [](TableText* table, RandomStream* random) {
                           AddColumn(table, "State",
                                     [](std::size_t) { return "finished"; });
                           for (int i = 0; i < 3; ++i) {
                             Cells row = table->rows[Pick(*table, random)];
                             row[kLoss] = "NaN";
                             row.back() = "crashed";
                             table->rows.push_back(row);
                           }
                         }));
  all->push_back(Changed("seeds that R writes as NA", kHarmless,
                         [](TableText* table, RandomStream*) {
                           AddColumn(table, "seed",
                                     [](std::size_t) { return "NA"; });
                         }));
  all->push_back({"an unnamed index column", kHarmless,
                  [](TableText table, RandomStream*) {
                    table.header.insert(table.header.begin(), "");
                    for (std::size_t i = 0; i < table.rows.size(); ++i) {
                      table.rows[i].insert(table.rows[i].begin(),
                                           std::to_string(i));
                    }
                    return CsvText(table);
                  }});
}

void AddUnits(std::vector<Mutation>* all) {
  constexpr auto kVisible = Visibility::kVisible;
  all->push_back(Scaled("parameters in millions", kVisible, {{kParams, 1e-6}}));
  all->push_back(Scaled("parameters in billions", kVisible, {{kParams, 1e-9}}));
  all->push_back(Scaled("tokens in millions", kVisible, {{kTokens, 1e-6}}));
  all->push_back(Scaled("tokens in billions", kVisible, {{kTokens, 1e-9}}));
  all->push_back(
      Scaled("both in billions", kVisible, {{kParams, 1e-9}, {kTokens, 1e-9}}));
  all->push_back(Scaled("parameters in thousands", Visibility::kHidden,
                        {{kParams, 1e-3}}));
  all->push_back(Scaled("losses in bits", Visibility::kHidden,
                        {{kLoss, 1.0 / std::log(2.0)}}));
  all->push_back(
      Changed("perplexities", kVisible, [](TableText* table, RandomStream*) {
        for (Cells& row : table->rows) {
          Set(&row, kLoss, std::exp(Value(row, kLoss)));
        }
      }));
}

void AddColumns(std::vector<Mutation>* all) {
  constexpr auto kVisible = Visibility::kVisible;
  all->push_back(Changed(
      "parameters and loss swapped", kVisible,
      [](TableText* table, RandomStream*) { Swap(table, kParams, kLoss); }));
  all->push_back(Changed(
      "tokens and loss swapped", kVisible,
      [](TableText* table, RandomStream*) { Swap(table, kTokens, kLoss); }));
  all->push_back(Changed(
      "parameters and tokens swapped", Visibility::kHidden,
      [](TableText* table, RandomStream*) { Swap(table, kParams, kTokens); }));
}

void AddWrongRuns(std::vector<Mutation>* all) {
  constexpr auto kVisible = Visibility::kVisible;
  all->push_back(Changed("one run diverged", kVisible,
                         [](TableText* table, RandomStream* random) {
                           Set(&table->rows[Pick(*table, random)], kLoss,
                               9.0 + 2.0 * random->Uniform());
                         }));
  all->push_back(Changed("a point lost from a loss", kVisible,
                         [](TableText* table, RandomStream* random) {
                           Cells* row = &table->rows[Pick(*table, random)];
                           Set(row, kLoss, 10.0 * Value(*row, kLoss));
                         }));
  all->push_back(Changed("a zero too many in N", kVisible,
                         [](TableText* table, RandomStream* random) {
                           Cells* row = &table->rows[Pick(*table, random)];
                           Set(row, kParams, 10.0 * Value(*row, kParams));
                         }));
  all->push_back(Changed("one in twenty 20 % too high", kVisible,
                         [](TableText* table, RandomStream* random) {
                           for (std::size_t i = 0; i < table->rows.size();
                                i += 20) {
                             Cells* row = &table->rows[Pick(*table, random)];
                             Set(row, kLoss, 1.2 * Value(*row, kLoss));
                           }
                         }));
}

/// Adds runs of another experiment, whose losses are higher.
void Pool(TableText* table, double factor, bool named) {
  const std::size_t count = table->rows.size();
  if (named) AddColumn(table, "data", [](std::size_t) { return "web"; });
  for (std::size_t i = 0; i < count; i += 2) {
    Cells row = table->rows[i];
    Set(&row, kLoss, factor * Value(row, kLoss));
    if (named) row.back() = "wiki";
    table->rows.push_back(row);
  }
}

void AddPooled(std::vector<Mutation>* all) {
  constexpr auto kVisible = Visibility::kVisible;
  all->push_back(Changed("two data sets in one table", kVisible,
                         [](TableText* table, RandomStream* random) {
                           Pool(table, 1.05 + 0.3 * random->Uniform(), true);
                         }));
  all->push_back(Changed("two data sets, no column", Visibility::kHidden,
                         [](TableText* table, RandomStream* random) {
                           Pool(table, 1.05 + 0.3 * random->Uniform(), false);
                         }));
  all->push_back(Changed("one run in three of another data set", kVisible,
                         [](TableText* table, RandomStream* random) {
                           const double factor = 1.1 + 0.2 * random->Uniform();
                           Shuffle(table, random);
                           AddColumn(table, "data", [](std::size_t i) {
                             return i % 3 == 0 ? "wiki" : "web";
                           });
                           for (std::size_t i = 0; i < table->rows.size();
                                i += 3) {
                             Cells* row = &table->rows[i];
                             Set(row, kLoss, factor * Value(*row, kLoss));
                           }
                         }));
  all->push_back(Changed(
      "joined with itself", kVisible, [](TableText* table, RandomStream*) {
        const auto rows = table->rows;
        table->rows.insert(table->rows.end(), rows.begin(), rows.end());
      }));
}

void AddLost(std::vector<Mutation>* all) {
  constexpr auto kVisible = Visibility::kVisible;
  all->push_back(Changed(
      "lost cells", kVisible, [](TableText* table, RandomStream* random) {
        for (int i = 0; i < 3; ++i) {
          const auto column = static_cast<std::size_t>(3.0 * random->Uniform());
          table->rows[Pick(*table, random)][std::min(column, kLoss)] = "";
        }
      }));
  all->push_back({"cut off in a row", kVisible,
                  [](const TableText& table, RandomStream* random) {
                    const std::string text = CsvText(table);
                    const std::size_t half = text.size() / 2;
                    const auto rest = static_cast<std::size_t>(
                        random->Uniform() * static_cast<double>(half) * 0.9);
                    const std::size_t comma = text.find(',', half + rest);
                    return text.substr(0, comma);
                  }});
  all->push_back(Changed("a quarter of the rows lost", Visibility::kHidden,
                         [](TableText* table, RandomStream* random) {
                           Shuffle(table, random);
                           table->rows.resize(3 * table->rows.size() / 4);
                         }));
}

void AddLocales(std::vector<Mutation>* all) {
  constexpr auto kVisible = Visibility::kVisible;
  all->push_back({"semicolons between cells", kVisible,
                  [](const TableText& table, RandomStream*) {
                    return Separated(table, ";");
                  }});
  all->push_back(
      {"decimal commas", kVisible, [](TableText table, RandomStream*) {
         for (Cells& row : table.rows) {
           Replace(&row[kLoss], ".", ",");
         }
         return Separated(table, ";");
       }});
  all->push_back(Changed(
      "separators of thousands", kVisible, [](TableText* table, RandomStream*) {
        for (Cells& row : table->rows) {
          const auto tokens = static_cast<std::int64_t>(Value(row, kTokens));
          row[kTokens] = fmt::format("{},{:03}", tokens / 1000, tokens % 1000);
        }
      }));
}

std::string Quoted(const std::string& cell) {
  return cell.find(',') == std::string::npos ? cell : "\"" + cell + "\"";
}

}  // namespace

std::string CsvText(const TableText& table) {
  TableText quoted = table;
  for (Cells& row : quoted.rows) {
    std::ranges::transform(row, row.begin(), Quoted);
  }
  return Separated(quoted, ",");
}

const std::vector<Mutation>& AllMutations() {
  static const std::vector<Mutation> kAll = [] {
    std::vector<Mutation> all;
    AddHarmless(&all);
    AddUnits(&all);
    AddColumns(&all);
    AddWrongRuns(&all);
    AddPooled(&all);
    AddLost(&all);
    AddLocales(&all);
    return all;
  }();
  return kAll;
}

}  // namespace isoflop
