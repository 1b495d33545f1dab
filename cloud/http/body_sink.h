#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "engine/base/result.h"

namespace ty::cloud {

/// Takes the bytes of an answer while they come, in place of HttpResponse::body.
struct BodySink {
    /// Some bytes, and how many came before them in this try: a try that is repeated begins at 0 again. What it fails with ends
    /// the request with that Error. On the thread that sends.
    using Take = std::function<Result<void>(std::size_t before, std::span<const std::byte> bytes)>;

    std::size_t bytes = 0; ///< how many are wanted; an answer that is longer is an error. 0: no sink
    Take take;
};

/// Fills `memory`, which the caller keeps.
BodySink memorySink(std::span<std::byte> memory);

} // namespace ty::cloud
