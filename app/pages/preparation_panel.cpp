#include "app/pages/preparation_panel.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QListWidget>
#include <QLocale>
#include <QMenu>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QTableView>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/models/preview_table_model.h"
#include "app/pages/step_editor.h"
#include "app/services/all_services.h"
#include "widgets/error_panel.h"
#include "widgets/splitters.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr int kPreviewDelayMs = 250;

QString menuText(StepKind kind)
{
    switch (kind) {
    case StepKind::Compute:
        return PreparationPanel::tr("Compute a column");
    case StepKind::Filter:
        return PreparationPanel::tr("Filter rows by an expression");
    case StepKind::DropMissing:
        return PreparationPanel::tr("Leave out rows with missing values");
    case StepKind::Fill:
        return PreparationPanel::tr("Fill missing values");
    case StepKind::Clip:
        return PreparationPanel::tr("Clip numbers");
    case StepKind::Bin:
        return PreparationPanel::tr("Bin numbers into intervals");
    case StepKind::Scale:
        return PreparationPanel::tr("Scale numbers");
    case StepKind::Encode:
        return PreparationPanel::tr("Encode categories");
    case StepKind::DropDuplicates:
        return PreparationPanel::tr("Leave out duplicates");
    case StepKind::Balance:
        return PreparationPanel::tr("Balance the classes");
    case StepKind::Resize:
        return PreparationPanel::tr("Resize pictures");
    case StepKind::Resample:
        return PreparationPanel::tr("Resample recordings");
    case StepKind::Crop:
        return PreparationPanel::tr("Bring recordings to one length");
    }
    return {};
}

bool fits(StepKind kind, const DatasetSummary& summary)
{
    const bool areRecordings = summary.format == QLatin1String("recordings");
    switch (kind) {
    case StepKind::Balance:
        return !summary.classes.empty();
    case StepKind::DropDuplicates:
        return true;
    case StepKind::Resize:
        return summary.isImage();
    case StepKind::Resample:
    case StepKind::Crop:
        return areRecordings;
    default:
        return !summary.isImage();
    }
}

/// What a new step still needs from the person; empty: nothing.
QString missingIn(const PrepareStep& step)
{
    switch (step.kind) {
    case StepKind::Compute:
        return step.columns.empty() || step.columns.front().empty() ? PreparationPanel::tr("give the new column a name.")
            : step.expression.empty()                               ? PreparationPanel::tr("say how the new column is computed.")
                                                                    : QString();
    case StepKind::Filter:
        return step.expression.empty() ? PreparationPanel::tr("say which rows are kept.") : QString();
    case StepKind::Clip:
        if (!step.low && !step.high) {
            return PreparationPanel::tr("give a limit.");
        }
        [[fallthrough]];
    case StepKind::Fill:
    case StepKind::Bin:
    case StepKind::Scale:
    case StepKind::Encode:
        return step.columns.empty() ? PreparationPanel::tr("choose its columns.") : QString();
    default:
        return {};
    }
}

QString rangeText(const ColumnSummary& column)
{
    if (std::isfinite(column.minimum)) {
        return PreparationPanel::tr("%1 to %2").arg(QLocale().toString(column.minimum, 'g', 5), QLocale().toString(column.maximum, 'g', 5));
    }
    return PreparationPanel::tr("%n value(s)", nullptr, static_cast<int>(column.distinct));
}

} // namespace

PreparationPanel::PreparationPanel(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_list(new QListWidget(this))
    , m_addMenu(new QMenu(this))
    , m_editor(new StepEditor(this))
    , m_error(new widgets::ErrorPanel(this))
    , m_changes(new QLabel(this))
    , m_table(new QTableView(this))
    , m_rows(new PreviewTableModel(this))
    , m_apply(new QPushButton(tr("Apply"), this))
    , m_delay(new QTimer(this))
{
    m_delay->setSingleShot(true);
    m_delay->setInterval(kPreviewDelayMs);
    connect(m_delay, &QTimer::timeout, this, &PreparationPanel::preview);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->addWidget(widgets::makeSplitter(Qt::Horizontal, {buildSteps(), buildPreview()}, {2, 3}, this), 1);
    connect(m_editor, &StepEditor::edited, this, [this](const PrepareStep& step, const QString& field) {
        m_draft.replace(static_cast<std::size_t>(std::max(0, chosen())), step, field.toStdString());
        refresh(chosen(), true);
    });
    const auto addKey = [this](const QKeySequence& keys, auto act) {
        auto* shortcut = new QShortcut(keys, this);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut); // elsewhere in the window Ctrl+Z takes other things back
        connect(shortcut, &QShortcut::activated, this, act);
    };
    addKey(QKeySequence::Undo, [this] { m_undo->click(); });
    addKey(QKeySequence::Redo, [this] { m_redo->click(); });
}

