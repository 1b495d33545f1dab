#include "engine/learn/start_weights.h"

#include <filesystem>
#include <utility>

#include "engine/base/files.h"
#include "engine/exchange/safetensors.h"
#include "engine/train/checkpoint.h"

namespace ty::engine {

namespace {

constexpr const char* kWeights = "weights.safetensors";

} // namespace

Result<std::string> findStartFile(const StartSpec& start, const RunFolder& folder)
{
    namespace fs = std::filesystem;
    const std::string path = (fs::path(folder.root) / start.from).lexically_normal().string(); // absolute ones win
    if (!isFolder(path)) {
        if (pathExists(path)) {
            return path;
        }
        return Error{ErrorKind::NotFound, path + ": the weights to begin with are not there", "Choose another checkpoint."};
    }
    for (const std::string& folderOfWeights : {path, RunFolder{path}.modelFolder()}) {
        const std::string file = folderOfWeights + "/" + kWeights;
        if (pathExists(file)) {
            return file;
        }
    }
    return Error{
        ErrorKind::NotFound, path + ": holds no model to begin with",
        "Name a model folder, a run that has one, or a file in the folder checkpoints of a run."};
}

Result<std::vector<NamedTensor>> readStartWeights(const std::string& file)
{
    TY_TRY(auto found, readSafetensors(file));
    if (!CheckpointStore::isCheckpoint(found)) {
        return std::move(found.tensors);
    }
    const std::filesystem::path path(file);
    TY_TRY(Checkpoint checkpoint, CheckpointStore(path.parent_path().string()).read(path.filename().string()));
    return std::move(checkpoint.parameters);
}

} // namespace ty::engine
