#include "widgets/chart/axis.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

namespace ty::widgets {

namespace {

struct AxisText {
    Q_DECLARE_TR_FUNCTIONS(ty::widgets::Axis)
};

double niceStep(double span, int wanted)
{
    const double rough = span / std::max(1, wanted);
    const double power = std::pow(10, std::floor(std::log10(rough)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (rough <= factor * power * 1.0001) {
            return factor * power;
        }
    }
    return 10 * power;
}

/// Label of a tick whose neighbours are `step` away.
QString tickText(double value, double step)
{
    if (std::abs(value) < step * 1e-6) {
        value = 0;
    }
    if (value == 0 && step >= 1) {
        return QStringLiteral("0");
    }
    const double size = std::max(std::abs(value), step);
    const QLocale locale;
    if (size >= 1e15 || step < 1e-6) {
        return locale.toString(value, 'g', 4);
    }
    const auto decimalsFor = [](double unitStep) {
        return std::clamp(static_cast<int>(std::ceil(-std::log10(unitStep) - 1e-9)), 0, 9);
    };
    if (size >= 1e6) {
        return locale.toString(value / 1e6, 'f', decimalsFor(step / 1e6)) + QStringLiteral("M");
    }
    if (size >= 1e4) {
        return locale.toString(value / 1e3, 'f', decimalsFor(step / 1e3)) + QStringLiteral("k");
    }
    return locale.toString(value, 'f', decimalsFor(step));
}

QList<AxisTick> linearTicks(const AxisScale& scale, double step)
{
    QList<AxisTick> ticks;
    const auto [low, high] = scale.range;
    const double first = std::ceil(low / step - 1e-9);
    for (double n = first; n * step <= high + step * 1e-9 && ticks.size() < 100; ++n) {
        ticks.append({n * step, tickText(n * step, step)});
    }
    return ticks;
}

QList<AxisTick> logTicks(const AxisScale& scale, int wanted)
{
    const double low = std::log10(scale.range.low);
    const double high = std::log10(scale.range.high);
    if (high - low < 0.9) {
        auto ticks = linearTicks(scale, niceStep(scale.range.high - scale.range.low, wanted));
        ticks.removeIf([](const AxisTick& tick) { return tick.value <= 0; });
        return ticks;
    }
    QList<AxisTick> ticks;
    const int every = std::max(1, static_cast<int>(std::ceil((high - low) / std::max(1, wanted))));
    const bool hasMinor = every == 1 && high - low < 8;
    const bool hasHalves = high - low < 2.5;
    for (int power = static_cast<int>(std::floor(low)); power <= std::ceil(high); ++power) {
        for (int digit = 1; digit <= (hasMinor ? 9 : 1); ++digit) {
            const double value = digit * std::pow(10, power);
            if (value < scale.range.low * (1 - 1e-9) || value > scale.range.high * (1 + 1e-9)) {
                continue;
            }
            const bool isNamed =
                (digit == 1 && power % every == 0) || (hasHalves && (digit == 2 || digit == 5));
            ticks.append({value, isNamed ? valueText(value) : QString()});
        }
    }
    return ticks;
}

template <std::size_t N> double stepFrom(const std::array<double, N>& steps, double rough)
{
    const auto found = std::lower_bound(steps.begin(), steps.end(), rough);
    return found == steps.end() ? 0 : *found;
}

} // namespace

double AxisScale::toUnit(double value) const
{
    if (isLog) {
        return std::log(value / range.low) / std::log(range.high / range.low);
    }
    if (cuts.empty()) {
        return (value - range.low) / (range.high - range.low);
    }
    const double low = pressed(range.low);
    return (pressed(value) - low) / (pressed(range.high) - low);
}

double AxisScale::fromUnit(double part) const
{
    if (isLog) {
        return range.low * std::pow(range.high / range.low, part);
    }
    if (cuts.empty()) {
        return range.low + (range.high - range.low) * part;
    }
    const double low = pressed(range.low);
    return unpressed(low + (pressed(range.high) - low) * part);
}

double AxisScale::pressed(double value) const
{
    double removed = 0;
    for (const AxisCut& cut : cuts) {
        if (value <= cut.low) {
            break;
        }
        const double length = cut.high - cut.low;
        const double kept = std::min(cutWidth, length);
        removed += std::min(value - cut.low, length) * (1 - kept / length);
    }
    return value - removed;
}

double AxisScale::unpressed(double value) const
{
    double removed = 0;
    for (const AxisCut& cut : cuts) {
        const double length = cut.high - cut.low;
        const double kept = std::min(cutWidth, length);
        const double into = value - (cut.low - removed);
        if (into <= 0) {
            break;
        }
        if (into < kept) {
            return cut.low + into / kept * length;
        }
        removed += length - kept;
    }
    return value + removed;
}

const AxisCut* AxisScale::cutBetween(double low, double high) const
{
    for (const AxisCut& cut : cuts) {
        if (cut.low >= low && cut.high <= high) {
            return &cut;
        }
    }
    return nullptr;
}

QList<AxisTick> numberTicks(const AxisScale& scale, int wanted)
{
    const double span = scale.range.high - scale.range.low;
    if (!(span > 0) || !std::isfinite(span)) {
        return {};
    }
    return scale.isLog ? logTicks(scale, wanted) : linearTicks(scale, niceStep(span, wanted));
}

QList<AxisTick> durationTicks(const AxisScale& scale, int wanted)
{
    static constexpr std::array<double, 17> kSteps{
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400};
    const double span = scale.range.high - scale.range.low;
    const double rough = span / std::max(1, wanted);
    if (scale.isLog || rough < 1 || rough > 5 * 86400) {
        QList<AxisTick> numbers = numberTicks(scale, wanted);
        numbers.removeIf([](const AxisTick& tick) { return tick.value < 0; }); // no time passes before the beginning
        return numbers;
    }
    double step = stepFrom(kSteps, rough);
    step = step > 0 ? step : std::ceil(rough / 86400) * 86400;
    QList<AxisTick> ticks;
    for (double n = std::ceil(scale.range.low / step - 1e-9); n * step <= scale.range.high; ++n) {
        const auto seconds = static_cast<qint64>(std::llround(n * step));
        QString label;
        if (step < 60) {
            label = scale.range.high < 120 ? QStringLiteral("%1 s").arg(seconds)
                                           : QStringLiteral("%1:%2")
                                                 .arg(seconds / 60)
                                                 .arg(seconds % 60, 2, 10, QLatin1Char('0'));
        } else if (step < 3600) {
            label = scale.range.high < 7200 ? QStringLiteral("%1 min").arg(seconds / 60)
                                            : QStringLiteral("%1:%2 h")
                                                  .arg(seconds / 3600)
                                                  .arg(seconds / 60 % 60, 2, 10, QLatin1Char('0'));
        } else if (step < 86400) {
            label = QStringLiteral("%1 h").arg(seconds / 3600);
        } else {
            label = QStringLiteral("%1 d").arg(seconds / 86400);
        }
        ticks.append({n * step, label});
    }
    return ticks;
}

QList<AxisTick> clockTicks(const AxisScale& scale, int wanted)
{
    static constexpr std::array<double, 19> kSteps{
        1,
        2,
        5,
        10,
        15,
        30,
        60,
        120,
        300,
        600,
        900,
        1800,
        3600,
        7200,
        10800,
        21600,
        43200,
        86400,
        7 * 86400};
    const double span = scale.pressed(scale.range.high) - scale.pressed(scale.range.low);
    double step = stepFrom(kSteps, std::max(1.0, span / std::max(1, wanted)));
    step = step > 0 ? step : std::ceil(span / wanted / 86400) * 86400;
    // Round places in local time, not in UTC.
    const double offset =
        QDateTime::fromSecsSinceEpoch(static_cast<qint64>(scale.range.low)).offsetFromUtc();
    const QString format = step < 60      ? QStringLiteral("HH:mm:ss")
                           : step < 86400 ? QStringLiteral("HH:mm")
                                          : QStringLiteral("d MMM");
    QList<AxisTick> ticks;
    const auto addWithin = [&](double low, double high) {
        for (double n = std::ceil((low + offset) / step); n * step - offset <= high; ++n) {
            const double value = n * step - offset;
            const auto seconds = static_cast<qint64>(value);
            ticks.append({value, QDateTime::fromSecsSinceEpoch(seconds).toString(format)});
        }
    };
    // Nothing is written inside a cut: a night may pass there.
    double from = scale.range.low;
    for (const AxisCut& cut : scale.cuts) {
        addWithin(from, std::min(cut.low, scale.range.high));
        from = std::max(from, cut.high);
    }
    addWithin(from, scale.range.high);
    return ticks;
}

QList<AxisTick> ticksFor(XKind kind, const AxisScale& scale, int wanted)
{
    switch (kind) {
    case XKind::Elapsed:
        return durationTicks(scale, wanted);
    case XKind::WallClock:
        return clockTicks(scale, wanted);
    case XKind::Step:
    case XKind::Epoch:
        break;
    }
    QList<AxisTick> ticks = numberTicks(scale, wanted);
    // Steps and epochs are counted: between two of them there is nothing to name, unless nothing else is in sight.
    const auto isBetween = [](const AxisTick& tick) { return tick.value != std::round(tick.value); };
    if (!std::all_of(ticks.begin(), ticks.end(), isBetween) && ticks.removeIf(isBetween) > 0) {
        for (AxisTick& tick : ticks) {
            tick.label = tick.label.isEmpty() ? QString() : tickText(tick.value, 1);
        }
    }
    return ticks;
}

QString valueText(double value)
{
    const QLocale locale;
    if (std::isnan(value)) {
        return QStringLiteral("NaN");
    }
    if (std::isinf(value)) {
        return value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
    }
    const double size = std::abs(value);
    if (value == 0) {
        return QStringLiteral("0");
    }
    if (value == std::round(value) && size < 1e9) {
        return locale.toString(static_cast<qlonglong>(value));
    }
    if (size < 1e-4 || size >= 1e9) {
        return locale.toString(value, 'g', 4);
    }
    const int decimals = std::clamp(3 - static_cast<int>(std::floor(std::log10(size))), 1, 8);
    return locale.toString(value, 'f', decimals);
}

QString secondsText(double seconds)
{
    if (!(seconds >= 0) || !std::isfinite(seconds)) {
        return QStringLiteral("–");
    }
    const QLocale locale;
    if (seconds > 0 && seconds < 1) {
        return AxisText::tr("%1 ms").arg(std::lround(seconds * 1000));
    }
    if (seconds < 10) {
        return AxisText::tr("%1 s").arg(locale.toString(seconds, 'f', 1));
    }
    const auto whole = static_cast<qint64>(std::llround(seconds));
    const auto padded = [](qint64 number) {
        return QStringLiteral("%1").arg(number, 2, 10, QLatin1Char('0'));
    };
    if (whole < 60) {
        return AxisText::tr("%1 s").arg(whole);
    }
    if (whole < 3600) {
        return AxisText::tr("%1 min %2 s").arg(whole / 60).arg(padded(whole % 60));
    }
    if (whole < 86400) {
        return AxisText::tr("%1 h %2 min").arg(whole / 3600).arg(padded(whole / 60 % 60));
    }
    return AxisText::tr("%1 d %2 h").arg(whole / 86400).arg(padded(whole / 3600 % 24));
}

QString placeText(XKind kind, double value)
{
    if (std::isnan(value)) {
        return QStringLiteral("–");
    }
    switch (kind) {
    case XKind::Step:
        return QLocale().toString(static_cast<qlonglong>(std::llround(value)));
    case XKind::Epoch:
        return value == std::round(value) ? QLocale().toString(static_cast<qlonglong>(value))
                                          : QLocale().toString(value, 'f', 2);
    case XKind::Elapsed:
        return secondsText(value);
    case XKind::WallClock:
        return QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(value * 1000))
            .toString(QStringLiteral("d MMM HH:mm:ss"));
    }
    return {};
}

QString axisTitle(XKind kind)
{
    switch (kind) {
    case XKind::Step:
        return AxisText::tr("Step");
    case XKind::Epoch:
        return AxisText::tr("Epoch");
    case XKind::Elapsed:
        return AxisText::tr("Running time");
    case XKind::WallClock:
        return AxisText::tr("Time of day");
    }
    return {};
}

} // namespace ty::widgets
