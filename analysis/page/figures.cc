#include "analysis/page/figures.h"

namespace isoflop {

const std::vector<FigureKind>& FigureKinds() {
  static const std::vector<FigureKind> kFigures = {
      {"training", "Training curves and the lower envelope", TrainingFigure},
      {"isoflop", "IsoFLOP profiles", IsoflopFigure},
      {"optima", "How a budget is best spent", OptimaFigure},
      {"surface", "The fitted law over N and D", SurfaceFigure},
      {"residuals", "What the law leaves unexplained", ResidualFigure},
      {"holdout", "Extrapolation, tested", HoldoutFigure},
      {"projection", "Loss against compute, and its projection",
       ProjectionFigure},
      {"profiles", "How far each coefficient can be moved", ProfileFigure},
      {"draws", "How far chance moves the exponents", DrawsFigure},
      {"learning-rate", "The learning-rate check", LearningRateFigure},
      {"experiments", "The analyses of the sweep", ExperimentFigure}};
  return kFigures;
}

}  // namespace isoflop
