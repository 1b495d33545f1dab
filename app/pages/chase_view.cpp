#include "app/pages/chase_view.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include <QAction>
#include <QFrame>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QIODevice>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/catalog/chases.h"
#include "app/models/account_text.h"
#include "app/models/chase_table_model.h"
#include "app/models/chase_text.h"
#include "app/pages/chase_form.h"
#include "app/pages/error_text.h"
#include "app/pages/question_dialog.h"
#include "app/pages/save_file.h"
#include "app/provisioning/account.h"
#include "app/services/all_services.h"
#include "app/services/chase_service.h"
#include "app/services/cloud_services.h"
#include "widgets/column_widths.h"
#include "widgets/empty_state.h"
#include "widgets/error_panel.h"
#include "widgets/table_look.h"
#include "widgets/theme/roles.h"
#include "widgets/world_map.h"

namespace ty::app {

namespace {

constexpr auto kSplitKey = "compute/chaseSplit";
constexpr int kSideWidth = 285;
enum StackPlace { EmptyPlace, ResultPlace };
using Stage = ChaseService::Stage;

bool hasRealAccount(const std::vector<cloud::ChasePlace>& places)
{
    return std::any_of(places.begin(), places.end(), [](const cloud::ChasePlace& place) {
        return !QString::fromStdString(place.account).startsWith(QLatin1String(kSandboxAccount));
    });
}

/// The most telling outcome of a region's places.
int weightOf(cloud::ChaseOutcome outcome)
{
    using enum cloud::ChaseOutcome;
    switch (outcome) {
    case Given: return 9;
    case Trying: return 8;
    case Waiting: return 7;
    case NoCapacity: return 6;
    case Quota: return 5;
    case Permission:
    case Problem: return 4;
    case Transient: return 3;
    default: return 1;
    }
}

QString durationText(double seconds)
{
    const auto whole = static_cast<int>(seconds + 0.5);
    return whole < 60 ? ChaseView::tr("%1 s").arg(whole)
                      : ChaseView::tr("%1 min %2 s").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0'));
}

/// What a look depends on: not who may reach the machine that is kept.
Json lookedFor(cloud::ChaseRequest request)
{
    request.machine.allowedFrom.clear();
    return cloud::toJson(request);
}

QLabel* legend(QWidget* parent)
{
    auto* label = new QLabel(
        ChaseView::tr("✔ given   ◉ trying   ○ to be tried   ✖ no capacity   ▲ quota or not allowed   ◆ no answer   · not offered"),
        parent);
    label->setWordWrap(true);
    widgets::setTextRole(*label, widgets::TextRole::Muted);
    return label;
}

} // namespace

ChaseView::ChaseView(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_service(new ChaseService(context.paths, CloudServices::of(context).secrets(), this))
    , m_form(new ChaseForm)
    , m_model(new ChaseTableModel(this))
    , m_sorted(new QSortFilterProxyModel(this))
    , m_error(new widgets::ErrorPanel(this))
    , m_banner(new widgets::ErrorPanel(this))
    , m_stack(new QStackedWidget(this))
    , m_empty(new widgets::EmptyState(
          context.theme.icon(QStringLiteral("compute")),
          tr("Which zone really gives the GPU? Looking reads offers, quotas and prices of all zones and makes nothing."), this))
    , m_summary(new QLabel(this))
    , m_progressText(new QLabel(this))
    , m_progress(new QProgressBar(this))
    , m_split(new QSplitter(Qt::Vertical, this))
    , m_map(new widgets::WorldMap(this))
    , m_table(new QTableView(this))
{
    makeActions();
    setUpTable();
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->setSpacing(12);
    layout->addWidget(makeSide());
    layout->addWidget(makeBody(), 1);
    m_error->hide();
    m_banner->hide();
    m_banner->setSeverity(widgets::ErrorPanel::Severity::Warning);
    connect(&context.theme, &ThemeService::themeChanged, m_empty, [this] {
        m_empty->setIcon(m_context.theme.icon(QStringLiteral("compute")));
    });
    connect(m_form, &ChaseForm::changed, this, &ChaseView::showState);
    connect(m_service, &ChaseService::changed, this, &ChaseView::showState);
    connect(m_service, &ChaseService::keptRemoved, this, [this](const QString& problem) {
        if (problem.isEmpty()) {
            m_context.notices.toast(tr("The machine has been deleted."));
        } else {
            m_context.notices.error(tr("The machine was not deleted."), {ErrorKind::Conflict, problem.toStdString(), {}});
        }
        emit machinesChanged();
    });
    connect(&CloudServices::of(context).accounts(), &AccountService::changed, this, &ChaseView::showAccounts);
    showState();
}

ChaseView::~ChaseView() = default;

void ChaseView::makeActions()
{
    const auto make = [this](const QString& text, const char* name, auto slot) {
        auto* action = new QAction(text, this);
        action->setObjectName(QLatin1String(name));
        connect(action, &QAction::triggered, this, slot);
        return action;
    };
    m_look = make(tr("Look for a GPU"), "lookForGpu", [this] { look(); });
    m_start = make(tr("Start the chase…"), "startChase", [this] { askToStart(); });
    m_pause = make(tr("Pause"), "pauseChase", [this] { m_service->setPaused(!m_service->state().isPaused); });
    m_stop = make(tr("Stop"), "stopChase", [this] { m_service->stop(); });
    m_resume = make(tr("Go on with the last chase"), "resumeChase", [this] {
        m_interrupted.reset();
        m_service->resume();
    });
    m_csv = make(tr("Save the table as CSV…"), "saveChaseTable", [this] {
        save(tr("Save the table"), QStringLiteral("chase.csv"), false);
    });
    m_script = make(tr("Save as a shell script…"), "saveChaseScript", [this] {
        save(tr("Save as a script of az and gcloud commands"), QStringLiteral("chase.sh"), true);
    });
}

QWidget* ChaseView::makeSide()
{
    auto* side = new QFrame(this);
    widgets::makeCard(*side);
    side->setFixedWidth(kSideWidth);
    auto* scroll = new QScrollArea(side);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(m_form);
    scroll->viewport()->setAutoFillBackground(false); // the card's own shows
    m_form->setAutoFillBackground(false);
    m_lookButton = new QPushButton(tr("&Look"), side);
    m_lookButton->setToolTip(tr("Reads offers, quotas and prices. Nothing is made."));
    connect(m_lookButton, &QPushButton::clicked, m_look, &QAction::trigger);
    m_startButton = new QPushButton(tr("&Start…"), side);
    connect(m_startButton, &QPushButton::clicked, m_start, &QAction::trigger);
    widgets::makePrimary(*m_startButton);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_lookButton);
    buttons->addWidget(m_startButton);
    auto* column = new QVBoxLayout(side);
    column->addWidget(scroll, 1);
    column->addLayout(buttons);
    return side;
}

QWidget* ChaseView::makeBody()
{
    auto* body = new QWidget(this);
    auto* result = new QWidget(body);
    m_summary->setWordWrap(true);
    m_summary->setTextFormat(Qt::PlainText);
    m_progressText->setWordWrap(true);
    m_progressText->setTextFormat(Qt::PlainText);
    widgets::setTextRole(*m_progressText, widgets::TextRole::Muted);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Places decided"));
    m_progress->setMaximumHeight(8);

    auto* strip = new QHBoxLayout;
    const auto button = [&](QAction* action) {
        auto* made = new QToolButton(result);
        made->setDefaultAction(action);
        made->setToolButtonStyle(Qt::ToolButtonTextOnly);
        made->setFocusPolicy(Qt::TabFocus);
        strip->addWidget(made);
    };
    strip->addWidget(m_summary, 1);
    button(m_pause);
    button(m_stop);
    auto* exports = new QToolButton(result);
    exports->setText(tr("Export"));
    exports->setPopupMode(QToolButton::InstantPopup);
    exports->setFocusPolicy(Qt::TabFocus);
    auto* menu = new QMenu(exports);
    menu->addActions({m_csv, m_script});
    exports->setMenu(menu);
    strip->addWidget(exports);

    auto* upper = new QWidget(m_split);
    auto* upperColumn = new QVBoxLayout(upper);
    upperColumn->setContentsMargins(0, 0, 0, 0);
    upperColumn->addWidget(m_map, 1);
    upperColumn->addWidget(legend(upper));
    m_split->addWidget(upper);
    m_split->addWidget(m_table);
    m_split->setChildrenCollapsible(false);
    m_split->setStretchFactor(0, 2);
    m_split->setStretchFactor(1, 3);
    m_split->restoreState(m_context.settings.layout(QLatin1String(kSplitKey)));
    connect(m_split, &QSplitter::splitterMoved, this, [this] {
        m_context.settings.setLayout(QLatin1String(kSplitKey), m_split->saveState());
    });
    connect(m_map, &widgets::WorldMap::pointActivated, this, [this](int index) {
        const QString region
            = m_map->points()[static_cast<std::size_t>(index)].name.section(QLatin1Char(':'), 0, 0);
        for (int row = 0; row < m_sorted->rowCount(); ++row) {
            if (m_sorted->index(row, ChaseTableModel::Place).data().toString().startsWith(region)) {
                m_table->setCurrentIndex(m_sorted->index(row, ChaseTableModel::Place));
                break;
            }
        }
    });

    auto* resultColumn = new QVBoxLayout(result);
    resultColumn->setContentsMargins(0, 0, 0, 0);
    resultColumn->addLayout(strip);
    resultColumn->addWidget(m_progress);
    resultColumn->addWidget(m_progressText);
    resultColumn->addWidget(m_split, 1);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(result);
    connect(m_empty->addButton(tr("Look"), widgets::EmptyState::Emphasis::Primary), &QPushButton::clicked, m_look, &QAction::trigger);
    auto* resume = m_empty->addButton(tr("Go on with the last chase"));
    connect(resume, &QPushButton::clicked, m_resume, &QAction::trigger);
    connect(m_resume, &QAction::changed, resume, [this, resume] { resume->setVisible(m_resume->isEnabled()); });
    resume->hide();
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_error);
    column->addWidget(m_banner);
    column->addWidget(m_stack, 1);
    return body;
}