QWidget* PreparationPanel::buildSteps()
{
    auto* side = new QWidget(this);
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(0, 0, 0, 0);
    auto* bar = new QHBoxLayout;
    const auto button = [&](const QString& text, const QString& tip, const QString& name) {
        auto* made = new QToolButton(side);
        made->setText(text);
        made->setToolTip(tip);
        made->setAccessibleName(tip);
        made->setObjectName(name);
        bar->addWidget(made);
        return made;
    };
    auto* add = button(tr("Add step"), tr("Add a step at the end"), QStringLiteral("addStep"));
    add->setMenu(m_addMenu);
    add->setPopupMode(QToolButton::InstantPopup);
    m_remove = button(tr("Remove"), tr("Remove the step (Del)"), QStringLiteral("removeStep"));
    m_up = button(QStringLiteral("▲"), tr("Do the step earlier"), QStringLiteral("stepUp"));
    m_down = button(QStringLiteral("▼"), tr("Do the step later"), QStringLiteral("stepDown"));
    bar->addStretch();
    m_undo = button(tr("Undo"), tr("Take the last change back (Ctrl+Z)"), QStringLiteral("undoStep"));
    m_redo = button(tr("Redo"), tr("Change it again"), QStringLiteral("redoStep"));
    m_list->setObjectName(QStringLiteral("stepList"));
    m_list->setAccessibleName(tr("Steps of the preparation"));
    m_list->setWordWrap(true);
    m_none = new QLabel(tr("No steps yet"), m_list->viewport());
    m_none->setAlignment(Qt::AlignCenter);
    m_none->setAttribute(Qt::WA_TransparentForMouseEvents);
    widgets::setTextRole(*m_none, widgets::TextRole::Muted);
    auto* over = new QVBoxLayout(m_list->viewport());
    over->addWidget(m_none);
    column->addLayout(bar);
    column->addWidget(m_list, 2);
    column->addWidget(m_editor, 3);
    connect(m_remove, &QToolButton::clicked, this, [this] {
        const int place = chosen();
        if (place >= 0) {
            m_draft.remove(static_cast<std::size_t>(place));
            refresh(place);
        }
    });
    for (const auto& [moving, by] : {std::pair(m_up, -1), std::pair(m_down, 1)}) {
        connect(moving, &QToolButton::clicked, this, [this, by = by] {
            const int place = chosen();
            if (place >= 0) {
                m_draft.move(static_cast<std::size_t>(place), by);
                refresh(place + by);
            }
        });
    }
    connect(m_undo, &QToolButton::clicked, this, [this] {
        m_draft.undo();
        refresh(chosen());
    });
    connect(m_redo, &QToolButton::clicked, this, [this] {
        m_draft.redo();
        refresh(chosen());
    });
    connect(m_list, &QListWidget::currentRowChanged, this, [this] {
        if (!m_isShowing) {
            refresh(chosen());
        }
    });
    connect(m_list, &QListWidget::itemChanged, this, [this](QListWidgetItem* item) {
        if (!m_isShowing) {
            m_draft.setEnabled(static_cast<std::size_t>(m_list->row(item)), item->checkState() == Qt::Checked);
            refresh(m_list->row(item));
        }
    });
    auto* remove = new QShortcut(QKeySequence(Qt::Key_Delete), m_list);
    remove->setContext(Qt::WidgetShortcut);
    connect(remove, &QShortcut::activated, m_remove, &QToolButton::click);
    return side;
}

