// `isoflop data`: one's own text made into token files, looked at, and split.

#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "apps/isoflop/commands.h"
#include "apps/isoflop/fit_progress_line.h"
#include "apps/isoflop/terminal.h"
#include "lib/core/error.h"
#include "lib/core/names.h"
#include "lib/core/standard_streams.h"
#include "lib/core/text.h"
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
}

}  // namespace isoflop