void ChaseView::setUpTable()
{
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(ChaseTableModel::SortRole);
    m_table->setModel(m_sorted);
    widgets::setUpRows(*m_table, tr("Places of the chase"));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    widgets::setColumnLetters(*m_table, {26, 18, 9, 16, 34, 9, 9, 13, 8, 16});
    auto* header = m_table->horizontalHeader();
    header->setSortIndicatorClearable(true); // the third click brings back the order of the attempts
    header->setSortIndicator(-1, Qt::AscendingOrder);
    m_table->setSortingEnabled(true);
}

QList<QAction*> ChaseView::actions() const
{
    return {m_look, m_start, m_pause, m_stop, m_resume, m_csv, m_script};
}

void ChaseView::focusForm()
{
    m_form->focusFirst();
}

void ChaseView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    showAccounts();
    if (m_service->stage() == Stage::Idle) {
        readInterrupted();
    }
}

void ChaseView::showAccounts()
{
    QList<std::pair<QString, QString>> shown;
    bool isThisComputer = true;
    for (const auto& [account, state] : CloudServices::of(m_context).accounts().accounts()) {
        isThisComputer = isThisComputer && account.isSandbox();
        shown.append({QString::fromStdString(account.name), accountText(account)});
    }
    m_form->setAccounts(shown, isThisComputer && !shown.isEmpty());
}

