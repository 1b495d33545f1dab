#include "app/pages/world_dialog.h"

#include <algorithm>
#include <utility>

#include <QAction>
#include <QButtonGroup>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QGroupBox>
#include <QHBoxLayout>
#include <QIODevice>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSlider>
#include <QSpinBox>
#include <QToolButton>
#include <QUndoCommand>
#include <QUndoStack>
#include <QVBoxLayout>

#include "app/pages/save_file.h"
#include "app/services/all_services.h"
#include "app/services/runner_call.h"
#include "app/services/runner_program.h"
#include "app/services/study_service.h"
#include "widgets/busy_bar.h"
#include "widgets/chart/line_chart.h"
#include "widgets/error_panel.h"
#include "widgets/grid_world_view.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr int kSnapshots = 60;
constexpr int kMostSteps = 200; // of a way that leads nowhere
constexpr auto kRewardLine = "reward";

QString firstWorld()
{
    return QStringLiteral(
        "S..#......\n"
        ".#.#.####.\n"
        ".#...#....\n"
        "...#.#.P..\n"
        ".P.#...#.G\n"
        "...#......\n");
}

/// Painting a world, to be taken back.
class PaintWorld : public QUndoCommand {
public:
    PaintWorld(widgets::GridWorldView& view, QString before, QString after)
        : QUndoCommand(WorldDialog::tr("Paint")), m_view(view), m_before(std::move(before)), m_after(std::move(after))
    {
    }
    void undo() override { m_view.setWorld(m_before); }
    void redo() override
    {
        if (m_view.world() != m_after) { // the first time it is painted already
            m_view.setWorld(m_after);
        }
    }

private:
    widgets::GridWorldView& m_view;
    QString m_before;
    QString m_after;
};

QDoubleSpinBox* shareBox(QWidget* parent, double low, double high, double value, const QString& spoken)
{
    auto* box = new QDoubleSpinBox(parent);
    box->setRange(low, high);
    box->setSingleStep(0.05);
    box->setDecimals(2);
    box->setValue(value);
    widgets::setSpoken(*box, spoken);
    return box;
}

} // namespace

WorldDialog::WorldDialog(AppContext& context, QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_call(new RunnerCall(runnerProgram(), this))
    , m_studies(new StudyService(context.paths, this))
    , m_view(new widgets::GridWorldView(this))
    , m_chart(new widgets::LineChart(this))
    , m_history(new QUndoStack(this))
    , m_busy(new widgets::BusyBar(this))
    , m_error(new widgets::ErrorPanel(this))
    , m_words(new QLabel(this))
    , m_verdict(new QLabel(this))
{
    setWindowTitle(tr("Grid world (Q-learning)"));
    m_chart->setTitle(tr("Reward of an episode"), tr("running mean"));
    m_chart->setAccessibleName(tr("Chart: reward of an episode"));
    m_chart->setXChoiceVisible(false);
    m_chart->setXKind(widgets::XKind::Epoch);
    m_chart->setEpochName(tr("Episode"));
    m_chart->setEmptyText(tr("Press Train: the reward of each episode is drawn here"));
    m_chart->setMinimumHeight(180);
    widgets::setTextRole(*m_words, widgets::TextRole::Muted);
    m_words->setWordWrap(true);
    m_verdict->setWordWrap(true);
    m_error->hide();
    m_busy->setIdle();

    auto* left = new QVBoxLayout;
    left->addWidget(buildBrushes());
    left->addWidget(m_view, 1);
    left->addWidget(buildPlayer());
    left->addWidget(m_words);
    auto* right = new QVBoxLayout;
    right->addWidget(buildSettings());
    right->addWidget(m_busy);
    right->addWidget(m_error);
    right->addWidget(m_chart, 1);
    right->addWidget(m_verdict);
    auto* row = new QHBoxLayout(this);
    row->addLayout(left, 3);
    row->addLayout(right, 2);

    for (QAction* action : {m_history->createUndoAction(this, tr("&Undo")), m_history->createRedoAction(this, tr("&Redo"))}) {
        addAction(action);
    }
    actions().at(0)->setShortcut(QKeySequence::Undo);
    actions().at(1)->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z));
    connect(m_view, &widgets::GridWorldView::edited, this, [this](const QString& before) {
        m_history->push(new PaintWorld(*m_view, before, m_view->world()));
    });
    connect(m_history, &QUndoStack::indexChanged, this, &WorldDialog::forget);
    connect(&m_timer, &QTimer::timeout, this, &WorldDialog::tick);
    connect(m_busy, &widgets::BusyBar::cancelRequested, this, [this] {
        m_call->cancel();
        m_busy->setIdle();
        m_train->setEnabled(true);
    });
    m_view->setWorld(firstWorld());
    forget();
    resize(1060, 640);
}

