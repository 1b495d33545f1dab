#include "app/models/run_format.h"

#include <cmath>

#include <QCoreApplication>
#include <QLocale>

#include "app/models/metric_words.h"

namespace ty::app {

namespace {
QString say(const char* text)
{
    return QCoreApplication::translate("RunFormat", text);
}
} // namespace

QString metricText(double value)
{
    if (!std::isfinite(value)) {
        return QStringLiteral("-");
    }
    const double size = std::abs(value);
    if (size != 0 && (size < 1e-4 || size >= 1e6)) {
        return QLocale().toString(value, 'e', 2);
    }
    const int decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 0.1 || size == 0 ? 4 : 5;
    return QLocale().toString(value, 'f', decimals);
}

QString percentText(double fraction, int decimals)
{
    return std::isfinite(fraction) ? QLocale().toString(fraction * 100.0, 'f', decimals) + QStringLiteral(" %")
                                   : QStringLiteral("-");
}

QString bytesText(std::int64_t bytes)
{
    return QLocale().formattedDataSize(bytes, 1, QLocale::DataSizeIecFormat);
}

QString countText(std::int64_t count)
{
    return QLocale().toString(static_cast<qlonglong>(count));
}

QDateTime localTime(const std::string& utc)
{
    return utc.empty() ? QDateTime() : QDateTime::fromString(QString::fromStdString(utc), Qt::ISODateWithMs).toLocalTime();
}

QString whenText(const std::string& utc)
{
    const QDateTime time = localTime(utc);
    if (!time.isValid()) {
        return QStringLiteral("-");
    }
    const QDate today = QDate::currentDate();
    if (time.date() == today) {
        return say("today %1").arg(time.toString(QStringLiteral("HH:mm")));
    }
    return QLocale().toString(
        time, time.date().year() == today.year() ? QStringLiteral("d MMM HH:mm") : QStringLiteral("d MMM yyyy"));
}

QString metricName(const QString& metric)
{
    const QString part = metric.section(QLatin1Char('/'), 0, -2);
    const QString key = metric.section(QLatin1Char('/'), -1);
    QString name = key;
    if (key == QLatin1String("r2")) {
        name = QStringLiteral("R²");
    } else if (key == QLatin1String("mae") || key == QLatin1String("rmse") || key == QLatin1String("mse")) {
        name = key.toUpper();
    } else if (key == QLatin1String("roc_auc")) {
        name = QStringLiteral("AUC");
    } else if (key == QLatin1String("macro_f1") || key == QLatin1String("brier")) {
        name = metricWords(key);
        name = part.isEmpty() ? name : name.at(0).toLower() + name.mid(1);
    } else {
        name = name.replace(QLatin1Char('_'), QLatin1Char(' '));
    }
    if (!part.isEmpty()) {
        name = part.section(QLatin1Char('/'), -1) + QLatin1Char(' ') + name;
    }
    return name.isEmpty() ? name : name.at(0).toUpper() + name.mid(1);
}

bool isLowerBetter(const QString& metric)
{
    const QString key = metric.section(QLatin1Char('/'), -1);
    return key.contains(QLatin1String("loss")) || key.contains(QLatin1String("error")) || key == QLatin1String("mae")
        || key == QLatin1String("rmse") || key == QLatin1String("mse") || key == QLatin1String("perplexity") || key == QLatin1String("inertia");
}

QString settingText(const Json& value)
{
    switch (value.type()) {
    case Json::value_t::null: return say("Auto");
    case Json::value_t::boolean: return value.get<bool>() ? say("yes") : say("no");
    case Json::value_t::string: return QString::fromStdString(value.get<std::string>());
    case Json::value_t::number_float: return QLocale().toString(value.get<double>(), 'g', 6);
    default: return QString::fromStdString(toJsonLine(value));
    }
}

QString runStateText(catalog::RunState state)
{
    switch (state) {
    case catalog::RunState::Queued: return say("○ Queued");
    case catalog::RunState::Running: return say("▶ Running");
    case catalog::RunState::Paused: return say("‖ Paused");
    case catalog::RunState::Finished: return say("✔ Finished");
    case catalog::RunState::Failed: return say("✖ Failed");
    case catalog::RunState::Stopped: return say("■ Stopped");
    case catalog::RunState::Interrupted: return say("⚠ Interrupted");
    }
    return {};
}

} // namespace ty::app