/// Whether an earlier program left a chase half-way.
void ChaseView::readInterrupted()
{
    m_context.catalog.call(
        this,
        [](catalog::Catalog& catalog) -> Result<int> {
            TY_TRY(const auto chases, catalog::Chases::open(catalog.paths()));
            TY_TRY(const auto newest, chases->newest());
            return newest && newest->state == "open" ? static_cast<int>(newest->places.size()) : 0;
        },
        [this](const Result<int>& places) {
            m_interrupted = places && *places > 0 ? std::optional(*places) : std::nullopt;
            showState();
        });
}

void ChaseView::look()
{
    if (!m_form->problem().isEmpty()) {
        m_form->focusFirst();
        return;
    }
    m_isMachineSeen = false;
    m_looked = lookedFor(m_form->request());
    m_service->plan(m_form->request());
}

QString ChaseView::costText() const
{
    const cloud::ChasePreview& preview = m_service->preview();
    QString text;
    if (preview.leastPerHour) {
        text = preview.leastPerHour == preview.mostPerHour
            ? tr("A machine costs %1 an hour.").arg(usdText(preview.leastPerHour))
            : tr("A machine costs %1 to %2 an hour.").arg(usdText(preview.leastPerHour), usdText(preview.mostPerHour));
    }
    if (preview.unpriced > 0) {
        text += QStringLiteral(" ") + tr("In %n place(s) the price is unknown.", nullptr, preview.unpriced);
    }
    text += QStringLiteral(" ")
        + (preview.mostUsd ? tr("The attempts may cost up to %1 in all, before tax.").arg(usdText(preview.mostUsd))
                           : tr("What the attempts may cost in all is unknown."));
    if (preview.withoutPrice > 0) {
        text += QStringLiteral(" ")
            + tr("%n place(s) are left out because nobody knows what they cost.", nullptr, preview.withoutPrice);
    }
    if (!hasRealAccount(m_service->state().places)) {
        text += QStringLiteral(" ") + tr("In the sandbox on this computer nothing is billed.");
    }
    return text.trimmed();
}

