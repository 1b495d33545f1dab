#pragma once

#include <QWidget>

#include "app/models/dataset_summary.h"
#include "app/models/problem_fixes.h"
#include "app/services/dataset_service.h"
#include "engine/base/run_spec.h"

class QLabel;
class QPushButton;
class QStackedWidget;
class QTabWidget;
class QTableView;

namespace ty::widgets {
class BusyBar;
class ClassBars;
class ErrorPanel;
class ImageGrid;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;
class ColumnEditor;
class DatasetProjection;
class PreparationPanel;
class PreviewTableModel;
class ProblemList;
class SampleGridModel;

/// One dataset: its samples, classes, columns and problems.
class DatasetDetail : public QWidget {
    Q_OBJECT
public:
    explicit DatasetDetail(AppContext& context, QWidget* parent = nullptr);

    void showDataset(qint64 id);
    /// Pictures of a folder, or the first rows of a large table, that is being imported, before anything else is known of it.
    void showIncoming(const DataSpec& incoming, const QString& name);
    /// 0: none.
    qint64 datasetId() const { return m_id; }
    DatasetProjection& projection() { return *m_projection; }

signals:
    void backRequested();
    void trainRequested(qint64 datasetId);
    /// showIncoming() has something to show.
    void incomingShown();

private:
    enum class Counts { Known, Estimated };
    void showSummary(const DatasetSummary& summary, const Json& choices, Counts told = Counts::Known);
    void loadSamples();
    void filterByClass(const QString& name);
    void applyColumns();
    void applyFix(const ProblemFix& fix);
    void applyPreparation(const Preparation& steps);
    /// Reads the data again as `spec` says, and shows what it is then.
    void readAgain(const DataSpec& spec, const QString& stage);
    void openFolder();

    AppContext& m_context;
    qint64 m_id = 0;
    int m_request = 0;  ///< the newest showDataset(); older answers are dropped
    int m_importTicket = 0;
    DatasetSummary m_summary;
    DataSpec m_data;
    QString m_failedStage; ///< what the error panel says did not work, for the import that is under way
    QLabel* m_title;
    QLabel* m_facts;
    QLabel* m_split;
    widgets::ErrorPanel* m_error;
    widgets::BusyBar* m_busy;
    QTabWidget* m_tabs;
    QStackedWidget* m_samples;
    widgets::ImageGrid* m_grid;
    SampleGridModel* m_pictures;
    QTableView* m_table;
    PreviewTableModel* m_rows;
    widgets::ClassBars* m_classes;
    QLabel* m_classesTitle;
    ColumnEditor* m_columns;
    QPushButton* m_apply;
    QPushButton* m_export;
    QPushButton* m_train;
    ProblemList* m_problems;
    DatasetProjection* m_projection;
    PreparationPanel* m_preparation;
};

} // namespace ty::app
