#pragma once

#include <vector>

#include <QString>

#include "app/models/entry_table_model.h"
#include "cloud/storage/store.h"
#include "widgets/drop_well.h"

namespace ty::app {

/// What lies in one folder of a store, as it comes in page by page. Grows at its end only, so that a folder of 100,000 files
/// never holds the window; a sort puts the whole in order, and what comes later stands behind it until the next one.
class StoreTableModel : public EntryTableModel {
    Q_OBJECT
public:
    enum FurtherColumn { Tier = SharedColumns, Checksum, ColumnCount };
    enum Role { AddressRole = Qt::UserRole, IsFolderRole, NameRole, IsDeletedRole };
    static constexpr const char* kMimeType = widgets::kStoreMimeType;

    explicit StoreTableModel(QObject* parent = nullptr);

    /// Empties it. @param root  what stands before the entries' paths in their addresses: "NAME:"
    void begin(const QString& root);
    void append(const std::vector<cloud::StoreEntry>& entries);
    const QString& root() const { return m_root; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    void sort(int column, Qt::SortOrder order) override;
    QStringList mimeTypes() const override;
    QMimeData* mimeData(const QModelIndexList& indexes) const override;

signals:
    /// What lies at `addresses` was dragged into that folder of this computer, in a file manager.
    void droppedOn(const QStringList& addresses, const QString& folder) const;

private:
    QVariant headerOf(int section) const override;

    QString m_root;
    std::vector<cloud::StoreEntry> m_entries;
};

} // namespace ty::app
