#include "app/pages/train_setup.h"

#include <algorithm>
#include <iterator>
#include <cmath>
#include <limits>
#include <utility>

#include <QAbstractItemView>
#include <QAction>
#include <QButtonGroup>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/models/training_form.h"
#include "app/pages/network_dialog.h"
#include "app/pages/train_origin.h"
#include "app/pages/train_wells.h"
#include "app/services/all_services.h"
#include "app/services/runner_program.h"
#include "widgets/drop_well.h"
#include "widgets/form_scroll.h"
#include "widgets/glyphs.h"
#include "widgets/parameter_form.h"
#include "widgets/run_strip.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr std::array kPresets{"fast", "balanced", "best"};
constexpr QLatin1String kGrouping("grouping");

/// Takes away what was said of a target: there is none.
void leaveTargetOut(DataSpec& data)
{
    data.target.clear();
    for (auto& [name, choice] : data.columns) {
        choice.role = choice.role == "target" ? std::string() : choice.role;
    }
    data.repairs.mergedClasses.clear();
    data.repairs.areEmptyClassesLeftOut = data.repairs.areClassesWeighed = false;
    for (auto& [part, fixes] : data.fixes) {
        fixes.labels.clear();
    }
}

QLabel* headingOf(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    widgets::setTextRole(*label, widgets::TextRole::Heading);
    return label;
}

/// A line of a list that cannot be chosen.
void addHeading(QComboBox& box, const QString& text)
{
    auto& items = *qobject_cast<QStandardItemModel*>(box.model());
    auto* heading = new QStandardItem(text);
    QFont font = box.font();
    font.setBold(true);
    heading->setFont(font);
    heading->setFlags(Qt::NoItemFlags);
    items.appendRow(heading);
}

int firstChoice(const QComboBox& box)
{
    for (int i = 0; i < box.count(); ++i) {
        if (box.itemData(i).isValid()) {
            return i;
        }
    }
    return -1;
}

} // namespace

