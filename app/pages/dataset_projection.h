#pragma once

#include <vector>

#include <QWidget>

#include "app/models/dataset_summary.h"
#include "app/services/dataset_service.h"
#include "engine/base/result.h"
#include "engine/base/run_spec.h"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QSpinBox;
class QStackedWidget;
class QTableView;

namespace ty::widgets {
class BusyBar;
class ErrorPanel;
class ImageGrid;
class PointCloud;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;
class PreviewTableModel;
class RunnerCall;
class SampleGridModel;

/// A dataset's samples as points of a plane, seen while they find their places; points that are chosen are shown beside it.
class DatasetProjection : public QWidget {
    Q_OBJECT
public:
    explicit DatasetProjection(AppContext& context, QWidget* parent = nullptr);
    ~DatasetProjection() override;

    void setDataset(const DataSpec& spec, const DatasetSummary& summary);
    void clear();
    void start();
    widgets::PointCloud& cloud() { return *m_cloud; }
    bool isRunning() const;

signals:
    /// The points have found their places, or why there are none is told.
    void projected();

private:
    QWidget* buildBar();
    void take(const Json& told);
    void finish(Result<Json> told);
    void end();
    void openData();
    void showChosen();
    void showHovered(int point, const QPoint& place);
    void exportCsv();

    AppContext& m_context;
    DataSpec m_data;
    DatasetSummary m_summary;
    DatasetHandle m_dataset; ///< null until it is open
    int m_request = 0;       ///< the newest setDataset(); older answers are dropped
    std::vector<std::uint32_t> m_samples; ///< {points}
    std::vector<double> m_targets;        ///< likewise
    std::vector<float> m_places;          ///< {points, 2}
    int m_hovered = -1;
    RunnerCall* m_call;
    QComboBox* m_method;
    QDoubleSpinBox* m_perplexity;
    QSpinBox* m_most;
    QPushButton* m_start;
    widgets::BusyBar* m_busy;
    widgets::ErrorPanel* m_error;
    widgets::PointCloud* m_cloud;
    QStackedWidget* m_side;
    QLabel* m_hint;
    widgets::ImageGrid* m_grid;
    SampleGridModel* m_pictures;
    QTableView* m_table;
    PreviewTableModel* m_rows;
    QLabel* m_words;
    QString m_outcome; ///< of the projection that is shown
};

} // namespace ty::app
