#pragma once

#include <string>

namespace ty::engine {

/// "flowers.db::iris" names the table "iris" of a file that holds several.
struct TablePath {
    std::string file;
    std::string table; ///< empty: not said

    static TablePath of(const std::string& path);
};

} // namespace ty::engine
