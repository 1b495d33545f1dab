#include "engine/data/formats/idx.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/base/large_vector.h"
#include "engine/data/byte_reader.h"
#include "engine/data/background_hash.h"
#include "engine/data/content_hash.h"
#include "engine/data/data_files.h"
#include "engine/data/formats/formats.h"
#include "engine/data/memory_images.h"
#include "engine/data/text_values.h"

// IDX: two zero bytes, the type of the elements, the number of dimensions, each extent as a
// big-endian 32-bit number, then the elements, the last dimension fastest. Source: Y. LeCun's MNIST
// page.

namespace ty::engine {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostImageBytes = std::uint64_t{1} << 36; ///< of one file, unpacked
constexpr std::int64_t kLongestSide = 16'384;
constexpr std::uint8_t kUnsignedByte = 0x08;
/// Small enough that what a vector sets to 0 still lies in the core's own cache when the file's bytes overwrite it.
constexpr std::size_t kPieceBytes = std::size_t{1} << 18;
constexpr std::uint64_t kToldBytes = std::uint64_t{1} << 22; ///< between two words of progress

struct Header {
    std::uint8_t type = 0;
    std::vector<std::uint32_t> extents;

    std::size_t bytes() const { return 4 + 4 * extents.size(); }
};

std::uint32_t bigEndian(std::string_view bytes, std::size_t at)
{
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
    }
    return value;
}

std::optional<Header> headerOf(std::string_view head)
{
    if (head.size() < 8 || head[0] != 0 || head[1] != 0) {
        return std::nullopt;
    }
    Header header;
    header.type = static_cast<std::uint8_t>(head[2]);
    const auto rank = static_cast<std::size_t>(static_cast<std::uint8_t>(head[3]));
    static constexpr std::array<std::uint8_t, 6> kTypes = {0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e};
    if (rank < 1 || rank > 4 || head.size() < 4 + 4 * rank ||
        std::find(kTypes.begin(), kTypes.end(), header.type) == kTypes.end()) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < rank; ++i) {
        header.extents.push_back(bigEndian(head, 4 + 4 * i));
    }
    return header;
}

/// One pair of files.
struct Pair {
    std::string images;
    std::string labels; ///< empty: none found
    SplitPart part = SplitPart::Training;
};

bool isLabelsName(const std::string& name)
{
    return lowered(name).find("label") != std::string::npos;
}

/// "train-images-idx3-ubyte.gz" -> "train-labels-idx1-ubyte": the name without .gz, from images to
/// labels or back.
std::string partnerName(std::string name, bool isFromImages)
{
    if (name.ends_with(".gz")) {
        name.resize(name.size() - 3);
    }
    const std::array<std::pair<const char*, const char*>, 4> words = {
        {{"images", "labels"}, {"image", "label"}, {"idx3", "idx1"}, {"idx4", "idx1"}}};
    bool isSwapped = false;
    for (const auto& [images, labels] : words) {
        const std::string from = isFromImages ? images : labels;
        const std::string to = isFromImages ? labels : images;
        const bool isWord = from != "idx3" && from != "idx4" && from != "idx1";
        if (isWord && isSwapped) {
            continue;
        }
        if (const auto at = name.find(from); at != std::string::npos) {
            name.replace(at, from.size(), to);
            isSwapped = isSwapped || isWord;
        }
    }
    return isSwapped ? name : std::string();
}

std::string findPartner(const DataFiles* files, const std::string& path, bool isFromImages)
{
    const fs::path folder = fs::path(path).parent_path();
    const std::string name = partnerName(fileName(path), isFromImages);
    if (name.empty()) {
        return {};
    }
    std::vector<std::string> names = {name, name + ".gz"};
    if (!isFromImages && name.find("idx3") != std::string::npos) {
        std::string other = name;
        other.replace(other.find("idx3"), 4, "idx4");
        names.insert(names.end(), {other, other + ".gz"});
    }
    for (const std::string& candidate : names) {
        if (isDataFile(files, (folder / candidate).string())) {
            return (folder / candidate).string();
        }
    }
    return {};
}

SplitPart partOfName(const std::string& name)
{
    const std::string text = lowered(name);
    if (text.find("t10k") != std::string::npos || text.find("test") != std::string::npos) {
        return SplitPart::Test;
    }
    return text.find("val") != std::string::npos ? SplitPart::Validation : SplitPart::Training;
}

