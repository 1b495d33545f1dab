#pragma once

#include <string>
#include <vector>

namespace ty::layering {

/// One #include that the architecture does not have.
struct Violation {
    std::string file;
    int line = 0;
    std::string include; ///< as written, with its quotes or angle brackets
    std::string reason;

    std::string text() const; ///< "engine/tensor/tensor.h:5: "engine/nn/x.h": engine/tensor may not know engine/nn"
};

/// Holds every #include of one source file to the table of folders, and third-party headers to the folders that own
/// them. `file` is relative to the repository root and decides which rules apply; lines in comments do not count.
std::vector<Violation> checkIncludes(const std::string& file, const std::string& content);

} // namespace ty::layering
