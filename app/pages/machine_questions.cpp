#include "app/pages/machine_questions.h"

#include <utility>

#include <QCheckBox>
#include <QCoreApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QRegularExpression>

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

void askToCapture(const MachineRow& machine, QWidget* parent, std::function<void(const CaptureChoice&)> then)
{
    const QString name = nameOf(machine);
    const bool isGoogle = machine.info.provider == "google";
    auto* question = new QuestionDialog(say("Capture %1 as an image?").arg(name), say("Capture %1").arg(name), parent);
    question->addText(say("The machine stops during capture. Its disks stay and are billed until you delete it, and so is the "
                          "image."));
    auto* isImage = new QRadioButton(
        isGoogle ? say("The &system disk, for new machines") : say("A &template for new machines (generalized)"), question);
    auto* isWhole = new QRadioButton(
        isGoogle ? say("The machine &as it is, with all its disks") : say("The machine &as it is (specialized)"), question);
    isWhole->setChecked(true); // nothing is lost by it
    question->addWidget(isWhole);
    question->addWidget(isImage);
    auto* meaning = question->addText({});
    const auto explain = [meaning, isWhole, isGoogle] {
        meaning->setText(
            isWhole->isChecked()
                ? (isGoogle ? say("A machine image with users, keys and programs. The machine starts again if it ran.")
                            : say("Users, keys and programs stay in the image, version 1.0.0 in the gallery \"trainyard\" of "
                                  "its group. The machine starts again if it ran."))
                : (isGoogle ? say("The machine starts again if it ran.")
                            : say("A plain image. The machine can never start again: what makes it this machine is taken out. "
                                  "New machines get users and keys of their own.")));
    };
    QObject::connect(isWhole, &QRadioButton::toggled, meaning, explain);
    explain();
    auto* image = new QLineEdit(name + QStringLiteral("-image"), question);
    question->addField(say("&Image name"), image);
    auto* isDeleted = new QCheckBox(say("&Delete %1 once the image is there").arg(name), question);
    question->addWidget(isDeleted);
    auto* lost = question->addText(say("Then this goes, too:") + QLatin1Char('\n') + bulleted(destructionOf(machine).destroyed));
    lost->setVisible(false);
    QObject::connect(isDeleted, &QCheckBox::toggled, lost, &QLabel::setVisible);
    // The provider's rule for names of images.
    const QRegularExpression allowed(
        isGoogle ? QStringLiteral("^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$")
                 : QStringLiteral("^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,78}[A-Za-z0-9_])?$"));
    QObject::connect(image, &QLineEdit::textChanged, question, [question, allowed](const QString& text) {
        question->go().setEnabled(allowed.match(text.trimmed()).hasMatch());
    });
    QObject::connect(question, &QDialog::accepted, parent, [image, isWhole, isDeleted, then = std::move(then)] {
        then({image->text().trimmed(), isWhole->isChecked() ? CaptureForm::Machine : CaptureForm::Image, isDeleted->isChecked()});
    });
    question->ask(image);
}

} // namespace ty::app
