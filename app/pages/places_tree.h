#pragma once

#include <QTreeView>

class QStandardItemModel;

namespace ty::app {

class StoreService;
class ThemeService;

/// Places with data: this computer, the samples, and the person's stores.
class PlacesTree : public QTreeView {
    Q_OBJECT
public:
    PlacesTree(ThemeService& theme, StoreService& stores, QWidget* parent = nullptr);

signals:
    void folderChosen(const QString& path);
    void sampleChosen(const QString& key);
    void storeChosen(const QString& name);
    void addStoreRequested();
    void accountsRequested(); ///< of storage
    void removeStoreRequested(const QString& name);

private:
    void fill();
    void addComputer();
    void addSamples();
    void addStores();
    void choose(const QModelIndex& index);
    void openMenu(const QPoint& position);

    ThemeService& m_theme;
    StoreService& m_stores;
    QStandardItemModel* m_model;
};

} // namespace ty::app
