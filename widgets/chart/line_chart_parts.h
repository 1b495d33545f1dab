#pragma once

#include <QLabel>

#include "widgets/chart/chart_canvas.h"
#include "widgets/chart/chart_legend.h"
#include "widgets/chart/chart_table_model.h"
#include "widgets/chart/line_chart.h"
#include "widgets/elided_label.h"

class QAction;
class QComboBox;
class QDoubleSpinBox;
class QMenu;
class QSlider;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace ty::widgets {

inline constexpr double kLargestSmoothing = 0.999;
inline constexpr double kUsualSmoothing = 0.6;

/// What a LineChart is made of; private to its source files.
struct LineChart::Parts {
    ChartCanvas* canvas = nullptr;
    ChartTableModel* model = nullptr;
    QTableView* table = nullptr;
    QStackedWidget* stack = nullptr;
    ChartLegend* legend = nullptr;
    ElidedLabel* title = nullptr;
    QLabel* notes = nullptr;
    QLabel* range = nullptr; ///< what lines do between the fobs
    QWidget* smoothingBox = nullptr;
    QSlider* slider = nullptr;
    QDoubleSpinBox* spin = nullptr;
    QComboBox* xChoice = nullptr;
    QToolButton* tableButton = nullptr;
    QToolButton* menuButton = nullptr;
    QMenu* menu = nullptr;
    QAction* follow = nullptr;
    QAction* pause = nullptr;
    QAction* logY = nullptr;
    QAction* logX = nullptr;
    QAction* outliers = nullptr;
    QAction* grid = nullptr;
    QAction* tableAction = nullptr;
    QAction* rangeAction = nullptr;
    QAction* unpinAll = nullptr;
    double lastSmoothing = kUsualSmoothing;

    ChartScene& scene() const { return canvas->scene(); }
};

} // namespace ty::widgets
