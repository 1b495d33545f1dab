#pragma once

#include <optional>
#include <vector>

#include "app/pages/page.h"
#include "app/services/spec_service.h"

class QListWidget;
class QTabWidget;
class QTimer;

namespace ty::widgets {
class CodeEditor;
class ErrorPanel;
}

namespace ty::app {

struct AppContext;
class SpecDiagramView;
class SpecExamplesView;
class SpecOverview;
class SpecTryView;

/// Guarded-command machines: written, explored while one types, drawn, and made into data to learn from.
class SpecsPage : public Page {
    Q_OBJECT
public:
    explicit SpecsPage(AppContext& context, QWidget* parent = nullptr);
    ~SpecsPage() override;

    QAction* primaryAction() override { return m_new; }
    QList<QAction*> pageActions() override { return m_actions; }
    void refresh() override;
    /// Opens a file of anywhere; it is changed in place.
    void openFile(const QString& file);

private:
    void buildActions();
    void layOut();
    void connectService();
    QString ownFolder() const;
    void showEntries(const std::vector<SpecEntry>& entries);
    void openCurrent();
    /// Once the text in the editor is saved; an entry without a file is a new machine.
    void openEntry(const SpecEntry& entry);
    void openWaiting();
    void onOpened(const SpecEntry& entry, const QString& text);
    void onEdited();
    void explore();
    void save();
    void onSaved(const QString& file);
    void onSaveFailed();
    void makeNew();
    void makeDataset();
    void showResults();
    void setStatus(const QString& words, bool isBusy);
    void setTitle();

    AppContext& m_context;
    SpecService* m_service;
    QListWidget* m_list;
    widgets::CodeEditor* m_editor;
    widgets::ErrorPanel* m_fault;
    QTabWidget* m_tabs;
    SpecOverview* m_overview;
    SpecDiagramView* m_diagram;
    SpecExamplesView* m_examples;
    SpecTryView* m_try;
    class QLabel* m_title;
    class QLabel* m_status;
    class QToolButton* m_stop;
    QTimer* m_pause; ///< since the last key; then the text is explored and, if it was changed, kept
    QAction* m_new;
    QAction* m_save;
    QAction* m_results;
    QList<QAction*> m_actions;
    std::vector<SpecEntry> m_entries;
    SpecEntry m_current;      ///< file empty: never saved
    std::optional<SpecEntry> m_opening; ///< to be shown next
    bool m_isChanged = false;
    bool m_isSaving = false;
    bool m_isLoading = false; ///< the text changes because a file was opened
    int m_importTicket = 0;
};

} // namespace ty::app
