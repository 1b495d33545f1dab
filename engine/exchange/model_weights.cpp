#include "engine/exchange/model_weights.h"

#include "engine/exchange/tensor_checksum.h"

namespace ty::engine {

namespace {

constexpr const char* kFormat = "trainyard-weights-1";

} // namespace

Result<void> writeModelWeights(const std::string& path, std::span<const NamedTensor> tensors)
{
    return writeSafetensors(path, tensors, {{"format", kFormat}, {"checksum", tensorChecksum(tensors)}});
}

Result<SafetensorsFile> readModelWeights(const std::string& path)
{
    TY_TRY(SafetensorsFile file, readSafetensors(path));
    const auto format = file.metadata.find("format");
    const auto checksum = file.metadata.find("checksum");
    const bool isOurs = format != file.metadata.end() && format->second == kFormat;
    if (isOurs && checksum != file.metadata.end() && checksum->second != tensorChecksum(file.tensors)) {
        return Error{
            ErrorKind::InvalidInput,
            path + ": the numbers do not fit the file's checksum: it is damaged, or another program changed them",
            "Take the file from a backup or train again. If the change is meant, write the file without its old metadata."};
    }
    return file;
}

} // namespace ty::engine