QWidget* PreparationPanel::buildPreview()
{
    auto* side = new QWidget(this);
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(0, 0, 0, 0);
    m_changes->setWordWrap(true);
    m_changes->setObjectName(QStringLiteral("preparationChanges"));
    m_table->setObjectName(QStringLiteral("preparationPreview"));
    m_table->setAccessibleName(tr("First rows after the steps"));
    m_table->setModel(m_rows);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setTabKeyNavigation(false);
    m_table->setWordWrap(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_error->hide();
    m_apply->setObjectName(QStringLiteral("applyPreparation"));
    m_apply->setToolTip(tr("Keep these steps with the dataset; runs do them from now on"));
    m_apply->setAutoDefault(true);
    m_apply->setEnabled(false);
    connect(m_apply, &QPushButton::clicked, this, [this] { emit applyRequested(m_draft.steps()); });
    auto* row = new QHBoxLayout;
    row->addStretch();
    row->addWidget(m_apply);
    column->addWidget(m_error);
    column->addWidget(m_changes);
    column->addWidget(m_table, 1);
    column->addLayout(row);
    return side;
}

void PreparationPanel::fillAddMenu()
{
    m_addMenu->clear();
    for (const StepKind kind : allStepKinds()) {
        if (fits(kind, m_summary)) {
            connect(m_addMenu->addAction(menuText(kind)), &QAction::triggered, this, [this, kind] { addStep(kind); });
        }
    }
}

void PreparationPanel::setData(const DatasetSummary& summary, const DataSpec& spec)
{
    m_summary = summary;
    m_data = spec;
    m_draft.reset(spec.preparation);
    m_isBeforeKnown = false;
    m_before = {};
    m_rows->setRows({}, {});
    m_table->setVisible(!summary.isImage());
    fillAddMenu();
    refresh(m_draft.steps().steps.empty() ? -1 : 0);
    if (summary.isImage()) {
        return;
    }
    DataSpec plain = spec;
    plain.preparation = {};
    const int request = m_request;
    m_context.datasets.preview(plain, this, [this, request, path = spec.training](Result<TablePreview> before) {
        if (before && path == m_data.training) {
            m_before = before.value();
            m_isBeforeKnown = true;
            m_editor->setColumns(columnNames());
            refresh(chosen(), request != m_request && m_editor->isAncestorOf(focusWidget()));
        }
    });
}

QStringList PreparationPanel::columnNames() const
{
    QStringList names;
    for (const ColumnSummary& column : m_before.summary.columns) {
        names << column.name;
    }
    for (const PrepareStep& step : m_draft.steps().steps) {
        if (step.kind == StepKind::Compute && !step.columns.empty() && !step.columns.front().empty()) {
            const auto made = QString::fromStdString(step.columns.front());
            names << (names.contains(made) ? QStringList() : QStringList{made});
        }
    }
    return names;
}

void PreparationPanel::addStep(StepKind kind)
{
    refresh(static_cast<int>(m_draft.add(kind)));
    m_editor->setFocus();
}

int PreparationPanel::chosen() const
{
    return m_list->currentRow();
}

void PreparationPanel::refresh(int place, bool isEditorKept)
{
    m_isShowing = true;
    const std::vector<PrepareStep>& steps = m_draft.steps().steps;
    const int count = static_cast<int>(steps.size());
    place = std::min(place, count - 1);
    m_list->clear();
    for (int i = 0; i < count; ++i) {
        const PrepareStep& step = steps[static_cast<std::size_t>(i)];
        auto* item = new QListWidgetItem((i == m_wrong ? QStringLiteral("⚠ ") : QString()) + QString::fromStdString(step.text()), m_list);
        item->setCheckState(step.isEnabled ? Qt::Checked : Qt::Unchecked);
        item->setToolTip(step.isEnabled ? tr("Untick to switch the step off") : tr("The step is switched off"));
    }
    m_list->setCurrentRow(place);
    m_isShowing = false;
    if (!isEditorKept) {
        m_editor->setColumns(columnNames());
        place < 0 ? m_editor->setNone() : m_editor->setStep(steps[static_cast<std::size_t>(place)]);
    }
    m_none->setVisible(count == 0);
    m_remove->setEnabled(place >= 0);
    m_up->setEnabled(place > 0);
    m_down->setEnabled(place >= 0 && place + 1 < count);
    m_undo->setEnabled(m_draft.canUndo());
    m_redo->setEnabled(m_draft.canRedo());
    m_apply->setEnabled(m_draft.isChanged());
    if (count == 0) {
        m_changes->setText(tr("The data is learned from as it is. “Add step” begins a preparation; it is kept with the dataset and the models, so that "
                              "new data is treated alike. The files stay as they are."));
    }
    m_delay->start();
}

bool PreparationPanel::waitsForInput()
{
    const std::vector<PrepareStep>& steps = m_draft.steps().steps;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const QString missing = missingIn(steps[i]);
        if (missing.isEmpty()) {
            continue;
        }
        m_error->hide();
        m_apply->setEnabled(false);
        if (std::exchange(m_wrong, -1) >= 0) {
            refresh(chosen(), true);
            m_delay->stop();
            m_apply->setEnabled(false);
        }
        m_changes->setText(tr("Step %1: %2").arg(i + 1).arg(missing));
        return true;
    }
    return false;
}

