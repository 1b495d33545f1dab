#pragma once

#include <QDialog>
#include <QString>

#include "engine/base/run_spec.h"

class QComboBox;
class QLabel;
class QPushButton;
class QTableView;

namespace ty::widgets {
class BusyBar;
class ErrorPanel;
class ImageGrid;
} // namespace ty::widgets

namespace ty::app {

class ColumnEditor;
class DatasetService;
class PreviewTableModel;
class SampleGridModel;
struct DatasetSummary;
struct TablePreview;

/// What is about to be imported: the guesses, editable, over the first 100 rows, or its pictures. Reads in the background.
class ImportSheet : public QDialog {
    Q_OBJECT
public:
    ImportSheet(DatasetService& datasets, const QString& path, QWidget* parent);

signals:
    /// The person accepted. @param isTraining  "Import and train"
    void importAccepted(const ty::DataSpec& spec, bool isTraining);

private:
    void loadPreview();
    void showPreview(const TablePreview& preview);
    void showPictures();
    void offerTables(const DatasetSummary& summary);
    void chooseTable();
    void acceptWith(bool isTraining);

    DatasetService& m_datasets;
    DataSpec m_data;
    QString m_path; ///< as it was given: of a database, without a table
    QLabel* m_facts;
    QLabel* m_tableLabel;
    QComboBox* m_tableBox; ///< of a database with several; else hidden
    widgets::BusyBar* m_busy;
    widgets::ErrorPanel* m_error;
    ColumnEditor* m_columns;
    PreviewTableModel* m_rows;
    QTableView* m_table;
    SampleGridModel* m_pictures;
    widgets::ImageGrid* m_grid;
    QPushButton* m_import;
    QPushButton* m_train;
};

} // namespace ty::app
