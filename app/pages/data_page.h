#pragma once

#include <QHash>
#include <QStringList>

#include "app/pages/page.h"
#include "engine/base/run_spec.h"

class QLabel;
class QStackedWidget;
class QTabWidget;

namespace ty::widgets {
class BusyBar;
class ErrorPanel;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;
class DatasetDetail;
class DatasetsView;
class FolderBrowser;
class PlacesTree;
class StorageService;
class StoreBrowser;

/// Places at the left; objects of a place, the datasets, and one dataset at the right.
class DataPage : public Page {
    Q_OBJECT
public:
    explicit DataPage(AppContext& context, QWidget* parent = nullptr);

    QAction* primaryAction() override { return m_import; }
    QList<QAction*> pageActions() override;
    QWidget* inspector() override;
    void focusFilter() override;
    void focusPath() override;
    void refresh() override;

    /// What was dropped or chosen: pictures are imported at once, a table shows its import sheet first.
    void importPaths(const QStringList& paths);
    void showDataset(qint64 id);
    /// Likewise, with its columns in front.
    void showColumns(qint64 id);
    void showStore(const QString& name);

    DatasetsView& datasets() { return *m_datasets; }

private:
    struct Import {
        bool isTraining = false;
        QString name;
        DataSpec data;
    };

    void connectPlaces();
    void inspectCurrent();
    void showSheet(const QString& path);
    void startImport(const DataSpec& spec, bool isTraining);
    void showImportError(const Import& import, const QString& why, const QString& advice);
    void showList();
    void browse();

    AppContext& m_context;
    PlacesTree* m_tree;
    QTabWidget* m_tabs;
    QStackedWidget* m_objects;
    FolderBrowser* m_browser;
    StoreBrowser* m_storeBrowser;
    StorageService* m_storage;
    QStackedWidget* m_stack;
    DatasetsView* m_datasets;
    DatasetDetail* m_detail;
    widgets::BusyBar* m_busy;
    widgets::ErrorPanel* m_error;
    QAction* m_import;
    QLabel* m_inspector;
    QHash<int, Import> m_imports; ///< by ticket
    QString m_pendingSample;
};

} // namespace ty::app
