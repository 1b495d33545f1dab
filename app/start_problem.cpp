#include "app/start_problem.h"

#include <QFileDialog>
#include <QPushButton>
#include <QVBoxLayout>

#include "widgets/error_panel.h"

namespace ty::app {

StartProblem::StartProblem(const Error& error, const QString& folder, QWidget* parent) : QDialog(parent)
{
    setObjectName(QStringLiteral("startProblem"));
    setWindowTitle(tr("Trainyard cannot start here"));
    auto* panel = new widgets::ErrorPanel(this);
    panel->setSeverity(widgets::ErrorPanel::Severity::Error);
    const auto message = QString::fromStdString(error.message);
    const auto advice = QString::fromStdString(error.advice);
    panel->setText(
        tr("Trainyard cannot keep its data in %1.").arg(folder), message,
        advice.isEmpty() ? tr("Make the folder writable and try again, or keep the data in another folder.") : advice);
    panel->setDetails(tr("%1: %2").arg(QString::fromLatin1(errorKindName(error.kind)), message));
    auto* again = panel->addButton(tr("Try again"));
    again->setObjectName(QStringLiteral("tryAgain"));
    again->setDefault(true);
    again->setFocus();
    connect(again, &QPushButton::clicked, this, &QDialog::accept);
    auto* other = panel->addButton(tr("Choose another folder…"));
    other->setObjectName(QStringLiteral("chooseFolder"));
    connect(other, &QPushButton::clicked, this, &StartProblem::choose);
    connect(panel->addButton(tr("Quit")), &QPushButton::clicked, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(panel);
    setMinimumWidth(560);
}

void StartProblem::choose()
{
    auto* dialog = new QFileDialog(this, tr("Folder for Trainyard's data"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& folder) {
        m_chosen = folder;
        accept();
    });
    dialog->open();
}

} // namespace ty::app
