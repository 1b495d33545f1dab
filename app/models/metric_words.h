#pragma once

#include <utility>

#include <QString>

#include "engine/base/json.h"

namespace ty::app {

/// A metric of evaluations as it stands in tables: "ROC AUC" for "roc_auc". An unknown name as it is.
QString metricWords(const QString& metric);
/// "0.912 ± 0.031"; "–" for what is not known. A deviation that is not known is left out.
QString spreadText(double mean, double deviation);
/// The least and the greatest value that a metric can have; infinite where it has no bound.
std::pair<double, double> metricBounds(const QString& metric);
/// A number of an object; NaN where there is none.
double numberIn(const Json& object, const char* key);
/// A text of an object; empty where there is none.
QString textIn(const Json& object, const char* key);

} // namespace ty::app