Result<std::vector<Pair>> findPairs(const DataFiles* files, const std::string& path)
{
    std::vector<Pair> pairs;
    if (!isDataFolder(files, path)) {
        TY_TRY(const auto head, readHead(path, 20, files));
        const auto header = headerOf(head);
        if (!header) {
            return Error{
                ErrorKind::InvalidInput,
                fileName(path) + " is no IDX file: its first bytes are others",
                {}};
        }
        if (header->extents.size() > 1) {
            pairs.push_back({path, findPartner(files, path, true), SplitPart::Training});
            return pairs;
        }
        const std::string images = findPartner(files, path, false);
        if (images.empty()) {
            return Error{
                ErrorKind::InvalidInput,
                fileName(path) + " holds labels, and their images are not beside it",
                "Put the images file into the same folder, named alike, as in train-images and "
                "train-labels."};
        }
        pairs.push_back({images, path, SplitPart::Training});
        return pairs;
    }
    std::vector<std::string> names;
    TY_TRY(const auto entries, listFolder(files, path));
    for (const DataEntry& entry : entries) {
        names.push_back(entry.name);
    }
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
        const std::string file = (fs::path(path) / name).string();
        const bool isUnpackedToo =
            name.ends_with(".gz") &&
            std::binary_search(names.begin(), names.end(), name.substr(0, name.size() - 3));
        if (!looksLikeIdx(file, files) || isLabelsName(name) || isUnpackedToo) {
            continue;
        }
        TY_TRY(const auto head, readHead(file, 20, files));
        if (headerOf(head)->extents.size() > 1) {
            pairs.push_back({file, findPartner(files, file, true), partOfName(name)});
        }
    }
    if (pairs.empty()) {
        return Error{ErrorKind::InvalidInput, fileName(path) + " holds no IDX images", {}};
    }
    std::stable_sort(
        pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return a.part < b.part; });
    return pairs;
}

Result<std::array<int, 3>> imageShape(const Header& header, const std::string& file)
{
    if (header.type != kUnsignedByte) {
        return Error{
            ErrorKind::Unsupported,
            fmt::format(
                "{} holds elements of type 0x{:02x}; images of bytes (0x08) are read",
                file,
                header.type),
            {}};
    }
    const auto& extents = header.extents;
    for (std::size_t i = 1; i < extents.size(); ++i) {
        if (extents[i] == 0 || extents[i] > kLongestSide) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format("{}: a side of {} pixels is not possible", file, extents[i]),
                "The file is damaged."};
        }
    }
    const auto side = [&](std::size_t i) { return static_cast<int>(extents[i]); };
    switch (extents.size()) {
    case 2:
        return std::array<int, 3>{1, 1, side(1)};
    case 3:
        return std::array<int, 3>{1, side(1), side(2)};
    default:
        if (extents[1] == 1 || extents[1] == 3) {
            return std::array<int, 3>{side(1), side(2), side(3)};
        }
        return Error{
            ErrorKind::Unsupported,
            fmt::format("{} has images of {} channels; 1 and 3 are read", file, extents[1]),
            {}};
    }
}

/// Reads `count` bytes in pieces that grow with what is there, so that a header that lies costs no
/// memory.
Result<void> readPieces(
    ByteReader& reader,
    std::uint64_t count,
    LargeVector<std::uint8_t>& into,
    BackgroundHash& hash,
    const std::string& file,
    const OpenOptions& options)
{
    std::uint64_t done = 0;
    while (done < count) {
        if (options.stop.stop_requested()) {
            return cancelledError();
        }
        const std::size_t step =
            static_cast<std::size_t>(std::min<std::uint64_t>(count - done, kPieceBytes));
        const std::size_t before = into.size();
        into.resize(before + step);
        TY_TRY(
            const std::size_t got,
            reader.read(reinterpret_cast<char*>(into.data() + before), step));
        hash.addLasting({reinterpret_cast<const char*>(into.data() + before), got});
        if (got < step) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format(
                    "{} is cut off: {} of {} bytes are there",
                    file,
                    grouped(done + got),
                    grouped(count)),
                "Copy or download the file again."};
        }
        done += step;
        if (options.progress && (done % kToldBytes == 0 || done == count)) {
            options.progress(
                static_cast<double>(done) / static_cast<double>(count), "reading " + file);
        }
    }
    return {};
}

