#include "analysis/report/fit_text.h"

#include "analysis/report/allocation_report.h"
#include "analysis/report/approaches_text.h"
#include "analysis/report/conventions_report.h"
#include "analysis/report/experiment_report.h"
#include "analysis/report/fit_subject.h"
#include "analysis/report/more_laws_text.h"
#include "analysis/report/text_page.h"

namespace isoflop {
namespace {

void AddAllocations(const FitReport& report, TextPage* page) {
  if (report.allocations.empty()) return;
  page->Heading("Compute-optimal allocation, by Approach 3");
  page->Append(AllocationText(
      report.allocations, report.observations.largest_flops, page->width()));
}

}  // namespace

std::string FitText(const FitReport& report, const ExactLoss& exact,
                    std::size_t width) {
  TextPage page(width);
  AddSubject(report, &page);
  if (report.misfit) {
    page.Heading("What to believe");
    page.Line(report.misfit->in_words);
  }
  AddIsoflopOptima(report, &page);
  AddChinchillaLaw(report, exact, &page);
  AddExponents(report, &page);
  AddConventions(report.conventions, &page);
  AddKaplanLaws(report, &page);
  AddMoreLaws(report, &page);
  AddLawComparison(report, &page);
  AddExperiments(report.experiments, &page);
  AddHoldout(report, &page);
  AddDiagnostics(report, &page);
  AddAllocations(report, &page);
  page.List("Warnings", report.warnings);
  page.List("Notes", report.notes);
  return page.text();
}

}  // namespace isoflop
