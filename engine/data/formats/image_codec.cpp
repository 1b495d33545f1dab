#include "engine/data/formats/image_codec.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <png.h>
#include <turbojpeg.h>
#include <zlib.h>

#include "engine/data/formats/audio_codec.h"
#include "engine/base/processor_clones.h"

namespace ty::engine {

namespace {

constexpr std::uint32_t kLongestSide = 16'384;
constexpr std::uint64_t kMostPixels = 1U << 26;
constexpr std::string_view kPngSignature("\x89PNG\r\n\x1a\n", 8);

Error damaged(const std::string& reason)
{
    return {ErrorKind::InvalidInput, reason, "Replace or remove the picture."};
}

std::uint32_t bigEndian(std::string_view bytes, std::size_t at)
{
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
    }
    return value;
}

Result<void> checkSize(std::uint64_t width, std::uint64_t height)
{
    if (width == 0 || height == 0 || width > kLongestSide || height > kLongestSide ||
        width * height > kMostPixels) {
        return damaged(fmt::format("{} x {} pixels are not possible here", width, height));
    }
    return {};
}

bool isPaletteGrey(std::string_view palette)
{
    for (std::size_t i = 0; i + 2 < palette.size(); i += 3) {
        if (palette[i] != palette[i + 1] || palette[i] != palette[i + 2]) {
            return false;
        }
    }
    return true;
}

Result<ImageHeader> inspectPng(std::string_view file)
{
    ImageHeader header;
    std::size_t at = kPngSignature.size();
    bool hasHeader = false;
    bool hasData = false;
    bool isPalette = false;
    while (at + 12 <= file.size()) {
        const std::uint32_t length = bigEndian(file, at);
        if (length > file.size() - at - 12) {
            break;
        }
        const std::string_view kind = file.substr(at + 4, 4);
        const std::string_view body = file.substr(at + 8, length);
        const auto* bytes = reinterpret_cast<const Bytef*>(file.data() + at + 4);
        if (crc32(0, bytes, length + 4) != bigEndian(file, at + 8 + length)) {
            return damaged(fmt::format(
                "damaged: the checksum of its part {} does not fit",
                hasHeader ? "inside" : "at the beginning"));
        }
        if (!hasHeader && (kind != "IHDR" || length != 13)) {
            return damaged("damaged: no PNG header");
        }
        if (kind == "IHDR") {
            hasHeader = true;
            TY_CHECK(checkSize(bigEndian(body, 0), bigEndian(body, 4)));
            header.width = static_cast<int>(bigEndian(body, 0));
            header.height = static_cast<int>(bigEndian(body, 4));
            isPalette = body[9] == PNG_COLOR_TYPE_PALETTE;
            header.isColour = (body[9] & PNG_COLOR_MASK_COLOR) != 0;
        } else if (kind == "PLTE" && isPalette) {
            header.isColour = !isPaletteGrey(body);
        } else if (kind == "IDAT") {
            hasData = true;
        } else if (kind == "IEND") {
            return hasData ? Result<ImageHeader>(header) : damaged("damaged: no pixels");
        }
        at += 12 + static_cast<std::size_t>(length);
    }
    return damaged("cut off: the picture ends too early");
}

struct JpegFree {
    void operator()(void* handle) const { tjDestroy(handle); }
};
using JpegHandle = std::unique_ptr<void, JpegFree>;

struct JpegHeader {
    int width = 0;
    int height = 0;
    int colours = 0;
};

Result<JpegHeader> readJpegHeader(tjhandle handle, std::string_view file)
{
    JpegHeader header;
    int sampling = 0;
    const auto* bytes = reinterpret_cast<const unsigned char*>(file.data());
    if (tjDecompressHeader3(
            handle,
            bytes,
            static_cast<unsigned long>(file.size()),
            &header.width,
            &header.height,
            &sampling,
            &header.colours) != 0) {
        return damaged(std::string("damaged: ") + tjGetErrorStr2(handle));
    }
    TY_CHECK(checkSize(
        static_cast<std::uint64_t>(header.width), static_cast<std::uint64_t>(header.height)));
    return header;
}

/// The EXIF orientation, 1 to 8; 1 if there is none.
int exifOrientation(std::string_view file)
{
    std::size_t at = 2;
    while (at + 4 <= file.size() && static_cast<std::uint8_t>(file[at]) == 0xff) {
        const auto mark = static_cast<std::uint8_t>(file[at + 1]);
        const std::size_t length = static_cast<std::size_t>(static_cast<std::uint8_t>(file[at + 2]))
                                       << 8 |
                                   static_cast<std::uint8_t>(file[at + 3]);
        if (mark == 0xda || length < 2 || at + 2 + length > file.size()) {
            break;
        }
        const std::string_view body = file.substr(at + 4, length - 2);
        at += 2 + length;
        if (mark != 0xe1 || !body.starts_with(std::string_view("Exif\0\0", 6)) ||
            body.size() < 14) {
            continue;
        }
        const std::string_view tiff = body.substr(6);
        const bool isLittle = tiff[0] == 'I';
        const auto number = [&](std::size_t where, std::size_t width) -> std::uint32_t {
            std::uint32_t value = 0;
            for (std::size_t i = 0; i < width; ++i) {
                const auto byte =
                    static_cast<std::uint8_t>(tiff[isLittle ? where + width - 1 - i : where + i]);
                value = value << 8 | byte;
            }
            return value;
        };
        const std::size_t table = number(4, 4);
        if (table > tiff.size() || tiff.size() - table < 2) {
            return 1;
        }
        const std::size_t entries = number(table, 2);
        for (std::size_t i = 0; i < entries && table + 2 + 12 * (i + 1) <= tiff.size(); ++i) {
            const std::size_t entry = table + 2 + 12 * i;
            if (number(entry, 2) == 0x0112) {
                const auto orientation = static_cast<int>(number(entry + 8, 2));
                return orientation >= 1 && orientation <= 8 ? orientation : 1;
            }
        }
        return 1;
    }
    return 1;
}

Result<ImageHeader> inspectJpeg(std::string_view file)
{
    const JpegHandle handle(tjInitDecompress());
    TY_TRY(const auto header, readJpegHeader(handle.get(), file));
    // Cameras append things behind the end mark, so it need not be the last.
    const std::string_view tail =
        file.substr(file.size() - std::min<std::size_t>(file.size(), 1U << 16));
    if (tail.rfind("\xff\xd9") == std::string_view::npos) {
        return damaged("cut off: the picture ends too early");
    }
    ImageHeader result{header.width, header.height, header.colours != TJCS_GRAY};
    if (exifOrientation(file) >= 5) {
        std::swap(result.width, result.height);
    }
    return result;
}

/// Mirrors and turns pixels as an EXIF orientation asks.
Pixels oriented(Pixels source, int orientation)
{
    if (orientation == 1) {
        return source;
    }
    const bool isTransposed = orientation >= 5;
    Pixels result{
        source.channels,
        isTransposed ? source.width : source.height,
        isTransposed ? source.height : source.width,
        {}};
    result.bytes.resize(source.bytes.size());
    const bool isFlippedX =
        orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    const bool isFlippedY =
        orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    const std::size_t plane = source.bytes.size() / static_cast<std::size_t>(source.channels);
    for (std::size_t c = 0; c < static_cast<std::size_t>(source.channels); ++c) {
        for (int y = 0; y < result.height; ++y) {
            for (int x = 0; x < result.width; ++x) {
                int fromX = isTransposed ? y : x;
                int fromY = isTransposed ? x : y;
                fromX = isFlippedX ? source.width - 1 - fromX : fromX;
                fromY = isFlippedY ? source.height - 1 - fromY : fromY;
                result.bytes[c * plane + static_cast<std::size_t>(y * result.width + x)] =
                    source
                        .bytes[c * plane + static_cast<std::size_t>(fromY * source.width + fromX)];
            }
        }
    }
    return result;
}

using Bytes16 __attribute__((vector_size(16))) = std::uint8_t;

/// Red, green, blue, red, ... of `count` pixels to a plane each; byte by byte it takes a quarter as long as decoding itself.
TY_FOR_EACH_PROCESSOR void partColours(
    const std::uint8_t* from, std::size_t count, std::uint8_t* red, std::uint8_t* green, std::uint8_t* blue)
{
    constexpr std::size_t kAtOnce = sizeof(Bytes16);
    std::size_t pixel = 0;
    for (; pixel + kAtOnce <= count; pixel += kAtOnce, from += 3 * kAtOnce) {
        Bytes16 a;
        Bytes16 b;
        Bytes16 c;
        std::memcpy(&a, from, kAtOnce);
        std::memcpy(&b, from + kAtOnce, kAtOnce);
        std::memcpy(&c, from + 2 * kAtOnce, kAtOnce);
        const auto store = [](std::uint8_t* to, Bytes16 bytes) { std::memcpy(to, &bytes, kAtOnce); };
        // The first two give what they hold of the colour, then the third one the rest.
        Bytes16 part = __builtin_shufflevector(a, b, 0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 0, 0, 0, 0, 0);
        store(red + pixel, __builtin_shufflevector(part, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17, 20, 23, 26, 29));
        part = __builtin_shufflevector(a, b, 1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 0, 0, 0, 0, 0);
        store(green + pixel, __builtin_shufflevector(part, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 21, 24, 27, 30));
        part = __builtin_shufflevector(a, b, 2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 0, 0, 0, 0, 0, 0);
        store(blue + pixel, __builtin_shufflevector(part, c, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 19, 22, 25, 28, 31));
    }
    for (; pixel < count; ++pixel, from += 3) {
        red[pixel] = from[0];
        green[pixel] = from[1];
        blue[pixel] = from[2];
    }
}

Pixels toPlanes(const std::vector<std::uint8_t>& interleaved, int channels, int height, int width)
{
    Pixels pixels{channels, height, width, {}};
    const std::size_t plane = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
    const auto count = static_cast<std::size_t>(channels);
    pixels.bytes.resize(plane * count);
    if (count == 1) {
        std::copy(interleaved.begin(), interleaved.end(), pixels.bytes.begin());
        return pixels;
    }
    std::uint8_t* const red = pixels.bytes.data();
    partColours(interleaved.data(), plane, red, red + plane, red + 2 * plane);
    return pixels;
}

Result<Pixels> decodeJpeg(std::string_view file, std::array<int, 2> atLeast)
{
    const JpegHandle handle(tjInitDecompress());
    TY_TRY(const auto header, readJpegHeader(handle.get(), file));
    const int orientation = exifOrientation(file);
    if (orientation >= 5) {
        std::swap(atLeast[0], atLeast[1]);
    }
    int width = header.width;
    int height = header.height;
    for (const int divisor : {8, 4, 2}) {
        const tjscalingfactor factor{1, divisor};
        const int smallWidth = TJSCALED(header.width, factor);
        const int smallHeight = TJSCALED(header.height, factor);
        if (atLeast[0] > 0 && smallHeight >= atLeast[0] && smallWidth >= atLeast[1]) {
            width = smallWidth;
            height = smallHeight;
            break;
        }
    }
    const int channels = header.colours == TJCS_GRAY ? 1 : 3;
    if (header.colours == TJCS_CMYK || header.colours == TJCS_YCCK) {
        return damaged("its colours are CMYK, which is for printing");
    }
    std::vector<std::uint8_t> buffer(
        static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
        static_cast<std::size_t>(channels));
    const auto* bytes = reinterpret_cast<const unsigned char*>(file.data());
    if (tjDecompress2(
            handle.get(),
            bytes,
            static_cast<unsigned long>(file.size()),
            buffer.data(),
            width,
            0,
            height,
            channels == 1 ? TJPF_GRAY : TJPF_RGB,
            0) != 0 &&
        tjGetErrorCode(handle.get()) == TJERR_FATAL) {
        return damaged(std::string("damaged: ") + tjGetErrorStr2(handle.get()));
    }
    return oriented(toPlanes(buffer, channels, height, width), orientation);
}

Result<Pixels> decodePng(std::string_view file)
{
    TY_TRY(const auto header, inspectPng(file));
    png_image image = {};
    image.version = PNG_IMAGE_VERSION;
    if (png_image_begin_read_from_memory(&image, file.data(), file.size()) == 0) {
        return damaged(std::string("damaged: ") + image.message);
    }
    image.format = header.isColour ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    image.flags |=
        PNG_IMAGE_FLAG_16BIT_sRGB; // 16-bit values are taken as they are, not as linear light
    std::vector<std::uint8_t> buffer(PNG_IMAGE_SIZE(image));
    const png_color white = {255, 255, 255};
    if (png_image_finish_read(&image, &white, buffer.data(), 0, nullptr) == 0) {
        png_image_free(&image);
        return damaged(std::string("damaged: ") + image.message);
    }
    return toPlanes(buffer, header.isColour ? 3 : 1, header.height, header.width);
}

bool isJpeg(std::string_view file)
{
    return file.starts_with("\xff\xd8\xff");
}

} // namespace

