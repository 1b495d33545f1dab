#pragma once

#include <cstdint>
#include <string>

#include <QDateTime>
#include <QString>

#include "app/catalog/records.h"

/// How numbers of runs and models read everywhere in the window; unknown (NaN) is "-".
namespace ty::app {

/// A metric's value: four significant digits, as many decimals as they need.
QString metricText(double value);
/// "97.1 %" of 0.9713.
QString percentText(double fraction, int decimals = 1);
/// "12.3 MiB".
QString bytesText(std::int64_t bytes);
/// "1 234 567" in the person's way of writing numbers.
QString countText(std::int64_t count);
/// Local time of a UTC text of utcNow(); invalid if it is empty.
QDateTime localTime(const std::string& utc);
/// "today 14:37", "21 Nov 14:37", "21 Nov 2025".
QString whenText(const std::string& utc);
/// "validation/accuracy" as a person says it: "Validation accuracy"; "R²" for r2.
QString metricName(const QString& metric);
/// Whether a smaller value of this metric ("loss", "mae", "validation/rmse") is the better one.
bool isLowerBetter(const QString& metric);
/// A setting's value as the form shows it: null is "Auto".
QString settingText(const Json& value);
/// Glyph and word of a state: "● Running".
QString runStateText(catalog::RunState state);

} // namespace ty::app
