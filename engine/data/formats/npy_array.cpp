#include "engine/data/formats/npy_array.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "engine/data/background_hash.h"
#include "engine/data/byte_reader.h"
#include "engine/data/text_values.h"

namespace ty::engine {

namespace {

constexpr std::size_t kLongestHeader = 1U << 20;
constexpr std::uint64_t kMostElements = 1ULL << 36;
constexpr std::size_t kChunkBytes = 1U << 22;
/// Small enough that what a vector sets to 0 still lies in the core's own cache when the file's bytes overwrite it.
constexpr std::size_t kPieceBytes = 1U << 18;

Error damaged(const std::string& file, const std::string& reason)
{
    return {ErrorKind::InvalidInput, file + ": " + reason, "Save the array again (numpy.save)."};
}

/// The text behind "'key':" up to where its value ends.
std::optional<std::string_view> valueOf(std::string_view header, std::string_view key)
{
    for (const char quote : {'\'', '"'}) {
        const std::string marked = quote + std::string(key) + quote;
        const auto at = header.find(marked);
        if (at == std::string_view::npos) {
            continue;
        }
        const auto colon = header.find(':', at + marked.size());
        if (colon == std::string_view::npos) {
            continue;
        }
        return trimmed(header.substr(colon + 1));
    }
    return std::nullopt;
}

Result<NpyHeader> parseHeader(std::string_view text, const std::string& file)
{
    NpyHeader header;
    const auto type = valueOf(text, "descr");
    const auto order = valueOf(text, "fortran_order");
    const auto shape = valueOf(text, "shape");
    if (!type || !order || !shape || !shape->starts_with('(')) {
        return damaged(file, "its header is damaged");
    }
    const bool isQuoted = type->size() > 4 && (type->front() == '\'' || type->front() == '"');
    const auto close = isQuoted ? type->find(type->front(), 1) : std::string_view::npos;
    if (!isQuoted || close == std::string_view::npos) {
        return Error{
            ErrorKind::Unsupported,
            file + " holds records with named fields",
            "Save the columns as CSV instead."};
    }
    const std::string_view code = type->substr(1, close - 1);
    header.kind = code.size() > 1 ? code[1] : '?';
    std::size_t width = 0;
    const auto parsed = std::from_chars(
        code.data() + std::min<std::size_t>(2, code.size()), code.data() + code.size(), width);
    if (header.kind == 'O') {
        return Error{
            ErrorKind::Unsupported,
            file + " holds Python objects (pickle), which can run any code when they are opened",
            "Save an array of plain numbers: numpy.save(file, array.astype('float32'), "
            "allow_pickle=False)."};
    }
    const bool isKnown = header.kind == 'U'
                             ? width >= 1 && width <= 10'000
                             : (header.kind == 'b' && width == 1) ||
                                   ((header.kind == 'i' || header.kind == 'u') &&
                                    (width == 1 || width == 2 || width == 4 || width == 8)) ||
                                   (header.kind == 'f' && (width == 2 || width == 4 || width == 8));
    if (parsed.ec != std::errc() || parsed.ptr != code.data() + code.size() || !isKnown) {
        return Error{
            ErrorKind::Unsupported,
            fmt::format(
                "{} holds elements of type \"{}\", which are not read", file, code.substr(0, 20)),
            "Save it as float32."};
    }
    header.width = header.kind == 'U' ? 4 * width : width;
    header.isBigEndian = code[0] == '>';
    header.isColumnMajor = order->starts_with("True");
    const auto end = shape->find(')');
    if (end == std::string_view::npos) {
        return damaged(file, "its header is damaged");
    }
    std::string_view rest = shape->substr(1, end - 1);
    while (!trimmed(rest).empty()) {
        rest = trimmed(rest);
        std::uint64_t extent = 0;
        const auto number = std::from_chars(rest.data(), rest.data() + rest.size(), extent);
        if (number.ec != std::errc() || extent > kMostElements || header.shape.size() == 8) {
            return damaged(file, "its header says an impossible shape");
        }
        header.shape.push_back(extent);
        rest.remove_prefix(static_cast<std::size_t>(number.ptr - rest.data()));
        rest = trimmed(rest);
        if (rest.starts_with(',')) {
            rest.remove_prefix(1);
        } else if (!rest.empty()) {
            return damaged(file, "its header says an impossible shape");
        }
    }
    std::uint64_t elements = 1;
    for (const std::uint64_t extent : header.shape) {
        if (extent != 0 && elements > kMostElements / extent) {
            return damaged(file, "its header says an impossible shape");
        }
        elements *= extent;
    }
    return header;
}

Result<NpyHeader> takeHeader(const NpySource& source, BackgroundHash& hash)
{
    const std::string& file = source.name;
    std::string head(10, '\0');
    TY_TRY(std::size_t got, source.read(head.data(), 10));
    if (got < 10 || !head.starts_with("\x93NUMPY")) {
        return damaged(file, "is no NumPy array file");
    }
    const int version = head[6];
    if (version < 1 || version > 3) {
        return Error{
            ErrorKind::Unsupported,
            fmt::format("{} is of NPY version {}; 1 to 3 are read", file, version),
            {}};
    }
    const auto byteAt = [&](std::size_t i) {
        return static_cast<std::size_t>(static_cast<std::uint8_t>(head[i]));
    };
    std::size_t length = byteAt(8) | byteAt(9) << 8;
    if (version >= 2) {
        head.resize(12);
        TY_TRY(got, source.read(head.data() + 10, 2));
        length |= byteAt(10) << 16 | byteAt(11) << 24;
    }
    if (length > kLongestHeader) {
        return damaged(file, "its header is damaged");
    }
    std::string text(length, '\0');
    TY_TRY(got, source.read(text.data(), length));
    if (got < length) {
        return damaged(file, "is cut off in its header");
    }
    hash.add(head);
    hash.add(text);
    return parseHeader(text, file);
}

template <typename T> T load(const char* from, bool isSwapped)
{
    std::array<char, sizeof(T)> bytes;
    std::memcpy(bytes.data(), from, sizeof(T));
    if (isSwapped) {
        std::reverse(bytes.begin(), bytes.end());
    }
    return std::bit_cast<T>(bytes);
}

float halfToFloat(std::uint16_t half)
{
    const int exponent = (half >> 10) & 31;
    const int fraction = half & 1023;
    const float sign = (half & 0x8000) != 0 ? -1.0F : 1.0F;
    if (exponent == 31) {
        return fraction != 0 ? std::numeric_limits<float>::quiet_NaN()
                             : sign * std::numeric_limits<float>::infinity();
    }
    return sign * (exponent == 0 ? std::ldexp(static_cast<float>(fraction), -24)
                                 : std::ldexp(static_cast<float>(fraction + 1024), exponent - 25));
}

template <typename T> void convertEach(const char* from, std::size_t count, bool isSwapped, float* into)
{
    for (std::size_t i = 0; i < count; ++i) {
        into[i] = static_cast<float>(load<T>(from + i * sizeof(T), isSwapped));
    }
}

/// Whether the file's bytes are float32 as this machine has them.
bool isAsInMemory(const NpyHeader& header)
{
    return header.kind == 'f' && header.width == 4 && header.isBigEndian == (std::endian::native == std::endian::big);
}

Error cutOff(const std::string& file, std::uint64_t there, std::uint64_t elements)
{
    return damaged(file, fmt::format("is cut off: {} of {} elements are there", grouped(there), grouped(elements)));
}

/// Elements that the file has as this machine does go where they stay. `into` has room for them, and outlives `hash`.
template<typename T>
Result<void> readAsTheyAre(const NpySource& source, std::uint64_t elements, LargeVector<T>& into, BackgroundHash& hash)
{
    constexpr std::uint64_t kPiece = kPieceBytes / sizeof(T);
    for (std::uint64_t done = 0; done < elements;) {
        const auto count = static_cast<std::size_t>(std::min(elements - done, kPiece));
        into.resize(done + count);
        char* const place = reinterpret_cast<char*>(into.data() + done);
        TY_TRY(const std::size_t got, source.read(place, count * sizeof(T)));
        if (got < count * sizeof(T)) {
            return cutOff(source.name, done + got / sizeof(T), elements);
        }
        hash.addLasting({place, got});
        done += count;
    }
    hash.wait();
    return {};
}

/// `count` numbers as the file has them, as float32.
void toFloats(const char* from, std::size_t count, const NpyHeader& header, float* into)
{
    const bool isSwapped = header.isBigEndian;
    const auto is = [&header](char kind, std::size_t width) { return header.kind == kind && header.width == width; };
    if (header.kind == 'b') {
        std::transform(from, from + count, into, [](char byte) { return byte != 0 ? 1.0F : 0.0F; });
    } else if (is('f', 2)) {
        for (std::size_t i = 0; i < count; ++i) {
            into[i] = halfToFloat(load<std::uint16_t>(from + 2 * i, isSwapped));
        }
    } else if (is('f', 4)) {
        convertEach<float>(from, count, isSwapped, into);
    } else if (is('f', 8)) {
        convertEach<double>(from, count, isSwapped, into);
    } else if (is('u', 2)) {
        convertEach<std::uint16_t>(from, count, isSwapped, into);
    } else if (is('u', 4)) {
        convertEach<std::uint32_t>(from, count, isSwapped, into);
    } else if (is('u', 8)) {
        convertEach<std::uint64_t>(from, count, isSwapped, into);
    } else if (is('i', 1)) {
        convertEach<std::int8_t>(from, count, isSwapped, into);
    } else if (is('i', 2)) {
        convertEach<std::int16_t>(from, count, isSwapped, into);
    } else if (is('i', 4)) {
        convertEach<std::int32_t>(from, count, isSwapped, into);
    } else {
        convertEach<std::int64_t>(from, count, isSwapped, into);
    }
}

std::string textAt(const char* from, const NpyHeader& header)
{
    std::string text;
    for (std::size_t i = 0; i < header.width; i += 4) {
        const auto code = load<std::uint32_t>(from + i, header.isBigEndian);
        if (code == 0) {
            break;
        }
        appendUtf8(text, code);
    }
    return isUtf8(text) ? text : utf8FromLatin1(text);
}

template <typename T>
LargeVector<T> toRowMajor(const LargeVector<T>& values, std::uint64_t rows, std::uint64_t columns)
{
    LargeVector<T> result(values.size(), T{}, values.get_allocator());
    for (std::uint64_t row = 0; row < rows; ++row) {
        for (std::uint64_t column = 0; column < columns; ++column) {
            result[row * columns + column] = values[column * rows + row];
        }
    }
    return result;
}

} // namespace

std::uint64_t NpyHeader::elements() const
{
    std::uint64_t count = 1;
    for (const std::uint64_t extent : shape) {
        count *= extent;
    }
    return count;
}

namespace {

/// `reader` must outlive what it gives.
NpySource sourceOf(ByteReader& reader, const std::string& path)
{
    constexpr std::uint64_t kMostPerPackedByte = 1032; // of deflate
    return {
        fileName(path), [&reader](char* into, std::size_t size) { return reader.read(into, size); },
        reader.fileBytes() * (reader.isCompressed() ? kMostPerPackedByte : 1)};
}

} // namespace

Result<NpyHeader> readNpyHeader(const std::string& path, const DataFiles* files)
{
    TY_TRY(auto reader, ByteReader::open(path, files));
    BackgroundHash ignored;
    return takeHeader(sourceOf(reader, path), ignored);
}

Result<NpyArray> readNpy(const std::string& path, const DataFiles* files)
{
    TY_TRY(auto reader, ByteReader::open(path, files));
    TY_TRY(auto array, readNpy(sourceOf(reader, path)));
    array.fileBytes = reader.fileBytes();
    return array;
}

Result<NpyArray> readNpy(const NpySource& source)
{
    const std::string& file = source.name;
    NpyArray array;
    BackgroundHash hash;
    TY_TRY(array.header, takeHeader(source, hash));
    const NpyHeader& header = array.header;
    const std::uint64_t elements = header.elements();
    if (elements > source.mostBytes / header.width) {
        return damaged(
            file,
            fmt::format(
                "is cut off: its header says {} elements, which do not fit into the file",
                grouped(elements)));
    }
    if (header.isColumnMajor && header.shape.size() > 2) {
        return Error{
            ErrorKind::Unsupported,
            file + " is in Fortran order",
            "Save numpy.ascontiguousarray(array)."};
    }
    const bool areBytes = header.kind == 'u' && header.width == 1;
    if (header.kind == 'U') {
        array.texts.reserve(elements);
    } else if (areBytes) {
        array.bytes = LargeVector<std::uint8_t>(LargeAllocator<std::uint8_t>(placeFor(elements)));
        array.bytes.reserve(elements);
    } else {
        array.numbers = LargeVector<float>(LargeAllocator<float>(placeFor(elements * sizeof(float))));
        array.numbers.reserve(elements);
    }
    if (areBytes) {
        TY_CHECK(readAsTheyAre(source, elements, array.bytes, hash));
    } else if (isAsInMemory(header)) {
        TY_CHECK(readAsTheyAre(source, elements, array.numbers, hash));
    }
    const std::uint64_t converted = areBytes || isAsInMemory(header) ? 0 : elements;
    const std::size_t whole = kChunkBytes / header.width * header.width;
    std::string chunk;
    std::vector<float> floats;
    for (std::uint64_t done = 0; done < converted;) {
        const std::size_t count = static_cast<std::size_t>(
            std::min<std::uint64_t>(elements - done, whole / header.width));
        chunk.resize(count * header.width);
        TY_TRY(const std::size_t got, source.read(chunk.data(), count * header.width));
        if (got < count * header.width) {
            return cutOff(file, done + got / header.width, elements);
        }
        for (std::size_t i = 0; header.kind == 'U' && i < count; ++i) {
            array.texts.push_back(textAt(chunk.data() + i * header.width, header));
        }
        if (header.kind != 'U') {
            floats.resize(count);
            toFloats(chunk.data(), count, header, floats.data());
            array.numbers.insert(array.numbers.end(), floats.begin(), floats.end());
        }
        done += count;
        chunk = hash.add(std::move(chunk));
    }
    if (header.isColumnMajor && header.shape.size() == 2) {
        array.numbers = array.numbers.empty()
                            ? array.numbers
                            : toRowMajor(array.numbers, header.shape[0], header.shape[1]);
        array.bytes = array.bytes.empty()
                          ? array.bytes
                          : toRowMajor(array.bytes, header.shape[0], header.shape[1]);
    }
    array.digest = hash.finish();
    return array;
}

} // namespace ty::engine
