#pragma once

#include <optional>

#include <QWidget>

#include "engine/base/json.h"

class QAction;
class QLabel;
class QProgressBar;
class QPushButton;
class QSortFilterProxyModel;
class QSplitter;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace ty::widgets {
class EmptyState;
class ErrorPanel;
class WorldMap;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;
class ChaseForm;
class ChaseService;
class ChaseTableModel;

/// The hunt for a GPU: what is looked for at the left; at the right what it may cost before anything is made, then a map and a
/// table that fill while it goes on.
class ChaseView : public QWidget {
    Q_OBJECT
public:
    explicit ChaseView(AppContext& context, QWidget* parent = nullptr);
    ~ChaseView() override;

    ChaseService& service() { return *m_service; }
    ChaseForm& form() { return *m_form; }
    QTableView* table() const { return m_table; }
    /// Look, pause, stop ... for the palette.
    QList<QAction*> actions() const;
    void focusForm();

signals:
    /// The list of machines is to be read anew.
    void machinesChanged();

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeSide();
    QWidget* makeBody();
    void makeActions();
    void setUpTable();
    void showAccounts();
    void readInterrupted();
    void look();
    bool isLookedAt() const;
    void askToStart();
    void showState();
    void showBanner();
    void showMap();
    QString summary() const;
    QString costText() const;
    QString progressText() const;
    void save(const QString& title, const QString& name, bool isScript);

    AppContext& m_context;
    ChaseService* m_service;
    ChaseForm* m_form;
    ChaseTableModel* m_model;
    QSortFilterProxyModel* m_sorted;
    QAction* m_look;
    QAction* m_start;
    QAction* m_pause;
    QAction* m_stop;
    QAction* m_resume;
    QAction* m_csv;
    QAction* m_script;
    QPushButton* m_lookButton;
    QPushButton* m_startButton;
    widgets::ErrorPanel* m_error;
    widgets::ErrorPanel* m_banner; ///< the machine that stands
    QStackedWidget* m_stack;
    widgets::EmptyState* m_empty;
    QLabel* m_summary;
    QLabel* m_progressText;
    QProgressBar* m_progress;
    QSplitter* m_split;
    widgets::WorldMap* m_map;
    QTableView* m_table;
    Json m_looked; ///< the request that was looked for, without what can be said later
    std::optional<int> m_interrupted; ///< places of a chase that an earlier program left
    bool m_isMachineSeen = false;
};

} // namespace ty::app
