#include "app/pages/network_dialog.h"

#include <algorithm>

#include <QApplication>
#include <QClipboard>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QScreen>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>
#include <QStandardItemModel>
#include <QTreeView>
#include <QVBoxLayout>

#include "app/models/network_paper.h"
#include "app/models/run_format.h"
#include "app/pages/error_text.h"
#include "app/services/network_preview.h"
#include "app/services/runner_program.h"
#include "widgets/error_panel.h"
#include "widgets/network_view.h"
#include "widgets/run_strip.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

enum StackPage { Waiting, Failed, Shown };
enum Column { Name, Frozen, Type, Output, Parameters, Forward, Memory };

QString timeText(double seconds)
{
    return seconds < 1 ? NetworkDialog::tr("%1 ms").arg(QLocale().toString(seconds * 1000, 'g', 3))
                       : widgets::RunStrip::durationText(seconds);
}

QStandardItem* number(const QString& text)
{
    auto* item = new QStandardItem(text.isEmpty() ? QStringLiteral("–") : text);
    item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    return item;
}

QString nameOf(const NetworkLayer& layer)
{
    return layer.isFrozen ? layer.name + QStringLiteral(" ❄") : layer.name;
}

QString factsOf(const NetworkPaper& paper)
{
    QStringList lines;
    if (!paper.changes.isEmpty()) {
        lines << NetworkDialog::tr("Adapted to the data: %1").arg(paper.changes.join(QStringLiteral("; ")));
    }
    QString parameters = NetworkDialog::tr("%1 parameters").arg(countText(paper.parameters));
    if (paper.frozenParameters > 0) {
        parameters += NetworkDialog::tr(" (%1 of them frozen ❄)").arg(countText(paper.frozenParameters));
    }
    lines << NetworkDialog::tr("%1 · %2 a sample forward · %3 of memory for weights, gradients, optimizer, a step and a checkpoint")
                 .arg(parameters, flopsText(paper.flops), bytesText(paper.memoryBytes));
    lines << NetworkDialog::tr("Batches of %1: %2 steps an epoch · %3 a step · %4 an epoch · %5 for %6 epochs")
                 .arg(countText(paper.batchSize), countText(paper.stepsPerEpoch), timeText(paper.secondsPerStep),
                      timeText(paper.secondsPerEpoch), timeText(paper.secondsPerEpoch * paper.epochs),
                      countText(paper.epochs));
    lines << NetworkDialog::tr("Time and memory are those of steps tried just now on %1, with random numbers; reading the "
                               "data comes on top.")
                 .arg(paper.device);
    return lines.join(QLatin1Char('\n'));
}

} // namespace

