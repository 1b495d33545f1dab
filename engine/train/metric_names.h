#pragma once

#include <string>
#include <string_view>

namespace ty::engine {

/// Whether more of a metric is better, by its name in evaluations: true for "accuracy", false for "log_loss".
bool isHigherBetter(std::string_view metric);
/// The metric as it stands in tables: "ROC AUC" for "roc_auc"; an unknown name as it is.
std::string metricLabel(std::string_view metric);
/// The metric that a person typed: "auc", "f1" and "loss" for "roc_auc", "macro_f1" and "log_loss"; others as they are.
std::string metricNamed(std::string_view typed);

} // namespace ty::engine
