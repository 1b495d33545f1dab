#include "app/pages/leftover_question.h"

#include <algorithm>
#include <utility>

#include <QCoreApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include "app/models/leftover_table_model.h"
#include "app/pages/question_dialog.h"

namespace ty::app {

namespace {

constexpr int kMostListHeight = 260;

QString say(const char* text)
{
    return QCoreApplication::translate("LeftoverQuestion", text);
}

QString lineOf(const cloud::Leftover& leftover)
{
    const QString kind = QLatin1String(cloud::leftoverKindName(leftover.kind));
    const QString size = leftover.sizeGiB ? say(", %1 GiB").arg(*leftover.sizeGiB) : QString();
    return QStringLiteral("  •  %1 (%2%3)").arg(QString::fromStdString(leftover.name), kind, size);
}

QScrollArea* listOf(const std::vector<cloud::Leftover>& leftovers, QWidget* parent)
{
    QStringList lines;
    for (const cloud::Leftover& leftover : leftovers) {
        lines << lineOf(leftover);
    }
    auto* label = new QLabel(lines.join(QLatin1Char('\n')), parent);
    label->setTextFormat(Qt::PlainText);
    label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    auto* scroll = new QScrollArea(parent);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setWidget(label);
    scroll->setFixedHeight(std::min(label->sizeHint().height() + 4, kMostListHeight));
    return scroll;
}

} // namespace

void askToDeleteLeftovers(
    const std::vector<cloud::Leftover>& leftovers, const QString& currency, QWidget* parent, std::function<void()> then)
{
    const int count = static_cast<int>(leftovers.size());
    const QString verb = QCoreApplication::translate("LeftoverQuestion", "Delete %n leftover(s)", nullptr, count);
    auto* question = new QuestionDialog(verb + QLatin1Char('?'), verb, parent);
    question->addText(say("This destroys, and it cannot be taken back:"));
    question->addWidget(listOf(leftovers, question), 1);
    question->addText(say("It saves %1 a month, at list prices.").arg(leftoverSumText(leftovers, currency)));
    std::vector<std::pair<QLineEdit*, QString>> fields;
    for (const cloud::Leftover& leftover : leftovers) {
        if (leftover.holdsData) {
            auto* typed = new QLineEdit(question);
            const QString name = QString::fromStdString(leftover.name);
            question->addField(say("%1 may hold data. Type its name to go on").arg(name), typed);
            fields.emplace_back(typed, name);
        }
    }
    const auto check = [question, fields] {
        question->go().setEnabled(std::all_of(
            fields.begin(), fields.end(), [](const auto& field) { return field.first->text() == field.second; }));
    };
    for (const auto& [field, name] : fields) {
        QObject::connect(field, &QLineEdit::textChanged, question, check);
    }
    check();
    QObject::connect(question, &QDialog::accepted, parent, std::move(then));
    question->ask(fields.empty() ? nullptr : fields.front().first);
}

} // namespace ty::app
