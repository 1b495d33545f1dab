#include "app/pages/spec_diagram_view.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

#include "engine/specs/value_words.h"
#include "widgets/state_diagram.h"
#include "widgets/theme/roles.h"

namespace ty::app {

using namespace engine::specs;

namespace {

constexpr std::size_t kMostStates = 120;    // more cannot be read
constexpr std::size_t kMostAround = 24;     // of a larger space: the state looked at and its neighbours
constexpr std::size_t kMostBefore = 4;      // of them: on the way there
constexpr std::size_t kSmall = 12; // states among which impossible steps are shown unless a person said otherwise
constexpr std::size_t kMostImpossible = 12; // a few say it; all would hide the rest

} // namespace

SpecDiagramView::SpecDiagramView(QWidget* parent)
    : QWidget(parent)
    , m_diagram(new widgets::StateDiagram(this))
    , m_words(new QLabel(this))
    , m_impossible(new QCheckBox(tr("Some impossible steps"), this))
{
    widgets::setTextRole(*m_words, widgets::TextRole::Muted);
    m_words->setWordWrap(true);
    auto* fit = new QToolButton(this);
    fit->setText(tr("Fit"));
    fit->setToolTip(tr("Show the whole diagram (0)"));
    auto* bar = new QHBoxLayout;
    bar->addWidget(m_words, 1);
    bar->addWidget(m_impossible);
    bar->addWidget(fit);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(bar);
    layout->addWidget(m_diagram, 1);
    connect(fit, &QToolButton::clicked, m_diagram, &widgets::StateDiagram::fitAll);
    connect(m_impossible, &QCheckBox::toggled, this, &SpecDiagramView::rebuild);
    connect(m_impossible, &QCheckBox::clicked, this, [this] { m_isImpossibleChosen = true; });
    connect(m_diagram, &widgets::StateDiagram::stateChosen, this, [this](int state) {
        if (m_spec.space->stateCount() > kMostStates) {
            m_centre = m_shown[static_cast<std::size_t>(state)];
            m_way.clear();
            rebuild();
        }
    });
}

void SpecDiagramView::setSpec(const ExploredSpec& spec)
{
    m_spec = spec;
    m_examples = {};
    m_centre = -1;
    m_way.clear();
    rebuild();
}

void SpecDiagramView::setExamples(const SpecExamples& examples)
{
    m_examples = examples;
    if (!m_isImpossibleChosen) {
        const QSignalBlocker quiet(m_impossible);
        m_impossible->setChecked(m_spec.space->stateCount() <= kSmall);
    }
    if (m_impossible->isChecked()) {
        rebuild();
    }
}

void SpecDiagramView::showWay(quint32 state)
{
    m_centre = state;
    m_way.clear();
    const auto path = m_spec.space->pathTo(state);
    m_way.push_back(path.empty() ? state : path.front().before);
    for (const auto& step : path) {
        m_way.push_back(step.after);
    }
    rebuild();
}

std::vector<quint32> SpecDiagramView::statesToShow() const
{
    const auto& space = *m_spec.space;
    std::vector<quint32> shown;
    if (space.stateCount() <= kMostStates) {
        for (StateIndex state = 0; state < space.stateCount(); ++state) {
            shown.push_back(state);
        }
        return shown;
    }
    // From the centre outwards, steps taken in both directions; a marked way comes first.
    std::set<quint32> seen(m_way.begin(), m_way.end());
    std::deque<quint32> open;
    shown = m_way;
    const auto visit = [&](quint32 state) {
        if (seen.insert(state).second) {
            shown.push_back(state);
        }
        open.push_back(state);
    };
    if (m_centre >= 0) {
        visit(static_cast<quint32>(m_centre));
    } else {
        visit(space.initialStates.front());
    }
    const auto firstOf = [&](StateIndex state) {
        return std::lower_bound(space.transitions.begin(), space.transitions.end(), state, [](const Transition& one, StateIndex wanted) {
            return one.before < wanted;
        });
    };
    // A few of the states on the way here; what else leads here would ask for a look at every step there is.
    for (auto state = m_centre >= 0 ? static_cast<quint32>(m_centre) : space.initialStates.front(); shown.size() < kMostBefore;) {
        const auto before = space.reachedBy[state].before;
        if (before == state) {
            break;
        }
        visit(before);
        state = before;
    }
    while (!open.empty() && shown.size() < kMostAround) {
        const auto state = open.front();
        open.pop_front();
        for (auto step = firstOf(state); step != space.transitions.end() && step->before == state && shown.size() < kMostAround; ++step) {
            if (!seen.contains(step->after)) {
                visit(step->after);
            }
        }
    }
    return shown;
}

void SpecDiagramView::rebuild()
{
    if (!m_spec.space) {
        m_shown.clear();
        m_diagram->setDiagram({}, {});
        m_words->clear();
        return;
    }
    const auto& space = *m_spec.space;
    const auto& machine = *m_spec.machine;
    m_shown = statesToShow();
    std::map<quint32, int> places;
    for (std::size_t index = 0; index < m_shown.size(); ++index) {
        places[m_shown[index]] = static_cast<int>(index);
    }
    // All three lists are in the order of discovery.
    const auto isBroken = [&](StateIndex state) {
        const auto found = std::lower_bound(space.violations.begin(), space.violations.end(), state, [](const Violation& one, StateIndex wanted) {
            return one.state < wanted;
        });
        return found != space.violations.end() && found->state == state;
    };
    const auto isListed = [](const std::vector<StateIndex>& list, StateIndex state) { return std::binary_search(list.begin(), list.end(), state); };
    std::map<std::pair<int, int>, QStringList> labels;
    std::vector<widgets::DiagramState> states(m_shown.size());
    for (const auto state : m_shown) {
        auto& box = states[static_cast<std::size_t>(places[state])];
        box.words = QString::fromStdString(stateWords(machine, space.state(state)));
        QStringList values; // in the order of declaration; names are in the tooltip
        for (const auto& variable : machine.variables) {
            values << QString::fromStdString(valueWords(machine, variable, space.state(state)));
        }
        box.label = values.join(QStringLiteral(" · "));
        box.layer = -1;
        box.isInitial = isListed(space.initialStates, state);
        box.isDeadEnd = isListed(space.deadEnds, state);
        box.isBroken = isBroken(state);
        auto step = std::lower_bound(
            space.transitions.begin(), space.transitions.end(), state,
            [](const Transition& one, StateIndex wanted) { return one.before < wanted; });
        for (; step != space.transitions.end() && step->before == state; ++step) {
            const auto to = places.find(step->after);
            if (to != places.end()) {
                labels[{places[state], to->second}] << QString::fromStdString(machine.operations[step->operation].name);
            }
        }
    }
    // Layers: how far a state lies from the first one shown that leads to it.
    std::deque<int> open;
    for (std::size_t index = 0; index < states.size(); ++index) {
        const bool isFirst = m_way.empty() ? m_shown[index] == m_shown.front() : m_shown[index] == m_way.front();
        if (isFirst) {
            states[index].layer = 0;
            open.push_back(static_cast<int>(index));
        }
    }
    const auto spread = [&] {
        while (!open.empty()) {
            const int from = open.front();
            open.pop_front();
            for (auto step = labels.lower_bound({from, 0}); step != labels.end() && step->first.first == from; ++step) {
                auto& next = states[static_cast<std::size_t>(step->first.second)];
                if (next.layer < 0) {
                    next.layer = states[static_cast<std::size_t>(from)].layer + 1;
                    open.push_back(step->first.second);
                }
            }
        }
    };
    spread();
    for (std::size_t index = 0; index < states.size(); ++index) {
        if (states[index].layer < 0) {
            states[index].layer = 0; // another start
            open.push_back(static_cast<int>(index));
            spread();
        }
    }
    std::vector<widgets::DiagramStep> steps;
    for (const auto& [between, names] : labels) {
        steps.push_back({between.first, between.second, names.join(QStringLiteral(", ")), true});
    }
    if (m_impossible->isChecked() && m_examples.table) {
        std::size_t count = 0;
        for (const auto& example : m_examples.table->examples()) {
            const auto from = places.find(example.transition.before);
            const auto to = places.find(example.transition.after);
            if (!example.isValid && from != places.end() && to != places.end() && from != to && count < kMostImpossible) {
                steps.push_back(
                    {from->second, to->second, QString::fromStdString(machine.operations[example.transition.operation].name), false});
                ++count;
            }
        }
    }
    m_diagram->setDiagram(states, steps);
    std::vector<int> way;
    for (const auto state : m_way) {
        way.push_back(places[state]);
    }
    m_diagram->setWay(way);
    m_words->setText(
        m_shown.size() == space.stateCount()
            ? tr("All %n state(s). A double line: initial; dashed: no operation leaves it; red: an invariant is broken.", nullptr,
                 static_cast<int>(space.stateCount()))
            : tr("%1 of %2 states. A click goes to a state and what lies around it.")
                  .arg(m_shown.size())
                  .arg(QLocale().toString(space.stateCount())));
}

} // namespace ty::app
