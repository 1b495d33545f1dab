#pragma once

#include <QWidget>

class QLabel;
class QLineEdit;
class QTableView;

namespace ty::app {

class FolderTableModel;

/// Objects: a folder of this computer as a table; Enter opens folders, a file or the whole folder can be imported.
class FolderBrowser : public QWidget {
    Q_OBJECT
public:
    explicit FolderBrowser(QWidget* parent = nullptr);

    void setFolder(const QString& path);
    QString folder() const;
    void focusPath();
    void focusFilter();
    FolderTableModel* model() const { return m_model; }

signals:
    void importRequested(const QStringList& paths);
    void folderChanged(const QString& path);

private:
    void openIndex(const QModelIndex& index);
    void importSelected();

    FolderTableModel* m_model;
    QLineEdit* m_path;
    QLineEdit* m_filter;
    QTableView* m_table;
    QLabel* m_status;
};

} // namespace ty::app
