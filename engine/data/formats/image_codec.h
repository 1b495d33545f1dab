#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/data/formats/audio_codec.h"
#include "engine/data/image_resize.h"

namespace ty::engine {

/// What the beginning of a picture says.
struct ImageHeader {
    int width = 0; ///< as shown, after the rotation that EXIF asks for
    int height = 0;
    bool isColour = false;
};

/// PNG, JPEG or a recording by the first bytes. A recording is a picture of its tones over time: decodeSpectrogram().
bool looksLikeImage(std::string_view head);

/// Reads the header and checks that the file is whole, without decoding: every chunk and checksum
/// of a PNG, the end mark of a JPEG. Errors: InvalidInput without a file name (damaged, cut off,
/// above 16,384 pixels a side).
Result<ImageHeader> inspectImage(std::string_view file);

/// Decodes PNG (any depth, palette, alpha over white) and JPEG (turned as EXIF says).
/// @param atLeast  a JPEG may be decoded at 1/2, 1/4 or 1/8 of its size, but not below {height,
/// width}; {0, 0}: whole
/// @param audio  what a recording is brought to
Result<Pixels> decodeImage(std::string_view file, std::array<int, 2> atLeast, const AudioForm& audio = {});

/// The picture as a PNG of 8 bits, grey or colour. Errors: OutOfMemory.
Result<std::string> encodePng(const Pixels& pixels);
/// A colour picture as a JPEG. @param quality  1..100. Errors: OutOfMemory.
Result<std::string> encodeJpeg(const Pixels& pixels, int quality);

} // namespace ty::engine
