#include "app/pages/run_again.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/services/all_services.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr int kMostEpochs = 1'000'000;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ty::app::RunAgain)
};

void showBranchDialog(
    AppContext& context, const catalog::RunRecord& run, const CheckpointRow& from, const Json& settings, QWidget* parent)
{
    const double rate = settings.contains("learningRate") && settings["learningRate"].is_number()
        ? settings["learningRate"].get<double>()
        : 0;
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("branchDialog"));
    dialog->setWindowTitle(Text::tr("Branch from %1").arg(QString::fromStdString(run.name)));
    auto* column = new QVBoxLayout(dialog);
    auto* what = new QLabel(
        Text::tr("A new run begins with the weights after epoch %1. Its epochs, optimizer and schedule begin anew; "
                 "%2 stays as it is.")
            .arg(from.epoch)
            .arg(QString::fromStdString(run.name)),
        dialog);
    what->setWordWrap(true);
    column->addWidget(what);
    auto* form = new QFormLayout;
    auto* rateEdit = new QLineEdit(dialog);
    rateEdit->setObjectName(QStringLiteral("branchRate"));
    rateEdit->setText(rate > 0 ? QLocale::c().toString(rate / 10, 'g', 4) : QString());
    rateEdit->setPlaceholderText(Text::tr("as before"));
    form->addRow(Text::tr("&Learning rate"), rateEdit);
    auto* rateHint = new QLabel(
        rate > 0 ? Text::tr("before: %1; a tenth is proposed").arg(QLocale::c().toString(rate, 'g', 4)) : QString(), dialog);
    widgets::setTextRole(*rateHint, widgets::TextRole::Muted);
    form->addRow(QString(), rateHint);
    auto* epochs = new QSpinBox(dialog);
    epochs->setObjectName(QStringLiteral("branchEpochs"));
    epochs->setRange(1, kMostEpochs);
    epochs->setValue(std::max(1, run.epochsPlanned));
    form->addRow(Text::tr("&Epochs"), epochs);
    auto* name = new QLineEdit(dialog);
    name->setObjectName(QStringLiteral("branchName"));
    name->setPlaceholderText(Text::tr("found for you"));
    form->addRow(Text::tr("&Name"), name);
    column->addLayout(form);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, dialog);
    auto* start = buttons->addButton(Text::tr("Start branch"), QDialogButtonBox::AcceptRole);
    start->setDefault(true);
    widgets::makePrimary(*start);
    column->addWidget(buttons);
    const auto rateOf = [rateEdit]() -> double {
        bool isNumber = false;
        const double value = QLocale::c().toDouble(rateEdit->text().trimmed(), &isNumber);
        return rateEdit->text().trimmed().isEmpty() ? 0 : isNumber ? value : -1;
    };
    QObject::connect(rateEdit, &QLineEdit::textChanged, dialog, [start, rateOf] {
        const double value = rateOf();
        start->setEnabled(value >= 0 && value <= 100 && std::isfinite(value));
    });
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    QObject::connect(buttons, &QDialogButtonBox::accepted, dialog, &QDialog::accept);
    QObject::connect(dialog, &QDialog::accepted, &context.runs, [&context, run, from, rateOf, epochs, name] {
        BranchChanges changes;
        if (rateOf() > 0) {
            changes.settings["learningRate"] = rateOf();
        }
        changes.settings["epochs"] = epochs->value();
        changes.name = name->text().trimmed().toStdString();
        context.runs.branchFrom(
            run.id, BranchPoint{0, from.file}, changes, &context.runs, [&context](Result<catalog::RunRecord> made) {
                if (!made) {
                    context.notices.error(Text::tr("The branch could not be started."), made.error());
                    return;
                }
                emit context.navigation.liveRunRequested(made->id);
                context.notices.toast(
                    Text::tr("%1 begins with weights of %2.")
                        .arg(QString::fromStdString(made->name), QString::fromStdString(made->parent)));
            });
    });
    dialog->open();
}

} // namespace

void askToExtend(AppContext& context, const catalog::RunRecord& run, QWidget* parent)
{
    auto* dialog = new QInputDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("extendDialog"));
    dialog->setWindowTitle(Text::tr("Extend %1").arg(QString::fromStdString(run.name)));
    dialog->setInputMode(QInputDialog::IntInput);
    dialog->setIntRange(run.epochsDone + 1, kMostEpochs);
    dialog->setIntValue(std::max(run.epochsDone + 1, run.epochsDone + std::max(1, run.epochsPlanned / 2)));
    dialog->setLabelText(
        Text::tr("%1 epochs are done. Train until this many are done in all.\n"
                 "A schedule that ends with the run (cosine, one-cycle) is stretched: the learning rate rises again.")
            .arg(run.epochsDone));
    dialog->setOkButtonText(Text::tr("Extend"));
    QObject::connect(dialog, &QInputDialog::intValueSelected, &context.runs, [&context, id = run.id](int epochs) {
        context.runs.extend(id, epochs);
        emit context.navigation.liveRunRequested(id);
    });
    dialog->open();
}

void askToBranch(AppContext& context, const catalog::RunRecord& run, const CheckpointRow& from, QWidget* parent)
{
    context.catalog.call(
        parent, [runId = run.id](catalog::Catalog& catalog) { return catalog.runSettings(runId); },
        [&context, run, from, parent](Result<Json> settings) {
            showBranchDialog(context, run, from, settings ? settings.value() : Json::object(), parent);
        });
}

} // namespace ty::app