void ChaseView::askToStart()
{
    if (!m_start->isEnabled()) {
        return;
    }
    const cloud::ChaseRequest& request = m_service->request();
    const bool isAll = request.testsAll.value_or(false);
    const int places = m_service->preview().waiting;
    auto* question = new QuestionDialog(
        isAll ? tr("Make a machine in each of %n place(s) and delete it at once?", nullptr, places)
              : tr("Ask up to %n place(s) for a machine, and keep the first one?", nullptr, places),
        isAll ? tr("Try all") : tr("Start"), this);
    question->addText(costText());
    question->addText(
        tr("%1 attempts at a time. What an attempt leaves is taken away.").arg(request.parallel.value_or(1)));
    if (!isAll) {
        question->addText(tr("The machine that is kept is billed until you stop or delete it."));
    }
    connect(question, &QDialog::accepted, m_service, [this] { m_service->start(m_form->request().machine.allowedFrom); });
    question->ask();
}

/// Whether the plan is of what stands in the form.
bool ChaseView::isLookedAt() const
{
    return m_looked == lookedFor(m_form->request());
}

QString ChaseView::summary() const
{
    const cloud::ChaseState& state = m_service->state();
    const cloud::ChasePreview& preview = m_service->preview();
    switch (m_service->stage()) {
    case Stage::Idle: return {};
    case Stage::Reading: return m_service->readingText() + QStringLiteral("…");
    case Stage::Planned: {
        QStringList parts{
            tr("%n place(s)", nullptr, preview.places), tr("%1 to be tried").arg(preview.waiting),
            tr("%1 not offered").arg(preview.notOffered)};
        if (preview.quota > 0) {
            parts << tr("%1 without quota").arg(preview.quota);
        }
        if (preview.blocked > 0) {
            parts << tr("%1 failed lately").arg(preview.blocked);
        }
        if (preview.withoutPrice > 0) {
            parts << tr("%1 without a known price").arg(preview.withoutPrice);
        }
        return parts.join(QStringLiteral(" · "));
    }
    case Stage::Running:
        return state.isStopping ? tr("Stopping: what is under way is taken back…")
            : state.isPaused   ? tr("Paused: %1 of %2 places").arg(state.decided).arg(state.places.size())
                               : tr("%1 of %2 places, %3 gave a machine").arg(state.decided).arg(state.places.size()).arg(state.given);
    case Stage::Ended:
        return state.waiting > 0
            ? tr("Stopped: %1 of %2 places, %3 gave a machine").arg(state.decided).arg(state.places.size()).arg(state.given)
            : tr("Done: %1 of %2 places gave a machine").arg(state.given).arg(state.places.size());
    }
    return {};
}

