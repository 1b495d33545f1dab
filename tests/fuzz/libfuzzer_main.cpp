#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tests/fuzz/fuzz_targets.h"

/// libFuzzer's entry. TRAINYARD_FUZZ_TARGET is the target's name, set by the build for each program.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const auto* const target = ty::fuzz::findTarget(TRAINYARD_FUZZ_TARGET);
    if (target == nullptr) {
        std::abort();
    }
    target->run(std::string_view(reinterpret_cast<const char*>(data), size));
    return 0;
}
