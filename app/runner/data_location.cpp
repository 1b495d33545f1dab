#include "app/runner/data_location.h"

#include <filesystem>
#include <string_view>

#include "engine/base/files.h"
#include "engine/base/json.h"
#include "engine/data/sample_catalog.h"

namespace ty::runner {

namespace {

Result<std::string> locateSample(const std::string& id)
{
    const std::string folder = engine::samplesFolder();
    if (folder.empty()) {
        return Error{
            ErrorKind::NotFound, "the samples that come with Trainyard are not installed",
            "Name their folder in TRAINYARD_SAMPLES."};
    }
    std::string known;
    for (const engine::SampleDataset& sample : engine::bundledSamples(folder)) {
        if (sample.id == id) {
            return sample.path;
        }
        known += (known.empty() ? "" : ", ") + sample.id;
    }
    return Error{ErrorKind::NotFound, "there is no sample \"" + id + "\"; known: " + known, {}};
}

} // namespace

Result<std::string> locateData(const std::string& typed)
{
    constexpr std::string_view kSample = "sample:";
    if (typed.starts_with(kSample)) {
        return locateSample(typed.substr(kSample.size()));
    }
    if (isStoreAddress(typed) && !pathExists(typed)) {
        return typed;
    }
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

Result<DataRepairs> parseRepairs(const std::string& json)
{
    const auto parsed = parseJson(json, "--repairs");
    auto repairs = parsed ? DataRepairs::fromJson(parsed.value(), "--repairs") : Result<DataRepairs>(parsed.error());
    if (!repairs) {
        return Error{ErrorKind::Usage, repairs.error().message, "Write --repairs '{\"duplicates\":\"keep-one\"}'."};
    }
    return repairs;
}

Result<Preparation> parsePreparation(const std::string& given)
{
    constexpr std::uint64_t kLargestFile = 1U << 20;
    const std::size_t first = given.find_first_not_of(" \t\r\n");
    const bool isJson = first != std::string::npos && (given[first] == '[' || given[first] == '{');
    std::string text = given;
    if (!isJson) {
        TY_TRY(text, readFile(given, kLargestFile));
    }
    const std::string what = isJson ? "--prepare" : given;
    auto json = parseJson(text, what);
    auto steps = json ? Preparation::fromJson(json.value(), what) : Result<Preparation>(json.error());
    if (!steps) {
        return Error{
            ErrorKind::Usage, steps.error().message, "Write --prepare '[{\"step\":\"clip\",\"columns\":[\"age\"],\"low\":0,\"high\":100}]'."};
    }
    return steps;
}

Result<SampleFixes> parseFixes(const std::string& json)
{
    const auto parsed = parseJson(json, "--fixes");
    auto fixes = parsed ? SampleFixes::fromJson(parsed.value(), "--fixes") : Result<SampleFixes>(parsed.error());
    if (!fixes) {
        return Error{ErrorKind::Usage, fixes.error().message, "Write --fixes '{\"excluded\":[\"line 3\"]}'."};
    }
    return fixes;
}

} // namespace ty::runner
