#include "widgets/run_strip.h"

#include <algorithm>
#include <cmath>

#include <QEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>
#include <QWidgetAction>

#include "widgets/chart/axis.h"
#include "widgets/elided_label.h"
#include "widgets/flow_layout.h"
#include "widgets/glyphs.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/roles.h"

namespace ty::widgets {

namespace {

constexpr double kBytesPerGiB = 1024.0 * 1024.0 * 1024.0;
constexpr double kBytesPerMiB = 1024.0 * 1024.0;

/// A number over its name; hidden while unknown.
class Cell : public QWidget {
  public:
    Cell(const QString& name, QWidget* parent)
        : QWidget(parent)
        , m_value(new QLabel(this))
        , m_name(new QLabel(name, this))
    {
        auto* layout = new QVBoxLayout(this);
        layout->setContentsMargins(0, 0, 12, 0);
        layout->setSpacing(0);
        layout->addWidget(m_value);
        layout->addWidget(m_name);
        setTextRole(*m_value, TextRole::Strong);
        setTextRole(*m_name, TextRole::Muted);
        hide();
    }

    void setText(const QString& text)
    {
        setVisible(!text.isEmpty());
        if (text == m_value->text()) {
            return;
        }
        m_value->setText(text);
        setAccessibleName(QStringLiteral("%1 %2").arg(m_name->text(), text));
        // Grows but never shrinks, so that changing digits do not make the row jump.
        m_value->setMinimumWidth(std::max(m_value->minimumWidth(), m_value->sizeHint().width()));
    }