QString ChaseView::progressText() const
{
    const cloud::ChaseState& state = m_service->state();
    if (m_service->stage() == Stage::Planned) {
        return isLookedAt() ? costText() : tr("The form has changed since: look again before you start.");
    }
    if (m_service->stage() != Stage::Running && m_service->stage() != Stage::Ended) {
        return {};
    }
    QStringList parts{durationText(state.seconds), tr("%1 places a minute").arg(state.perMinute, 0, 'f', 0)};
    if (m_service->stage() == Stage::Running) {
        parts << tr("%1 under way").arg(state.trying) << tr("%1 being cleaned up").arg(state.cleaning);
        if (state.secondsLeft && !state.isPaused) {
            parts << tr("about %1 left").arg(durationText(*state.secondsLeft));
        }
    }
    const QString spent = QLocale().toString(state.spentUsd, 'f', 3);
    parts << (state.capUsd ? tr("%1 of %2 USD spent").arg(spent, QLocale().toString(*state.capUsd, 'f', 2))
                           : tr("%1 USD spent").arg(spent));
    if (state.unknownPrices > 0) {
        parts << tr("and %n machine(s) of unknown price", nullptr, state.unknownPrices);
    }
    if (m_service->throttled() > 0) {
        parts << tr("asked to slow down %n time(s)", nullptr, m_service->throttled());
    }
    return parts.join(QStringLiteral(" · "));
}

void ChaseView::showState()
{
    const Stage stage = m_service->stage();
    const cloud::ChaseState& state = m_service->state();
    const bool isBusy = stage == Stage::Reading || stage == Stage::Running;
    m_model->setPlaces(state.places);
    showMap();
    m_stack->setCurrentIndex(stage == Stage::Idle ? EmptyPlace : ResultPlace);
    m_summary->setText(summary());
    m_progressText->setText(progressText());
    m_progressText->setVisible(!m_progressText->text().isEmpty());
    m_progress->setRange(0, stage == Stage::Reading ? 0 : static_cast<int>(std::max<std::size_t>(1, state.places.size())));
    m_progress->setValue(state.decided);
    m_form->setEnabled(!isBusy);
    const bool isRight = m_form->problem().isEmpty();
    m_look->setEnabled(!isBusy && isRight);
    m_lookButton->setEnabled(m_look->isEnabled());
    m_form->setStartNext(stage == Stage::Planned);
    m_start->setEnabled(
        stage == Stage::Planned && m_service->preview().waiting > 0 && isLookedAt() && isRight
        && m_form->reachProblem().isEmpty());
    m_startButton->setEnabled(m_start->isEnabled());
    m_pause->setEnabled(stage == Stage::Running && m_service->isBegun() && !state.isStopping);
    m_pause->setText(state.isPaused ? tr("Go on") : tr("Pause"));
    m_stop->setEnabled((stage == Stage::Running && m_service->isBegun() && !state.isStopping) || stage == Stage::Reading);
    const bool isHalf = stage == Stage::Ended && (state.waiting > 0 || state.left > 0);
    m_resume->setEnabled(!isBusy && (isHalf || m_interrupted.has_value()));
    m_csv->setEnabled(!state.places.empty());
    m_script->setEnabled(!state.places.empty());

    const auto& error = m_service->error();
    m_error->setVisible(error || !m_service->problems().isEmpty());
    if (error) {
        showError(*m_error, tr("The chase did not go on."), *error);
    } else if (!m_service->problems().isEmpty()) {
        m_error->setSeverity(widgets::ErrorPanel::Severity::Warning);
        m_error->setText(tr("Not everything could be read."), m_service->problems().join(QStringLiteral("\n")), QString());
        m_error->setDetails(QString());
    }
    showBanner();
}

