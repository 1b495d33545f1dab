#pragma once

#include <QObject>
#include <QString>

namespace ty::app {

/// The pages of the rail, in its order.
enum class PageId { Home, Data, Train, Runs, Models, Compute, Queue, Specs, Settings };

/// How pages send the person elsewhere without knowing each other. The window connects to the signals.
class Navigation : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

signals:
    void pageRequested(ty::app::PageId page);
    /// Data page, detail of this dataset.
    void datasetRequested(qint64 datasetId);
    /// What its columns are, and are for.
    void datasetColumnsRequested(qint64 datasetId);
    /// Data page, what lies in this store.
    void storeRequested(const QString& name);
    /// Train page with this dataset in the Training well; an empty preset keeps the form's.
    void trainingRequested(qint64 datasetId, const QString& preset);
    /// Train page with the form as that run had it ("Reproduce", Ctrl+D).
    void reproduceRequested(qint64 runId);
    /// Train page, the next run begins with this model.
    void fineTuneRequested(qint64 modelId);
    /// Runs page, detail of this run.
    void runRequested(qint64 runId);
    /// Runs page, the wrong answers of this run.
    void mistakesRequested(qint64 runId);
    /// How the run was judged.
    void evaluationRequested(qint64 runId);
    /// Train page, live view of this run.
    void liveRunRequested(qint64 runId);
    /// Models page, detail of this model.
    void modelRequested(qint64 modelId);
    /// The window in front of other windows.
    void raiseRequested();
    /// As if these files had been dropped on the window.
    void importRequested(const QStringList& paths);
};

} // namespace ty::app
