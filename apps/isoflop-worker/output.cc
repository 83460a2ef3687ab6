#include "apps/isoflop-worker/output.h"

#include "lib/core/standard_streams.h"

namespace isoflop {

void Emit(const Json& json) {
  // In one piece: several threads may be at it.
  PrintDocument(json.dump(-1, ' ', false, Json::error_handler_t::replace) +
                "\n");
  FlushOutput();
}

void Note(const std::string& text) { Say("isoflop-worker: " + text); }

}  // namespace isoflop
