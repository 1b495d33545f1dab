#include "engine/data/formats/audio_codec.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstdio>
#include <cstring>
#include <memory>
#include <numbers>
#include <utility>

#include <fmt/format.h>
#include <samplerate.h>
#include <sndfile.h>

namespace ty::engine {

namespace {

constexpr std::uint64_t kMostSeconds = 600;
constexpr int kMostChannels = 64;
constexpr int kMostRate = 768'000;
constexpr double kWindowSeconds = 0.025;
constexpr double kLowestHertz = 20;
constexpr double kHighestHertz = 8000;
constexpr double kQuietestDecibels = 80; ///< below the loudest
constexpr sf_count_t kChunkFrames = 4096;

Error damaged(const std::string& reason)
{
    return {ErrorKind::InvalidInput, reason, "Replace or remove the recording."};
}

/// A file in memory as libsndfile reads one.
struct MemoryFile {
    std::string_view bytes;
    sf_count_t at = 0;
};

SF_VIRTUAL_IO memoryCalls()
{
    SF_VIRTUAL_IO calls{};
    calls.get_filelen = [](void* user) { return static_cast<sf_count_t>(static_cast<MemoryFile*>(user)->bytes.size()); };
    calls.tell = [](void* user) { return static_cast<MemoryFile*>(user)->at; };
    calls.write = [](const void*, sf_count_t, void*) { return sf_count_t{0}; };
    calls.seek = [](sf_count_t offset, int whence, void* user) {
        auto& file = *static_cast<MemoryFile*>(user);
        const auto length = static_cast<sf_count_t>(file.bytes.size());
        const sf_count_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? file.at : length;
        // A header may ask for any place; none outside of the file is gone to.
        if (offset < -from || offset > length - from) {
            return sf_count_t{-1};
        }
        file.at = from + offset;
        return file.at;
    };
    calls.read = [](void* into, sf_count_t count, void* user) {
        auto& file = *static_cast<MemoryFile*>(user);
        const sf_count_t given = std::clamp<sf_count_t>(count, 0, static_cast<sf_count_t>(file.bytes.size()) - file.at);
        std::memcpy(into, file.bytes.data() + file.at, static_cast<std::size_t>(given));
        file.at += given;
        return given;
    };
    return calls;
}

struct CloseSound {
    void operator()(SNDFILE* sound) const { sf_close(sound); }
};
using Sound = std::unique_ptr<SNDFILE, CloseSound>;

/// `file` and `calls` outlive the result.
Result<Sound> openSound(MemoryFile& file, SF_VIRTUAL_IO& calls, AudioHeader& header)
{
    if (file.bytes.empty()) {
        return damaged("empty");
    }
    SF_INFO info{};
    Sound sound(sf_open_virtual(&calls, SFM_READ, &info, &file));
    if (sound == nullptr) {
        return damaged(std::string("no recording that can be read: ") + sf_strerror(nullptr));
    }
    if (info.samplerate <= 0 || info.samplerate > kMostRate || info.channels <= 0 || info.channels > kMostChannels) {
        return damaged(fmt::format("{} channels of {} samples a second are not possible here", info.channels, info.samplerate));
    }
    if (info.frames <= 0) {
        return damaged("it holds no sound");
    }
    header = {info.samplerate, info.channels, static_cast<std::uint64_t>(info.frames)};
    if (header.frames > kMostSeconds * static_cast<std::uint64_t>(info.samplerate)) {
        return Error{ErrorKind::InvalidInput, "longer than ten minutes", "Cut it into the pieces that are to be told apart."};
    }
    return sound;
}

double melOf(double hertz)
{
    return 1127 * std::log1p(hertz / 700);
}

double hertzOf(double mel)
{
    return 700 * std::expm1(mel / 1127);
}

/// In place; the size is a power of two. Source: Cooley and Tukey, 1965.
void transform(std::vector<std::complex<float>>& values)
{
    const std::size_t size = values.size();
    for (std::size_t i = 1, j = 0; i < size; ++i) {
        std::size_t bit = size >> 1;
        for (; (j & bit) != 0; bit >>= 1) {
            j ^= bit;
        }
        j ^= bit;
        if (i < j) {
            std::swap(values[i], values[j]);
        }
    }
    for (std::size_t length = 2; length <= size; length *= 2) {
        const auto angle = static_cast<float>(-2 * std::numbers::pi / static_cast<double>(length));
        const std::complex<float> turn(std::cos(angle), std::sin(angle));
        for (std::size_t begin = 0; begin < size; begin += length) {
            std::complex<float> factor(1);
            for (std::size_t k = 0; k < length / 2; ++k) {
                const auto odd = values[begin + k + length / 2] * factor;
                const auto even = values[begin + k];
                values[begin + k] = even + odd;
                values[begin + k + length / 2] = even - odd;
                factor *= turn;
            }
        }
    }
}

/// Triangles over the bins of a transform, one a band; they meet at their neighbours' tops.
class MelBands {
public:
    MelBands(int rate, std::size_t transformSize) : m_bins(transformSize / 2), m_binHertz(static_cast<double>(rate) / static_cast<double>(transformSize))
    {
        const double low = melOf(kLowestHertz);
        const double step = (melOf(kHighestHertz) - low) / (kAudioBands + 1);
        for (int i = 0; i < kAudioBands + 2; ++i) {
            m_edges[static_cast<std::size_t>(i)] = hertzOf(low + step * i);
        }
    }

