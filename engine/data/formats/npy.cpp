#include <array>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "engine/data/array_dataset.h"
#include "engine/data/content_hash.h"
#include "engine/data/data_files.h"
#include "engine/data/formats/formats.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

namespace fs = std::filesystem;

/// The file of labels beside a file of inputs: "x_train.npy" and "y_train.npy", "digits.npy" and
/// "digits_labels.npy", "images.npy" and "labels.npy"; empty if there is none.
std::string findLabels(const std::string& path, const DataFiles* files)
{
    const fs::path folder = fs::path(path).parent_path();
    const std::string name = fileName(path);
    const std::string stem = nameWithoutSuffix(path);
    std::vector<std::string> candidates = {
        stem + "_labels", stem + "_label", stem + "_y", stem + "-labels"};
    static constexpr std::array<std::pair<const char*, const char*>, 6> kWords = {
        {{"images", "labels"},
         {"image", "label"},
         {"features", "labels"},
         {"inputs", "targets"},
         {"data", "labels"},
         {"data", "target"}}};
    for (const auto& [from, to] : kWords) {
        if (const auto at = stem.find(from); at != std::string::npos) {
            std::string other = stem;
            candidates.push_back(other.replace(at, std::string_view(from).size(), to));
        }
    }
    for (std::size_t i = 0; i < stem.size(); ++i) {
        const bool isAlone = (i == 0 || stem[i - 1] == '_' || stem[i - 1] == '-') &&
                             (i + 1 == stem.size() || stem[i + 1] == '_' || stem[i + 1] == '-');
        if (isAlone && (stem[i] == 'x' || stem[i] == 'X')) {
            for (const char y : {'y', 'Y'}) {
                std::string other = stem;
                other[i] = y;
                candidates.push_back(other);
            }
        }
    }
    candidates.insert(candidates.end(), {"y", "labels"});
    for (const std::string& candidate : candidates) {
        for (const char* suffix : {".npy", ".npy.gz"}) {
            const fs::path file = folder / (candidate + suffix);
            if (candidate + suffix != name && isDataFile(files, file.string())) {
                return file.string();
            }
        }
    }
    return {};
}

} // namespace

Result<std::unique_ptr<Dataset>> openNpy(const std::string& path, const OpenOptions& options)
{
    ArrayData data;
    data.path = path;
    data.format = "npy";
    TY_TRY(data.inputs, readNpy(path, options.files));
    data.bytes = data.inputs.fileBytes;
    ContentHash hash;
    hash.addField(data.inputs.digest);
    if (const std::string beside = findLabels(path, options.files); !beside.empty()) {
        TY_TRY(data.labels, readNpy(beside, options.files));
        data.labelsName = fileName(beside);
        data.bytes += data.labels->fileBytes;
        hash.addField(data.labels->digest);
    }
    data.fingerprint = hash.finish();
    return makeArrayDataset(std::move(data), options);
}

Result<Preview> previewNpy(const std::string& path, const OpenOptions& options)
{
    TY_TRY(const auto header, readNpyHeader(path, options.files));
    constexpr std::uint64_t kOpenedWhole = 20'000'000;
    if (header.elements() <= kOpenedWhole) {
        OpenOptions quick = options;
        quick.areDuplicatesSought = false;
        TY_TRY(const auto dataset, openNpy(path, quick));
        return previewOf(*dataset);
    }
    Preview preview; // from the header alone
    preview.info.path = path;
    preview.info.name = nameWithoutSuffix(path);
    preview.info.format = "npy";
    preview.info.target = "label";
    preview.info.samples = header.shape.empty() ? 0 : header.shape[0];
    preview.info.givenSplit = {preview.info.samples, 0, 0};
    preview.info.bytes = header.elements() * header.width;
    if (header.shape.size() > 2) {
        preview.info.kind = DataKind::Image;
        TY_TRY(preview.info.imageShape, imageShapeOf(header, fileName(path)));
    }
    return preview;
}

} // namespace ty::engine
