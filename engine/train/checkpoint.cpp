#include "engine/train/checkpoint.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string_view>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/exchange/float_weights.h"
#include "engine/exchange/safetensors.h"
#include "engine/exchange/tensor_checksum.h"

namespace ty::engine {

namespace {

constexpr std::string_view kPrefix = "step-";
constexpr std::string_view kSuffix = ".safetensors";
constexpr std::string_view kOptimizerPrefix = "optimizer/";
constexpr std::string_view kFormat = "trainyard-checkpoint-1";

Result<void> checkWeights(const std::vector<NamedTensor>& parameters)
{
    for (const NamedTensor& item : parameters) {
        if (item.tensor.dtype() == DType::Float32) {
            TY_CHECK(checkFinite(item.tensor.floats(), fmt::format("weights \"{}\"", item.name)));
        }
    }
    return {};
}

/// Whether it is the name under which a file is written before it gets its own: that with a dot and six letters behind it.
bool isUnfinished(const std::string& name)
{
    constexpr std::size_t kEnd = 7;
    const std::string_view own = std::string_view(name).substr(0, name.size() - std::min(name.size(), kEnd));
    return own.starts_with(kPrefix) && own.ends_with(kSuffix) && name[own.size()] == '.';
}

} // namespace

std::string CheckpointStore::fileName(std::int64_t step)
{
    return fmt::format("{}{:09}{}", kPrefix, step, kSuffix);
}

Result<std::uint64_t> CheckpointStore::write(const std::string& name, const Checkpoint& checkpoint) const
{
    TY_CHECK(checkWeights(checkpoint.parameters));
    TY_CHECK(makeFolders(m_folder));
    std::vector<NamedTensor> tensors = checkpoint.parameters;
    for (const NamedTensor& slot : checkpoint.optimizer) {
        tensors.push_back({std::string(kOptimizerPrefix) + slot.name, slot.tensor});
    }
    const std::string state = toJsonLine(checkpoint.state);
    const std::map<std::string, std::string> metadata{
        {"format", std::string(kFormat)}, {"state", state}, {"checksum", tensorChecksum(tensors, state)}};
    TY_CHECK(writeSafetensors(pathOf(name), tensors, metadata));
    std::error_code ignored;
    const auto bytes = std::filesystem::file_size(pathOf(name), ignored);
    return ignored ? std::uint64_t{0} : static_cast<std::uint64_t>(bytes);
}

Result<Checkpoint> CheckpointStore::read(const std::string& name) const
{
    const std::string path = pathOf(name);
    TY_TRY(auto file, readSafetensors(path));
    return contentOf(std::move(file), path);
}

Result<Checkpoint> CheckpointStore::contentOf(SafetensorsFile file, const std::string& what)
{
    const auto torn = [&](const std::string& reason) {
        return Error{ErrorKind::InvalidInput, what + ": " + reason, "Choose another checkpoint of the run."};
    };
    if (file.metadata["format"] != kFormat) {
        return torn("not a checkpoint of this program");
    }
    const std::string& state = file.metadata["state"];
    if (tensorChecksum(file.tensors, state) != file.metadata["checksum"]) {
        return torn("the checksum does not fit; the file is damaged");
    }
    Checkpoint checkpoint;
    TY_TRY(checkpoint.state, parseJson(state, what));
    for (NamedTensor& item : file.tensors) {
        if (item.name.starts_with(kOptimizerPrefix)) {
            checkpoint.optimizer.push_back({item.name.substr(kOptimizerPrefix.size()), std::move(item.tensor)});
        } else {
            checkpoint.parameters.push_back(std::move(item));
        }
    }
    return checkpoint;
}

bool CheckpointStore::isCheckpoint(const SafetensorsFile& file)
{
    const auto format = file.metadata.find("format");
    return format != file.metadata.end() && format->second == kFormat;
}

std::vector<std::string> CheckpointStore::names() const
{
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(m_folder, ignored)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with(kPrefix) && name.ends_with(kSuffix)) {
            names.push_back(name);
        }
    }
    // Longer names are later steps once the nine digits overflow.
    std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
        return a.size() != b.size() ? a.size() < b.size() : a < b;
    });
    return names;
}

Result<std::optional<CheckpointStore::Found>> CheckpointStore::newest() const
{
    auto all = names();
    Found found;
    for (auto name = all.rbegin(); name != all.rend(); ++name) {
        auto checkpoint = read(*name);
        if (checkpoint) {
            found.name = *name;
            found.checkpoint = std::move(checkpoint).value();
            return std::optional(std::move(found));
        }
        const ErrorKind kind = checkpoint.error().kind;
        if (kind == ErrorKind::OutOfMemory || kind == ErrorKind::Permission) {
            return std::move(checkpoint).error();
        }
        found.skipped.push_back(checkpoint.error().message);
    }
    return std::optional<Found>();
}

void CheckpointStore::prune(const std::vector<std::string>& kept) const
{
    for (const std::string& name : names()) {
        if (std::find(kept.begin(), kept.end(), name) == kept.end()) {
            std::error_code ignored;
            std::filesystem::remove(pathOf(name), ignored);
        }
    }
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(m_folder, ignored)) {
        if (isUnfinished(entry.path().filename().string())) {
            std::error_code failure;
            std::filesystem::remove(entry.path(), failure);
        }
    }
}

} // namespace ty::engine