/// As readPieces(); the bytes are hashed when it comes back.
Result<void> appendBytes(
    ByteReader& reader,
    std::uint64_t count,
    LargeVector<std::uint8_t>& into,
    BackgroundHash& hash,
    const std::string& file,
    const OpenOptions& options)
{
    into.reserve(into.size() + count); // the bytes must stay where they are while they are hashed
    auto done = readPieces(reader, count, into, hash, file, options);
    hash.wait();
    return done;
}

Result<Header> readHeader(ByteReader& reader, const std::string& file)
{
    std::string head(4, '\0');
    TY_TRY(std::size_t got, reader.read(head.data(), 4));
    const std::size_t rank = got == 4 ? static_cast<std::uint8_t>(head[3]) : 0;
    head.resize(4 + 4 * std::min<std::size_t>(rank, 4));
    TY_TRY(got, reader.read(head.data() + 4, head.size() - 4));
    const auto header = got == head.size() - 4 ? headerOf(head) : std::nullopt;
    if (!header) {
        return Error{
            ErrorKind::InvalidInput, file + " is no IDX file: its first bytes are others", {}};
    }
    return *header;
}

Result<void> readLabels(
    const Pair& pair,
    std::uint64_t count,
    MemoryImages& images,
    BackgroundHash& hash,
    const OpenOptions& options)
{
    const std::string file = fileName(pair.labels);
    TY_TRY(auto reader, ByteReader::open(pair.labels, options.files));
    TY_TRY(const auto header, readHeader(reader, file));
    if (header.extents.size() != 1 || header.type == 0x0d || header.type == 0x0e) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("{} does not hold labels: one whole number an image is expected", file),
            {}};
    }
    if (header.extents[0] != count) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format(
                "{} has {} labels, {} has {} images",
                file,
                grouped(header.extents[0]),
                fileName(pair.images),
                grouped(count)),
            "The two files do not belong together."};
    }
    const std::size_t width = header.type <= 0x09 ? 1 : header.type == 0x0b ? 2 : 4;
    LargeVector<std::uint8_t> bytes;
    TY_CHECK(appendBytes(reader, count * width, bytes, hash, file, options));
    images.bytes += reader.fileBytes();
    for (std::uint64_t i = 0; i < count; ++i) {
        std::uint32_t value = 0;
        for (std::size_t k = 0; k < width; ++k) {
            value = value << 8 | bytes[i * width + k];
        }
        const std::int32_t label = header.type == 0x09 ? static_cast<std::int8_t>(value)
                                   : width == 2        ? static_cast<std::int16_t>(value)
                                                       : static_cast<std::int32_t>(value);
        if (label < 0) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format("{}: label {} of image {} is negative", file, label, i),
                {}};
        }
        images.labels.push_back(label);
    }
    return {};
}

