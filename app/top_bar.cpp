#include "app/top_bar.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <QAction>
#include <QComboBox>
#include <QInputDialog>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>

#include "app/burn_chip.h"
#include "app/catalog/catalog.h"
#include "app/services/all_services.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {
/// What choosing an entry of the picker does, when it is no project.
enum PickerAction { NewProject = 1, RenameProject, DeleteProject };
constexpr int kActionRole = Qt::UserRole + 1;
constexpr qint64 kFirstProject = 1; ///< "Default", which stays

struct Projects {
    std::vector<catalog::ProjectRecord> all;
    qint64 current = 0;
};

Result<Projects> readProjects(catalog::Catalog& catalog)
{
    Projects projects;
    TY_TRY(projects.all, catalog.projects());
    TY_TRY(projects.current, catalog.currentProject());
    return projects;
}

QWidget* spacer(QWidget* parent)
{
    auto* widget = new QWidget(parent);
    widget->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    return widget;
}
} // namespace

TopBar::TopBar(AppContext& context, QWidget* parent)
    : QToolBar(tr("Top bar"), parent)
    , m_context(context)
    , m_project(new QComboBox(this))
    , m_where(new QToolButton(this))
    , m_search(new QToolButton(this))
    , m_primary(new QPushButton(this))
{
    setObjectName(QStringLiteral("topBar"));
    setMovable(false);
    setContextMenuPolicy(Qt::PreventContextMenu);

    m_project->setObjectName(QStringLiteral("projectPicker"));
    m_project->setAccessibleName(tr("Project"));
    m_project->setToolTip(tr("Project: its runs and models are shown, and new runs belong to it"));
    m_project->setMinimumContentsLength(14);
    m_project->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    connect(m_project, &QComboBox::activated, this, [this](int index) {
        switch (m_project->itemData(index, kActionRole).toInt()) {
        case NewProject: createProject(); break;
        case RenameProject: renameProject(m_current, m_currentName); break;
        case DeleteProject: deleteProject(m_current, m_currentName); break;
        default: chooseProject(m_project->itemData(index).toLongLong()); return;
        }
        m_project->setCurrentIndex(std::max(0, m_project->findData(m_current)));
    });
    connect(&m_context.catalog, &CatalogService::opened, this, &TopBar::loadProjects);
    m_project->addItem(tr("All projects"), 0);

    m_where->setObjectName(QStringLiteral("where"));
    m_where->setText(tr("Where: This computer"));
    m_where->setAccessibleName(tr("Where runs train: this computer"));
    m_where->setToolTip(tr("Where runs train"));
    m_where->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_where->setPopupMode(QToolButton::InstantPopup);
    m_where->setMenu(new QMenu(m_where));
    connect(m_where->menu(), &QMenu::aboutToShow, this, &TopBar::fillWhereMenu);

    m_search->setObjectName(QStringLiteral("search"));
    m_search->setAccessibleName(tr("Search"));
    const auto showKey = [this] {
        const auto keys = m_context.keys.keyText(QStringLiteral("window/search"));
        m_search->setText(tr("Search pages, actions, runs, data …   %1").arg(keys));
        m_search->setToolTip(keys.isEmpty() ? tr("Search") : tr("Search (%1)").arg(keys));
    };
    showKey();
    connect(&m_context.keys, &KeyMap::keysChanged, this, showKey);
    m_search->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    connect(m_search, &QToolButton::clicked, this, &TopBar::searchRequested);

    m_primary->setObjectName(QStringLiteral("primary"));
    widgets::makePrimary(*m_primary);
    m_primary->setAutoDefault(true); // so that Enter presses it
    connect(m_primary, &QPushButton::clicked, this, [this] {
        if (m_primaryAction != nullptr) {
            m_primaryAction->trigger();
        }
    });

    addWidget(m_project);
    addWidget(m_where);
    addWidget(spacer(this));
    addWidget(m_search);
    addWidget(spacer(this));
    auto* burn = new BurnChip(m_context, this);
    auto* burnPlace = addWidget(burn);
    burnPlace->setVisible(false);
    connect(burn, &BurnChip::wanted, burnPlace, &QAction::setVisible);
    m_primaryPlace = addWidget(m_primary);
    m_primaryPlace->setVisible(false);

    refreshIcons();
    connect(&m_context.theme, &ThemeService::themeChanged, this, &TopBar::refreshIcons);
}

void TopBar::setPrimaryAction(QAction* action)
{
    if (m_primaryAction != nullptr) {
        disconnect(m_primaryAction, nullptr, this, nullptr);
    }
    m_primaryAction = action;
    m_primaryPlace->setVisible(action != nullptr);
    if (action == nullptr) {
        return;
    }
    const auto update = [this] {
        m_primary->setText(m_primaryAction->text());
        m_primary->setEnabled(m_primaryAction->isEnabled());
        const auto keys = m_context.keys.keyText(QStringLiteral("window/primary"));
        m_primary->setToolTip(
            keys.isEmpty() ? m_primaryAction->toolTip() : tr("%1 (%2)").arg(m_primaryAction->toolTip(), keys));
        m_primary->setAccessibleName(m_primaryAction->text().remove(u'&'));
    };
    connect(action, &QAction::changed, this, update);
    connect(action, &QObject::destroyed, this, [this] {
        m_primaryAction = nullptr;
        m_primaryPlace->setVisible(false);
    });
    update();
}

