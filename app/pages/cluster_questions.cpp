#include "app/pages/cluster_questions.h"

#include <utility>

#include <QCoreApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>

#include "app/pages/question_dialog.h"
#include "cloud/provision/marks.h"

namespace ty::app {

namespace {

constexpr int kMostNodes = 1000;

QString say(const char* text)
{
    return QCoreApplication::translate("ClusterQuestions", text);
}

} // namespace

void askToDeleteCluster(const cloud::ClusterInfo& cluster, QWidget* parent, std::function<void()> then)
{
    const QString name = QString::fromStdString(cluster.name);
    auto* question = new QuestionDialog(say("Delete %1?").arg(name), say("Delete %1").arg(name), parent);
    question->addText(say("This destroys, and it cannot be taken back:"));
    QStringList lines;
    for (const cloud::ClusterNode& node : cluster.nodes) {
        const QString address = QString::fromStdString(node.address);
        lines << (address.isEmpty() ? say("Node %1 with its disks").arg(QString::fromStdString(node.name))
                                    : say("Node %1 with its disks and its address %2").arg(QString::fromStdString(node.name), address));
    }
    const bool isOurs = cluster.tags.contains(cloud::kOperationTag);
    lines << (isOurs ? say("Network and firewall rules of %1").arg(name) : say("The scale set %1").arg(name));
    constexpr qsizetype kShown = 10;
    const qsizetype more = lines.size() - kShown;
    if (more > 1) {
        const QString last = lines.takeLast();
        lines = lines.first(kShown - 1);
        lines << say("and %1 more nodes with their disks").arg(more) << last;
    }
    question->addText(QStringLiteral("  •  ") + lines.join(QStringLiteral("\n  •  ")));
    if (!isOurs) {
        question->addText(say("Trainyard did not make it: its network and its firewall stay."));
    }
    auto* typed = new QLineEdit(question);
    question->addField(say("Type %1 to go on").arg(name), typed);
    question->go().setEnabled(false);
    QObject::connect(typed, &QLineEdit::textChanged, question, [question, name](const QString& text) {
        question->go().setEnabled(text == name);
    });
    QObject::connect(question, &QDialog::accepted, parent, std::move(then));
    question->ask(typed);
}

void askToScaleCluster(const cloud::ClusterInfo& cluster, QWidget* parent, std::function<void(std::int64_t)> then)
{
    const QString name = QString::fromStdString(cluster.name);
    const int now = static_cast<int>(cluster.capacity);
    auto* question = new QuestionDialog(say("Scale %1").arg(name), say("Scale %1").arg(name), parent);
    question->addText(say("It has %1 nodes. More are made as the others were; when it shall have fewer, the youngest go, with "
                          "their disks. With 0 nodes it costs nothing.")
                          .arg(now));
    auto* count = new QSpinBox(question);
    count->setRange(0, kMostNodes);
    count->setValue(now);
    question->addField(say("&Nodes"), count);
    auto* what = question->addText({});
    question->go().setEnabled(false);
    QObject::connect(count, &QSpinBox::valueChanged, question, [question, what, now](int wanted) {
        question->go().setEnabled(wanted != now);
        what->setText(wanted < now ? say("%1 nodes are destroyed with all that is on their disks.").arg(now - wanted)
                          : wanted > now ? say("%1 nodes more are billed.").arg(wanted - now)
                                         : QString());
    });
    QObject::connect(question, &QDialog::accepted, parent, [count, then = std::move(then)] { then(count->value()); });
    question->ask(count);
}

} // namespace ty::app
