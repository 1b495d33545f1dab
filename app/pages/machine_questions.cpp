#include "app/pages/machine_questions.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "cloud/azure/resource.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

QString say(const char* text)
{
    return QCoreApplication::translate("MachineQuestions", text);
}

/// A question with a verb on its button and the safe button focused.
class Question : public QDialog {
public:
    Question(const QString& title, const QString& verb, QWidget* parent)
        : QDialog(parent), m_column(new QVBoxLayout(this)), m_buttons(new QDialogButtonBox(QDialogButtonBox::Cancel, this))
    {
        setAttribute(Qt::WA_DeleteOnClose);
        setWindowTitle(title);
        setMinimumWidth(460);
        m_column->setSpacing(10);
        auto* heading = new QLabel(title, this);
        heading->setWordWrap(true);
        widgets::setTextRole(*heading, widgets::TextRole::Heading);
        m_column->addWidget(heading);
        m_go = m_buttons->addButton(verb, QDialogButtonBox::AcceptRole);
        m_go->setAutoDefault(false);
        connect(m_buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
        connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    }

    QLabel* addText(const QString& text)
    {
        auto* label = new QLabel(text, this);
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        m_column->addWidget(label);
        return label;
    }
    void addField(const QString& label, QWidget* field)
    {
        auto* caption = new QLabel(label, this);
        caption->setBuddy(field);
        field->setAccessibleName(QString(label).remove(QLatin1Char('&')));
        m_column->addWidget(caption);
        m_column->addWidget(field);
    }
    QPushButton& go() { return *m_go; }

    void ask(QWidget* focused = nullptr)
    {
        m_column->addStretch(1);
        m_column->addWidget(m_buttons);
        auto* safe = m_buttons->button(QDialogButtonBox::Cancel);
        safe->setDefault(true);
        open();
        (focused != nullptr ? focused : safe)->setFocus();
    }

private:
    QVBoxLayout* m_column;
    QDialogButtonBox* m_buttons;
    QPushButton* m_go;
};

QString nameOf(const MachineRow& machine)
{
    return QString::fromStdString(machine.info.name);
}

QString bulleted(const QStringList& lines)
{
    return QStringLiteral("  •  ") + lines.join(QStringLiteral("\n  •  "));
}

void askPlainly(
    const QString& title, const QString& text, const QString& verb, QWidget* parent, std::function<void()> then)
{
    auto* question = new Question(title, verb, parent);
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

void askToDelete(const MachineRow& machine, QWidget* parent, std::function<void()> then)
{
    const QString name = nameOf(machine);
    const Destruction all = destructionOf(machine);
    auto* question = new Question(say("Delete %1?").arg(name), say("Delete %1").arg(name), parent);
    question->addText(say("This destroys, and it cannot be taken back:"));
    question->addText(bulleted(all.destroyed));
    if (!all.kept.isEmpty()) {
        question->addText(say("Kept, and billed as before:"));
        question->addText(bulleted(all.kept));
    }
    QLineEdit* typed = nullptr;
    if (all.hasDataDisk) {
        typed = new QLineEdit(question);
        question->addField(say("Type &%1 to go on").arg(name), typed);
        question->go().setEnabled(false);
        QObject::connect(typed, &QLineEdit::textChanged, question, [question, name](const QString& text) {
            question->go().setEnabled(text == name);
        });
    }
    QObject::connect(question, &QDialog::accepted, parent, std::move(then));
    question->ask(typed);
}

void askToRestart(const MachineRow& machine, QWidget* parent, std::function<void()> then)
{
    askPlainly(
        say("Restart %1?").arg(nameOf(machine)),
        say("What runs on %1 ends. Its disks and its address stay.").arg(nameOf(machine)),
        say("Restart %1").arg(nameOf(machine)), parent, std::move(then));
}

void askToPowerOff(const MachineRow& machine, QWidget* parent, std::function<void()> then)
{
    askPlainly(
        say("Power off %1 and keep it reserved?").arg(nameOf(machine)),
        say("It goes on to cost as much as running, until you press Stop. Nobody else gets its processors meanwhile."),
        say("Power off %1").arg(nameOf(machine)), parent, std::move(then));
}

void askToCapture(const MachineRow& machine, QWidget* parent, std::function<void(const QString&)> then)
{
    const QString name = nameOf(machine);
    auto* question = new Question(say("Capture %1 as an image?").arg(name), say("Capture %1").arg(name), parent);
    question->addText(say("%1 stops, and it can never start again. Its disks stay until you delete it; new machines can be "
                          "made of the image.")
                          .arg(name));
    auto* image = new QLineEdit(name + QStringLiteral("-image"), question);
    question->addField(say("&Image name"), image);
    QObject::connect(image, &QLineEdit::textChanged, question, [question](const QString& text) {
        question->go().setEnabled(!text.trimmed().isEmpty());
    });
    QObject::connect(question, &QDialog::accepted, parent, [image, then = std::move(then)] { then(image->text().trimmed()); });
    question->ask();
}

void askToResize(
    const MachineRow& machine, const QStringList& sizes, QWidget* parent, std::function<void(const QString&)> then)
{
    const QString name = nameOf(machine);
    const QString now = QString::fromStdString(machine.info.size);
    auto* question = new Question(say("Another size for %1").arg(name), say("Resize %1").arg(name), parent);
    question->addText(say("It is %1. It stops for the change and starts again if it ran.").arg(now));
    auto* size = new QComboBox(question);
    size->setEditable(true);
    size->addItems(sizes);
    size->setCurrentText(now);
    question->addField(say("&New size"), size);
    question->go().setEnabled(false);
    QObject::connect(size, &QComboBox::currentTextChanged, question, [question, now](const QString& text) {
        question->go().setEnabled(!text.trimmed().isEmpty() && text.trimmed() != now);
    });
    QObject::connect(question, &QDialog::accepted, parent, [size, then = std::move(then)] {
        then(size->currentText().trimmed());
    });
    question->ask(size);
}

} // namespace ty::app