bool looksLikeImage(std::string_view head)
{
    return head.starts_with(kPngSignature) || isJpeg(head) || looksLikeAudio(head);
}

Result<ImageHeader> inspectImage(std::string_view file)
{
    if (file.starts_with(kPngSignature)) {
        return inspectPng(file);
    }
    if (isJpeg(file)) {
        return inspectJpeg(file);
    }
    if (looksLikeAudio(file)) {
        TY_TRY(const AudioHeader sound, inspectAudio(file));
        const double columns = std::ceil(static_cast<double>(sound.frames) / sound.rate / kAudioStepSeconds);
        return ImageHeader{std::max(1, static_cast<int>(columns)), kAudioBands, false};
    }
    return damaged(file.empty() ? "empty" : "neither PNG, JPEG nor a recording");
}

Result<Pixels> decodeImage(std::string_view file, std::array<int, 2> atLeast, const AudioForm& audio)
{
    if (file.starts_with(kPngSignature)) {
        return decodePng(file);
    }
    if (isJpeg(file)) {
        return decodeJpeg(file, atLeast);
    }
    if (looksLikeAudio(file)) {
        return decodeSpectrogram(file, audio);
    }
    return damaged(file.empty() ? "empty" : "neither PNG, JPEG nor a recording");
}

} // namespace ty::engine
