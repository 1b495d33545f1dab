#pragma once

#include <QDialog>

#include "app/models/dataset_summary.h"
#include "engine/base/run_spec.h"

class QButtonGroup;
class QLabel;
class QLineEdit;
class QPushButton;

namespace ty::widgets {
class BusyBar;
class ErrorPanel;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;

/// Writes a dataset in another form: which one, and where to.
class DataExportDialog : public QDialog {
    Q_OBJECT
public:
    DataExportDialog(AppContext& context, const DatasetSummary& summary, DataSpec source, QWidget* parent = nullptr);

    /// Reads the dataset from the catalog and opens the dialog; it deletes itself.
    static void open(AppContext& context, qint64 datasetId, QWidget* parent);

private:
    void suggestFolder();
    void chooseFolder();
    void start();
    void onExported(int ticket, const QString& folder, int files, const QStringList& notes);
    void onFailed(int ticket, const QString& message, const QString& advice);
    void setWorking(bool isWorking);
    QString form() const;

    AppContext& m_context;
    DataSpec m_data;
    QString m_name;
    QButtonGroup* m_forms;
    QLineEdit* m_folder;
    QLabel* m_report;
    widgets::BusyBar* m_busy;
    widgets::ErrorPanel* m_error;
    QPushButton* m_export = nullptr;
    QPushButton* m_open = nullptr;
    int m_ticket = 0; ///< of the export under way
};

} // namespace ty::app
