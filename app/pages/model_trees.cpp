#include "app/pages/model_trees.h"

#include <algorithm>
#include <utility>

#include <QIODevice>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/pages/dataset_box.h"
#include "app/pages/labelled_field.h"
#include "app/pages/save_file.h"
#include "app/services/all_services.h"
#include "app/services/runner_call.h"
#include "app/services/runner_program.h"
#include "widgets/busy_bar.h"
#include "widgets/error_panel.h"
#include "widgets/flow_layout.h"
#include "widgets/theme/roles.h"
#include "widgets/tree_view.h"

namespace ty::app {

namespace {

constexpr int kLevelsAtFirst = 4; // more questions below each other do not fit a screen
constexpr int kSmallTree = 40;    // nodes of a tree that is shown whole

} // namespace

ModelTrees::ModelTrees(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_call(new RunnerCall(runnerProgram(), this))
    , m_tree(new QSpinBox(this))
    , m_of(new QLabel(this))
    , m_levels(new QSpinBox(this))
    , m_data(new DatasetBox(context, this))
    , m_row(new QSpinBox(this))
    , m_busy(new widgets::BusyBar(this))
    , m_error(new widgets::ErrorPanel(this))
    , m_view(new widgets::TreeView(this))
    , m_words(new QLabel(this))
{
    auto* column = new QVBoxLayout(this);
    auto* bar = new widgets::FlowLayout;
    m_tree->setRange(1, 1);
    m_tree->setKeyboardTracking(false);
    widgets::setSpoken(*m_tree, tr("Number of the tree"));
    bar->addWidget(labelledField(this, tr("&Tree"), m_tree, m_of));
    m_levels->setRange(1, 1);
    widgets::setSpoken(*m_levels, tr("Levels shown; deeper questions are put away"));
    bar->addWidget(labelledField(this, tr("&Levels"), m_levels));
    m_row->setRange(1, 100'000'000);
    m_row->setKeyboardTracking(false);
    widgets::setSpoken(*m_row, tr("Number of the row that is followed"));
    widgets::setSpoken(*m_data, tr("Data whose row is followed"));
    auto* follow = new QPushButton(tr("Show its way"), this);
    follow->setToolTip(tr("Mark the questions that this row is asked, and its answer"));
    bar->addWidget(labelledField(this, tr("Follow &row"), m_row));
    bar->addWidget(labelledField(this, tr("&of"), m_data, follow));
    auto* fit = new QToolButton(this);
    fit->setText(tr("Fit"));
    fit->setToolTip(tr("Show the whole tree (0)"));
    auto* write = new QToolButton(this);
    write->setText(tr("Export"));
    write->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(write);
    menu->addAction(tr("PNG…"), this, [this] { exportAs(QStringLiteral("png")); });
    menu->addAction(tr("SVG…"), this, [this] { exportAs(QStringLiteral("svg")); });
    write->setMenu(menu);
    bar->addWidget(fit);
    bar->addWidget(write);
    column->addLayout(bar);
    column->addWidget(m_busy);
    m_busy->setIdle();
    column->addWidget(m_error);
    m_error->hide();
    column->addWidget(m_view, 1);
    widgets::setTextRole(*m_words, widgets::TextRole::Muted);
    m_words->setWordWrap(true);
    m_words->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(m_words);

    connect(m_tree, &QSpinBox::valueChanged, this, &ModelTrees::ask);
    connect(m_levels, &QSpinBox::valueChanged, m_view, &widgets::TreeView::showLevels);
    connect(fit, &QToolButton::clicked, m_view, &widgets::TreeView::fitAll);
    connect(follow, &QPushButton::clicked, this, [this] { this->follow(m_data->path(), m_row->value()); });
    connect(m_row, &QSpinBox::valueChanged, this, [this] {
        if (!m_followed.isEmpty()) {
            ask();
        }
    });
    connect(m_view, &widgets::TreeView::currentChanged, this, &ModelTrees::tellNode);
    connect(m_data, &DatasetBox::listed, this, [this, follow] {
        follow->setEnabled(m_data->count() > 0);
        m_row->setEnabled(m_data->count() > 0);
    });
    connect(m_busy, &widgets::BusyBar::cancelRequested, this, [this] {
        m_call->cancel();
        m_busy->setIdle();
    });
}

ModelTrees::~ModelTrees() = default;

void ModelTrees::clear()
{
    m_call->cancel();
    m_busy->setIdle();
    m_error->hide();
    m_model = {};
    m_paper = {};
    m_followed.clear();
    m_isStale = false;
    m_view->setTree({}, {}, 1);
    m_words->clear();
}

void ModelTrees::setModel(const catalog::ModelRecord& model)
{
    if (model.id == m_model.id) {
        return;
    }
    clear();
    m_model = model;
    const QSignalBlocker quiet(m_tree);
    m_tree->setValue(1);
    m_isStale = true;
    if (isVisible()) {
        ask();
    }
}

void ModelTrees::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_isStale) {
        ask();
    }
}

