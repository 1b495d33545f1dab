#include "app/pages/machine_questions.h"

#include <utility>

#include <QCoreApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>

#include "app/pages/question_dialog.h"
#include "cloud/azure/resource.h"

namespace ty::app {

namespace {

QString say(const char* text)
{
    return QCoreApplication::translate("MachineQuestions", text);
}

QString nameOf(const MachineRow& machine)
{
    return QString::fromStdString(machine.info.name);
}

/// "gpu-1", or "3 machines".
QString namesOf(const std::vector<MachineRow>& machines)
{
    return machines.size() == 1 ? nameOf(machines.front())
                                : say("%1 machines").arg(machines.size());
}

QString bulleted(const QStringList& lines)
{
    return QStringLiteral("  •  ") + lines.join(QStringLiteral("\n  •  "));
}

/// All of them are there to be read; more than a screen takes are scrolled.
void addList(QuestionDialog& question, const QStringList& lines)
{
    constexpr qsizetype kPlainLines = 14;
    if (lines.size() <= kPlainLines) {
        question.addText(bulleted(lines));
        return;
    }
    auto* text = new QPlainTextEdit(bulleted(lines), &question);
    text->setReadOnly(true);
    text->setTabChangesFocus(true);
    text->setMinimumHeight(text->fontMetrics().lineSpacing() * static_cast<int>(kPlainLines));
    text->setAccessibleName(say("What it is about"));
    question.addWidget(text, 1);
}

void askPlainly(
    const std::vector<MachineRow>& machines, const QString& title, const QString& text, const QString& verb, QWidget* parent,
    std::function<void()> then)
{
    auto* question = new QuestionDialog(title, verb, parent);
    if (machines.size() > 1) {
        QStringList names;
        for (const MachineRow& machine : machines) {
            names << nameOf(machine);
        }
        addList(*question, names);
    }
    question->addText(text);
    QObject::connect(question, &QDialog::accepted, parent, std::move(then));
    question->ask();
}

} // namespace

Destruction destructionOf(const MachineRow& machine)
{
    Destruction all;
    const cloud::MachineInfo& info = machine.info;
    all.destroyed << say("Machine %1 (%2)").arg(nameOf(machine), QString::fromStdString(info.size));
    const QString osDisk = QString::fromStdString(cloud::azure::nameOfId(info.osDisk));
    if (machine.request && !osDisk.isEmpty()) {
        all.destroyed << say("System disk %1 with all that is on it").arg(osDisk);
    } else if (!osDisk.isEmpty()) {
        all.kept << say("System disk %1").arg(osDisk);
    }
    for (std::size_t index = 0; index < info.dataDisks.size(); ++index) {
        const QString name = QString::fromStdString(cloud::azure::nameOfId(info.dataDisks[index]));
        const bool isDestroyed = machine.request && index < machine.request->dataDisks.size()
            && machine.request->dataDisks[index].isDeletedWithMachine.value_or(false);
        if (isDestroyed) {
            all.destroyed << say("Data disk %1 with all that is on it").arg(name);
            all.hasDataDisk = true;
        } else {
            all.kept << say("Data disk %1").arg(name);
        }
    }
    const QString address = QString::fromStdString(info.publicAddress);
    if (machine.request) {
        all.destroyed << say("Network card, network and firewall rules of %1").arg(nameOf(machine));
        if (machine.request->hasPublicIp.value_or(true)) {
            all.destroyed << (address.isEmpty() ? say("Public address") : say("Public address %1").arg(address));
        }
    } else {
        all.kept << say("Network card") + (address.isEmpty() ? QString() : say(" and public address %1").arg(address));
    }
    return all;
}

void askToDelete(const std::vector<MachineRow>& machines, QWidget* parent, std::function<void()> then)
{
    const QString names = namesOf(machines);
    Destruction all;
    for (const MachineRow& machine : machines) {
        const Destruction one = destructionOf(machine);
        all.destroyed << one.destroyed;
        all.kept << one.kept;
        all.hasDataDisk = all.hasDataDisk || one.hasDataDisk;
    }
    auto* question = new QuestionDialog(say("Delete %1?").arg(names), say("Delete %1").arg(names), parent);
    question->addText(say("This destroys, and it cannot be taken back:"));
    addList(*question, all.destroyed);
    if (!all.kept.isEmpty()) {
        question->addText(say("Kept, and billed as before:"));
        addList(*question, all.kept);
    }
    QLineEdit* typed = nullptr;
    if (all.hasDataDisk) {
        typed = new QLineEdit(question);
        question->addField(say("Type &%1 to go on").arg(names), typed);
        question->go().setEnabled(false);
        QObject::connect(typed, &QLineEdit::textChanged, question, [question, names](const QString& text) {
            question->go().setEnabled(text == names);
        });
    }
    QObject::connect(question, &QDialog::accepted, parent, std::move(then));
    question->ask(typed);
}

void askToRestart(const std::vector<MachineRow>& machines, QWidget* parent, std::function<void()> then)
{
    const QString names = namesOf(machines);
    askPlainly(
        machines, say("Restart %1?").arg(names), say("What runs there ends. Disks and addresses stay."),
        say("Restart %1").arg(names), parent, std::move(then));
}

void askToRedeploy(const std::vector<MachineRow>& machines, QWidget* parent, std::function<void()> then)
{
    const QString names = namesOf(machines);
    askPlainly(
        machines, say("Move %1 to another host?").arg(names),
        say("What runs there ends, and the temporary disk is lost with all that is on it. System and data disks and the "
            "address stay. It takes some minutes."),
        say("Redeploy %1").arg(names), parent, std::move(then));
}

void askToPowerOff(const std::vector<MachineRow>& machines, QWidget* parent, std::function<void()> then)
{
    const QString names = namesOf(machines);
    askPlainly(
        machines, say("Power off %1 and keep the processors reserved?").arg(names),
        say("It goes on to cost as much as running, until you press Stop. Nobody else gets the processors meanwhile."),
        say("Power off %1").arg(names), parent, std::move(then));
}

} // namespace ty::app
