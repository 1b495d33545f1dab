#include "cloud/http/body_sink.h"

#include <cstring>

namespace ty::cloud {

BodySink memorySink(std::span<std::byte> memory)
{
    return {memory.size(), [memory](std::size_t before, std::span<const std::byte> bytes) {
                std::memcpy(memory.data() + before, bytes.data(), bytes.size());
                return Result<void>();
            }};
}

} // namespace ty::cloud
