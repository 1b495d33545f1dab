#include "app/catalog_problem.h"

#include <QDateTime>
#include <QFileInfo>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

#include "app/services/app_context.h"
#include "app/services/catalog_service.h"
#include "widgets/error_panel.h"

namespace ty::app {

CatalogProblem::CatalogProblem(
    const QString& why, const QString& movedTo, const QStringList& backups, QWidget* parent)
    : QDialog(parent)
{
    setObjectName(QStringLiteral("catalogProblem"));
    setWindowTitle(tr("The catalog is damaged"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto* panel = new widgets::ErrorPanel(this);
    panel->setSeverity(widgets::ErrorPanel::Severity::Warning);
    const auto rebuilt = tr("Runs and their models lie in folders of their own and are safe: they are being put into a new "
                            "catalog. Datasets and saved views are not in those folders.");
    panel->setText(
        tr("The catalog, Trainyard's list of all runs and datasets, could not be read."), why,
        backups.isEmpty() ? rebuilt + QLatin1Char(' ') + tr("Add your datasets again where you need them.")
                          : rebuilt + QLatin1Char(' ') + tr("The backup has those of its day, and newer runs are added to it."));
    panel->setDetails(tr("The damaged file is kept as %1").arg(movedTo));
    if (!backups.isEmpty()) {
        const auto made = QLocale().toString(QFileInfo(backups.front()).lastModified(), QLocale::ShortFormat);
        auto* restore = panel->addButton(tr("Restore the backup of %1").arg(made));
        restore->setObjectName(QStringLiteral("restoreBackup"));
        restore->setDefault(true);
        restore->setFocus();
        connect(restore, &QPushButton::clicked, this, [this, backup = backups.front()] {
            emit restoreRequested(backup);
            accept();
        });
    }
    auto* rebuild = panel->addButton(tr("Rebuild from the run folders"));
    rebuild->setObjectName(QStringLiteral("rebuild"));
    connect(rebuild, &QPushButton::clicked, this, &QDialog::accept);
    auto* quit = panel->addButton(tr("Quit"));
    connect(quit, &QPushButton::clicked, this, [this] {
        emit quitRequested();
        reject();
    });
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(panel);
    setMinimumWidth(620);
}

void CatalogProblem::watch(AppContext& context, QWidget& window)
{
    connect(
        &context.catalog, &CatalogService::damaged, &window,
        [&context, &window](const QString& why, const QString& movedTo, const QStringList& backups) {
            auto* dialog = new CatalogProblem(why, movedTo, backups, &window);
            connect(dialog, &CatalogProblem::restoreRequested, &context.catalog, &CatalogService::restore);
            connect(dialog, &CatalogProblem::quitRequested, &window, &QWidget::close);
            dialog->open();
        });
}

} // namespace ty::app