NetworkDialog::NetworkDialog(QWidget* parent)
    : QDialog(parent)
    , m_preview(new NetworkPreview(runnerProgram(), this))
    , m_stack(new QStackedWidget(this))
    , m_error(new widgets::ErrorPanel(this))
    , m_refusal(new widgets::ErrorPanel(this))
    , m_view(new widgets::NetworkView)
    , m_scroll(new QScrollArea)
    , m_model(new QStandardItemModel(this))
    , m_table(new QTreeView)
    , m_facts(new QLabel)
{
    setWindowTitle(tr("Network of this run"));
    resize(QSize(1060, 660).boundedTo(screen()->availableSize() * 0.95));

    auto* waiting = new QWidget(m_stack);
    auto* waitingColumn = new QVBoxLayout(waiting);
    auto* bar = new QProgressBar(waiting);
    bar->setRange(0, 0);
    bar->setAccessibleName(tr("Progress"));
    waitingColumn->addStretch(1);
    waitingColumn->addWidget(new QLabel(tr("Reading the data and trying a few steps of the network …"), waiting));
    waitingColumn->addWidget(bar);
    waitingColumn->addStretch(1);
    auto* failed = new QWidget(m_stack);
    auto* failedColumn = new QVBoxLayout(failed);
    failedColumn->addWidget(m_error);
    failedColumn->addStretch(1);

    m_scroll->setWidget(m_view);
    m_scroll->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->viewport()->setBackgroundRole(QPalette::Base);
    m_scroll->viewport()->setAutoFillBackground(true);
    m_table->setModel(m_model);
    m_table->setRootIsDecorated(false);
    m_table->setUniformRowHeights(true);
    m_table->header()->setStretchLastSection(false); // numbers side by side, to be compared
    m_table->setAlternatingRowColors(true);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setAccessibleName(tr("Layers"));
    auto* splitter = new QSplitter;
    splitter->addWidget(m_scroll);
    splitter->addWidget(m_table);
    splitter->setStretchFactor(1, 1);
    splitter->setChildrenCollapsible(false);
    m_facts->setWordWrap(true);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_facts->setAccessibleName(tr("What the network costs"));
    auto* shown = new QWidget(m_stack);
    auto* shownColumn = new QVBoxLayout(shown);
    shownColumn->setContentsMargins(0, 0, 0, 0);
    shownColumn->addWidget(splitter, 1);
    shownColumn->addWidget(m_facts);
    m_refusal->setSeverity(widgets::ErrorPanel::Severity::Warning); // the choice is above it, to be changed
    m_refusal->hide();
    shownColumn->addWidget(m_refusal);

    m_stack->addWidget(waiting);
    m_stack->addWidget(failed);
    m_stack->addWidget(shown);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    m_copy = buttons->addButton(tr("Copy table"), QDialogButtonBox::ActionRole);
    m_copy->setToolTip(tr("Copies the layers as text with tabs between, for a spreadsheet"));
    buttons->button(QDialogButtonBox::Close)->setDefault(true);
    auto* column = new QVBoxLayout(this);
    column->addWidget(m_stack, 1);
    column->addWidget(buttons);

    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_copy, &QPushButton::clicked, this, &NetworkDialog::copyTable);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& row) {
        m_view->setCurrent(row.row());
        const QRect box = m_view->boxOf(row.row());
        m_scroll->ensureVisible(box.center().x(), box.center().y(), 0, box.height() * 2);
    });
    connect(m_view, &widgets::NetworkView::currentChanged, this, [this](int layer) {
        if (layer != m_table->currentIndex().row()) { // else the table itself led here, in a column of its own
            m_table->setCurrentIndex(m_model->index(layer, Name));
        }
    });
    connect(m_model, &QStandardItemModel::itemChanged, this, [this](const QStandardItem* item) { onChecked(*item); });
}

NetworkDialog::~NetworkDialog() = default;

void NetworkDialog::show(const RunSpec& spec)
{
    m_stack->setCurrentIndex(Waiting);
    m_copy->setEnabled(false);
    QDialog::show();
    ask(spec);
}

void NetworkDialog::askAgain(const RunSpec& spec)
{
    m_refusal->hide();
    m_facts->setText(tr("Trying a few steps of the network …"));
    ask(spec);
}

void NetworkDialog::ask(const RunSpec& spec)
{
    m_preview->ask(spec, [this](NetworkPreview::Outcome outcome) {
        if (outcome) {
            fill(outcome.value());
        } else {
            showFailure(outcome.error());
        }
        emit answered();
    });
}

void NetworkDialog::showFailure(const Error& error)
{
    const QString message = asSentence(QString::fromStdString(error.message));
    const QString advice = asSentence(QString::fromStdString(error.advice));
    if (m_stack->currentIndex() == Shown) { // the choice that led here can be taken back in the table
        m_facts->clear();
        m_refusal->setText(tr("The network cannot be trained with these layers frozen."), message, advice);
        m_refusal->show();
        return;
    }
    m_error->setText(tr("This network cannot be trained on this data."), message, advice);
    m_stack->setCurrentIndex(Failed);
}

