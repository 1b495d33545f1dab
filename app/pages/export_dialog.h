#pragma once

#include <QDialog>

#include "app/catalog/records.h"
#include "app/services/model_service.h"

class QButtonGroup;
class QDialogButtonBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace ty::widgets {
class BusyBar;
class ErrorPanel;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;

/// Writes a model in another format and shows what the check of the written file said.
class ExportDialog : public QDialog {
    Q_OBJECT
public:
    ExportDialog(AppContext& context, const catalog::ModelRecord& model, QWidget* parent = nullptr);

    /// Reads the model from the catalog and opens the dialog; it deletes itself.
    static void open(AppContext& context, qint64 modelId, QWidget* parent);

    /// Offers these alone of "onnx" and "safetensors": model.json "exports".
    void setFormats(const QStringList& formats);
    /// Exports the weights of that checkpoint instead of the best epoch's.
    void setCheckpoint(const QString& file, int epoch);

    QLineEdit* fileEdit() const { return m_file; }
    QPushButton* exportButton() const { return m_export; }
    QString report() const;

signals:
    void exported(const ty::app::ExportReport& report);

private:
    void chooseFile();
    void start();
    void finish(const Result<ExportReport>& result);
    QString format() const;
    QString suffix() const;

    AppContext& m_context;
    catalog::ModelRecord m_model;
    QString m_checkpoint;
    QButtonGroup* m_formats;
    QLineEdit* m_file;
    QLabel* m_report;
    widgets::BusyBar* m_busy;
    widgets::ErrorPanel* m_error;
    QPushButton* m_export;
    QPushButton* m_folder;
    int m_activity = 0;
};

} // namespace ty::app
