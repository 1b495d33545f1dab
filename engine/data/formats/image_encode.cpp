#include <memory>

#include <png.h>
#include <turbojpeg.h>

#include "engine/data/formats/image_codec.h"

namespace ty::engine {

namespace {

/// Colours side by side instead of one after another.
std::string interleaved(const Pixels& pixels)
{
    const auto channels = static_cast<std::size_t>(pixels.channels);
    const std::size_t plane = static_cast<std::size_t>(pixels.height) * static_cast<std::size_t>(pixels.width);
    std::string turned(plane * channels, '\0');
    for (std::size_t i = 0; i < turned.size(); ++i) {
        turned[i % plane * channels + i / plane] = static_cast<char>(pixels.bytes[i]);
    }
    return turned;
}

struct DestroyCompressor {
    void operator()(void* handle) const { tjDestroy(handle); }
};
struct FreeJpeg {
    void operator()(unsigned char* bytes) const { tjFree(bytes); }
};

} // namespace

Result<std::string> encodePng(const Pixels& pixels)
{
    const std::string turned = interleaved(pixels);
    png_image image = {};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(pixels.width);
    image.height = static_cast<png_uint_32>(pixels.height);
    image.format = pixels.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    std::string file(size, '\0');
    if (png_image_write_to_memory(&image, file.data(), &size, 0, turned.data(), 0, nullptr) == 0) {
        return Error{ErrorKind::OutOfMemory, std::string("cannot make a PNG: ") + static_cast<const char*>(image.message), {}};
    }
    file.resize(size);
    return file;
}

Result<std::string> encodeJpeg(const Pixels& pixels, int quality)
{
    const std::string turned = interleaved(pixels);
    const std::unique_ptr<void, DestroyCompressor> handle(tjInitCompress());
    unsigned char* bytes = nullptr;
    unsigned long size = 0;
    const int code = handle == nullptr ? -1
                                       : tjCompress2(
                                             handle.get(), reinterpret_cast<const unsigned char*>(turned.data()), pixels.width, 0,
                                             pixels.height, TJPF_RGB, &bytes, &size, TJSAMP_420, quality, 0);
    const std::unique_ptr<unsigned char, FreeJpeg> owned(bytes);
    if (code != 0) {
        return Error{ErrorKind::OutOfMemory, "cannot make a JPEG", {}};
    }
    return std::string(reinterpret_cast<const char*>(bytes), size);
}

} // namespace ty::engine
