#include "app/services/sample_picture.h"

#include <cstdint>
#include <vector>

#include <QFont>
#include <QLocale>
#include <QObject>
#include <QPainter>

#include "engine/data/dataset.h"
#include "engine/data/formats/audio_codec.h"
#include "engine/data/prepare/prepare_pictures.h"

namespace ty::app {

namespace {
constexpr int kWaveWidth = 128;
constexpr int kWaveHeight = 80;
constexpr int kLengthHeight = 16; ///< below the wave
constexpr QRgb kWaveInk = qRgb(58, 123, 213); // stands out on white and on the dark theme's ground alike
constexpr QRgb kLengthInk = qRgb(118, 126, 138); // likewise, as small letters

/// Black on white becomes ink on nothing, so that the ground is that of the view.
QImage inked(const engine::Pixels& wave)
{
    QImage image(wave.width, wave.height + kLengthHeight, QImage::Format_ARGB32);
    image.fill(Qt::transparent);
    for (int y = 0; y < wave.height; ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        const auto* grey = wave.bytes.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(wave.width);
        for (int x = 0; x < wave.width; ++x) {
            line[x] = (kWaveInk & 0x00ffffffU) | (static_cast<QRgb>(255 - grey[x]) << 24);
        }
    }
    return image;
}

/// Below it: tiles show one scale of time, and longer recordings only in part.
void writeLength(QImage& image, double seconds)
{
    constexpr int kLetters = 13; // pixels of the tile
    QPainter painter(&image);
    QFont font = painter.font();
    font.setPixelSize(kLetters);
    painter.setFont(font);
    painter.setPen(QColor(kLengthInk));
    painter.drawText(image.rect().adjusted(0, 0, -3, -1), Qt::AlignRight | Qt::AlignBottom, QObject::tr("%1 s").arg(QLocale().toString(seconds, 'f', 2)));
}
} // namespace

QImage thumbnailOf(const engine::Dataset& dataset, quint64 sample)
{
    const auto [channels, height, width] = dataset.info().imageShape;
    if (channels < 1 || height < 1 || width < 1) {
        return {};
    }
    if (dataset.info().format == "recordings") { // people know them by their waves
        const auto file = dataset.readOriginal(sample);
        const engine::AudioForm form = engine::audioFormOf(dataset.info());
        const auto wave = file ? engine::drawWave(*file, kWaveWidth, kWaveHeight, form) : Result<engine::Pixels>(file.error());
        const auto header = file ? engine::inspectAudio(*file) : Result<engine::AudioHeader>(file.error());
        if (!wave || !header) {
            return {};
        }
        QImage image = inked(*wave);
        writeLength(image, static_cast<double>(header->frames) / header->rate);
        return image;
    }
    const auto plane = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(channels) * plane);
    if (!dataset.readImage(sample, pixels)) {
        return {};
    }
    const bool isColor = channels >= 3;
    QImage image(width, height, isColor ? QImage::Format_RGB888 : QImage::Format_Grayscale8);
    for (int y = 0; y < height; ++y) {
        auto* line = image.scanLine(y);
        const auto* source = pixels.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
        for (int x = 0; x < width; ++x) {
            if (isColor) {
                line[3 * x] = source[x];
                line[3 * x + 1] = source[plane + static_cast<std::size_t>(x)];
                line[3 * x + 2] = source[2 * plane + static_cast<std::size_t>(x)];
            } else {
                line[x] = source[x];
            }
        }
    }
    return image;
}

} // namespace ty::app