    double energyOf(std::size_t band, const std::vector<float>& power) const
    {
        const double left = m_edges[band];
        const double top = m_edges[band + 1];
        const double right = m_edges[band + 2];
        const auto first = static_cast<std::size_t>(std::ceil(left / m_binHertz));
        double energy = 0;
        double weights = 0;
        for (std::size_t bin = first; bin < m_bins && static_cast<double>(bin) * m_binHertz < right; ++bin) {
            const double hertz = static_cast<double>(bin) * m_binHertz;
            const double weight = hertz <= top ? (hertz - left) / (top - left) : (right - hertz) / (right - top);
            energy += weight * static_cast<double>(power[bin]);
            weights += weight;
        }
        if (weights > 0) {
            return energy / weights;
        }
        const auto nearest = static_cast<std::size_t>(std::lround(top / m_binHertz)); // narrower than a bin
        return nearest < m_bins ? static_cast<double>(power[nearest]) : 0;
    }

private:
    std::size_t m_bins;
    double m_binHertz;
    std::array<double, kAudioBands + 2> m_edges{};
};

int columnsOf(const AudioHeader& header)
{
    const double seconds = static_cast<double>(header.frames) / header.rate;
    return std::max(1, static_cast<int>(std::ceil(seconds / kAudioStepSeconds)));
}

} // namespace

bool looksLikeAudio(std::string_view head)
{
    const bool isRiff = head.size() >= 12 && (head.starts_with("RIFF") || head.starts_with("RF64")) && head.substr(8, 4) == "WAVE";
    const bool isAiff = head.size() >= 12 && head.starts_with("FORM") && (head.substr(8, 4) == "AIFF" || head.substr(8, 4) == "AIFC");
    return isRiff || isAiff || head.starts_with("fLaC") || head.starts_with("OggS") || head.starts_with("riff\x2E\x91\xCF\x11");
}

Result<AudioHeader> inspectAudio(std::string_view file)
{
    MemoryFile memory{file};
    SF_VIRTUAL_IO calls = memoryCalls();
    AudioHeader header;
    TY_CHECK(openSound(memory, calls, header));
    return header;
}

Result<std::vector<float>> decodeAudio(std::string_view file, AudioHeader& header)
{
    MemoryFile memory{file};
    SF_VIRTUAL_IO calls = memoryCalls();
    TY_TRY(const Sound sound, openSound(memory, calls, header));
    const auto channels = static_cast<std::size_t>(header.channels);
    std::vector<float> chunk(static_cast<std::size_t>(kChunkFrames) * channels);
    std::vector<float> mono; // grows with what is really there: the header may promise anything
    for (;;) {
        const sf_count_t got = sf_readf_float(sound.get(), chunk.data(), kChunkFrames);
        for (sf_count_t frame = 0; frame < got; ++frame) {
            float sum = 0;
            for (std::size_t channel = 0; channel < channels; ++channel) {
                const float value = chunk[static_cast<std::size_t>(frame) * channels + channel];
                sum += std::isfinite(value) ? std::clamp(value, -8.0F, 8.0F) : 0.0F;
            }
            mono.push_back(sum / static_cast<float>(channels));
        }
        if (got < kChunkFrames) {
            break;
        }
        if (mono.size() > header.frames) {
            break; // more than it said
        }
    }
    if (mono.size() < header.frames) {
        return damaged("cut off or damaged");
    }
    mono.resize(header.frames);
    return mono;
}

Result<std::vector<float>> resampleAudio(const std::vector<float>& sound, int from, int to)
{
    if (from == to || sound.empty()) {
        return sound;
    }
    const double ratio = static_cast<double>(to) / from;
    const auto frames = static_cast<std::size_t>(std::max(1.0, std::ceil(static_cast<double>(sound.size()) * ratio)));
    std::vector<float> resampled(frames + 16);
    SRC_DATA work{};
    work.data_in = sound.data();
    work.input_frames = static_cast<long>(sound.size());
    work.data_out = resampled.data();
    work.output_frames = static_cast<long>(resampled.size());
    work.src_ratio = ratio;
    if (const int code = src_simple(&work, SRC_SINC_MEDIUM_QUALITY, 1); code != 0) {
        return Error{
            ErrorKind::InvalidInput, fmt::format("cannot be resampled from {} to {} Hz: {}", from, to, src_strerror(code)), {}};
    }
    resampled.resize(static_cast<std::size_t>(work.output_frames_gen));
    if (resampled.empty()) {
        resampled.push_back(0); // a click shorter than one sample
    }
    return resampled;
}

std::vector<float> partOfSound(std::vector<float> sound, int rate, const AudioForm& form)
{
    if (form.part == AudioPart::All || form.seconds <= 0) {
        return sound;
    }
    const auto frames = std::max<std::int64_t>(1, std::llround(form.seconds * rate));
    const auto given = static_cast<std::int64_t>(sound.size());
    std::int64_t begin = form.part == AudioPart::Beginning ? 0 : (given - frames) / 2; // below 0: silence before it
    if (form.place && given > frames) {
        begin = std::clamp<std::int64_t>(std::llround(*form.place * static_cast<double>(given - frames)), 0, given - frames);
    } else if (form.part == AudioPart::Loudest && given > frames) {
        const auto squareAt = [&sound](std::int64_t at) {
            const double value = sound[static_cast<std::size_t>(at)];
            return value * value;
        };
        double energy = 0;
        for (std::int64_t at = 0; at < frames; ++at) {
            energy += squareAt(at);
        }
        double highest = energy;
        begin = 0;
        for (std::int64_t at = 1; at + frames <= given; ++at) {
            energy += squareAt(at + frames - 1) - squareAt(at - 1);
            if (energy > highest) {
                highest = energy;
                begin = at;
            }
        }
    }
    std::vector<float> part(static_cast<std::size_t>(frames), 0.0F);
    const std::int64_t first = std::max<std::int64_t>(0, begin);
    const std::int64_t last = std::min(given, begin + frames);
    std::copy(sound.begin() + first, sound.begin() + last, part.begin() + (first - begin));
    return part;
}

Result<Pixels> decodeSpectrogram(std::string_view file, const AudioForm& form)
{
    AudioHeader header;
    TY_TRY(auto sound, decodeAudio(file, header));
    if (form.rate > 0 && form.rate != header.rate) {
        TY_TRY(sound, resampleAudio(sound, header.rate, form.rate));
        header.rate = form.rate;
    }
    sound = partOfSound(std::move(sound), header.rate, form);
    header.frames = sound.size();
    const auto window = static_cast<std::size_t>(std::max(16.0, kWindowSeconds * header.rate));
    std::size_t size = 256;
    while (size < window) {
        size *= 2;
    }
    const int columns = columnsOf(header);
    const MelBands bands(header.rate, size);
    std::vector<float> shape(window);
    for (std::size_t i = 0; i < window; ++i) { // Hann
        shape[i] = static_cast<float>(0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(window - 1)));
    }
    std::vector<double> levels(static_cast<std::size_t>(columns) * kAudioBands);
    std::vector<std::complex<float>> values(size);
    std::vector<float> power(size / 2);
    double loudest = -1e9;
    for (int column = 0; column < columns; ++column) {
        // Centred on its moment; beyond the ends it is silent.
        const auto middle = static_cast<std::int64_t>(kAudioStepSeconds * column * header.rate);
        const std::int64_t begin = middle - static_cast<std::int64_t>(window / 2);
        std::fill(values.begin(), values.end(), std::complex<float>());
        for (std::size_t i = 0; i < window; ++i) {
            const std::int64_t at = begin + static_cast<std::int64_t>(i);
            values[i] = at >= 0 && at < static_cast<std::int64_t>(sound.size()) ? sound[static_cast<std::size_t>(at)] * shape[i] : 0.0F;
        }
        transform(values);
        for (std::size_t bin = 0; bin < power.size(); ++bin) {
            power[bin] = std::norm(values[bin]);
        }
        for (std::size_t band = 0; band < kAudioBands; ++band) {
            const double level = 10 * std::log10(std::max(1e-12, bands.energyOf(band, power)));
            levels[band * static_cast<std::size_t>(columns) + static_cast<std::size_t>(column)] = level;
            loudest = std::max(loudest, level);
        }
    }
    Pixels picture{1, kAudioBands, columns, std::vector<std::uint8_t>(levels.size())};
    for (std::size_t band = 0; band < kAudioBands; ++band) {
        const std::size_t row = kAudioBands - 1 - band;
        for (std::size_t column = 0; column < static_cast<std::size_t>(columns); ++column) {
            const double level = levels[band * static_cast<std::size_t>(columns) + column];
            const double part = std::clamp(1 + (level - loudest) / kQuietestDecibels, 0.0, 1.0);
            picture.bytes[row * static_cast<std::size_t>(columns) + column] = static_cast<std::uint8_t>(std::lround(255 * part));
        }
    }
    return picture;
}