TrainSetup::TrainSetup(AppContext& context, QAction* train, QAction* queue, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_list(runnerProgram())
    , m_estimate(context.settings)
    , m_wells(new TrainWells(context, this))
    , m_origin(new TrainOrigin(context, this))
    , m_task(new QComboBox(this))
    , m_target(new QComboBox(this))
    , m_targetLabel(new QLabel(tr("Target"), this))
    , m_columns(new QPushButton(tr("Columns…"), this))
    , m_presets(new QButtonGroup(this))
    , m_learnerHelp(new QLabel(this))
    , m_how(new QFormLayout)
    , m_learner(new QComboBox(this))
    , m_form(new widgets::ParameterForm(this))
    , m_network(new QPushButton(tr("Layers…"), this))
    , m_compare(new QPushButton(tr("Compare all learners"), this))
    , m_validate(new QPushButton(tr("Validate…"), this))
    , m_tune(new QPushButton(tr("Tune…"), this))
    , m_seed(new QSpinBox(this))
    , m_device(new QComboBox(this))
{
    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(10);
    column->addWidget(m_wells);
    column->addWidget(m_origin);

    auto* choices = new QFormLayout;
    choices->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_task->addItem(tr("As detected"), QString());
    m_task->addItem(tr("Classify (a category)"), QStringLiteral("classification"));
    m_task->addItem(tr("Predict a number"), QStringLiteral("regression"));
    m_task->addItem(tr("Find groups (no target)"), kGrouping);
    m_task->setAccessibleName(tr("Task"));
    choices->addRow(tr("Task"), m_task);
    auto* targetRow = new QHBoxLayout;
    m_target->setAccessibleName(tr("Target column"));
    m_targetLabel->setBuddy(m_target);
    m_columns->setToolTip(tr("Types and roles of all columns"));
    targetRow->addWidget(m_target, 1);
    targetRow->addWidget(m_columns);
    choices->addRow(m_targetLabel, targetRow);
    column->addLayout(choices);

    column->addWidget(headingOf(tr("Preset"), content));
    column->addWidget(buildPresets());

    m_how->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_learner->setAccessibleName(tr("Learner"));
    m_learner->setMaxVisibleItems(40); // all of them at a glance
    auto* learnerRow = new QHBoxLayout;
    learnerRow->addWidget(m_learner, 1);
    m_network->setToolTip(tr("The layers that this run would train, and what they cost"));
    learnerRow->addWidget(m_network);
    m_compare->setToolTip(tr("Train every learner that fits on this data, one after the other, and show them in one table"));
    connect(m_compare, &QPushButton::clicked, this, &TrainSetup::compareLearners);
    m_how->addRow(tr("Learner"), learnerRow);
    m_validate->setToolTip(tr("Cross-validation of these settings: scores of folds with their spread, a learning curve, a comparison"));
    connect(m_validate, &QPushButton::clicked, this, &TrainSetup::validate);
    m_tune->setToolTip(tr("Search for settings of this learner that score better"));
    connect(m_tune, &QPushButton::clicked, this, &TrainSetup::tune);
    m_how->addRow(QString(), m_compare); // below: beside the others it would squeeze the learner's name
    auto* studies = new QHBoxLayout;
    studies->addWidget(m_validate);
    studies->addWidget(m_tune);
    m_how->addRow(QString(), studies);
    m_how->addRow(tr("Start from"), m_origin->choice());
    column->addLayout(m_how);
    m_learnerHelp->setWordWrap(true);
    widgets::setTextRole(*m_learnerHelp, widgets::TextRole::Muted);
    column->addWidget(m_learnerHelp);
    column->addWidget(m_form);

    auto* rest = new QFormLayout;
    m_seed->setRange(0, std::numeric_limits<int>::max());
    m_seed->setValue(1);
    m_seed->setAccessibleName(tr("Seed"));
    m_seed->setToolTip(tr("The same seed, data and device give the same run"));
    rest->addRow(tr("Seed"), m_seed);
    m_device->addItem(tr("Automatic"), QStringLiteral("auto"));
    m_device->addItem(tr("Processor (CPU)"), QStringLiteral("cpu"));
    m_device->setAccessibleName(tr("Device"));
    m_device->setCurrentIndex(std::max(0, m_device->findData(context.settings.defaultDevice())));
    rest->addRow(tr("Device"), m_device);
    column->addLayout(rest);
    column->addStretch(1);

    auto* scroll = new widgets::FormScroll(content, this);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(scroll, 1);
    layout->addWidget(buildFoot(train, queue));

    connect(m_wells, &TrainWells::trainingChanged, this, &TrainSetup::onTrainingChanged);
    connect(m_wells, &TrainWells::changed, this, &TrainSetup::refresh);
    connect(m_origin, &TrainOrigin::changed, this, [this] {
        if (m_origin->hasNetwork()) {
            if (const int network = m_learner->findData(QStringLiteral("network")); network >= 0) {
                m_learner->setCurrentIndex(network);
            }
        }
        refresh();
    });
    connect(m_task, &QComboBox::currentIndexChanged, this, [this] {
        showTarget();
        showLearners(m_learners);
        refresh();
    });
    connect(m_target, &QComboBox::currentIndexChanged, this, [this] {
        const bool isNone = m_target->currentData().toString() == kGrouping;
        if (isNone != (task() == kGrouping)) { // the task follows, and with it the learners
            m_task->setCurrentIndex(m_task->findData(isNone ? QString(kGrouping) : taskOfTarget()));
        }
        refresh();
    });
    connect(m_columns, &QPushButton::clicked, this, [this] { emit m_context.navigation.datasetColumnsRequested(datasetId()); });
    connect(m_presets, &QButtonGroup::idClicked, this, [this] { rebuildForm(); });
    connect(m_learner, &QComboBox::currentIndexChanged, this, [this] { rebuildForm(); });
    connect(m_network, &QPushButton::clicked, this, &TrainSetup::showNetwork);
    connect(m_form, &widgets::ParameterForm::valueChanged, this, &TrainSetup::refresh);
    connect(m_form, &widgets::ParameterForm::validityChanged, this, &TrainSetup::refresh);
    setPreset(context.settings.defaultPreset());
    onTrainingChanged();
}

TrainSetup::~TrainSetup() = default;

QWidget* TrainSetup::buildPresets()
{
    auto* box = new QWidget(this);
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    const std::array names{tr("Fast"), tr("Balanced"), tr("Best")};
    for (std::size_t i = 0; i < kPresets.size(); ++i) {
        auto* button = new QToolButton(box);
        button->setCheckable(true);
        button->setText(names.at(i));
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
        button->setMinimumHeight(button->fontMetrics().lineSpacing() * 3);
        button->setFocusPolicy(Qt::StrongFocus);
        m_presets->addButton(button, static_cast<int>(i));
        m_presetButtons.at(i) = button;
        row->addWidget(button);
    }
    m_presets->setExclusive(true);
    return box;
}

QWidget* TrainSetup::buildFoot(QAction* train, QAction* queue)
{
    auto* foot = new QFrame(this);
    auto* column = new QVBoxLayout(foot);
    column->setContentsMargins(12, 8, 12, 10);
    column->setSpacing(4);
    m_why = new QLabel(foot);
    m_why->setWordWrap(true);
    widgets::setTextRole(*m_why, widgets::TextRole::Muted);
    m_button = new QPushButton(train->text(), foot);
    m_button->setObjectName(QStringLiteral("trainButton"));
    widgets::makePrimary(*m_button);
    m_button->setDefault(true);
    m_button->setAutoDefault(true);
    m_button->setMinimumHeight(m_button->fontMetrics().lineSpacing() * 2);
    m_button->setToolTip(tr("Start this run (Ctrl+Enter)"));
    connect(m_button, &QPushButton::clicked, train, &QAction::trigger);
    connect(train, &QAction::changed, m_button, [this, train] {
        if (m_button->hasFocus() && !train->isEnabled()) {
            m_isFocusWanted = true; // a moment later it can be pressed again, by the same key
        }
        m_button->setEnabled(train->isEnabled());
        if (m_isFocusWanted && m_button->isEnabled()) {
            focusTrain();
        }
    });
    auto* more = new QToolButton(foot);
    more->setFocusPolicy(Qt::StrongFocus);
    more->setPopupMode(QToolButton::InstantPopup);
    more->setMinimumHeight(m_button->minimumHeight());
    more->setMinimumWidth(more->minimumHeight());
    more->setIcon(widgets::glyphIcon(widgets::Glyph::Menu));
    more->setToolTip(tr("More ways to start"));
    more->setAccessibleName(more->toolTip());
    auto* menu = new QMenu(more);
    menu->addAction(queue);
    more->setMenu(menu);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(4);
    buttons->addWidget(m_button, 1);
    buttons->addWidget(more);
    m_time = new QLabel(foot);
    widgets::setTextRole(*m_time, widgets::TextRole::Muted);
    m_time->setAlignment(Qt::AlignHCenter);
    column->addWidget(m_why);
    column->addLayout(buttons);
    column->addWidget(m_time);
    return foot;
}

void TrainSetup::focusTrain()
{
    // A disabled button takes no focus; the data has to be read first.
    m_isFocusWanted = !m_button->isEnabled();
    m_button->setFocus(Qt::OtherFocusReason);
}

void TrainSetup::setTrainingDataset(qint64 datasetId, const QString& preset)
{
    if (!preset.isEmpty()) {
        setPreset(preset);
    }
    m_wells->setTraining(datasetId);
    focusTrain();
}

void TrainSetup::startFromModel(qint64 modelId)
{
    m_origin->startFrom(modelId);
    focusTrain();
}

void TrainSetup::applySpec(const RunSpec& spec, qint64 datasetId)
{
    m_wanted = spec;
    m_origin->take(spec);
    setPreset(QString::fromStdString(spec.preset));
    m_seed->setValue(static_cast<int>(std::min<std::uint64_t>(spec.seed, std::numeric_limits<int>::max())));
    m_device->setCurrentIndex(std::max(0, m_device->findData(QString::fromStdString(spec.device))));
    m_wells->restore(spec.data, datasetId);
}

void TrainSetup::onTrainingChanged()
{
    const QSignalBlocker quiet(m_task);
    m_task->setItemText(
        0, m_wells->training() ? tr("Detected: %1").arg(
                                     m_wells->summary().task == QLatin1String("regression")
                                         ? tr("predict a number")
                                         : m_wells->summary().isText()          ? tr("foretell the next word")
                                         : m_wells->summary().task == kGrouping ? tr("find groups")
                                                                                : tr("classify (a category)"))
                               : tr("As detected"));
    if (m_wanted) {
        m_task->setCurrentIndex(std::max(0, m_task->findData(QString::fromStdString(m_wanted->data.task))));
    } else {
        m_origin->dataChanged();
        m_task->setCurrentIndex(0);
    }
    m_task->setEnabled(!m_wells->summary().isText());
    refreshTargets();
    askLearners();
    refresh();
}

void TrainSetup::refreshTargets()
{
    const QSignalBlocker quiet(m_target);
    m_target->clear();
    const DatasetSummary& summary = m_wells->summary();
    for (const ColumnSummary& column : summary.columns) {
        if (column.role != QLatin1String("ignored") || column.name == summary.target) {
            m_target->addItem(column.name);
        }
    }
    const QString target = m_wanted && !m_wanted->data.target.empty() ? QString::fromStdString(m_wanted->data.target)
                                                                      : summary.target;
    m_target->insertSeparator(m_target->count());
    m_target->addItem(tr("No target: find groups"), kGrouping);
    m_target->setCurrentIndex(m_target->findText(target));
    showTarget();
    const bool isShown = isTable() && m_wells->training().has_value() && !summary.isText();
    m_target->setVisible(isShown);
    m_targetLabel->setVisible(isShown);
    m_columns->setVisible(isShown);
}

/// The task that a chosen target means: as detected, unless the data were brought in to find groups.
QString TrainSetup::taskOfTarget() const
{
    const DatasetSummary& summary = m_wells->summary();
    const auto column = std::find_if(summary.columns.begin(), summary.columns.end(), [this](const ColumnSummary& one) {
        return one.name == m_target->currentText();
    });
    return summary.task != kGrouping                                                  ? QString()
        : column != summary.columns.end() && column->type == QLatin1String("numeric") ? QStringLiteral("regression")
                                                                                      : QStringLiteral("classification");
}

/// What the box of targets says goes with the task.
void TrainSetup::showTarget()
{
    const QSignalBlocker quiet(m_target);
    const bool isNone = m_target->currentData().toString() == kGrouping;
    if (task() == kGrouping) {
        m_target->setCurrentIndex(m_target->findData(kGrouping));
    } else if (isNone) {
        m_target->setCurrentIndex(m_target->findText(m_wells->summary().target));
    }
}

Learners TrainSetup::fitting() const
{
    const QString kind = isTable() ? QStringLiteral("table") : QStringLiteral("image");
    return fittingLearners(m_learners, task(), kind, task() == kGrouping ? 0 : m_wells->summary().classes.size());
}

bool TrainSetup::isTable() const
{
    return !m_wells->summary().isImage();
}

void TrainSetup::askLearners()
{
    const QString kind = isTable() ? QStringLiteral("table") : QStringLiteral("image");
    // What the runner counts when it fills in a preset.
    const auto given = static_cast<qint64>(m_wells->summary().givenSplit[0]);
    const qint64 samples = given > 0 ? given : m_wells->training() ? m_wells->training()->samples : 1000;
    m_list.ask(kind, samples, this, [this](Result<Learners> learners) {
        m_listProblem = learners ? QString() : QString::fromStdString(learners.error().message);
        if (learners) {
            showLearners(learners.value());
        }
        refresh();
    });
}

void TrainSetup::showLearners(const Learners& learners)
{
    const QString before = m_wanted ? QString::fromStdString(m_wanted->learner) : m_learner->currentData().toString();
    const QVariantMap changes = m_form->changedValues();
    m_learners = learners;
    {
        const QSignalBlocker quiet(m_learner);
        m_learner->clear();
        QString family;
        for (const LearnerInfo& item : fitting()) {
            if (item.family != family) {
                family = item.family;
                addHeading(*m_learner, family);
            }
            m_learner->addItem(item.label, item.name);
            m_learner->setItemData(m_learner->count() - 1, item.help, Qt::ToolTipRole);
        }
        // As wide as its longest line, however narrow the form is.
        m_learner->view()->setMinimumWidth(m_learner->view()->sizeHintForColumn(0) + 2 * style()->pixelMetric(QStyle::PM_ScrollBarExtent));
        const int same = m_learner->findData(before);
        m_learner->setCurrentIndex(same >= 0 ? same : firstChoice(*m_learner));
    }
    rebuildForm();
    // Another dataset does not undo what the person has set.
    for (auto change = changes.constBegin(); change != changes.constEnd() && !m_wanted; ++change) {
        m_form->setValue(change.key(), change.value());
    }
    if (m_wanted && m_wells->training()) {
        for (const auto& [name, value] : m_wanted->settings.items()) {
            m_form->setValue(QString::fromStdString(name), fieldValueOf(value));
        }
        m_wanted.reset();
    }
}

void TrainSetup::rebuildForm()
{
    const LearnerInfo* chosen = learner();
    m_learnerHelp->setText(chosen == nullptr ? QString() : chosen->help);
    m_learnerHelp->setVisible(!m_learnerHelp->text().isEmpty());
    m_form->setFields(
        chosen == nullptr ? QList<widgets::FormField>()
                          : formFieldsOf(chosen->parameters, chosen->presetValues(preset().toStdString())));
    refresh();
}

const LearnerInfo* TrainSetup::learner() const
{
    const QString name = m_learner->currentData().toString();
    const auto found = std::find_if(
        m_learners.begin(), m_learners.end(), [&name](const LearnerInfo& item) { return item.name == name; });
    return found == m_learners.end() ? nullptr : &*found;
}

QString TrainSetup::task() const
{
    const QString chosen = m_task->currentData().toString();
    return chosen.isEmpty() ? m_wells->summary().task : chosen;
}

QString TrainSetup::preset() const
{
    return QLatin1String(kPresets.at(static_cast<std::size_t>(std::max(0, m_presets->checkedId()))));
}

void TrainSetup::setPreset(const QString& preset)
{
    for (std::size_t i = 0; i < kPresets.size(); ++i) {
        m_presetButtons.at(i)->setChecked(preset == QLatin1String(kPresets.at(i)));
    }
    if (m_presets->checkedId() < 0) {
        m_presetButtons.at(1)->setChecked(true);
    }
    rebuildForm();
}

qint64 TrainSetup::datasetId() const
{
    return m_wells->training() ? m_wells->training()->id : 0;
}

QString TrainSetup::whyNot() const
{
    if (!m_wells->training()) {
        return tr("Drop data into Training to begin.");
    }
    if (!m_listProblem.isEmpty()) {
        return m_listProblem;
    }
    if (learner() == nullptr) {
        return tr("No learner fits this data and task.");
    }
    if (!m_form->isValid()) {
        return m_form->problems().join(QLatin1Char('\n'));
    }
    if (task() == kGrouping && (!isTable() || m_wells->summary().isText())) {
        return tr("Groups without a target are found in tables alone.");
    }
    if (m_wells->trainingSamples() <= 0) {
        return tr("Nothing is left for training: hold out less.");
    }
    return {};
}

RunSpec TrainSetup::spec() const
{
    RunSpec spec;
    m_wells->fill(spec.data);
    m_origin->fill(spec);
    if (m_task->currentIndex() > 0) {
        spec.data.task = m_task->currentData().toString().toStdString();
    }
    if (task() == kGrouping) {
        leaveTargetOut(spec.data);
    } else if (isTable() && !m_wells->summary().isText() && m_target->currentIndex() >= 0 && m_target->currentText() != m_wells->summary().target) {
        spec.data.target = m_target->currentText().toStdString();
    }
    spec.learner = m_learner->currentData().toString().toStdString();
    if (!canStart()) {
        spec.start = {};
        spec.network = nullptr;
    }
    spec.preset = preset().toStdString();
    if (const LearnerInfo* chosen = learner()) {
        const QVariantMap changes = m_form->changedValues();
        for (auto change = changes.constBegin(); change != changes.constEnd(); ++change) {
            const Parameter* row = chosen->parameters.find(change.key().toStdString());
            if (row != nullptr && !isNetworkFixed(change.key())) {
                spec.settings[row->name] = settingOf(*row, change.value());
            }
        }
    }
    spec.seed = static_cast<std::uint64_t>(m_seed->value());
    spec.device = m_device->currentData().toString().toStdString();
    return spec;
}

bool TrainSetup::canStart() const
{
    const QString name = learner() != nullptr ? learner()->name : QString();
    return name == QLatin1String("network") || (name == QLatin1String("linear") && !m_origin->hasNetwork());
}

bool TrainSetup::isNetworkFixed(const QString& field) const
{
    const bool isOwn = m_origin->hasNetwork() && canStart();
    if (field == QLatin1String("network")) {
        return isOwn;
    }
    const bool isShape = field == QLatin1String("hiddenLayers") || field == QLatin1String("size");
    return isShape && (isOwn || m_form->value(QStringLiteral("network")).isValid());
}

/// What a chosen network has of its own says so, instead of being ignored in silence.
void TrainSetup::refreshNetworkFields()
{
    const QString from = m_origin->networkFrom();
    const QString why = !m_origin->hasNetwork() ? tr("The chosen network has its own layers.")
        : from.isEmpty()                        ? tr("The run has a network of its own.")
                                                : tr("The run has the network of %1.").arg(from);
    for (const char* field : {"network", "hiddenLayers", "size"}) {
        const bool isFixed = isNetworkFixed(QLatin1String(field));
        m_form->setFieldEnabled(QLatin1String(field), !isFixed, isFixed ? why : QString());
    }
}

TrainWork TrainSetup::workOf(const QString& preset) const
{
    const LearnerInfo* chosen = learner();
    if (chosen == nullptr) {
        return {};
    }
    Json values = chosen->presetValues(preset.toStdString());
    const RunSpec wanted = spec();
    values.update(wanted.settings);
    return trainWorkOf(m_wells->summary(), chosen->name, values, wanted.network, m_wells->trainingSamples());
}

TrainWork TrainSetup::work() const
{
    return workOf(preset());
}

void TrainSetup::learnFrom(const TrainWork& work, double seconds)
{
    m_estimate.learn(work, seconds);
    refresh();
}

void TrainSetup::refreshEstimates()
{
    // Nobody plans by milliseconds; starting the runner alone takes part of a second. Nor by the seconds of ten minutes.
    const auto durationText = [](double seconds) {
        constexpr double kMinute = 60;
        return seconds < 1 ? tr("1 s")
            : seconds >= 10 * kMinute && seconds < 60 * kMinute
            ? tr("%1 min").arg(std::lround(seconds / kMinute))
            : widgets::RunStrip::durationText(seconds);
    };
    const std::array names{tr("Fast"), tr("Balanced"), tr("Best")};
    const bool isKnown = m_wells->training().has_value() && learner() != nullptr;
    for (std::size_t i = 0; i < kPresets.size(); ++i) {
        const TrainWork of = workOf(QLatin1String(kPresets.at(i)));
        const QString time = isKnown && m_estimate.isTold(of) ? tr("about %1").arg(durationText(m_estimate.seconds(of))) : QString();
        m_presetButtons.at(i)->setText(time.isEmpty() ? names.at(i) : names.at(i) + QLatin1Char('\n') + time);
        m_presetButtons.at(i)->setAccessibleName(time.isEmpty() ? names.at(i) : names.at(i) + QStringLiteral(", ") + time);
    }
    const TrainWork wanted = work();
    m_time->setText(
        !isKnown                     ? QString()
        : !m_estimate.isTold(wanted) ? tr("the first long run tells how long it takes")
                                     : tr("about %1 here%2").arg(
                                         durationText(m_estimate.seconds(wanted)),
                                         m_estimate.isMeasured(wanted) ? QString() : tr(" (not measured yet)")));
    m_time->setVisible(isKnown);
}

void TrainSetup::showNetwork()
{
    auto* dialog = new NetworkDialog(this);
    dialog->setObjectName(QStringLiteral("networkDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &NetworkDialog::frozenChosen, this, [this, dialog](const QStringList& layers) {
        m_form->setValue(QStringLiteral("frozenLayers"), layers.join(QStringLiteral(", ")));
        dialog->askAgain(spec());
    });
    dialog->show(spec());
}

void TrainSetup::refresh()
{
    refreshEstimates();
    refreshNetworkFields();
    m_how->setRowVisible(m_origin->choice(), canStart());
    const QString reason = whyNot();
    m_network->setVisible(learner() != nullptr && learner()->name == QLatin1String("network"));
    m_network->setEnabled(reason.isEmpty());
    const bool isGrouping = task() == kGrouping;
    m_wells->setClassesTold(!isGrouping && (!m_target->isVisibleTo(this) || m_target->currentText() == m_wells->summary().target));
    const bool canStudy = reason.isEmpty() && task() != QLatin1String("next-word");
    const bool canJudge = !isGrouping || learner() == nullptr || learner()->areGroupsFound();
    m_validate->setEnabled(canStudy && canJudge);
    m_tune->setEnabled(canStudy && canJudge);
    m_why->setText(reason);
    m_why->setVisible(!reason.isEmpty());
    emit readinessChanged();
}

} // namespace ty::app
