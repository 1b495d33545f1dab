#include "app/pages/folder_browser.h"

#include <QAction>
#include <QDir>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/models/folder_table_model.h"
#include "widgets/filter_line.h"
#include "widgets/table_look.h"
#include "widgets/theme/roles.h"

namespace ty::app {

FolderBrowser::FolderBrowser(QWidget* parent)
    : QWidget(parent)
    , m_model(new FolderTableModel(this))
    , m_path(new QLineEdit(this))
    , m_table(new QTableView(this))
    , m_status(new QLabel(this))
{
    auto* up = new QToolButton(this);
    up->setText(QStringLiteral("↑"));
    widgets::setSpoken(*up, tr("Folder above"));
    connect(up, &QToolButton::clicked, this, [this] { setFolder(QDir::cleanPath(folder() + QStringLiteral("/.."))); });
    m_path->setObjectName(QStringLiteral("folderPath"));
    m_path->setAccessibleName(tr("Path of the folder"));
    connect(m_path, &QLineEdit::returnPressed, this, [this] {
        auto path = m_path->text();
        if (path.startsWith(u'~')) {
            path.replace(0, 1, QDir::homePath());
        }
        setFolder(path);
        m_table->setFocus();
    });
    auto* filter = new widgets::FilterLine(tr("Filter"), this);
    filter->setAccessibleName(tr("Filter the folder"));
    filter->setMaximumWidth(220);
    m_filter = filter;
    connect(filter, &widgets::FilterLine::filterChanged, m_model, &FolderTableModel::setFilter);

    m_table->setObjectName(QStringLiteral("folderTable"));
    widgets::setUpRows(*m_table, tr("Files and folders"));
    m_table->setModel(m_model);
    m_table->setDragEnabled(true);
    m_table->setDragDropMode(QAbstractItemView::DragOnly);
    m_table->setColumnWidth(FolderTableModel::Modified, 150);
    m_table->horizontalHeader()->setSectionResizeMode(FolderTableModel::Name, QHeaderView::Stretch);
    m_table->horizontalHeader()->setSortIndicator(FolderTableModel::Name, Qt::AscendingOrder);
    m_table->setSortingEnabled(true);
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    connect(m_table, &QTableView::activated, this, &FolderBrowser::openIndex);
    auto* importAction = new QAction(tr("Import"), m_table);
    connect(importAction, &QAction::triggered, this, &FolderBrowser::importSelected);
    m_table->addAction(importAction);

    auto* importButton = new QPushButton(tr("Import selected"), this);
    connect(importButton, &QPushButton::clicked, this, &FolderBrowser::importSelected);
    auto* importWhole = new QPushButton(tr("Import this folder"), this);
    connect(importWhole, &QPushButton::clicked, this, [this] { emit importRequested({folder()}); });
    importButton->setEnabled(false);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, importButton, [this, importButton] {
        importButton->setEnabled(m_table->selectionModel()->hasSelection());
    });
    connect(m_model, &QAbstractItemModel::modelReset, importButton, [importButton] { importButton->setEnabled(false); });

    widgets::setTextRole(*m_status, widgets::TextRole::Muted);
    connect(m_model, &FolderTableModel::loading, m_status, [this] { m_status->setText(tr("Reading…")); });
    connect(m_model, &FolderTableModel::loaded, m_status, [this](int entries, const QString& problem) {
        m_status->setText(problem.isEmpty() ? tr("%Ln (entry/entries)", nullptr, entries) : problem);
    });

    auto* top = new QHBoxLayout;
    top->addWidget(up);
    top->addWidget(m_path, 1);
    top->addWidget(m_filter);
    auto* foot = new QHBoxLayout;
    foot->addWidget(m_status, 1);
    foot->addWidget(importWhole);
    foot->addWidget(importButton);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(top);
    layout->addWidget(m_table, 1);
    layout->addLayout(foot);
}

void FolderBrowser::setFolder(const QString& path)
{
    m_model->setFolder(path);
    m_path->setText(m_model->folder());
    m_filter->clear();
    emit folderChanged(m_model->folder());
}

QString FolderBrowser::folder() const
{
    return m_model->folder();
}

void FolderBrowser::focusPath()
{
    m_path->setFocus();
    m_path->selectAll();
}

void FolderBrowser::focusFilter()
{
    m_filter->setFocus();
    m_filter->selectAll();
}

void FolderBrowser::openIndex(const QModelIndex& index)
{
    const auto path = index.data(FolderTableModel::PathRole).toString();
    if (index.data(FolderTableModel::IsFolderRole).toBool()) {
        setFolder(path);
    } else {
        emit importRequested({path});
    }
}

void FolderBrowser::importSelected()
{
    QStringList paths;
    for (const auto& row : m_table->selectionModel()->selectedRows()) {
        paths << row.data(FolderTableModel::PathRole).toString();
    }
    if (!paths.isEmpty()) {
        emit importRequested(paths);
    }
}

} // namespace ty::app
