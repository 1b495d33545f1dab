#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include <QDateTime>
#include <QString>
#include <QThreadPool>

#include "app/models/entry_table_model.h"

namespace ty::app {

/// One entry of a folder.
struct FolderEntry {
    QString name;
    bool isFolder = false;
    qint64 bytes = 0;
    QDateTime modified;
};

/// The entries of one folder of this computer, read and sorted on a worker thread: a folder of 100,000 files does
/// not hold the window. Folders first.
class FolderTableModel : public EntryTableModel {
    Q_OBJECT
public:
    static constexpr int ColumnCount = SharedColumns;
    enum Role { PathRole = Qt::UserRole, IsFolderRole };

    explicit FolderTableModel(QObject* parent = nullptr);
    ~FolderTableModel() override;

    void setFolder(const QString& path);
    QString folder() const { return m_folder; }
    /// Only entries whose name contains this; read again off the GUI thread.
    void setFilter(const QString& text);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    void sort(int column, Qt::SortOrder order) override;
    QStringList mimeTypes() const override;
    QMimeData* mimeData(const QModelIndexList& indexes) const override;

signals:
    void loading();
    /// @param problem  why the folder cannot be read; empty: it was
    void loaded(int entries, const QString& problem);

private:
    void load();
    /// A reset, or a change of layout where they are the ones that are shown.
    void replaceEntries(std::vector<FolderEntry> entries, const QString& folder);

    QString m_folder;
    QString m_shownFolder; ///< whose entries these are; m_folder may be on its way
    QString m_filter;
    int m_sortColumn = Name;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
    std::vector<FolderEntry> m_entries;
    std::shared_ptr<std::atomic<int>> m_newest = std::make_shared<std::atomic<int>>(0);
    QThreadPool m_pool;
};

} // namespace ty::app
