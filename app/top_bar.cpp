#include "app/top_bar.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <QAction>
#include <QComboBox>
#include <QInputDialog>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>

#include "app/catalog/catalog.h"
#include "app/services/all_services.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {
/// Kept in the catalog, because projects are: the command line takes the same one.
constexpr auto kProjectKey = "currentProject";

struct Projects {
    std::vector<catalog::ProjectRecord> all;
    qint64 current = 0;
};

Result<Projects> readProjects(catalog::Catalog& catalog)
{
    Projects projects;
    TY_TRY(projects.all, catalog.projects());
    TY_TRY(const Json current, catalog.setting(kProjectKey, 0));
    projects.current = current.is_number_integer() ? current.get<qint64>() : 0;
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
    m_project->setToolTip(tr("Project: new runs belong to it"));
    m_project->setMinimumContentsLength(14);
    m_project->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    connect(m_project, &QComboBox::activated, this, [this](int index) {
        if (m_project->itemData(index).isValid()) {
            chooseProject(m_project->itemData(index).toLongLong());
        } else {
            createProject();
        }
    });
    connect(&m_context.catalog, &CatalogService::opened, this, &TopBar::loadProjects);
    m_project->addItem(tr("Default"), 0);

    m_where->setObjectName(QStringLiteral("where"));
    m_where->setText(tr("Where: This computer"));
    m_where->setAccessibleName(tr("Where runs train: this computer"));
    m_where->setToolTip(tr("Where runs train"));
    m_where->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_where->setPopupMode(QToolButton::InstantPopup);
    m_where->setMenu(new QMenu(m_where));
    connect(m_where->menu(), &QMenu::aboutToShow, this, &TopBar::fillWhereMenu);

    m_search->setObjectName(QStringLiteral("search"));
    m_search->setText(tr("Search pages, actions, runs, data …   Ctrl+K"));
    m_search->setAccessibleName(tr("Search"));
    m_search->setToolTip(tr("Search (Ctrl+K)"));
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
        m_primary->setToolTip(tr("%1 (Ctrl+Enter)").arg(m_primaryAction->toolTip()));
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
        for (const auto& project : projects->all) {
            m_project->addItem(QString::fromStdString(project.name), static_cast<qint64>(project.id));
        }
        m_project->insertSeparator(m_project->count());
        m_project->addItem(tr("New project…"));
        m_project->setCurrentIndex(std::max(0, m_project->findData(projects->current)));
    });
}

void TopBar::chooseProject(qint64 id)
{
    m_context.catalog.call(
        this,
        [id](catalog::Catalog& catalog) { return catalog.setSetting(kProjectKey, static_cast<std::int64_t>(id)); },
        [this](Result<void> done) {
            if (!done) {
                m_context.notices.error(tr("The project could not be chosen."), done.error());
            }
            loadProjects();
        });
}

void TopBar::createProject()
{
    auto* dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("New project"));
    dialog->setLabelText(tr("Name of the project:"));
    connect(dialog, &QDialog::finished, this, [this, dialog](int result) {
        const auto name = dialog->textValue().trimmed();
        if (result != QDialog::Accepted || name.isEmpty()) {
            loadProjects();
            return;
        }
        m_context.catalog.call(
            this,
            [name = name.toStdString()](catalog::Catalog& catalog) { return catalog.createProject(name); },
            [this](Result<catalog::ProjectRecord> project) {
                if (project) {
                    chooseProject(project->id);
                    return;
                }
                m_context.notices.error(tr("The project could not be made."), project.error());
                loadProjects();
            });
    });
    dialog->open();
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
