#include "app/runner/data_location.h"

#include <filesystem>
#include <string_view>

#include "engine/base/json.h"

namespace ty::runner {

Result<std::string> locateData(const std::string& typed)
{
    constexpr std::string_view kFile = "file://";
    const std::string path = typed.starts_with(kFile) ? typed.substr(kFile.size()) : typed;
    if (path.empty()) {
        return path;
    }
    std::error_code code;
    const auto absolute = std::filesystem::absolute(path, code);
    return code ? path : absolute.lexically_normal().string();
}

Result<std::map<std::string, ColumnChoice>> parseColumns(const std::string& json)
{
    // RunSpec knows how to read and judge them.
    auto columns = parseJson(json, "--columns");
    if (!columns) {
        return Error{ErrorKind::Usage, columns.error().message, "Write --columns '{\"age\":{\"role\":\"ignored\"}}'."};
    }
    const Json whole{
        {"format", RunSpec::kFormatVersion}, {"data", {{"training", "-"}, {"columns", columns.value()}}}};
    auto spec = RunSpec::fromJson(whole, "--columns");
    if (!spec) {
        return Error{ErrorKind::Usage, spec.error().message, {}};
    }
    return spec.value().data.columns;
}

} // namespace ty::runner