void PreparationPanel::preview()
{
    const int request = ++m_request;
    if (waitsForInput()) {
        return; // the rows stay as the steps before it left them
    }
    const auto checked = Preparation::fromJson(m_draft.steps().toJson(), "preparation");
    if (!checked) {
        showError(checked.error());
        return;
    }
    if (m_summary.isImage() || m_data.training.empty()) {
        m_error->hide();
        return; // what pictures become is seen when the steps are applied
    }
    DataSpec draft = m_data;
    draft.preparation = m_draft.steps();
    m_context.datasets.preview(draft, this, [this, request](Result<TablePreview> preview) {
        if (request == m_request) {
            preview ? showPreview(preview.value()) : showError(preview.error());
        }
    });
}

void PreparationPanel::showPreview(const TablePreview& preview)
{
    m_error->hide();
    m_apply->setEnabled(m_draft.isChanged());
    if (std::exchange(m_wrong, -1) >= 0) {
        refresh(chosen(), true);
        m_delay->stop();
    }
    QStringList header;
    for (const ColumnSummary& column : preview.summary.columns) {
        header << column.name;
    }
    m_rows->setRows(header, preview.rows);
    m_rows->setTargetColumn(static_cast<int>(header.indexOf(preview.summary.target)));
    if (header.size() <= 200) {
        m_table->resizeColumnsToContents();
    }
    if (m_draft.steps().isEmpty()) {
        return;
    }
    QStringList changes;
    if (preview.summary.leftOut > 0) {
        changes << tr("%1 of the first rows are left out").arg(QLocale().toString(static_cast<qulonglong>(preview.summary.leftOut)));
    }
    constexpr qsizetype kMostChanges = 8;
    for (const ColumnSummary& column : preview.summary.columns) {
        const auto before = std::find_if(m_before.summary.columns.begin(), m_before.summary.columns.end(), [&](const ColumnSummary& one) {
            return one.name == column.name;
        });
        if (before == m_before.summary.columns.end()) {
            changes << tr("%1 is new: %2, %3 missing").arg(column.name, rangeText(column)).arg(column.missing);
        } else if (rangeText(*before) != rangeText(column) || before->missing != column.missing || before->type != column.type) {
            changes << tr("%1: %2, %3 missing (before %4, %5)")
                           .arg(column.name, rangeText(column)).arg(column.missing).arg(rangeText(*before)).arg(before->missing);
        }
    }
    if (changes.size() > kMostChanges) {
        const auto more = changes.size() - kMostChanges;
        changes = changes.mid(0, kMostChanges) << tr("and %n more column(s)", nullptr, static_cast<int>(more));
    }
    m_changes->setText(
        changes.isEmpty() ? tr("Nothing changes in the first rows.")
            : tr("In the %1: %2.").arg(preview.isComplete ? tr("data") : tr("beginning of the data"), changes.join(QStringLiteral("; "))));
}

void PreparationPanel::showError(const Error& error)
{
    const auto place = stepInMessage(error.message);
    const int wrong = place ? static_cast<int>(*place) : -1;
    if (std::exchange(m_wrong, wrong) != wrong) {
        refresh(chosen(), true);
        m_delay->stop();
    }
    m_error->setText(tr("The steps do not work."), QString::fromStdString(error.message), QString::fromStdString(error.advice));
    m_error->show();
    m_apply->setEnabled(false);
    m_rows->setRows({}, {});
    m_changes->clear();
}

} // namespace ty::app
