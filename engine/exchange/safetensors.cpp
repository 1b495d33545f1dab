#include "engine/exchange/safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "engine/base/input_file.h"
#include "engine/base/json.h"
#include "engine/base/memory_guard.h"
#include "engine/base/parts_file.h"

namespace ty::engine {

namespace {

constexpr const char* kMetadataName = "__metadata__";
constexpr std::uint64_t kLengthBytes = 8; ///< of the header's length, at the file's begin
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000; // the format's own limit
constexpr std::size_t kMaxRank = 16;

/// A type of https://huggingface.co/docs/safetensors.
struct FormatType {
    std::string_view name;
    std::uint64_t bytes; ///< of an element
    std::optional<DType> dtype = std::nullopt; ///< that its values become; none: they are not read
};

constexpr std::string_view kHalf = "F16";

constexpr std::array<FormatType, 15> kTypes{{
    {"F32", 4, DType::Float32},
    {"F64", 8, DType::Float64},
    {"BF16", 2, DType::BFloat16},
    {"I32", 4, DType::Int32},
    {"I64", 8, DType::Int64},
    {"U8", 1, DType::UInt8},
    {kHalf, 2, DType::Float32},
    {"BOOL", 1},
    {"I8", 1},
    {"I16", 2},
    {"U16", 2},
    {"U32", 4},
    {"U64", 8},
    {"F8_E5M2", 1},
    {"F8_E4M3", 1},
}};

const FormatType* typeNamed(std::string_view name)
{
    const auto found = std::find_if(kTypes.begin(), kTypes.end(), [&](const FormatType& type) { return type.name == name; });
    return found == kTypes.end() ? nullptr : &*found;
}

/// The number that a float16 is, exactly.
constexpr float fromHalf(std::uint16_t half)
{
    const std::uint32_t sign = (half & 0x8000U) << 16U;
    const std::uint32_t exponent = (half >> 10U) & 0x1fU;
    const std::uint32_t fraction = half & 0x3ffU;
    if (exponent == 0) { // 0 and subnormal numbers
        const float magnitude = static_cast<float>(fraction) * 0x1p-24F;
        return sign != 0 ? -magnitude : magnitude;
    }
    const std::uint32_t wide = exponent == 0x1fU ? 0xffU : exponent + 112U; // biases of 15 and 127
    return std::bit_cast<float>(sign | (wide << 23U) | (fraction << 13U));
}

Error invalid(const std::string& what, const std::string& message)
{
    return Error{
        ErrorKind::InvalidInput,
        fmt::format("{}: {}", what, message),
        "The file is damaged or was not written as safetensors; copy or export it again."};
}

/// The first key that an object of the text has twice. A JSON parser would silently keep one of the two values.
std::optional<std::string> repeatedKey(const std::string& text)
{
    std::vector<std::set<std::string>> open;
    std::optional<std::string> found;
    const auto visit = [&](int, Json::parse_event_t event, Json& parsed) {
        if (event == Json::parse_event_t::object_start) {
            open.emplace_back();
        } else if (event == Json::parse_event_t::object_end) {
            open.pop_back();
        } else if (event == Json::parse_event_t::key) {
            const auto& key = parsed.get_ref<const std::string&>();
            if (!open.back().insert(key).second && !found) {
                found = key;
            }
        }
        return true;
    };
    [[maybe_unused]] const auto discarded = Json::parse(text, visit, false);
    return found;
}

/// One entry of the header after checking everything that can be checked without the other entries.
struct Entry {
    std::string name;
    const FormatType* type = nullptr;
    Shape shape;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

/// Bytes of a tensor, nothing if that overflows.
std::optional<std::uint64_t> bytesOf(const Shape& shape, std::uint64_t elementBytes)
{
    std::uint64_t bytes = elementBytes;
    for (const auto extent : shape) {
        if (__builtin_mul_overflow(bytes, static_cast<std::uint64_t>(extent), &bytes)) {
            return std::nullopt;
        }
    }
    return bytes;
}

Result<Entry> parseEntry(const std::string& name, const Json& json, std::uint64_t dataBytes, const std::string& what)
{
    const auto wrong = [&](const std::string& message) {
        return invalid(what, fmt::format("tensor \"{}\": {}", name, message));
    };
    Entry entry;
    entry.name = name;
    if (!json.is_object() || !json.contains("dtype") || !json.contains("shape") || !json.contains("data_offsets")) {
        return wrong("needs dtype, shape and data_offsets");
    }
    const Json& dtypeJson = json["dtype"];
    entry.type = dtypeJson.is_string() ? typeNamed(dtypeJson.get<std::string>()) : nullptr;
    if (entry.type == nullptr) {
        Error error = wrong(fmt::format("unknown dtype {}", toJsonLine(dtypeJson).substr(0, 40)));
        error.advice = "Save the tensors as F32, F16, BF16 or F64.";
        return error;
    }

    const Json& shape = json["shape"];
    if (!shape.is_array() || shape.size() > kMaxRank) {
        return wrong(fmt::format("shape must be a list of at most {} numbers", kMaxRank));
    }
    for (const auto& extent : shape) {
        if (!extent.is_number_unsigned() || extent.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) {
            return wrong("an extent of its shape is not a whole number >= 0");
        }
        entry.shape.push_back(extent.get<std::int64_t>());
    }

    const Json& offsets = json["data_offsets"];
    if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() || !offsets[1].is_number_unsigned()) {
        return wrong("data_offsets must be two whole numbers >= 0");
    }
    entry.begin = offsets[0].get<std::uint64_t>();
    entry.end = offsets[1].get<std::uint64_t>();
    if (entry.begin > entry.end || entry.end > dataBytes) {
        return wrong(fmt::format("data_offsets {}..{} lie outside the {} bytes of data", entry.begin, entry.end, dataBytes));
    }
    const auto bytes = bytesOf(entry.shape, entry.type->bytes);
    if (!bytes || *bytes != entry.end - entry.begin) {
        return wrong(fmt::format(
            "shape {} of {} does not fit the {} bytes it has", toString(entry.shape), entry.type->name, entry.end - entry.begin));
    }
    return entry;
}

Result<std::map<std::string, std::string>> parseMetadata(const Json& json, const std::string& what)
{
    std::map<std::string, std::string> metadata;
    if (!json.is_object()) {
        return invalid(what, "__metadata__ must be an object of texts");
    }
    for (const auto& [key, value] : json.items()) {
        if (!value.is_string()) {
            return invalid(what, fmt::format("__metadata__ \"{}\" must be a text", key));
        }
        metadata.emplace(key, value.get<std::string>());
    }
    return metadata;
}

/// The data must be covered without gaps and overlaps: then nothing can hide in it and nothing is read twice.
Result<void> checkCoverage(const std::vector<Entry>& entries, std::uint64_t dataBytes, const std::string& what)
{
    std::uint64_t covered = 0;
    for (const auto& entry : entries) {
        if (entry.begin < covered) {
            return invalid(what, fmt::format("tensor \"{}\" overlaps the tensor before it", entry.name));
        }
        if (entry.begin > covered) {
            return invalid(what, fmt::format("{} bytes before tensor \"{}\" belong to none", entry.begin - covered, entry.name));
        }
        covered = entry.end;
    }
    if (covered != dataBytes) {
        return invalid(what, fmt::format("the last {} bytes belong to no tensor", dataBytes - covered));
    }
    return {};
}

/// Of all tensors that are read: half numbers become floats.
std::uint64_t bytesInMemory(const std::vector<Entry>& entries)
{
    std::uint64_t bytes = 0;
    for (const auto& entry : entries) {
        if (entry.type->dtype) {
            bytes += (entry.end - entry.begin) * (entry.type->name == kHalf ? 2 : 1);
        }
    }
    return bytes;
}

std::uint64_t littleEndian64(std::string_view bytes)
{
    std::uint64_t value = 0;
    for (std::size_t i = 8; i-- > 0;) {
        value = (value << 8U) | static_cast<std::uint8_t>(bytes[i]);
    }
    return value;
}

/// Bytes that are read where they are wanted: a file larger than half of the memory can be read.
struct Source {
    std::uint64_t size = 0;
    std::function<Result<void>(std::uint64_t offset, std::span<char> into)> read; ///< inside the size
};

Result<Tensor> readTensor(const Source& source, const Entry& entry, std::uint64_t dataBegin)
{
    const std::uint64_t begin = dataBegin + entry.begin;
    Tensor tensor(*entry.type->dtype, entry.shape);
    if (entry.type->name != kHalf) {
        TY_CHECK(source.read(begin, {static_cast<char*>(tensor.data()), tensor.bytes()}));
        return tensor;
    }
    std::array<std::uint16_t, 4096> halves{};
    const auto values = tensor.floats();
    for (std::size_t i = 0; i < values.size(); i += halves.size()) {
        const std::size_t count = std::min(halves.size(), values.size() - i);
        TY_CHECK(source.read(
            begin + i * sizeof(std::uint16_t), {reinterpret_cast<char*>(halves.data()), count * sizeof(std::uint16_t)}));
        std::transform(halves.data(), halves.data() + count, values.data() + i, fromHalf);
    }
    return tensor;
}

Result<SafetensorsFile> readFrom(const Source& source, const std::string& what)
{
    if (source.size < kLengthBytes) {
        return invalid(what, fmt::format("{} bytes are too few for a safetensors file", source.size));
    }
    std::string length(kLengthBytes, '\0');
    TY_CHECK(source.read(0, length));
    const std::uint64_t headerBytes = littleEndian64(length);
    if (headerBytes > source.size - kLengthBytes || headerBytes > kMaxHeaderBytes) {
        return invalid(what, fmt::format("its header claims {} bytes of {}", headerBytes, source.size));
    }
    std::string headerText(static_cast<std::size_t>(headerBytes), '\0');
    TY_CHECK(source.read(kLengthBytes, headerText));
    if (headerText.empty() || headerText.front() != '{') {
        return invalid(what, "no header of a safetensors file");
    }
    TY_TRY(const Json header, parseJson(headerText, what + ": header"));
    if (!header.is_object()) {
        return invalid(what, "the header is no object");
    }
    if (const auto key = repeatedKey(headerText)) {
        return invalid(what, fmt::format("the name \"{}\" is used twice", *key));
    }

    const std::uint64_t dataBegin = kLengthBytes + headerBytes;
    const std::uint64_t dataBytes = source.size - dataBegin;
    SafetensorsFile file;
    std::vector<Entry> entries;
    for (const auto& [name, value] : header.items()) {
        if (name == kMetadataName) {
            TY_TRY(file.metadata, parseMetadata(value, what));
            continue;
        }
        TY_TRY(Entry entry, parseEntry(name, value, dataBytes, what));
        entries.push_back(std::move(entry));
    }
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
        return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
    });
    TY_CHECK(checkCoverage(entries, dataBytes, what));
    requireMemory(bytesInMemory(entries));

