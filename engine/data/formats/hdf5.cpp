#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/base/large_vector.h"
#include "engine/data/content_hash.h"
#include "engine/data/data_files.h"
#include "engine/data/formats/formats.h"
#include "engine/data/formats/hdf5_reader.h"
#include "engine/data/formats/named_arrays.h"
#include "engine/data/formats/table_path.h"
#include "engine/data/near_copy.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

constexpr std::string_view kMark = "\x89HDF\r\n\x1a\n";
constexpr auto kAdvice
    = "Call the arrays x and y, features and labels, or x_train, y_train, x_test and y_test, or name one: FILE.h5::images.";

std::string shapesOf(const std::vector<Hdf5Array>& arrays)
{
    constexpr std::size_t kMostNamed = 12;
    std::string text;
    for (std::size_t i = 0; i < std::min(arrays.size(), kMostNamed); ++i) {
        text += fmt::format("{}{} ({})", i == 0 ? "" : ", ", arrays[i].name, fmt::join(arrays[i].shape, " x "));
        text += arrays[i].refusal.empty() ? "" : ", not read: " + arrays[i].refusal;
    }
    return text + (arrays.size() > kMostNamed ? ", ..." : "");
}

Result<NamedArray> readArray(const Hdf5Reader& reader, const Hdf5Array& wanted, const OpenOptions& options, std::uint64_t done, std::uint64_t all)
{
    NamedArray named;
    named.name = wanted.name;
    NpyArray& array = named.array;
    array.header.kind = wanted.areBytes ? 'u' : 'f';
    array.header.width = wanted.areBytes ? 1 : sizeof(float);
    array.header.shape = wanted.shape;
    const LargePlace place = placeFor(wanted.bytes());
    char* into = nullptr;
    if (wanted.areBytes) {
        array.bytes = LargeVector<std::uint8_t>(LargeAllocator<std::uint8_t>(place));
        array.bytes.resize(wanted.elements());
        into = reinterpret_cast<char*>(array.bytes.data());
    } else {
        array.numbers = LargeVector<float>(LargeAllocator<float>(place));
        array.numbers.resize(wanted.elements());
        into = reinterpret_cast<char*>(array.numbers.data());
    }
    ContentHash hash;
    std::uint64_t at = 0;
    TY_CHECK(reader.read(wanted, [&](std::string_view piece) -> Result<void> {
        std::memcpy(into + at, piece.data(), piece.size());
        hash.add(piece);
        at += piece.size();
        if (options.progress) {
            options.progress(static_cast<double>(done + at) / static_cast<double>(all), "reading " + wanted.name);
        }
        return {};
    }, options.stop));
    array.digest = hash.finish();
    array.fileBytes = wanted.bytes();
    return named;
}

/// The arrays that are needed: those whose names say what they are, else those that could be columns, else a single one.
/// @param named  the array that the person named as the inputs; empty: none
Result<std::vector<Hdf5Array>> choose(const std::string& file, const std::vector<Hdf5Array>& arrays, const std::string& named)
{
    std::vector<Hdf5Array> readable;
    std::copy_if(arrays.begin(), arrays.end(), std::back_inserter(readable), [](const Hdf5Array& one) { return one.refusal.empty(); });
    const auto none = [&](const std::string& what) {
        return Error{ErrorKind::InvalidInput, fmt::format("{} {}: {}", file, what, arrays.empty() ? "it holds no array" : shapesOf(arrays)), kAdvice};
    };
    if (!named.empty()) {
        const auto inputs = std::find_if(readable.begin(), readable.end(), [&](const Hdf5Array& one) { return one.name == named; });
        if (inputs == readable.end()) {
            return none("has no array \"" + named + "\" that can be read");
        }
        std::vector<Hdf5Array> chosen{*inputs};
        for (const Hdf5Array& one : readable) {
            const bool isLabels = arrayWordsOf(one.name).use == ArrayUse::Labels && !one.shape.empty() && one.shape[0] == inputs->shape[0];
            if (isLabels && one.name != named && chosen.size() == 1) {
                chosen.push_back(one);
            }
        }
        return chosen;
    }
    std::vector<Hdf5Array> known;
    std::copy_if(readable.begin(), readable.end(), std::back_inserter(known), [](const Hdf5Array& one) {
        return arrayWordsOf(one.name).use != ArrayUse::Unknown;
    });
    const bool areThereInputs = std::any_of(known.begin(), known.end(), [](const Hdf5Array& one) {
        return arrayWordsOf(one.name).use == ArrayUse::Inputs && one.shape.size() > 1;
    });
    if (areThereInputs) {
        return known;
    }
    const bool areColumns = readable.size() > 1 && std::all_of(readable.begin(), readable.end(), [&](const Hdf5Array& one) {
        return one.shape.size() == 1 && one.shape == readable.front().shape;
    });
    if (areColumns || readable.size() == 1) {
        return readable;
    }
    return none("does not say which array holds the inputs");
}

} // namespace

bool looksLikeHdf5(std::string_view head)
{
    if (head.starts_with(kMark)) {
        return true;
    }
    // Behind a block of the person's own, as in MATLAB files since 7.3.
    for (const std::size_t start : {std::size_t{512}, std::size_t{1024}, std::size_t{2048}, std::size_t{4096}}) {
        if (head.size() > start + kMark.size() && head.substr(start).starts_with(kMark)) {
            return true;
        }
    }
    return false;
}

Result<std::unique_ptr<Dataset>> openHdf5(const std::string& path, const OpenOptions& options)
{
    const auto [place, named] = TablePath::of(path);
    TY_TRY(const NearCopy here, NearCopy::of(options.files, place, options.stop));
    const std::string file = fileName(place);
    TY_TRY(const auto reader, Hdf5Reader::of(here.path()));
    TY_TRY(const auto arrays, reader.list(options.stop));
    TY_TRY(const auto chosen, choose(file, arrays, named));
    std::uint64_t all = 1;
    for (const Hdf5Array& one : chosen) {
        all += one.bytes();
    }
    std::vector<NamedArray> read;
    std::uint64_t done = 0;
    for (const Hdf5Array& one : chosen) {
        TY_TRY(auto array, readArray(reader, one, options, done, all));
        done += one.bytes();
        read.push_back(std::move(array));
    }
    if (!named.empty()) { // the person has said what its name does not
        read[0].name = "x";
        if (read.size() > 1) {
            read[1].name = "y";
        }
    }
    TY_TRY(const auto source, openDataFile(nullptr, here.path()));
    return makeNamedArrays({path, "hdf5", source->bytes(), kAdvice}, std::move(read), options);
}

Result<Preview> previewHdf5(const std::string& path, const OpenOptions& options)
{
    OpenOptions quick = options;
    quick.areDuplicatesSought = false;
    TY_TRY(const auto dataset, openHdf5(path, quick));
    return previewOf(*dataset);
}

} // namespace ty::engine
