#include "app/pages/problem_list.h"

#include <array>
#include <tuple>

#include <QApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include "app/pages/error_text.h"
#include "widgets/error_panel.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {
widgets::ErrorPanel::Severity severityOf(const QString& name)
{
    if (name == QLatin1String("error")) {
        return widgets::ErrorPanel::Severity::Error;
    }
    return name == QLatin1String("note") ? widgets::ErrorPanel::Severity::Notice
                                         : widgets::ErrorPanel::Severity::Warning;
}
} // namespace

ProblemList::ProblemList(QWidget* parent) : QWidget(parent)
{
    auto* content = new QWidget;
    m_rows = new QVBoxLayout(content);
    m_rows->setContentsMargins(0, 6, 0, 6);
    m_scroll = new QScrollArea(this);
    m_scroll->setAccessibleName(tr("Problems"));
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setWidget(content);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 8, 0, 0);
    auto* words = new QLabel(tr("Copies, exact or nearly, make results look too good when they stand on both sides of the split."), this);
    words->setWordWrap(true);
    widgets::setTextRole(*words, widgets::TextRole::Muted);
    auto* search = new QHBoxLayout;
    search->addWidget(words, 1);
    const std::array buttons{std::tuple{tr("Look for copies"), "seekCopies", false}, std::tuple{tr("Compare with a file…"), "compareWithFile", true}};
    for (const auto& [text, name, isOtherFileAsked] : buttons) {
        auto* button = new QPushButton(text, this);
        button->setObjectName(QLatin1String(name));
        button->setAutoDefault(true);
        search->addWidget(button);
        m_searches.push_back(button);
        connect(button, &QPushButton::clicked, this, [this, isOther = isOtherFileAsked] { emit copiesRequested(isOther); });
    }
    m_searches.front()->setToolTip(tr("Compares every sample with every other, in the data and across its parts"));
    m_searches.back()->setToolTip(tr("Also looks for these samples in other data, for example the test file"));
    layout->addLayout(search);
    layout->addWidget(m_scroll, 1);
}

void ProblemList::addButtons(widgets::ErrorPanel& panel, const std::vector<ProblemFix>& fixes)
{
    for (const auto& fix : fixes) {
        auto* button = panel.addButton(fix.label);
        button->setObjectName(QStringLiteral("fix"));
        button->setAutoDefault(true);
        m_buttons.push_back(button);
        connect(button, &QPushButton::clicked, this, [this, fix] { emit fixRequested(fix); });
    }
}

void ProblemList::setProblems(const DatasetSummary& summary, const DataRepairs& repairs)
{
    m_buttons.clear();
    for (auto* button : m_searches) {
        button->setEnabled(true);
    }
    while (auto* item = m_rows->takeAt(0)) {
        if (auto* row = item->widget()) {
            row->hide();
            row->deleteLater(); // one of its buttons may be asking for this
        }
        delete item;
    }
    if (summary.problems.empty()) {
        auto* none = new QLabel(
            summary.repaired.empty() ? tr("✔ No problems found.") : tr("✔ No open problems."), this);
        widgets::setTextRole(*none, widgets::TextRole::Good);
        m_rows->addWidget(none);
    }
    for (const auto& problem : summary.problems) {
        auto* panel = new widgets::ErrorPanel(this);
        panel->setObjectName(QStringLiteral("problem"));
        panel->setSeverity(severityOf(problem.severity));
        panel->setText(asSentence(problem.message), {}, problem.advice);
        panel->setAccessibleName(problem.message);
        if (!problem.places.isEmpty()) {
            panel->setDetails(problem.places.join(u'\n'));
        }
        addButtons(*panel, fixesFor(problem, summary));
        if (problem.kind == QLatin1String("single-class") && !summary.isImage()) {
            connect(
                panel->addButton(tr("Choose another target")), &QPushButton::clicked, this,
                &ProblemList::columnsRequested);
        }
        m_rows->addWidget(panel);
    }
    if (!summary.repaired.empty()) {
        auto* heading = new QLabel(tr("Dealt with"), this);
        widgets::setTextRole(*heading, widgets::TextRole::Heading);
        m_rows->addWidget(heading);
    }
    for (const auto& problem : summary.repaired) {
        auto* panel = new widgets::ErrorPanel(this);
        panel->setObjectName(QStringLiteral("repaired"));
        panel->setSeverity(widgets::ErrorPanel::Severity::Notice);
        panel->setText(asSentence(problem.message), repairText(problem, repairs), {});
        panel->setAccessibleName(problem.message);
        addButtons(*panel, {takeBack(problem)});
        m_rows->addWidget(panel);
    }
    m_rows->addStretch();
}

void ProblemList::setFixesEnabled(bool areEnabled)
{
    if (const auto* focus = QApplication::focusWidget(); !areEnabled && focus != nullptr && isAncestorOf(focus)) {
        m_scroll->setFocus(); // else the keyboard would jump out of the list with the button that was pressed
    }
    for (auto* button : m_buttons) {
        button->setEnabled(areEnabled);
    }
    for (auto* button : m_searches) {
        button->setEnabled(areEnabled);
    }
}

} // namespace ty::app
