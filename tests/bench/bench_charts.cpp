// Times the live chart: 50 lines of a million points, in processor time. Prints one JSON object.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <vector>

#include <QApplication>
#include <QImage>
#include <QKeyEvent>
#include <QWheelEvent>

#include "widgets/chart/line_chart.h"
#include "widgets/theme/apply_theme.h"
#include "widgets/theme/palette.h"

namespace {

using namespace ty::widgets;

std::vector<ChartPoint> noisyLoss(int line, int count)
{
    std::mt19937 random(static_cast<unsigned>(line));
    std::normal_distribution<double> noise(0, 0.05);
    std::vector<ChartPoint> points(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        const double progress = static_cast<double>(i) / count;
        ChartPoint& point = points[static_cast<std::size_t>(i)];
        point.step = i;
        point.epoch = progress * 20;
        point.elapsedSeconds = i * 0.008;
        point.value = std::exp(-3 * progress) + 0.02 * line + noise(random);
    }
    return points;
}

/// Processor time of this (single-threaded) program: steady on a busy machine too.
double processorSeconds()
{
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

double paintMilliseconds(LineChart& chart, QImage& target)
{
    const double start = processorSeconds();
    chart.render(&target);
    return (processorSeconds() - start) * 1e3;
}

template <class Gesture>
double framesPerSecond(LineChart& chart, QImage& target, int frames, const Gesture& gesture)
{
    const double start = processorSeconds();
    for (int i = 0; i < frames; ++i) {
        gesture(i);
        chart.render(&target);
    }
    return frames / (processorSeconds() - start);
}

void turnWheel(LineChart& chart, int delta)
{
    const QPointF at(chart.canvas()->width() * 0.6, chart.canvas()->height() * 0.5);
    QWheelEvent event(
        at,
        chart.canvas()->mapToGlobal(at),
        {},
        {0, delta},
        Qt::NoButton,
        Qt::NoModifier,
        Qt::NoScrollPhase,
        false);
    QApplication::sendEvent(chart.canvas(), &event);
}

void pressKey(LineChart& chart, int key)
{
    QKeyEvent event(QEvent::KeyPress, key, Qt::NoModifier);
    QApplication::sendEvent(chart.canvas(), &event);
}

} // namespace

int main(int argc, char** argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    QApplication application(argc, argv);
    applyTheme(application, Theme::Light);
    const int lines = argc > 1 ? std::atoi(argv[1]) : 50;
    const int count = argc > 2 ? std::atoi(argv[2]) : 1'000'000;

    LineChart chart;
    chart.resize(1200, 700);
    chart.setTitle(QStringLiteral("Loss"));
    chart.show();
    QApplication::processEvents();
    QImage target(chart.size(), QImage::Format_ARGB32_Premultiplied);

    double appendSeconds = 0;
    for (int i = 0; i < lines; ++i) {
        const QString id = QString::number(i);
        chart.addLine({.id = id, .name = QStringLiteral("run %1").arg(i), .better = Better::Lower});
        const auto points = noisyLoss(i, count);
        const double start = processorSeconds();
        chart.append(id, points);
        appendSeconds += processorSeconds() - start;
    }
    chart.fit();
    const double firstPicture = paintMilliseconds(chart, target);
    const double zoomFps =
        framesPerSecond(chart, target, 60, [&](int i) { turnWheel(chart, i < 30 ? 120 : -120); });
    turnWheel(chart, 360);
    const double panFps = framesPerSecond(
        chart, target, 60, [&](int i) { pressKey(chart, i % 2 ? Qt::Key_Left : Qt::Key_Right); });
    chart.fit();
    const double start = processorSeconds();
    chart.setSmoothing(0.6);
    chart.render(&target);
    const double smoothing = (processorSeconds() - start) * 1e3;
    const double smoothedFps =
        framesPerSecond(chart, target, 30, [&](int i) { turnWheel(chart, i < 15 ? 120 : -120); });
    std::printf(
        "{\"lines\": %d, \"pointsPerLine\": %d, \"firstPictureMs\": %.1f, \"zoomFps\": %.1f, "
        "\"panFps\": %.1f, "
        "\"smoothingOnMs\": %.1f, \"smoothedZoomFps\": %.1f, \"appendNsPerPoint\": %.1f}\n",
        lines,
        count,
        firstPicture,
        zoomFps,
        panFps,
        smoothing,
        smoothedFps,
        appendSeconds * 1e9 / (static_cast<double>(lines) * count));
    return 0;
}
