#include "lib/train/training_progress.h"

namespace isoflop {

std::optional<double> TrainingProgress::MeanLoss() const {
  // A line has just been written, and its mean is the latest there is.
  if (interval_steps == 0) return last_mean_loss;
  return interval_loss_sum / static_cast<double>(interval_steps);
}

Json ToJson(const TrainingProgress& progress) {
  // Sums and not means: who resumes has to go on adding to the same bits.
  Json json{{"step", progress.step},
            {"interval_loss_sum", progress.interval_loss_sum},
            {"interval_steps", progress.interval_steps},
            {"grad_norm", progress.grad_norm},
            {"guard", progress.guard.ToJson()},
            {"seconds", progress.seconds},
            {"tokens", progress.tokens}};
  if (progress.last_mean_loss) {
    json["last_mean_loss"] = *progress.last_mean_loss;
  }
  return json;
}

void LoadProgress(const Json& json, const std::string& path,
                  TrainingProgress* progress, Problems* problems) {
  ObjectReader reader(json, path, problems);
  const auto need = [&reader](const char* key, auto* value) {
    if (reader.Need(key)) reader.Read(key, value);
  };
  need("step", &progress->step);
  need("interval_loss_sum", &progress->interval_loss_sum);
  need("interval_steps", &progress->interval_steps);
  need("grad_norm", &progress->grad_norm);
  need("seconds", &progress->seconds);
  need("tokens", &progress->tokens);
  double mean = 0.0;
  progress->last_mean_loss.reset();
  if (reader.Read("last_mean_loss", &mean)) progress->last_mean_loss = mean;
  if (reader.Need("guard")) {
    progress->guard.Load(*reader.Child("guard"), reader.PathOf("guard"),
                         problems);
  }
  reader.Finish();
}

}  // namespace isoflop