Result<void>
readPair(const Pair& pair, MemoryImages& images, BackgroundHash& hash, const OpenOptions& options)
{
    const std::string file = fileName(pair.images);
    TY_TRY(auto reader, ByteReader::open(pair.images, options.files));
    TY_TRY(const auto header, readHeader(reader, file));
    TY_TRY(const auto shape, imageShape(header, file));
    if (!images.files.empty() && shape != images.shape) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("{} has images of another size than {}", file, images.files.front()),
            {}};
    }
    const std::uint64_t count = header.extents[0];
    const std::uint64_t size = static_cast<std::uint64_t>(shape[0]) *
                               static_cast<std::uint64_t>(shape[1]) *
                               static_cast<std::uint64_t>(shape[2]);
    if (count == 0) {
        return Error{ErrorKind::InvalidInput, file + " says that it holds 0 images", {}};
    }
    if (count * size > kMostImageBytes) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format(
                "{} says that it holds {} images of {} bytes, more than can be read",
                file,
                grouped(count),
                grouped(size)),
            "The file is damaged, or too large for this computer."};
    }
    // Deflate packs at most 1032 to 1, so a header that promises more is a lie, and no memory is
    // taken for it.
    const std::uint64_t most =
        reader.isCompressed() ? reader.fileBytes() * 1032 : reader.fileBytes();
    if (count * size > most) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format(
                "{} is cut off: it says that it holds {} images of {} bytes",
                file,
                grouped(count),
                grouped(size)),
            "Copy or download the file again."};
    }
    images.shape = shape;
    if (placeFor(count * size) == LargePlace::File) {
        moveToFile(images.pixels, images.pixels.size() + count * size);
    }
    images.pixels.reserve(images.pixels.size() + count * size);
    hash.add(ContentHash::field(fmt::format(
        "{} {} {} {} {}", static_cast<int>(pair.part), count, shape[0], shape[1], shape[2])));
    TY_CHECK(appendBytes(reader, count * size, images.pixels, hash, file, options));
    images.bytes += reader.fileBytes();
    if (!pair.labels.empty()) {
        TY_CHECK(readLabels(pair, count, images, hash, options));
    } else if (options.like == nullptr) {
        return Error{
            ErrorKind::InvalidInput,
            file + " has no labels beside it",
            "Put the labels file into the same folder, named alike, as in train-images and "
            "train-labels."};
    } else {
        images.labels.insert(images.labels.end(), count, -1);
    }
    images.parts.insert(images.parts.end(), count, pair.part);
    images.files.push_back(file);
    images.fileEnds.push_back(images.parts.size());
    return {};
}

/// A folder of one test pair alone is simply data.
void dropLonelyParts(std::vector<Pair>& pairs)
{
    const bool hasTraining = std::any_of(pairs.begin(), pairs.end(), [](const Pair& pair) {
        return pair.part == SplitPart::Training;
    });
    for (Pair& pair : pairs) {
        pair.part = hasTraining ? pair.part : SplitPart::Training;
    }
}

} // namespace

bool looksLikeIdx(const std::string& path, const DataFiles* files)
{
    if (!isDataFile(files, path)) {
        return false;
    }
    const auto head = readHead(path, 20, files);
    return head && headerOf(head.value()).has_value();
}

Result<std::unique_ptr<Dataset>> openIdx(const std::string& path, const OpenOptions& options)
{
    TY_TRY(auto pairs, findPairs(options.files, path));
    dropLonelyParts(pairs);
    MemoryImages images;
    images.path = path;
    images.format = "idx";
    BackgroundHash hash;
    for (const Pair& pair : pairs) {
        TY_CHECK(readPair(pair, images, hash, options));
    }
    images.fingerprint = hash.finish();
    return makeImageDataset(std::move(images), options);
}

Result<Preview> previewIdx(const std::string& path, const OpenOptions& options)
{
    TY_TRY(auto pairs, findPairs(options.files, path));
    dropLonelyParts(pairs);
    Preview preview;
    preview.info.path = path;
    preview.info.name = nameWithoutSuffix(path);
    preview.info.format = "idx";
    preview.info.kind = DataKind::Image;
    preview.info.target = "label";
    for (const Pair& pair : pairs) {
        TY_TRY(auto reader, ByteReader::open(pair.images, options.files));
        TY_TRY(const auto header, readHeader(reader, fileName(pair.images)));
        TY_TRY(preview.info.imageShape, imageShape(header, fileName(pair.images)));
        preview.info.samples += header.extents[0];
        preview.info.bytes += reader.fileBytes();
        preview.info.givenSplit[static_cast<std::size_t>(pair.part)] += header.extents[0];
        if (pair.labels.empty()) {
            continue;
        }
        // Labels are small; reading them tells the classes.
        TY_TRY(auto labels, ByteReader::open(pair.labels, options.files));
        TY_TRY(const auto labelHeader, readHeader(labels, fileName(pair.labels)));
        if (labelHeader.type != kUnsignedByte) {
            continue;
        }
        TY_TRY(const auto bytes, labels.readAll(std::uint64_t{1} << 30));
        for (const char label : bytes) {
            const auto index = static_cast<std::size_t>(static_cast<std::uint8_t>(label));
            while (preview.info.classes.size() <= index) {
                preview.info.classes.push_back({std::to_string(preview.info.classes.size()), 0});
            }
            ++preview.info.classes[index].samples;
        }
    }
    if (options.like != nullptr) {
        preview.info.task = options.like->task;
    }
    return preview;
}

} // namespace ty::engine