void NetworkDialog::onChecked(const QStandardItem& item)
{
    if (m_isFilling || !m_paper || item.column() != Frozen) {
        return;
    }
    // The picture follows the choice even where no network can be trained with it.
    m_isFilling = true;
    QStringList frozen;
    for (int row = 0; row < m_model->rowCount(); ++row) {
        NetworkLayer& layer = m_paper->layers[static_cast<std::size_t>(row)];
        layer.isFrozen = m_model->item(row, Frozen)->checkState() == Qt::Checked;
        m_model->item(row, Name)->setText(nameOf(layer));
        if (layer.isFrozen) {
            frozen << layer.name;
        }
    }
    m_isFilling = false;
    m_table->resizeColumnToContents(Name);
    showPicture();
    m_view->setCurrent(m_table->currentIndex().row());
    emit frozenChosen(frozen);
}

void NetworkDialog::showPicture()
{
    std::vector<widgets::NetworkNode> nodes;
    for (const NetworkLayer& layer : m_paper->layers) {
        nodes.push_back({layer.name, layer.type, layer.shape, layer.inputs, layer.isFrozen, layer.parameters > 0});
    }
    m_view->setNetwork(m_paper->input, nodes);
}

void NetworkDialog::fill(const Json& description)
{
    const auto paper = NetworkPaper::fromJson(description);
    if (!paper) {
        m_error->setText(tr("The network cannot be shown."), QString::fromStdString(paper.error().message), {});
        m_stack->setCurrentIndex(Failed);
        return;
    }
    const bool isFirst = !m_paper;
    const int current = m_table->currentIndex().row();
    m_paper = paper.value();
    m_isFilling = true;
    m_model->clear();
    m_model->setHorizontalHeaderLabels(
        {tr("Layer"), tr("Frozen ❄"), tr("Type"), tr("Output"), tr("Parameters"), tr("Forward"), tr("Memory")});
    m_model->horizontalHeaderItem(Frozen)->setToolTip(
        tr("Layers that keep the weights they begin with, for fine-tuning: Start from says which weights"));
    for (int column = Parameters; column < m_model->columnCount(); ++column) {
        m_model->horizontalHeaderItem(column)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    }
    m_model->horizontalHeaderItem(Forward)->setToolTip(tr("Work of one sample, a multiplication and an addition counted as two"));
    m_model->horizontalHeaderItem(Memory)->setToolTip(tr("What one sample leaves behind for the way back"));
    for (const NetworkLayer& layer : paper->layers) {
        auto* frozen = new QStandardItem;
        if (layer.parameters > 0) {
            frozen->setCheckable(true);
            frozen->setCheckState(layer.isFrozen ? Qt::Checked : Qt::Unchecked);
            frozen->setData(tr("%1 frozen").arg(layer.name), Qt::AccessibleTextRole);
        }
        m_model->appendRow(
            {new QStandardItem(nameOf(layer)), frozen,
             new QStandardItem(layer.type), new QStandardItem(layer.shape),
             number(layer.parameters > 0 ? countText(layer.parameters) : QString()), number(flopsText(layer.flops)),
             number(bytesText(layer.bytes))});
    }
    showPicture();
    // The picture whole where it is narrow, else most of the room stays with the table.
    m_scroll->setMinimumWidth(std::min(m_view->sizeHint().width() + 24, width() / 2));
    for (int column = 0; column < m_model->columnCount(); ++column) {
        m_table->resizeColumnToContents(column);
    }
    m_facts->setText(factsOf(paper.value()));
    m_isFilling = false;
    m_stack->setCurrentIndex(Shown);
    m_copy->setEnabled(true);
    if (isFirst) {
        m_table->setFocus();
    } else if (current >= 0) {
        m_table->setCurrentIndex(m_model->index(current, Frozen));
    }
}

void NetworkDialog::copyTable()
{
    QStringList lines;
    QStringList cells;
    for (int column = 0; column < m_model->columnCount(); ++column) {
        cells << m_model->horizontalHeaderItem(column)->text();
    }
    lines << cells.join(QLatin1Char('\t'));
    for (int row = 0; row < m_model->rowCount(); ++row) {
        cells.clear();
        for (int column = 0; column < m_model->columnCount(); ++column) {
            const QStandardItem& item = *m_model->item(row, column);
            cells << (item.checkState() == Qt::Checked ? tr("yes") : item.text());
        }
        lines << cells.join(QLatin1Char('\t'));
    }
    QApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

} // namespace ty::app