Result<Pixels> drawWave(std::string_view file, int width, int height, const AudioForm& form)
{
    AudioHeader header;
    TY_TRY(auto whole, decodeAudio(file, header));
    const std::vector<float> sound = partOfSound(std::move(whole), header.rate, form);
    float highest = 1e-6F;
    for (const float value : sound) {
        highest = std::max(highest, std::abs(value));
    }
    const auto columns = static_cast<std::size_t>(std::max(1, width));
    const auto rows = static_cast<std::size_t>(std::max(2, height));
    Pixels picture{1, static_cast<int>(rows), static_cast<int>(columns), std::vector<std::uint8_t>(rows * columns, 255)};
    const auto rowOf = [&](float value) {
        const double place = (1 - static_cast<double>(value / highest)) / 2 * static_cast<double>(rows - 1);
        return static_cast<std::size_t>(std::clamp(place, 0.0, static_cast<double>(rows - 1)));
    };
    for (std::size_t column = 0; column < columns; ++column) {
        const std::size_t begin = column * sound.size() / columns;
        const std::size_t end = std::max(begin + 1, (column + 1) * sound.size() / columns);
        const auto [low, high] = std::minmax_element(
            sound.begin() + static_cast<std::ptrdiff_t>(begin), sound.begin() + static_cast<std::ptrdiff_t>(std::min(end, sound.size())));
        for (std::size_t row = rowOf(*high); row <= rowOf(*low); ++row) {
            picture.bytes[row * columns + column] = 40;
        }
    }
    return picture;
}

} // namespace ty::engine