void TopBar::loadProjects()
{
    m_context.catalog.call(this, readProjects, [this](Result<Projects> projects) {
        if (!projects) {
            return;
        }
        m_project->clear();
        m_current = 0;
        m_project->addItem(tr("All projects"), 0);
        for (const auto& project : projects->all) {
            m_project->addItem(QString::fromStdString(project.name), static_cast<qint64>(project.id));
            if (project.id == projects->current) {
                m_current = project.id;
                m_currentName = QString::fromStdString(project.name);
            }
        }
        m_project->insertSeparator(m_project->count());
        const auto add = [this](const QString& text, PickerAction action) {
            m_project->addItem(text);
            m_project->setItemData(m_project->count() - 1, action, kActionRole);
        };
        add(tr("New project…"), NewProject);
        if (m_current != 0) {
            add(tr("Rename %1…").arg(m_currentName), RenameProject);
        }
        if (m_current > kFirstProject) {
            add(tr("Delete %1").arg(m_currentName), DeleteProject);
        }
        m_project->setCurrentIndex(std::max(0, m_project->findData(m_current)));
    });
}

void TopBar::chooseProject(qint64 id)
{
    m_context.catalog.change(
        CatalogService::Runs | CatalogService::Models, this,
        [id](catalog::Catalog& catalog) { return catalog.setCurrentProject(id); },
        [this](Result<void> done) {
            if (!done) {
                m_context.notices.error(tr("The project could not be chosen."), done.error());
            }
            loadProjects();
        });
}

void TopBar::askName(const QString& title, const QString& text, const std::function<void(const QString&)>& then)
{
    auto* dialog = new QInputDialog(this);
    dialog->setObjectName(QStringLiteral("projectName"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    dialog->setLabelText(tr("Name of the project:"));
    dialog->setTextValue(text);
    connect(dialog, &QInputDialog::textValueSelected, this, [then](const QString& typed) {
        if (const auto name = typed.trimmed(); !name.isEmpty()) {
            then(name);
        }
    });
    dialog->open();
}

void TopBar::createProject()
{
    askName(tr("New project"), {}, [this](const QString& name) {
        // Undone by deleting it again; its runs, if it has any by then, go to the first project.
        auto id = std::make_shared<qint64>(0);
        const auto fail = [this](const Error& error) {
            m_context.notices.error(tr("The project could not be made."), error);
            loadProjects();
        };
        m_context.notices.doUndoable(
            tr("The project %1 is there.").arg(name),
            [this, id, fail, name] {
                m_context.catalog.call(
                    this, [text = name.toStdString()](catalog::Catalog& catalog) { return catalog.createProject(text); },
                    [this, id, fail](Result<catalog::ProjectRecord> project) {
                        if (!project) {
                            fail(project.error());
                            return;
                        }
                        *id = project->id;
                        chooseProject(project->id);
                    });
            },
            [this, id, fail] {
                m_context.catalog.change(
                    CatalogService::Runs | CatalogService::Models, this,
                    [id = *id](catalog::Catalog& catalog) { return catalog.deleteProject(id); },
                    [this, fail](Result<std::vector<std::int64_t>> runs) {
                        runs ? loadProjects() : fail(runs.error());
                    });
            });
    });
}

void TopBar::renameProject(qint64 id, const QString& before)
{
    askName(tr("Rename project"), before, [this, id, before](const QString& name) {
        const auto change = [this, id](const QString& to) {
            m_context.catalog.change(
                CatalogService::Runs, this,
                [id, to = to.toStdString()](catalog::Catalog& catalog) { return catalog.renameProject(id, to); },
                [this](Result<void> done) {
                    if (!done) {
                        m_context.notices.error(tr("The project could not be renamed."), done.error());
                    }
                    loadProjects();
                });
        };
        m_context.notices.doUndoable(
            tr("%1 is now called %2.").arg(before, name), [change, name] { change(name); },
            [change, before] { change(before); });
    });
}

void TopBar::deleteProject(qint64 id, const QString& name)
{
    struct Deleted {
        qint64 id;
        std::vector<std::int64_t> runs;
    };
    auto deleted = std::make_shared<Deleted>(Deleted{id, {}});
    const auto fail = [this](const Error& error) {
        m_context.notices.error(tr("The project could not be changed."), error);
        loadProjects();
    };
    m_context.notices.doUndoable(
        tr("The project %1 is gone; its runs are in the first one.").arg(name),
        [this, deleted, fail] {
            m_context.catalog.change(
                CatalogService::Runs | CatalogService::Models, this,
                [id = deleted->id](catalog::Catalog& catalog) { return catalog.deleteProject(id); },
                [this, deleted, fail](Result<std::vector<std::int64_t>> runs) {
                    if (!runs) {
                        fail(runs.error());
                        return;
                    }
                    deleted->runs = std::move(runs).value();
                    loadProjects();
                });
        },
        [this, deleted, fail, name] {
            m_context.catalog.call(
                this,
                [text = name.toStdString(), runs = deleted->runs](catalog::Catalog& catalog) {
                    return catalog.restoreProject(text, runs);
                },
                [this, deleted, fail](Result<catalog::ProjectRecord> project) {
                    if (!project) {
                        fail(project.error());
                        return;
                    }
                    deleted->id = project->id;
                    chooseProject(project->id);
                });
        });
}

void TopBar::fillWhereMenu()
{
    auto* menu = m_where->menu();
    menu->clear();
    const auto& load = m_context.system.load();
    auto* here = menu->addAction(
        tr("This computer – %n processor(s), no cost", nullptr, load.processors));
    here->setCheckable(true);
    here->setChecked(true);
    here->setToolTip(load.processorName);
    menu->addSeparator();
    auto* compute = menu->addAction(tr("Machines and clusters…"));
    connect(compute, &QAction::triggered, this, [this] { emit m_context.navigation.pageRequested(PageId::Compute); });
}

void TopBar::refreshIcons()
{
    m_where->setIcon(m_context.theme.icon(QStringLiteral("computer")));
    m_search->setIcon(m_context.theme.icon(QStringLiteral("search")));
}

} // namespace ty::app
