// What the command line says about itself.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <vector>

#include "tests/apps/command.h"

namespace isoflop {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The commands that `isoflop --help` lists.
std::vector<std::string> Commands(const TempDir& dir) {
  const std::string help = Isoflop(dir, "--help").out;
  const std::size_t begin = help.find("Subcommands:\n");
  const std::string list = help.substr(begin, help.find("\n\n", begin) - begin);
  const std::regex line("\n  ([a-z]+) ");
  std::vector<std::string> names;
  for (std::sregex_iterator i(list.begin(), list.end(), line), end; i != end;
       ++i) {
    names.push_back((*i)[1]);
  }
  return names;
}

/// What --help shows, where the shell has found the program in PATH.
std::string HelpOf(const TempDir& dir, const std::string& command) {
  return std::regex_replace(Isoflop(dir, command + " --help").out,
                            std::regex(ISOFLOP_PROGRAM), "isoflop");
}

TEST(Help, OfACommandIsWhatItsOptionShows) {
  const TempDir dir;
  const auto commands = Commands(dir);
  ASSERT_GE(commands.size(), 14U);
  for (const std::string& command : commands) {
    EXPECT_EQ(Isoflop(dir, "help " + command).out, HelpOf(dir, command))
        << command;
  }
  EXPECT_EQ(Isoflop(dir, "help experiments run").out,
            HelpOf(dir, "experiments run"));
  EXPECT_EQ(Isoflop(dir, "help").out, HelpOf(dir, ""));
}

TEST(Help, OfNoCommandNamesThoseThereAre) {
  const TempDir dir;
  const Outcome outcome = Isoflop(dir, "help fitt");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, HasSubstr("isoflop help: there is no command"));
  EXPECT_THAT(outcome.err, HasSubstr("did you mean 'fit'?"));
  EXPECT_EQ(Isoflop(dir, "help fit fit").status, 2);
}

/// What bash offers where `line` has been typed.
std::string Completed(const TempDir& dir, const std::string& line) {
  const Outcome script = Isoflop(dir, "completion bash >completion.bash");
  EXPECT_EQ(script.status, 0);
  WriteFileAtomically(dir / "ask.bash",
                      "source completion.bash\nCOMP_WORDS=(" + line +
                          ")\n[[ '" + line +
                          "' == *' ' ]] && COMP_WORDS+=('')\n"
                          "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_isoflop\n"
                          "echo \"${COMPREPLY[@]}\"\n");
  return Isoflop(dir, "--version >/dev/null; bash ask.bash").out;
}

TEST(Completion, OffersCommandsOptionsAndOtherwiseNamesOfFiles) {
  const TempDir dir;
  EXPECT_EQ(Completed(dir, "isoflop al"), "allocate\n");
  EXPECT_THAT(Completed(dir, "isoflop "), HasSubstr("plan sweep"));
  EXPECT_EQ(Completed(dir, "isoflop fit --det"), "--details\n");
  EXPECT_EQ(Completed(dir, "isoflop fit "), "\n");
  EXPECT_EQ(Completed(dir, "isoflop experiments ru"), "run\n");
  EXPECT_EQ(Completed(dir, "isoflop nothing --x"), "\n");
}

TEST(Completion, KnowsEveryOption) {
  const TempDir dir;
  const std::string bash = Isoflop(dir, "completion bash").out;
  const std::string zsh = Isoflop(dir, "completion zsh").out;
  const std::string man = Isoflop(dir, "man").out;
  const std::regex option("\n  (?:-[a-z],)?(--[a-z][a-z-]+)");
  for (const std::string& command : Commands(dir)) {
    const std::string help = Isoflop(dir, command + " --help").out;
    for (std::sregex_iterator i(help.begin(), help.end(), option), end;
         i != end; ++i) {
      const std::string name = (*i)[1];
      EXPECT_THAT(bash, HasSubstr(name)) << command;
      EXPECT_THAT(zsh, HasSubstr("'" + name + "[")) << command;
      if (name == "--help") continue;
      EXPECT_THAT(man,
                  HasSubstr(std::regex_replace(name, std::regex("-"), "\\-")))
          << command;
    }
  }
}

TEST(Completion, IsForShellsThatAreKnown) {
  const TempDir dir;
  EXPECT_EQ(Isoflop(dir, "completion fish").status, 2);
  EXPECT_EQ(Isoflop(dir, "completion").status, 2);
}

TEST(Completion, OfZshIsReadByZsh) {
  const TempDir dir;
  if (Isoflop(dir, "--version; command -v zsh").status != 0) {
    GTEST_SKIP() << "there is no zsh";
  }
  Isoflop(dir, "completion zsh >_isoflop");
  EXPECT_EQ(Isoflop(dir, "--version; zsh -n _isoflop").status, 0);
}

/// What stands on the command line of an interactive zsh after the keys and a
/// tab, in a shell that has not completed anything before.
std::string CompletedByZsh(const TempDir& dir, const std::string& keys) {
  Isoflop(dir, "completion zsh >_isoflop");
  WriteFileAtomically(dir / "ask.zsh", R"(zmodload zsh/zpty
zpty shell 'env TERM=dumb zsh -f -i'
zpty -w shell "PROMPT='> '; fpath=($PWD \$fpath); autoload -U compinit"
zpty -w shell 'compinit -u -D; bindkey -e'
zpty -w shell 'print rea""dy'
zpty -r -m shell skipped '*ready*'
zpty -w -n shell $1$'\t'
# What is completed is known when the line is run.
sleep 1
zpty -w -n shell $'\C-a: \C-e; print en""d\n'
zpty -r -m shell seen '*end*'
print -r -- $seen
)");
  return Isoflop(dir, "--version; timeout 30 zsh ask.zsh '" + keys + "'").out;
}

TEST(Completion, OfZshCompletesAtTheFirstTab) {
  const TempDir dir;
  if (Isoflop(dir, "--version; command -v zsh").status != 0) {
    GTEST_SKIP() << "there is no zsh";
  }
  EXPECT_THAT(CompletedByZsh(dir, "isoflop alloc"),
              HasSubstr("isoflop allocate"));
  EXPECT_THAT(CompletedByZsh(dir, "isoflop fit --det"), HasSubstr("--details"));
  EXPECT_THAT(CompletedByZsh(dir, "isoflop data tok"),
              HasSubstr("data tokenize"));
  EXPECT_THAT(CompletedByZsh(dir, "isoflop data tokenize --vocab-s"),
              HasSubstr("--vocab-size"));
}

TEST(ManPage, HasEveryCommandAndNoStrayRequest) {
  const TempDir dir;
  const std::string page = Isoflop(dir, "man").out;
  for (const std::string& command : Commands(dir)) {
    EXPECT_THAT(page, HasSubstr("\n.SS isoflop " + command + "\n"));
  }
  const std::regex request("\n[.']([A-Za-z]+)");
  for (std::sregex_iterator i(page.begin(), page.end(), request), end; i != end;
       ++i) {
    EXPECT_THAT((*i)[1].str(), testing::AnyOf("TH", "SH", "SS", "TP", "PP", "B",
                                              "I", "nf", "fi"));
  }
  if (Isoflop(dir, "--version; command -v groff").status != 0) return;
  const Outcome laid_out =
      Isoflop(dir, "man | groff -ww -man -Tascii >page.txt");
  EXPECT_EQ(laid_out.status, 0);
  EXPECT_EQ(laid_out.err, "");
}

}  // namespace
}  // namespace isoflop
