#include "engine/exchange/model_weights.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/exchange/tensor_checksum.h"

namespace ty::engine {

namespace {

constexpr const char* kFormat = "trainyard-weights-1";
constexpr const char* kChecksum = "trainyard.checksum"; ///< a name that no other program uses

/// Over what the tensors are, beside the bytes that tensorChecksum() covers.
std::string checksumOf(std::span<const NamedTensor> tensors)
{
    std::vector<std::string> lines;
    for (const NamedTensor& item : tensors) {
        lines.push_back(fmt::format("{} {} {}\n", item.name, dtypeName(item.tensor.dtype()), toString(item.tensor.shape())));
    }
    std::sort(lines.begin(), lines.end());
    return tensorChecksum(tensors, fmt::format("{}", fmt::join(lines, "")));
}

} // namespace

Result<void> writeModelWeights(
    const std::string& path, std::span<const NamedTensor> tensors, std::map<std::string, std::string> metadata)
{
    metadata.emplace("format", kFormat);
    metadata[kChecksum] = checksumOf(tensors);
    return writeSafetensors(path, tensors, metadata);
}

Result<SafetensorsFile> readModelWeights(const std::string& path)
{
    TY_TRY(SafetensorsFile file, readSafetensors(path));
    const auto checksum = file.metadata.find(kChecksum);
    if (checksum != file.metadata.end() && checksum->second != checksumOf(file.tensors)) {
        return Error{
            ErrorKind::InvalidInput,
            path + ": the numbers do not fit the file's checksum: it is damaged, or another program changed them",
            "Take the file from a backup or train again. If the change is meant, write the file without its old metadata."};
    }
    return file;
}

} // namespace ty::engine