WorldDialog::~WorldDialog()
{
    m_history->disconnect(this); // it tells of its own end, when there is no dialog left to hear it
}

void WorldDialog::open(AppContext& context, QWidget* parent)
{
    auto* dialog = new WorldDialog(context, parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->show();
}

QWidget* WorldDialog::buildBrushes()
{
    auto* bar = new QWidget(this);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(new QLabel(tr("Paint:"), bar));
    auto* group = new QButtonGroup(bar);
    const auto add = [&](const QString& text, char square, const QString& tip) {
        auto* button = new QToolButton(bar);
        button->setText(text);
        button->setToolTip(tip);
        button->setCheckable(true);
        button->setFocusPolicy(Qt::StrongFocus);
        group->addButton(button);
        row->addWidget(button);
        connect(button, &QToolButton::clicked, this, [this, square] { m_view->setBrush(QLatin1Char(square)); });
        return button;
    };
    add(tr("Wall"), '#', tr("Nobody goes there"))->setChecked(true);
    add(tr("Free"), '.', tr("Takes away what is there"));
    add(tr("Goal"), 'G', tr("Ends an episode with a reward of 1"));
    add(tr("Pit"), 'P', tr("Ends an episode with a reward of -1"));
    add(tr("Start"), 'S', tr("Where each episode begins; there is one"));
    row->addStretch(1);
    auto* again = new QPushButton(tr("Start over"), bar);
    connect(again, &QPushButton::clicked, this, [this] {
        if (m_view->world() != firstWorld()) {
            m_history->push(new PaintWorld(*m_view, m_view->world(), firstWorld()));
        }
    });
    auto* save = new QPushButton(tr("Save…"), bar);
    save->setToolTip(tr("As a text that trainyard-run world reads"));
    connect(save, &QPushButton::clicked, this, &WorldDialog::save);
    row->addWidget(again);
    row->addWidget(save);
    return bar;
}

QWidget* WorldDialog::buildSettings()
{
    auto* box = new QGroupBox(tr("Learning"), this);
    auto* form = new QFormLayout(box);
    m_episodes = new QSpinBox(box);
    m_episodes->setRange(1, 1'000'000);
    m_episodes->setValue(2000);
    m_episodes->setSingleStep(500);
    widgets::setSpoken(*m_episodes, tr("Episodes: ways from the start to an end"));
    m_rate = shareBox(box, 0.01, 1, 0.3, tr("Learning rate: by how much an estimate follows what was met"));
    m_discount = shareBox(box, 0, 1, 0.95, tr("Discount: what a reward is worth a step later"));
    m_exploring = shareBox(box, 0, 1, 0.5, tr("Exploring: share of random moves at first"));
    m_slip = shareBox(box, 0, 0.9, 0, tr("Slip: how often a step goes to a side"));
    form->addRow(tr("&Episodes"), m_episodes);
    form->addRow(tr("Learning &rate"), m_rate);
    form->addRow(tr("&Discount"), m_discount);
    form->addRow(tr("E&xploring"), m_exploring);
    form->addRow(tr("S&lip"), m_slip);
    m_train = new QPushButton(tr("&Train"), box);
    widgets::makePrimary(*m_train);
    m_train->setDefault(true);
    form->addRow(m_train);
    connect(m_train, &QPushButton::clicked, this, &WorldDialog::train);
    return box;
}

QWidget* WorldDialog::buildPlayer()
{
    auto* bar = new QWidget(this);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    m_play = new QPushButton(tr("Play"), bar);
    m_play->setCheckable(true);
    m_place = new QSlider(Qt::Horizontal, bar);
    widgets::setSpoken(*m_place, tr("Episode after which it is shown what the agent knows"));
    m_speed = new QSlider(Qt::Horizontal, bar);
    m_speed->setRange(1, 30);
    m_speed->setValue(8);
    m_speed->setMaximumWidth(120);
    widgets::setSpoken(*m_speed, tr("Steps a second"));
    auto* speed = new QLabel(tr("&Speed"), bar);
    speed->setBuddy(m_speed);
    row->addWidget(m_play);
    row->addWidget(m_place, 1);
    row->addWidget(speed);
    row->addWidget(m_speed);
    connect(m_play, &QPushButton::toggled, this, &WorldDialog::setPlaying);
    connect(m_place, &QSlider::valueChanged, this, &WorldDialog::showSnapshot);
    connect(m_speed, &QSlider::valueChanged, this, [this](int value) { m_timer.setInterval(1000 / value); });
    return bar;
}

void WorldDialog::forget()
{
    setPlaying(false);
    m_snapshots.clear();
    m_place->setRange(0, 0);
    m_place->setEnabled(false);
    m_play->setEnabled(false);
    m_chart->clear();
    m_verdict->clear();
    m_words->setText(tr("Click squares to paint. Colours will show what the agent expects from a square, arrows its best known move."));
}

void WorldDialog::train()
{
    forget();
    m_error->hide();
    m_train->setEnabled(false);
    m_busy->setBusy(tr("Learning…"));
    const auto number = [](const QDoubleSpinBox* box) { return QString::number(box->value(), 'g', 6); };
    const QStringList words{
        QStringLiteral("world"), QStringLiteral("--squares"), m_view->world().trimmed().replace(QLatin1Char('\n'), QLatin1Char('/')),
         QStringLiteral("--episodes"), QString::number(m_episodes->value()), QStringLiteral("--rate"), number(m_rate),
         QStringLiteral("--discount"), number(m_discount), QStringLiteral("--exploring"), number(m_exploring), QStringLiteral("--slip"),
         number(m_slip), QStringLiteral("--snapshots"), QString::number(kSnapshots), QStringLiteral("--json")};
    m_studies->addStateFile(QStringLiteral("world"), words, {}, this, [this](const QStringList& all) {
        if (!m_train->isEnabled()) { // else it was cancelled meanwhile
            m_call->ask(all, [this](Result<Json> told) { showAnswer(std::move(told)); });
        }
    });
}

void WorldDialog::showAnswer(Result<Json> told)
{
    m_busy->setIdle();
    m_train->setEnabled(true);
    if (!told) {
        m_error->setText(
            tr("The world cannot be learned."), QString::fromStdString(told.error().message), QString::fromStdString(told.error().advice));
        m_error->show();
        emit trained();
        return;
    }
    const Json& report = told.value();
    for (const Json& one : report.value("snapshots", Json::array())) {
        m_snapshots.push_back({one.value("episode", 0), one.value("values", std::vector<double>())});
    }
    widgets::ChartLine line;
    line.id = QLatin1String(kRewardLine);
    line.name = tr("reward");
    m_chart->addLine(line);
    std::vector<widgets::ChartPoint> points;
    for (const Json& one : report.value("rewards", Json::array())) {
        const double episode = one.value("episode", 0.0);
        points.push_back({episode, episode, 0, 0, one.value("reward", 0.0)});
    }
    m_chart->setPoints(QLatin1String(kRewardLine), points);
    const bool isBest = report.value("isBestWay", false);
    m_verdict->setText(
        tr("Value of the start %1; the best there is %2. %3")
            .arg(QLocale().toString(report.value("valueOfStart", 0.0), 'f', 3), QLocale().toString(report.value("bestValueOfStart", 0.0), 'f', 3),
                 isBest ? tr("The best way is found.") : tr("The way found is not the best one yet; more episodes help.")));
    widgets::setTextRole(*m_verdict, isBest ? widgets::TextRole::Good : widgets::TextRole::Warn);
    if (!m_snapshots.empty()) {
        m_place->setRange(0, snapshotCount() - 1);
        m_place->setEnabled(true);
        m_play->setEnabled(true);
        m_place->setValue(0);
        showSnapshot(0);
        setPlaying(true);
    }
    emit trained();
}

void WorldDialog::showSnapshot(int index)
{
    if (index < 0 || index >= snapshotCount()) {
        return;
    }
    const Snapshot& shown = m_snapshots[static_cast<std::size_t>(index)];
    m_view->setValues(shown.values);
    m_view->setAgent(m_view->startSquare());
    m_steps = 0;
    m_words->setText(tr("What the agent knows after %1 episodes, and where that leads it.").arg(QLocale().toString(shown.episode)));
}

void WorldDialog::setPlaying(bool isPlaying)
{
    const QSignalBlocker quiet(m_play);
    m_play->setChecked(isPlaying);
    m_play->setText(isPlaying ? tr("Pause") : tr("Play"));
    if (isPlaying) {
        if (m_place->value() == m_place->maximum() && m_view->isEnd(m_view->agent())) {
            m_place->setValue(0); // from the beginning again
        }
        m_timer.start(1000 / m_speed->value());
    } else {
        m_timer.stop();
    }
}

void WorldDialog::tick()
{
    const int at = m_view->agent();
    const int next = m_view->nextOf(at);
    const bool isOver = next == at || m_view->isEnd(at) || ++m_steps > kMostSteps || (m_steps > m_view->rows() * m_view->columns());
    if (!isOver) {
        m_view->setAgent(next);
        return;
    }
    if (m_place->value() == m_place->maximum()) {
        setPlaying(false);
    } else {
        m_place->setValue(m_place->value() + 1);
    }
}

void WorldDialog::save()
{
    askAndSave(
        m_context, this, tr("Save the world"), QStringLiteral("world.txt"),
        [text = m_view->world().toUtf8()](QIODevice& device, const SaveProgress&) -> Result<void> {
            device.write(text);
            return {};
        });
}

} // namespace ty::app
