#pragma once

#include <QObject>
#include <QString>

namespace ty::app {

/// The pages of the rail, in its order.
enum class PageId { Home, Data, Train, Runs, Models, Compute, Queue, Settings };

/// How pages send the person elsewhere without knowing each other. The window connects to the signals.
class Navigation : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

signals:
    void pageRequested(ty::app::PageId page);
    /// Data page, detail of this dataset.
    void datasetRequested(const QString& datasetId);
    /// Train page with this dataset in the Training well; an empty preset keeps the form's.
    void trainingRequested(const QString& datasetId, const QString& preset);
    /// Train page with the form as that run had it ("Reproduce", Ctrl+D).
    void reproduceRequested(const QString& runId);
    /// Runs page, detail of this run.
    void runRequested(const QString& runId);
    /// Train page, live view of this run.
    void liveRunRequested(const QString& runId);
    /// Models page, detail of this model.
    void modelRequested(const QString& modelId);
    /// As if these files had been dropped on the window.
    void importRequested(const QStringList& paths);
};

} // namespace ty::app
