#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/data/archive_reader.h"
#include "engine/data/data_files.h"
#include "engine/data/formats/formats.h"
#include "engine/data/formats/named_arrays.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

Result<std::vector<NamedArray>> readNpzArrays(const std::string& path, const OpenOptions& options)
{
    TY_TRY(auto archive, ArchiveReader::open(path, options.files));
    std::vector<NamedArray> arrays;
    for (;;) {
        if (options.stop.stop_requested()) {
            return cancelledError();
        }
        TY_TRY(const bool isThere, archive.next());
        if (!isThere) {
            return arrays;
        }
        NamedArray named;
        named.name = archive.name();
        NpySource source;
        source.name = fmt::format("{} in {}", named.name, fileName(path));
        source.read = [&archive](char* into, std::size_t size) { return archive.read(into, size); };
        constexpr std::uint64_t kMostPerPackedByte = 1032; // of deflate
        source.mostBytes = std::min(archive.mostBytes(), archive.packedBytes() * kMostPerPackedByte);
        TY_TRY(named.array, readNpy(source));
        if (named.name.ends_with(".npy")) {
            named.name.resize(named.name.size() - 4);
        }
        arrays.push_back(std::move(named));
    }
}

} // namespace

Result<bool> looksLikeNpz(const std::string& path, const DataFiles* files)
{
    TY_TRY(auto archive, ArchiveReader::open(path, files));
    TY_TRY(const bool isThere, archive.next());
    return isThere && archive.name().ends_with(".npy");
}

Result<std::unique_ptr<Dataset>> openNpz(const std::string& path, const OpenOptions& options)
{
    TY_TRY(auto arrays, readNpzArrays(path, options));
    TY_TRY(const auto source, openDataFile(options.files, path));
    const NamedArraysFile origin{
        path, "npz", source->bytes(),
        "Call them x and y, or x_train, y_train, x_test and y_test: numpy.savez(file, x=inputs, y=labels)."};
    return makeNamedArrays(origin, std::move(arrays), options);
}

Result<Preview> previewNpz(const std::string& path, const OpenOptions& options)
{
    OpenOptions quick = options;
    quick.areDuplicatesSought = false;
    TY_TRY(const auto dataset, openNpz(path, quick));
    return previewOf(*dataset);
}

} // namespace ty::engine
