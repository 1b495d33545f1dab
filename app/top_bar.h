#pragma once

#include <functional>

#include <QToolBar>

class QComboBox;
class QLineEdit;
class QPushButton;
class QToolButton;

namespace ty::app {

struct AppContext;

/// Project, where runs go, search, and the page's main button.
class TopBar : public QToolBar {
    Q_OBJECT
public:
    explicit TopBar(AppContext& context, QWidget* parent = nullptr);

    /// The button at the right does this; null hides it.
    void setPrimaryAction(QAction* action);

signals:
    void searchRequested();

private:
    void loadProjects();
    void createProject();
    void renameProject(qint64 id, const QString& before);
    void deleteProject(qint64 id, const QString& name);
    void chooseProject(qint64 id);
    /// Asks for a name; `then` gets what was typed, not empty.
    void askName(const QString& title, const QString& text, const std::function<void(const QString&)>& then);
    void fillWhereMenu();
    void refreshIcons();

    AppContext& m_context;
    QComboBox* m_project;
    qint64 m_current = 0; ///< project; 0: all
    QString m_currentName;
    QToolButton* m_where;
    QToolButton* m_search;
    QPushButton* m_primary;
    QAction* m_primaryPlace;
    QAction* m_primaryAction = nullptr;
};

} // namespace ty::app
