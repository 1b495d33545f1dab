#pragma once

#include <QWidget>

#include "app/models/dataset_summary.h"
#include "app/models/problem_fixes.h"
#include "app/services/dataset_service.h"
#include "engine/base/run_spec.h"

class QLabel;
class QPushButton;
class QTabWidget;

namespace ty::widgets {
class BusyBar;
class ErrorPanel;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;
class ColumnEditor;
class DatasetProjection;
class DatasetSamples;
class PreparationPanel;
class ProblemList;

/// One dataset: its samples with split and corrections, columns, problems, projection and preparation.
class DatasetDetail : public QWidget {
    Q_OBJECT
public:
    explicit DatasetDetail(AppContext& context, QWidget* parent = nullptr);

    void showDataset(qint64 id);
    /// Puts the columns in front, of the dataset that is shown or being read. Pictures and texts have none.
    void showColumns();
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
    void tellOfCopies(const std::vector<ProblemSummary>& problems);
    void applySplit(const SplitSpec& split);
    void applyColumns();
    void applyFix(const ProblemFix& fix);
    void applyPreparation(const Preparation& steps);
    /// Ends what is being read, and says what is to be read instead.
    DataSpec askedAgain(const DataSpec& spec);
    /// Reads the data again as `spec` says, and shows what it is then.
    void readAgain(const DataSpec& spec, const QString& stage);
    /// Reads the data again and compares its samples with each other and with those of another file (empty: none).
    void seekCopies(const QString& against);
    void askForOtherFile();
    void openFolder();

    AppContext& m_context;
    qint64 m_id = 0;
    bool m_areColumnsWanted = false;
    int m_request = 0;  ///< the newest showDataset(); older answers are dropped
    int m_importTicket = 0;
    bool m_isSeekingCopies = false; ///< by that import
    bool m_areCopiesToTell = false; ///< of what it found
    DatasetSummary m_summary;
    DataSpec m_data;
    Json m_choices; ///< as the catalog keeps them
    QString m_failedStage; ///< what the error panel says did not work, for the import that is under way
    QLabel* m_title;
    QLabel* m_facts;
    widgets::ErrorPanel* m_error;
    widgets::BusyBar* m_busy;
    QTabWidget* m_tabs;
    DatasetSamples* m_samples;
    ColumnEditor* m_columns;
    QPushButton* m_apply;
    QPushButton* m_export;
    QPushButton* m_train;
    ProblemList* m_problems;
    DatasetProjection* m_projection;
    PreparationPanel* m_preparation;
};

} // namespace ty::app
