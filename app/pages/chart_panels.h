#pragma once

#include <string>
#include <vector>

#include <QString>

#include "widgets/chart/chart_types.h"

namespace ty::app {

/// One panel of a run's charts: what it draws and how.
struct ChartPanelKind {
    const char* key;   ///< stable: "loss", "accuracy", "steps", "rate", "speed", "devices", "memory"
    const char* title; ///< to be translated
    const char* unit;  ///< to be translated; empty: none
    std::vector<std::string> metrics; ///< as the catalog names them; the last one alone is overlaid
    widgets::XKind x;
    widgets::Better better;
    double smoothing;
    double scale; ///< from the catalog's unit to the panel's
    bool isLogarithmic = false; ///< what shrinks towards 0

    bool has(const std::string& metric) const;
};

/// In the order of the page.
const std::vector<ChartPanelKind>& chartPanelKinds();
/// "training", "validation", "each step", "processor".
QString metricPartName(const std::string& metric);
QString chartPanelTitle(const ChartPanelKind& kind);
QString chartPanelUnit(const ChartPanelKind& kind);

} // namespace ty::app