void ModelTrees::chooseTree(int tree)
{
    m_tree->setValue(tree);
}

void ModelTrees::follow(const QString& path, int row)
{
    m_followed = path;
    const QSignalBlocker quiet(m_row);
    m_row->setValue(row);
    ask();
}

void ModelTrees::ask()
{
    if (m_model.id == 0) {
        return;
    }
    m_isStale = false;
    m_error->hide();
    QStringList words{
        QStringLiteral("inspect"), QString::fromStdString(m_model.folder), QStringLiteral("--tree"), QString::number(m_tree->value()),
        QStringLiteral("--json")};
    if (!m_followed.isEmpty()) {
        words << QStringLiteral("--data") << m_followed << QStringLiteral("--row") << QString::number(m_row->value());
    }
    m_busy->setBusy(tr("Reading the tree…"));
    m_call->askOfStores(words, m_context.stores, {m_followed.toStdString()}, [this](Result<Json> told) { showAnswer(std::move(told)); });
}

void ModelTrees::showAnswer(Result<Json> told)
{
    m_busy->setIdle();
    auto paper = told ? TreePaper::read(told.value()) : Result<TreePaper>(told.error());
    if (!paper) {
        m_followed.clear();
        m_error->setText(
            tr("The tree cannot be shown."), QString::fromStdString(paper.error().message), QString::fromStdString(paper.error().advice));
        m_error->show();
        emit shown();
        return;
    }
    const bool isSame = m_paper.tree == paper->tree && m_paper.nodes.size() == paper->nodes.size() && !m_paper.nodes.empty();
    m_paper = std::move(paper).value();
    const QSignalBlocker quietTree(m_tree);
    const QSignalBlocker quietLevels(m_levels);
    m_tree->setRange(1, std::max(1, m_paper.trees));
    m_tree->setEnabled(m_paper.trees > 1);
    m_of->setText(tr("of %1").arg(QLocale().toString(m_paper.trees)));
    m_levels->setRange(1, std::max(1, m_paper.levels));
    if (!isSame) { // else a person has opened what they want to see
        const bool isSmall = static_cast<int>(m_paper.nodes.size()) <= kSmallTree;
        m_levels->setValue(isSmall ? m_paper.levels : std::min(m_paper.levels, kLevelsAtFirst));
        m_view->setTree(m_paper.nodes, m_paper.classes, m_levels->value());
    }
    m_view->setWay(m_paper.way);
    tellNode(m_view->currentNode());
    emit shown();
}

void ModelTrees::tellNode(int node)
{
    QStringList lines;
    if (!m_paper.way.empty()) {
        const auto& answer = m_paper.nodes[static_cast<std::size_t>(m_paper.way.back())];
        lines << tr("Row %1 (%2): %3 after %n question(s).", nullptr, static_cast<int>(m_paper.way.size()) - 1)
                     .arg(m_row->value())
                     .arg(m_paper.sample, answer.answer);
    }
    if (node >= 0 && node < static_cast<int>(m_paper.nodes.size())) {
        lines << m_view->picture().wordsOf(node).replace(QLatin1Char('\n'), QStringLiteral(" · "));
    }
    lines << m_paper.meaning;
    m_words->setText(lines.join(QLatin1Char('\n')));
}

void ModelTrees::exportAs(const QString& suffix)
{
    const auto format = suffix == QLatin1String("svg") ? widgets::ExportFormat::Svg : widgets::ExportFormat::Png;
    const QString name = QStringLiteral("%1-tree-%2.%3").arg(QString::fromStdString(m_model.name)).arg(m_paper.tree).arg(suffix);
    askAndSave(
        m_context, this, tr("Export the tree"), name,
        [picture = m_view->picture(), format, colors = widgets::colorsFor(*this)](QIODevice& device, const SaveProgress&) -> Result<void> {
            if (!picture.write(device, format, colors)) {
                return Error{ErrorKind::Io, "the picture could not be written", {}};
            }
            return {};
        });
}

} // namespace ty::app
