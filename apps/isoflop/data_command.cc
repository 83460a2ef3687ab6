// `isoflop data`: one's own text made into token files, looked at, and split.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apps/isoflop/commands.h"
#include "apps/isoflop/fit_progress_line.h"
#include "apps/isoflop/terminal.h"
#include "lib/core/json.h"
#include "lib/core/names.h"
#include "lib/core/printable.h"
#include "lib/core/standard_streams.h"
#include "lib/core/text.h"
#include "lib/tokenize/inspect_data.h"
#include "lib/tokenize/split_data.h"
#include "lib/tokenize/tokenize.h"

namespace isoflop {
namespace {

ExitCode RunTokenize(const TokenizeOptions& options) {
  TokenizeOutcome outcome;
  {
    FitProgressLine line(STDERR_FILENO);
    outcome = Tokenize(options, &line);
  }
  const TokensRecord& record = outcome.record;
  if (outcome.was_complete) {
    Say(options.output.string() + ": is complete, and of this text");
  } else if (outcome.kept_pieces > 0) {
    Say(fmt::format("went on where it was interrupted: {} were done",
                    Counted(outcome.kept_pieces, "piece")));
  }
  Print(fmt::format(
      "{}: {} tokens in {}, from {} of {}\n"
      "tokenizer: {}, vocabulary {}, SentencePiece {}; {:.4g} bytes per token\n"
      "for a sweep: \"data\": {{\"kind\": \"tokens\", \"train_paths\": "
      "[\"{}\"], \"vocab_size\": {}}}\n",
      options.output.string(), FormatCount(static_cast<double>(record.tokens)),
      Counted(record.files.size(), "file"),
      Counted(record.documents, "document"),
      FormatBytes(static_cast<double>(record.bytes)), record.tokenizer.kind,
      record.tokenizer.vocab_size, record.tokenizer.release,
      record.bytes_per_token(), (options.output / "train_*.bin").string(),
      record.tokenizer.vocab_size));
  return ExitCode::kOk;
}

/// A row of what was found, for people.
void AddRow(const char* what, const std::string& value, std::string* text) {
  *text += fmt::format("  {:<20}{}\n", what, value);
}

std::string TokensText(const TokenInspection& tokens) {
  std::string text;
  AddRow("tokens", fmt::format("{}", tokens.tokens), &text);
  AddRow("largest id",
         fmt::format("{} of {} that occur{}", tokens.largest, tokens.distinct,
                     tokens.vocab_size
                         ? fmt::format("; vocabulary {}", *tokens.vocab_size)
                         : ""),
         &text);
  AddRow("first ids", fmt::format("{}", fmt::join(tokens.first, " ")), &text);
  if (tokens.first_text) {
    AddRow("as text", PrintableLine(*tokens.first_text), &text);
  }
  if (tokens.bytes_per_token) {
    AddRow("bytes per token", fmt::format("{:.4g}", *tokens.bytes_per_token),
           &text);
  }
  if (tokens.documents) {
    AddRow(
        "documents",
        fmt::format("{}, of which {} repeat an earlier one", *tokens.documents,
                    tokens.repeated_documents.value_or(0)),
        &text);
  }
  AddRow("blocks of 64",
         fmt::format("{}, of which {} repeat an earlier one", tokens.blocks,
                     tokens.repeated_blocks),
         &text);
  return text;
}

std::string InspectionText(const DataInspection& inspection) {
  std::string text =
      fmt::format("{}: {}, {}\n", inspection.file, inspection.what,
                  FormatBytes(static_cast<double>(inspection.bytes)));
  if (inspection.tokens) text += TokensText(*inspection.tokens);
  if (const auto& found = inspection.text) {
    AddRow("documents",
           fmt::format("{}, of which {} are empty and {} repeat an earlier one",
                       found->documents, found->empty_documents,
                       found->repeated_documents),
           &text);
    AddRow("lines", fmt::format("{}", found->lines), &text);
    AddRow("bytes of text", fmt::format("{}", found->bytes), &text);
    AddRow("begins", PrintableLine(found->first_text), &text);
  }
  return text;
}

struct InspectArgs {
  std::vector<std::string> files;
  std::string text_field = "text";
  bool json = false;
};

ExitCode RunInspect(const InspectArgs& args) {
  Json files = Json::array();
  std::string text;
  for (const auto& file : FilesToInspect(args.files)) {
    const DataInspection inspection = InspectData(file, args.text_field);
    if (args.json) {
      files.push_back(ToJson(inspection));
    } else {
      text += InspectionText(inspection);
    }
  }
  if (args.json) {
    text = ReadableText(
        {{"schema", "isoflop.inspection/1"}, {"files", std::move(files)}});
  }
  Print(text);
  return ExitCode::kOk;
}

void AddInspectCommand(CLI::App* data, ExitCode* exit_code) {
  auto args = std::make_shared<InspectArgs>();
  CLI::App* command = data->add_subcommand(
      "inspect", "Say what files are, and what is in them");
  command->add_option("file", args->files, "Files or directories")->required();
  command
      ->add_option("--text-field", args->text_field,
                   "Field of the text in .jsonl files")
      ->capture_default_str();
  command->add_flag("--json", args->json, "Print it as JSON");
  command->footer("Example:\n  isoflop data inspect tokens");
  command->callback([args, exit_code] { *exit_code = RunInspect(*args); });
}

ExitCode RunSplit(const SplitOptions& options) {
  const SplitOutcome outcome = SplitData(options);
  for (const SplitSide* side : {&outcome.train, &outcome.validation}) {
    Print(fmt::format("{}: {} tokens of {}\n", fmt::join(side->files, ", "),
                      side->tokens, Counted(side->documents, "document")));
  }
  if (outcome.repeated > 0) {
    Print(fmt::format("{} the same as another, on the side of that one\n",
                      outcome.repeated == 1
                          ? "1 document is"
                          : Counted(outcome.repeated, "document") + " are"));
  }
  return ExitCode::kOk;
}

void AddSplitCommand(CLI::App* data, ExitCode* exit_code) {
  struct Args {
    SplitOptions options;
    std::string output;
  };
  auto args = std::make_shared<Args>();
  SplitOptions* options = &args->options;
  CLI::App* command = data->add_subcommand(
      "split", "Split token files into training and validation, by document");
  command->add_option("input", options->inputs, "Token files or directories")
      ->required();
  command
      ->add_option("-o,--output", args->output,
                   "Directory to write train/ and val/ to")
      ->required();
  CLI::Option* tokens = command->add_option(
      "--validation-tokens", options->validation_tokens, "Tokens to set aside");
  command
      ->add_option("--validation-fraction", options->validation_fraction,
                   "Part of the tokens to set aside, between 0 and 1")
      ->excludes(tokens);
  command->add_option("--seed", options->seed, "Which documents are drawn")
      ->capture_default_str();
  command->add_option("--end-of-text", options->end_of_text,
                      "Token between documents (default: as tokens.json says)");
  command->add_flag("--force", options->force,
                    "Replace token files that are there");
  command->footer(
      "Example:\n  isoflop data split tokens --validation-fraction 0.01 -o "
      "split");
  command->callback([args, exit_code] {
    args->options.output = args->output;
    *exit_code = RunSplit(args->options);
  });
}

void AddTokenizeCommand(CLI::App* data, ExitCode* exit_code) {
  struct Args {
    TokenizeOptions options;
    std::string output;
    std::string kind = "bpe";
  };
  auto args = std::make_shared<Args>();
  TokenizeOptions* options = &args->options;
  CLI::App* command = data->add_subcommand(
      "tokenize", "Make token files of text, with a tokenizer made or given");
  command
      ->add_option("input", options->inputs,
                   "Files or directories: .txt, .jsonl, each also .gz and .zst")
      ->required();
  command->add_option("-o,--output", args->output, "Directory to write")
      ->required();
  CLI::Option* tokenizer = command->add_option(
      "--tokenizer", options->tokenizer,
      "SentencePiece model to use (default: one is trained on the data)");
  command
      ->add_option("--vocab-size", options->training.vocab_size,
                   "Pieces of the tokenizer that is trained")
      ->capture_default_str()
      ->excludes(tokenizer);
  command->add_option("--kind", args->kind, "bpe | unigram")
      ->check(CLI::IsMember({"bpe", "unigram"}))
      ->capture_default_str()
      ->excludes(tokenizer);
  command
      ->add_option("--text-field", options->text_field,
                   "Field of the text in .jsonl files")
      ->capture_default_str();
  command->add_option("--threads", options->threads,
                      "Threads that encode (default: one per core)");
  command
      ->add_option("--shard-tokens", options->tokens_of_file,
                   "Tokens of a file")
      ->capture_default_str();
  command->add_flag("--force", options->force,
                    "Start over, whatever tokens the directory has");
  command->footer(
      "Examples:\n"
      "  isoflop data tokenize books/ -o tokens\n"
      "  isoflop data tokenize web.jsonl.zst -o tokens --vocab-size 16384");
  command->callback([args, exit_code] {
    args->options.output = args->output;
    args->options.training.kind = *FromName<TokenizerKind>(args->kind);
    *exit_code = RunTokenize(args->options);
  });
}

}  // namespace

void AddDataCommand(CLI::App& app, ExitCode* exit_code) {
  CLI::App* data = app.add_subcommand(
      "data", "Make token files of your own text, look at them, split them");
  data->require_subcommand(1);
  data->footer("Example:\n  isoflop data tokenize books/ -o tokens");
  AddTokenizeCommand(data, exit_code);
  AddInspectCommand(data, exit_code);
  AddSplitCommand(data, exit_code);
}

}  // namespace isoflop