/// A machine that stands, or something that may still be there: nobody may overlook either.
void ChaseView::showBanner()
{
    const cloud::ChaseState& state = m_service->state();
    const bool isEnded = m_service->stage() == Stage::Ended;
    const bool hasMachine = isEnded && state.winner >= 0 && !m_isMachineSeen;
    const bool hasLeft = isEnded && state.left > 0;
    const bool isInterrupted = m_service->stage() == Stage::Idle && m_interrupted;
    const bool isHalf = isEnded && state.waiting > 0;
    const QString shown = QStringLiteral("%1%2%3%4%5").arg(hasMachine).arg(hasLeft).arg(isInterrupted).arg(isHalf).arg(
        m_service->isRemovingKept());
    m_banner->setVisible(hasMachine || hasLeft || isInterrupted || isHalf);
    if (m_banner->property("shown").toString() == shown) {
        return; // its buttons keep the focus
    }
    m_banner->setProperty("shown", shown);
    m_banner->clearButtons();
    if (hasMachine) {
        const cloud::ChasePlace& place = state.places[static_cast<std::size_t>(state.winner)];
        m_banner->setText(
            tr("%1 stands in %2.").arg(QString::fromStdString(place.machine), QString::fromStdString(place.name())),
            tr("It is billed, %1 an hour.").arg(usdText(place.usdPerHour)), QString());
        connect(m_banner->addButton(tr("Keep this machine")), &QPushButton::clicked, this, [this] {
            m_isMachineSeen = true;
            showBanner();
            emit machinesChanged();
        });
        auto* remove = m_banner->addButton(m_service->isRemovingKept() ? tr("Deleting…") : tr("Delete it"));
        remove->setEnabled(!m_service->isRemovingKept());
        connect(remove, &QPushButton::clicked, m_service, &ChaseService::removeKept);
    } else if (hasLeft) {
        m_banner->setText(
            tr("Of %n attempt(s) something may still be there.", nullptr, state.left),
            tr("The cloud did not answer while it was being taken away."), tr("Go on to take it away."));
        connect(m_banner->addButton(tr("Go on")), &QPushButton::clicked, m_resume, &QAction::trigger);
    } else if (isInterrupted) {
        m_banner->setText(
            tr("A chase through %n place(s) was interrupted.", nullptr, *m_interrupted),
            tr("What it had under way is in the journal."), QString());
        connect(m_banner->addButton(tr("Go on")), &QPushButton::clicked, m_resume, &QAction::trigger);
    } else if (isHalf) {
        m_banner->setText(tr("%n place(s) were not tried.", nullptr, state.waiting), QString(), QString());
        connect(m_banner->addButton(tr("Go on")), &QPushButton::clicked, m_resume, &QAction::trigger);
    }
}

void ChaseView::showMap()
{
    struct Region {
        const cloud::ChasePlace* place = nullptr;
        std::map<QString, int> counts;
    };
    std::map<std::string, Region> regions;
    for (const cloud::ChasePlace& place : m_model->places()) {
        if (!place.latitude || !place.longitude) {
            continue;
        }
        Region& region = regions[place.region];
        ++region.counts[chaseOutcomeText(place)];
        if (region.place == nullptr || weightOf(place.result()) > weightOf(region.place->result())) {
            region.place = &place;
        }
    }
    std::vector<widgets::MapPoint> points;
    for (const auto& [name, region] : regions) {
        QStringList words;
        for (const auto& [text, count] : region.counts) {
            words << tr("%1 %2").arg(count).arg(text);
        }
        points.push_back(
            {*region.place->latitude, *region.place->longitude, chaseMapMark(region.place->result()),
             tr("%1: %2").arg(QString::fromStdString(name), words.join(QStringLiteral(", ")))});
    }
    m_map->setPoints(std::move(points));
}

void ChaseView::save(const QString& title, const QString& name, bool isScript)
{
    // As it is now; what comes later is not in it.
    const auto content = std::make_shared<std::string>(isScript ? m_service->script() : m_service->csv());
    askAndSave(m_context, this, title, name, [content](QIODevice& device, const SaveProgress&) -> Result<void> {
        device.write(content->data(), static_cast<qint64>(content->size()));
        return {};
    });
}

} // namespace ty::app
