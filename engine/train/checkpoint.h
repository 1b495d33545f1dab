#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

struct SafetensorsFile;

/// Everything that a training needs to go on as if it had never stopped.
struct Checkpoint {
    Json state = Json::object();          ///< TrainerState
    std::vector<NamedTensor> parameters;  ///< as TrainingSession::parameters() gives them
    std::vector<NamedTensor> optimizer;   ///< as TrainingSession::optimizerState() gives them
};

/// The checkpoints of one run: `checkpoints/step-000000412.safetensors`, whose metadata holds the state and a checksum
/// over everything, so that a torn or altered file is known as such.
class CheckpointStore {
public:
    explicit CheckpointStore(std::string folder) : m_folder(std::move(folder)) {}

    /// Name of the file of a step, without the folder.
    static std::string fileName(std::int64_t step);

    /// Writes the file whole or not at all. Result: its size in bytes. Errors: InvalidInput when a weight is not
    /// finite, DiskFull, Permission, Io.
    Result<std::uint64_t> write(const std::string& name, const Checkpoint& checkpoint) const;
    /// Errors: NotFound, InvalidInput when torn or altered.
    Result<Checkpoint> read(const std::string& name) const;
    /// The same of what has been read of the file `what`.
    static Result<Checkpoint> contentOf(SafetensorsFile file, const std::string& what);

    struct Found {
        std::string name;
        Checkpoint checkpoint;
        std::vector<std::string> skipped; ///< newer files that are torn, with the reason
    };
    /// The newest readable one; nothing when there is none. Errors: OutOfMemory and Permission, which say nothing about the file.
    Result<std::optional<Found>> newest() const;

    /// Whether a file that was read is a checkpoint rather than bare weights.
    static bool isCheckpoint(const SafetensorsFile& file);
    std::vector<std::string> names() const; ///< oldest first
    /// Removes all files but those in `kept`, and what a killed process left of files that it was writing; a file that cannot be
    /// removed is left.
    void prune(const std::vector<std::string>& kept) const;

private:
    std::string pathOf(const std::string& name) const { return m_folder + "/" + name; }

    std::string m_folder;
};

} // namespace ty::engine
