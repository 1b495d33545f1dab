#include "app/docks/operation_dialog.h"

#include <QApplication>
#include <QClipboard>
#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QModelIndex>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "app/services/activity_service.h"

namespace ty::app {

namespace {

QString say(const char* text)
{
    return QCoreApplication::translate("OperationDialog", text);
}

QString textOf(const QModelIndex& row, const QString& details)
{
    QStringList lines;
    for (int column = 0; column < ActivityService::ColumnCount; ++column) {
        const QString value = row.siblingAtColumn(column).data().toString();
        if (!value.isEmpty()) {
            const auto name = row.model()->headerData(column, Qt::Horizontal).toString();
            lines << name + QStringLiteral(": ") + value;
        }
    }
    if (!details.isEmpty()) {
        lines << QString() << details;
    }
    return lines.join(u'\n');
}

} // namespace

void showOperation(const QModelIndex& row, const QString& details, QWidget* parent)
{
    if (!row.isValid()) {
        return;
    }
    auto* dialog = new QDialog(parent);
    dialog->setObjectName(QStringLiteral("operationDetails"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(say("%1 – %2").arg(
        row.siblingAtColumn(ActivityService::Operation).data().toString(),
        row.siblingAtColumn(ActivityService::Target).data().toString()));
    const QString text = textOf(row, details);
    auto* view = new QPlainTextEdit(text, dialog);
    view->setReadOnly(true);
    view->setAccessibleName(say("Details"));
    view->setTabChangesFocus(true);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
    auto* copy = buttons->addButton(say("Copy"), QDialogButtonBox::ActionRole);
    QObject::connect(copy, &QPushButton::clicked, dialog, [text] { QApplication::clipboard()->setText(text); });
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    auto* column = new QVBoxLayout(dialog);
    column->addWidget(view);
    column->addWidget(buttons);
    constexpr int kWidth = 560;
    constexpr int kHeight = 300;
    dialog->resize(kWidth, kHeight);
    dialog->open();
}

} // namespace ty::app
