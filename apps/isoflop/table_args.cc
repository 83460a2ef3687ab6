#include "apps/isoflop/table_args.h"

#include <cmath>

#include "lib/core/error.h"
#include "lib/core/names.h"
#include "lib/core/transformed.h"

namespace isoflop {

void AddTableOptions(CLI::App* command, TableArgs* args) {
  command->add_option(
      "--column", args->columns,
      "What the file calls a column: params=\"Model Size\"; with a factor, "
      "params=\"Params (M)*1e6\"; for group=, several with commas");
  command->add_option(
      "--where", args->where,
      "Use only rows, or variants of a sweep, with this value or "
      "one of several: config=base,small; also !=, <, <=, > "
      "and >=; may be repeated");
  command
      ->add_option("--drop", args->drop,
                   "Leave out rows by the lines of the file: 17,20-24")
      ->delimiter(',');
  command
      ->add_option(
          "--best-of", args->best_of,
          "Of the rows of each (N, D) that differ in these columns, or "
          "axes of a sweep, use those with the lowest loss: lr,batch")
      ->delimiter(',');
  command
      ->add_option("--loss-unit", args->loss_unit,
                   "What the losses are in: nats | bits | bits_per_byte | "
                   "perplexity | squared_error (default: nats)")
      ->check(CLI::IsMember(AllNames<TableLoss>()));
  command->add_option("--bytes-per-token", args->bytes_per_token,
                      "Bytes of a token, for losses in bits per byte");
  command->add_flag("--bits-per-byte", args->bits_per_byte,
                    "Take losses in bits per byte of text, in which those of "
                    "different tokenizers can be compared");
}

TableOptions ResolveTableOptions(const TableArgs& args) {
  TableOptions options{
      .columns = Transformed(args.columns, ParseColumnName),
      .choice = {.where = Transformed(args.where, ParseRowCondition),
                 .drop = Transformed(args.drop, ParseLineRange)},
      .best_of = args.best_of};
  if (const auto unit = FromName<TableLoss>(args.loss_unit)) {
    options.loss.unit = *unit;
  }
  if (args.bytes_per_token != 0.0) {
    Require(std::isfinite(args.bytes_per_token) && args.bytes_per_token > 0.0,
            "--bytes-per-token: must be a finite number above 0, got {}",
            args.bytes_per_token);
    options.loss.bytes_per_token = args.bytes_per_token;
  }
  options.loss.in_bits_per_byte = args.bits_per_byte;
  return options;
}

std::string GivenColumnOption(const TableArgs& args) {
  if (!args.columns.empty()) return "--column";
  if (!args.loss_unit.empty()) return "--loss-unit";
  return args.bytes_per_token != 0.0 ? "--bytes-per-token" : "";
}

VariantChoice ResolveVariantChoice(const TableArgs& args,
                                   const std::string& source) {
  const std::string given = GivenColumnOption(args);
  Require(given.empty(), "{}: {} is a sweep directory, whose columns are known",
          given, source);
  Require(args.drop.empty(),
          "--drop: {} is a sweep directory, which has no lines", source);
  return {.where = Transformed(args.where, ParseRowCondition),
          .best_of = args.best_of,
          .in_bits_per_byte = args.bits_per_byte};
}

}  // namespace isoflop