  private:
    QLabel* m_value;
    QLabel* m_name;
};

QString percent(const std::optional<double>& fraction)
{
    return fraction ? QLocale().toString(100 * *fraction, 'f', 0) + QStringLiteral(" %")
                    : QString();
}

/// With a digit more where that counts: "0.4 %".
QString fineText(const std::optional<double>& fraction)
{
    constexpr double kFew = 0.0995;
    return fraction ? QLocale().toString(100 * *fraction, 'f', *fraction < kFew ? 1 : 0) + QStringLiteral(" %") : QString();
}

/// "1.07 ×"
QString ratioText(const std::optional<double>& value, const std::optional<double>& unit)
{
    return value && unit && *unit > 0 ? QLocale().toString(*value / *unit, 'f', 2) + QStringLiteral(" ×") : QString();
}

QString memoryText(const std::optional<qint64>& bytes)
{
    if (!bytes || *bytes <= 0) { // a run shorter than a second has not been measured
        return {};
    }
    const auto size = static_cast<double>(*bytes);
    return size >= kBytesPerGiB
               ? QLocale().toString(size / kBytesPerGiB, 'f', 1) + QStringLiteral(" GiB")
               : QLocale().toString(size / kBytesPerMiB, 'f', 0) + QStringLiteral(" MiB");
}

bool isActive(RunPhase phase)
{
    return phase == RunPhase::Starting || phase == RunPhase::Running ||
           phase == RunPhase::Pausing || phase == RunPhase::Paused ||
           phase == RunPhase::Finishing || phase == RunPhase::Stopping;
}

} // namespace

struct RunStrip::Parts {
    QLabel* phase = nullptr;
    ElidedLabel* name = nullptr;
    QLabel* epoch = nullptr;
    QProgressBar* progress = nullptr;
    QLabel* note = nullptr;
    QLabel* hints = nullptr;
    Cell* elapsed = nullptr;
    Cell* eta = nullptr;
    Cell* ends = nullptr;
    Cell* speed = nullptr;
    Cell* step = nullptr;
    Cell* floor = nullptr;
    Cell* wait = nullptr;
    Cell* cpu = nullptr;
    Cell* gpu = nullptr;
    Cell* memory = nullptr;
    Cell* rate = nullptr;
    QPushButton* pause = nullptr;
    QPushButton* finish = nullptr;
    QPushButton* stop = nullptr;
    QPushButton* snapshot = nullptr;
    QPushButton* extend = nullptr;
    QMenu* extendMenu = nullptr;
    QSpinBox* epochsEdit = nullptr;
    QLineEdit* rateEdit = nullptr;
    QPushButton* rateApply = nullptr;
    QSpinBox* patienceEdit = nullptr;
};

RunStrip::RunStrip(QWidget* parent)
    : QFrame(parent)
    , m_parts(std::make_unique<Parts>())
{
    makeCard(*this);
    Parts& p = *m_parts;
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(14, 10, 12, 10);
    layout->setSpacing(8);

    auto* top = new QHBoxLayout;
    top->setSpacing(12);
    p.phase = new QLabel(this);
    setTextRole(*p.phase, TextRole::Strong);
    p.name = new ElidedLabel({}, this);
    p.name->setElideMode(Qt::ElideMiddle);
    setTextRole(*p.name, TextRole::Muted);
    p.epoch = new QLabel(this);
    setTextRole(*p.epoch, TextRole::Strong);
    top->addWidget(p.phase);
    top->addWidget(p.name, 1);
    top->addWidget(p.epoch);
    layout->addLayout(top);

    p.progress = new QProgressBar(this);
    p.progress->setRange(0, 1000);
    p.progress->setTextVisible(false);
    p.progress->setFixedHeight(12);
    p.progress->setAccessibleName(tr("Progress of the run"));
    layout->addWidget(p.progress);

    auto* middle = new QWidget(this);
    auto* flow = new FlowLayout(middle, 8);
    flow->setContentsMargins(0, 0, 0, 0);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    middle->setSizePolicy(policy);
    const auto cell = [&](const QString& name) {
        auto* made = new Cell(name, middle);
        flow->addWidget(made);
        return made;
    };
    p.elapsed = cell(tr("elapsed"));
    p.eta = cell(tr("to go"));
    p.ends = cell(tr("ends at"));
    p.speed = cell(tr("samples/s"));
    p.step = cell(tr("per step"));
    p.floor = cell(tr("of kernel floor"));
    p.wait = cell(tr("data wait"));
    p.wait->setToolTip(tr("Part of the time in which a step waited for its data"));
    p.cpu = cell(tr("CPU"));
    p.gpu = cell(tr("GPU"));
    p.memory = cell(tr("memory"));
    p.rate = cell(tr("learning rate"));
    layout->addWidget(middle);

    p.note = new QLabel(this);
    setTextRole(*p.note, TextRole::Muted);
    p.note->setWordWrap(true);
    layout->addWidget(p.note);
    p.hints = new QLabel(this);
    setTextRole(*p.hints, TextRole::Warn);
    p.hints->setWordWrap(true);
    layout->addWidget(p.hints);

    auto* buttons = new QWidget(this);
    auto* buttonFlow = new FlowLayout(buttons, 6);
    buttonFlow->setContentsMargins(0, 0, 0, 0);
    buttons->setSizePolicy(policy);
    const auto button = [&](Glyph glyph, const QString& text, const QString& toolTip) {
        auto* made = new QPushButton(glyphIcon(glyph), text, buttons);
        made->setToolTip(toolTip);
        buttonFlow->addWidget(made);
        return made;
    };
    p.pause = button(
        Glyph::Pause,
        tr("Pause"),
        tr("Writes a full checkpoint; resuming goes on as if never paused (Ctrl+Shift+P)"));
    p.finish = button(
        Glyph::Flag,
        tr("Finish now"),
        tr("Ends this epoch, keeps the best model, evaluates and saves"));
    p.stop = button(Glyph::Stop, tr("Stop"), tr("Stops at once; checkpoints stay"));
    p.snapshot = button(Glyph::Camera, tr("Snapshot"), tr("Writes a checkpoint now and goes on"));
    p.extend = button(Glyph::Plus, tr("Extend…"), {});
    layout->addWidget(buttons);
    buildExtendMenu();

    connect(p.pause, &QPushButton::clicked, this, [this] {
        const bool isGoingOn = m_state.phase == RunPhase::Paused || m_state.canGoOn;
        isGoingOn ? emit resumeRequested() : emit pauseRequested();
    });
    connect(p.finish, &QPushButton::clicked, this, &RunStrip::finishRequested);
    connect(p.stop, &QPushButton::clicked, this, &RunStrip::stopRequested);
    connect(p.snapshot, &QPushButton::clicked, this, &RunStrip::snapshotRequested);
    connect(p.extend, &QPushButton::clicked, this, [this] {
        if (m_state.canGoOn) { // before the end, its menu answers
            emit extendRequested();
        }
    });
    refresh();
}

RunStrip::~RunStrip() = default;

void RunStrip::buildExtendMenu()
{
    Parts& p = *m_parts;
    auto* menu = new QMenu(this);
    auto* box = new QWidget(menu);
    auto* grid = new QGridLayout(box);
    grid->setContentsMargins(12, 10, 12, 10);
    const auto addRow = [&](const QString& text, QWidget* editor, auto&& apply) {
        const int row = grid->rowCount();
        auto* label = new QLabel(text, box);
        label->setBuddy(editor);
        editor->setAccessibleName(text);
        auto* button = new QPushButton(tr("Apply"), box);
        button->setAccessibleName(tr("Apply: %1").arg(text));
        grid->addWidget(label, row, 0);
        grid->addWidget(editor, row, 1);
        grid->addWidget(button, row, 2);
        connect(button, &QPushButton::clicked, this, [menu, apply] {
            menu->close();
            apply();
        });
        return button;
    };
    p.epochsEdit = new QSpinBox(box);
    p.epochsEdit->setRange(1, 1'000'000);
    addRow(tr("Epochs in all"), p.epochsEdit, [this] {
        emit epochsChangeRequested(m_parts->epochsEdit->value());
    });
    p.rateEdit = new QLineEdit(box);
    p.rateApply = addRow(tr("Learning rate"), p.rateEdit, [this] {
        emit learningRateChangeRequested(m_parts->rateEdit->text().toDouble());
    });
    connect(p.rateEdit, &QLineEdit::textChanged, this, [this](const QString& text) {
        bool isNumber = false;
        const double rate = text.toDouble(&isNumber);
        m_parts->rateApply->setEnabled(isNumber && rate > 0 && std::isfinite(rate));
    });
    p.patienceEdit = new QSpinBox(box);
    p.patienceEdit->setRange(1, 10'000);
    addRow(tr("Patience (epochs)"), p.patienceEdit, [this] {
        emit patienceChangeRequested(m_parts->patienceEdit->value());
    });
    auto* action = new QWidgetAction(menu);
    action->setDefaultWidget(box);
    menu->addAction(action);
    p.extendMenu = menu;
    connect(menu, &QMenu::aboutToShow, this, [this] {
        Parts& parts = *m_parts;
        parts.epochsEdit->setMinimum(std::max(1, m_state.epoch + 1));
        parts.epochsEdit->setValue(std::max(m_state.plannedEpochs, 1));
        parts.rateEdit->setText(
            m_state.learningRate ? QString::number(*m_state.learningRate, 'g', 6) : QString());
        parts.rateApply->setEnabled(m_state.learningRate.has_value());
        parts.patienceEdit->setValue(m_state.patience.value_or(5));
        parts.epochsEdit->setFocus();
    });
}

void RunStrip::setState(const RunStripState& state)
{
    m_state = state;
    refresh();
}

void RunStrip::setControllable(bool isControllable)
{
    m_isControllable = isControllable;
    refresh();
}

QString RunStrip::durationText(double seconds)
{
    return secondsText(seconds);
}

QString RunStrip::phaseText(RunPhase phase)
{
    switch (phase) {
    case RunPhase::Idle:
        return tr("Not started");
    case RunPhase::Queued:
        return tr("Queued");
    case RunPhase::Starting:
        return tr("Starting…");
    case RunPhase::Running:
        return tr("Training");
    case RunPhase::Pausing:
        return tr("Pausing…");
    case RunPhase::Paused:
        return tr("Paused");
    case RunPhase::Finishing:
        return tr("Finishing…");
    case RunPhase::Stopping:
        return tr("Stopping…");
    case RunPhase::Finished:
        return tr("Finished");
    case RunPhase::Stopped:
        return tr("Stopped");
    case RunPhase::Failed:
        return tr("Failed");
    }
    return {};
}

QString RunStrip::phaseGlyph(RunPhase phase)
{
    switch (phase) {
    case RunPhase::Idle:
        return QStringLiteral("○");
    case RunPhase::Queued:
        return QStringLiteral("◔");
    case RunPhase::Starting:
    case RunPhase::Running:
    case RunPhase::Finishing:
        return QStringLiteral("▶");
    case RunPhase::Pausing:
    case RunPhase::Paused:
        return QStringLiteral("‖");
    case RunPhase::Stopping:
    case RunPhase::Stopped:
        return QStringLiteral("■");
    case RunPhase::Finished:
        return QStringLiteral("✔");
    case RunPhase::Failed:
        return QStringLiteral("✖");
    }
    return {};
}

void RunStrip::changeEvent(QEvent* event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        update();
    }
}

void RunStrip::refresh()
{
    Parts& p = *m_parts;
    const RunStripState& s = m_state;
    const bool isNow = isActive(s.phase);
    const bool isWaiting = !s.waiting.isEmpty() && (s.phase == RunPhase::Starting || s.phase == RunPhase::Running);
    const QString phaseWords = isWaiting ? s.waiting : phaseText(s.phase);
    p.phase->setText(QStringLiteral("%1  %2").arg(isWaiting ? phaseGlyph(RunPhase::Queued) : phaseGlyph(s.phase), phaseWords));
    setTextRole(
        *p.phase,
        s.phase == RunPhase::Failed     ? TextRole::Bad
        : s.phase == RunPhase::Finished ? TextRole::Good
                                        : TextRole::Strong);
    p.name->setText(s.runName);
    const QString percentDone =
        QLocale().toString(100 * std::clamp(s.fraction, 0.0, 1.0), 'f', 0) + QStringLiteral(" %");
    const QString stage = property("stageName").toString(); // what its owner counts instead of epochs: "Tree"
    // "Round 35/50 · 100 %" of a run that stopped early would contradict itself.
    const bool hasEndedEarly = s.phase == RunPhase::Finished && s.epoch < s.plannedEpochs;
    p.epoch->setText(
        hasEndedEarly
            ? tr("%1 %2/%3").arg(stage.isEmpty() ? tr("Epoch") : stage).arg(s.epoch).arg(s.plannedEpochs)
        : s.plannedEpochs > 0
            ? tr("%1 %2/%3 · %4").arg(stage.isEmpty() ? tr("Epoch") : stage).arg(s.epoch).arg(s.plannedEpochs).arg(percentDone)
        : isNow ? percentDone
                : QString());
    const bool isUnknown = s.phase == RunPhase::Starting && s.fraction <= 0;
    p.progress->setRange(0, isUnknown ? 0 : 1000);
    p.progress->setValue(static_cast<int>(std::clamp(s.fraction, 0.0, 1.0) * 1000));
    p.progress->setVisible(s.phase != RunPhase::Idle);

    p.elapsed->setText(s.elapsedSeconds > 0 || isNow ? secondsText(s.elapsedSeconds) : QString());
    const bool hasEta = isNow && s.remainingSeconds && s.phase != RunPhase::Paused;
    p.eta->setText(hasEta ? QStringLiteral("≈ ") + secondsText(*s.remainingSeconds) : QString());
    p.ends->setText(
        hasEta && s.endsAt.isValid()
            ? QStringLiteral("≈ ") + s.endsAt.toLocalTime().toString(QStringLiteral("HH:mm"))
            : QString());
    p.speed->setText(
        s.samplesPerSecond ? QLocale().toString(*s.samplesPerSecond, 'f', 0) : QString());
    p.step->setText(
        !s.stepMilliseconds         ? QString()
        : *s.stepMilliseconds < 0.1 ? tr("%1 µs").arg(QLocale().toString(1000 * *s.stepMilliseconds, 'g', 2))
                                    : tr("%1 ms").arg(QLocale().toString(
                                          *s.stepMilliseconds, 'f', *s.stepMilliseconds < 10 ? 1 : 0)));
    p.floor->setText(ratioText(s.stepMilliseconds, s.floorMilliseconds));
    p.floor->setToolTip(
        s.floorMilliseconds
            ? tr("A step takes so many times what its parts need alone: %1 ms for the kernels, each by itself, and everything "
                 "else at the speed of memory. That was measured once, a few steps after the start; other work on this computer makes the "
                 "steps, and so the number, larger.")
                  .arg(QLocale().toString(*s.floorMilliseconds, 'g', 3))
            : QString());
    p.wait->setText(fineText(s.dataWaitFraction));
    p.cpu->setText(percent(s.cpuFraction));
    p.gpu->setText(percent(s.gpuFraction));
    p.memory->setText(memoryText(s.memoryBytes));
    p.rate->setText(s.learningRate ? QString::number(*s.learningRate, 'g', 3) : QString());
    QStringList notes{s.etaNote, s.dataNote};
    notes.removeAll(QString());
    p.note->setText(notes.join(QStringLiteral(" · ")));
    p.note->setVisible(!notes.isEmpty());
    p.hints->setText(
        s.hints.isEmpty() ? QString()
                          : QStringLiteral("⚠ ") + s.hints.join(QStringLiteral("\n⚠ ")));
    p.hints->setVisible(!s.hints.isEmpty());

    refreshButtons();
    setAccessibleName(tr("Run %1").arg(s.runName));
    setAccessibleDescription(
        QStringLiteral("%1. %2. %3").arg(phaseWords, p.epoch->text(), s.etaNote));
}

void RunStrip::refreshButtons()
{
    Parts& p = *m_parts;
    const RunPhase phase = m_state.phase;
    const bool isNow = isActive(phase);
    const bool isPaused = phase == RunPhase::Paused;
    const bool isSteady = phase == RunPhase::Running || isPaused;
    const bool canGoOn = m_state.canGoOn && !isNow && phase != RunPhase::Queued;
    p.pause->setText(
        isPaused || canGoOn          ? tr("Resume")
        : phase == RunPhase::Pausing ? tr("Pausing…")
                                     : tr("Pause"));
    p.pause->setIcon(glyphIcon(isPaused || canGoOn ? Glyph::Play : Glyph::Pause));
    p.pause->setEnabled(m_isControllable && (isSteady || canGoOn));
    p.pause->setVisible(!canGoOn || phase == RunPhase::Stopped);
    p.finish->setText(phase == RunPhase::Finishing ? tr("Finishing…") : tr("Finish now"));
    p.finish->setEnabled(m_isControllable && isSteady);
    p.finish->setVisible(!canGoOn);
    p.stop->setText(phase == RunPhase::Stopping ? tr("Stopping…") : tr("Stop"));
    p.stop->setEnabled(m_isControllable && isNow && phase != RunPhase::Stopping);
    p.stop->setVisible(!canGoOn);
    p.snapshot->setEnabled(m_isControllable && phase == RunPhase::Running);
    p.snapshot->setVisible(!canGoOn);
    p.extend->setEnabled(m_isControllable && (isSteady || canGoOn));
    p.extend->setVisible(property("stageName").toString().isEmpty()); // what has no epochs takes no more of them
    p.extend->setMenu(canGoOn ? nullptr : p.extendMenu);
    p.extend->setToolTip(
        canGoOn ? tr("Train for more epochs, exactly from where the run ended")
                : tr("Change epochs, learning rate or patience while it trains"));
    p.pause->parentWidget()->setVisible(m_isControllable && (isNow || canGoOn || phase == RunPhase::Queued));
}

} // namespace ty::widgets
