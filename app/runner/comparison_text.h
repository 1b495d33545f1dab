#pragma once

#include <string>

#include "app/runner/comparison.h"

namespace ty::runner {

// A comparison as a person or a program reads it. Of one subject a line a learner, the best first; of several a line a subject,
// a column a learner, and the mean weighted by examples, for each metric.

/// The metrics that a comparison is shown by; `asked` alone if it is not empty.
std::vector<std::string> shownMetrics(const Comparison& comparison, const std::string& asked);

std::string comparisonText(const Comparison& comparison, const std::string& asked);
std::string comparisonCsv(const Comparison& comparison, const std::string& asked);
std::string comparisonMarkdown(const Comparison& comparison, const std::string& asked);
Json comparisonJson(const Comparison& comparison);

} // namespace ty::runner
