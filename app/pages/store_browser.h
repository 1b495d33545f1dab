#pragma once

#include <QWidget>

class QAction;
class QLabel;
class QLineEdit;
class QPushButton;
class QTableView;

namespace ty::widgets {
class ErrorPanel;
class FilterLine;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;
class StoreService;
class StoreTableModel;

/// A folder of a store as a table: folders open, files and folders are uploaded by dropping them on it, downloaded to a
/// folder that is chosen, copied between stores by dragging, and deleted after a question.
class StoreBrowser : public QWidget {
    Q_OBJECT
public:
    StoreBrowser(AppContext& context, StoreService& stores, QWidget* parent = nullptr);

    /// "NAME:path".
    void setAddress(const QString& address);
    const QString& address() const { return m_address; }
    void reload();
    void focusPath();
    void focusFilter();
    QTableView* table() const { return m_table; }

signals:
    /// A file or folder is to be trained on where it lies.
    void trainRequested(const QString& address);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void makeTable();
    void openIndex(const QModelIndex& index);
    QString folderAbove() const;
    QStringList selected() const;
    void upload(bool isFolder);
    void download();
    void askToRemove();
    void restoreSelected();
    void restoreAll(const QStringList& addresses);
    bool keepsDeleted() const;
    void removeAll(const QStringList& addresses);
    void makeFolder();
    QString newText() const;
    void copyTo(const QStringList& sources, const QString& target);
    void copyAddress();
    void refreshActions();
    void onRefused(const QString& what, const QString& why, const QString& advice);

    AppContext& m_context;
    StoreService& m_stores;
    StoreTableModel* m_model;
    QTableView* m_table;
    QLineEdit* m_path;
    widgets::FilterLine* m_filter;
    QLabel* m_status;
    widgets::ErrorPanel* m_error;
    QPushButton* m_uploadButton;
    QPushButton* m_downloadButton;
    QPushButton* m_trainButton;
    QPushButton* m_newButton;
    QPushButton* m_deletedButton;
    QPushButton* m_restoreButton;
    QAction* m_download;
    QAction* m_train;
    QAction* m_remove;
    QAction* m_restore;
    QAction* m_copyAddress;
    bool m_isListingRefused = false; ///< that is what the error panel says
    QString m_address;
};

} // namespace ty::app
