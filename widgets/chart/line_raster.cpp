#include "widgets/chart/line_raster.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <QImage>

namespace ty::widgets {

namespace {

/// dst = src * alpha + dst * (1 - alpha); src premultiplied, alpha in [0, 256].
inline void blend(std::uint32_t& dst, std::uint32_t src, std::uint32_t alpha)
{
    constexpr std::uint32_t kMask = 0x00ff00ffU;
    const std::uint32_t srcAlpha = ((src >> 24) * alpha) >> 8;
    const std::uint32_t rest = 256 - srcAlpha - (srcAlpha >> 7);
    const std::uint32_t low = ((src & kMask) * alpha >> 8) & kMask;
    const std::uint32_t high = (((src >> 8) & kMask) * alpha) & ~kMask;
    const std::uint32_t oldLow = ((dst & kMask) * rest >> 8) & kMask;
    const std::uint32_t oldHigh = (((dst >> 8) & kMask) * rest) & ~kMask;
    dst = (low | high) + (oldLow | oldHigh);
}

class DashWalk {
  public:
    explicit DashWalk(const QList<double>& dash)
        : m_dash(dash)
    {
        for (const double length : dash) {
            m_period += length;
        }
    }

    bool isInk(double x) const
    {
        if (m_dash.isEmpty()) {
            return true;
        }
        double place = std::fmod(x, m_period);
        for (qsizetype i = 0; i < m_dash.size(); ++i) {
            if (place < m_dash[i]) {
                return i % 2 == 0;
            }
            place -= m_dash[i];
        }
        return true;
    }

  private:
    const QList<double>& m_dash;
    double m_period = 0;
};

} // namespace

void rasterLine(
    QImage& image,
    std::span<const RasterColumn> columns,
    const QColor& color,
    double thickness,
    const QList<double>& dash,
    double dashOffset)
{
    const auto ink = qPremultiply(color.rgba());
    const auto pitch = static_cast<std::size_t>(image.bytesPerLine()) / sizeof(std::uint32_t);
    auto* pixels = reinterpret_cast<std::uint32_t*>(image.bits());
    const double height = image.height();
    const bool isOpaque = qAlpha(ink) == 255;
    const DashWalk walk(dash);
    for (const RasterColumn& column : columns) {
        if (column.x < 0 || column.x >= image.width() || !walk.isInk(column.x + dashOffset)) {
            continue;
        }
        const double top = std::clamp(column.top - thickness / 2, 0.0, height);
        const double bottom = std::clamp(column.bottom + thickness / 2, 0.0, height);
        if (bottom <= top) {
            continue;
        }
        const int first = static_cast<int>(top);
        const int last = std::min(image.height() - 1, static_cast<int>(bottom));
        std::uint32_t* pixel = pixels + static_cast<std::size_t>(first) * pitch + column.x;
        const auto part = [&](int y) {
            const double covered =
                std::min(bottom, y + 1.0) - std::max(top, static_cast<double>(y));
            return static_cast<std::uint32_t>(covered * 256);
        };
        blend(*pixel, ink, part(first));
        pixel += pitch;
        for (int y = first + 1; y < last; ++y, pixel += pitch) {
            if (isOpaque) {
                *pixel = ink;
            } else {
                blend(*pixel, ink, 256);
            }
        }
        if (last > first) {
            blend(*pixel, ink, part(last));
        }
    }
}

} // namespace ty::widgets
