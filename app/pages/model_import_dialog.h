#pragma once

#include <QDialog>

#include "app/services/model_service.h"
#include "engine/base/json.h"

class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QStandardItemModel;
class QTreeView;

namespace ty::widgets {
class BusyBar;
class ErrorPanel;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;
class RunnerCall;

/// A network file that is to become a model: what was understood of it, what was assumed, and what a person can say better.
class ModelImportDialog : public QDialog {
    Q_OBJECT
public:
    ModelImportDialog(AppContext& context, const QString& file, QWidget* parent);
    ~ModelImportDialog() override;

    /// What the fields say; only what differs from what was understood.
    ModelImport choices() const;

signals:
    /// The file has been read, or cannot be.
    void understood();
    void imported(qint64 modelId);

private:
    void buildForm();
    void setShown(QWidget* field, bool isShown);
    void listDatasets();
    void look();
    void show(const Json& model);
    void showError(const QString& happened, const Error& error);
    void start();

    AppContext& m_context;
    QString m_file;
    RunnerCall* m_call;
    int m_activity = 0; ///< of the import that runs; 0: none
    QStringList m_understoodClasses;
    QStringList m_understoodColumns;
    QLabel* m_facts;
    QLabel* m_assumed;
    widgets::BusyBar* m_busy;
    widgets::ErrorPanel* m_error;
    QFormLayout* m_form;
    QLineEdit* m_name;
    QComboBox* m_data;
    QComboBox* m_pixels;
    QPlainTextEdit* m_classes;
    QPlainTextEdit* m_columns;
    QLineEdit* m_input;
    QStandardItemModel* m_layers;
    QTreeView* m_table;
    QPushButton* m_import;
};

} // namespace ty::app
