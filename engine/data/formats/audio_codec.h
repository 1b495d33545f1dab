#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/image_resize.h"

namespace ty::engine {

inline constexpr int kAudioBands = 64; ///< rows of a recording's picture
inline constexpr double kAudioStepSeconds = 0.01; ///< that a column stands for

/// WAV (RIFF, RF64, W64), AIFF, FLAC, Ogg Vorbis and Opus by the first bytes.
bool looksLikeAudio(std::string_view head);

/// What the header of a recording says.
struct AudioHeader {
    int rate = 0;     ///< samples a second
    int channels = 0;
    std::uint64_t frames = 0; ///< samples of each channel
};

/// Errors: InvalidInput without a file name (damaged, empty, longer than ten minutes).
Result<AudioHeader> inspectAudio(std::string_view file);

/// All channels as their mean, -1 to 1. Errors: as inspectAudio().
Result<std::vector<float>> decodeAudio(std::string_view file, AudioHeader& header);

/// The same sound at another rate; what that cannot hold is filtered out.
Result<std::vector<float>> resampleAudio(const std::vector<float>& sound, int from, int to);

/// Which part of a recording is heard.
enum class AudioPart { All, Beginning, Middle, Loudest };

/// How recordings are brought to one form.
struct AudioForm {
    int rate = 0;       ///< samples a second; 0: each keeps its own
    AudioPart part = AudioPart::All;
    std::optional<double> place = {}; ///< of longer recordings another part than the middle: 0 the beginning, 1 the end
    double seconds = 0; ///< that the part lasts; shorter recordings get silence: behind them (Beginning), else on both sides
};

/// The part of it that `form` asks for, of exactly that length. @param rate  of `sound`
std::vector<float> partOfSound(std::vector<float> sound, int rate, const AudioForm& form);

/// A recording as the picture that networks for pictures learn from: kAudioBands rows, the lowest tones at the bottom, a column
/// each 10 ms; bright is loud, 80 dB below the loudest is black. Bands lie between 20 Hz and 8 kHz by the mel scale, whatever
/// the rate; those above what it can hold are black.
/// @param form  that the recording is brought to before
Result<Pixels> decodeSpectrogram(std::string_view file, const AudioForm& form = {});

/// The recording as a drawn wave, for views; of its part if `form` asks for one, so that waves of several recordings have one
/// scale of time. Errors: as inspectAudio().
Result<Pixels> drawWave(std::string_view file, int width, int height, const AudioForm& form = {});

} // namespace ty::engine