    for (auto& entry : entries) {
        if (!entry.type->dtype) {
            file.unread.push_back({std::move(entry.name), std::string(entry.type->name), std::move(entry.shape)});
            continue;
        }
        TY_TRY(Tensor tensor, readTensor(source, entry, dataBegin));
        file.tensors.push_back({std::move(entry.name), std::move(tensor)});
    }
    return file;
}

} // namespace

std::string safetensorsTypeName(DType dtype)
{
    const auto found = std::find_if(kTypes.begin(), kTypes.end(), [&](const FormatType& type) { return type.dtype == dtype; });
    return std::string(found->name); // every DType has one; float32's stands before float16's
}

Result<void> writeSafetensors(
    const std::string& path, std::span<const NamedTensor> tensors, const std::map<std::string, std::string>& metadata)
{
    std::vector<const NamedTensor*> order;
    std::set<std::string> names{kMetadataName};
    for (const auto& tensor : tensors) {
        if (!names.insert(tensor.name).second) {
            return Error{ErrorKind::InvalidInput, fmt::format("{}: two tensors are named \"{}\"", path, tensor.name), ""};
        }
        order.push_back(&tensor);
    }
    // Largest elements first: then every tensor is aligned to its element size without padding.
    std::sort(order.begin(), order.end(), [](const NamedTensor* a, const NamedTensor* b) {
        const auto aBytes = dtypeBytes(a->tensor.dtype());
        const auto bBytes = dtypeBytes(b->tensor.dtype());
        return aBytes != bBytes ? aBytes > bBytes : a->name < b->name;
    });

    Json header = Json::object();
    if (!metadata.empty()) {
        header[kMetadataName] = metadata;
    }
    std::uint64_t offset = 0;
    for (const auto* named : order) {
        const auto bytes = static_cast<std::uint64_t>(named->tensor.bytes());
        header[named->name] = {
            {"dtype", safetensorsTypeName(named->tensor.dtype())},
            {"shape", named->tensor.shape()},
            {"data_offsets", {offset, offset + bytes}}};
        offset += bytes;
    }
    std::string headerText = toJsonLine(header);
    headerText.append((8 - headerText.size() % 8) % 8, ' ');

    std::string beginning;
    for (unsigned i = 0; i < kLengthBytes; ++i) {
        beginning.push_back(static_cast<char>((static_cast<std::uint64_t>(headerText.size()) >> (8 * i)) & 0xffU));
    }
    beginning += headerText;
    std::vector<std::string_view> parts{beginning};
    for (const auto* named : order) {
        parts.emplace_back(static_cast<const char*>(named->tensor.data()), named->tensor.bytes());
    }
    return writePartsAtomically(path, parts);
}

Result<SafetensorsFile> parseSafetensors(std::string_view bytes, const std::string& what)
{
    const auto read = [bytes](std::uint64_t offset, std::span<char> into) {
        if (!into.empty()) {
            std::memcpy(into.data(), bytes.data() + offset, into.size());
        }
        return Result<void>();
    };
    return readFrom({bytes.size(), read}, what);
}

Result<SafetensorsFile> readSafetensors(const std::string& path)
{
    TY_TRY(const InputFile file, InputFile::open(path));
    const Source source{file.size(), [&file](std::uint64_t offset, std::span<char> into) { return file.read(offset, into); }};
    return guardMemory(path, [&] { return readFrom(source, path); });
}

} // namespace ty::engine
