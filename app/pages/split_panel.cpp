#include "app/pages/split_panel.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <QCheckBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include "engine/data/dataset.h"
#include "widgets/share_bar.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr int kMostPercent = 60;
constexpr int kLargestSeed = 1'000'000;

/// How many samples each part gets; what the data says itself stays.
std::array<quint64, 3> sizesOf(const DatasetSummary& summary, const SplitSpec& wanted)
{
    const auto [training, validation, test] = summary.givenSplit;
    SplitSpec split = wanted;
    split.validation = validation > 0 ? 0 : split.validation;
    split.test = test > 0 ? 0 : split.test;
    const bool isAnyGiven = validation + test > 0;
    std::vector<std::uint64_t> groups;
    if (!isAnyGiven && !summary.classes.empty()) {
        for (const ClassSummary& one : summary.classes) {
            groups.push_back(one.samples);
        }
        if (!split.isStratified) {
            groups = {std::accumulate(groups.begin(), groups.end(), std::uint64_t{0})};
        }
    } else {
        groups = {isAnyGiven ? training : summary.samples};
    }
    const auto sizes = engine::splitSizes(groups, split);
    return {sizes[0], validation > 0 ? validation : sizes[1], test > 0 ? test : sizes[2]};
}

} // namespace

SplitPanel::SplitPanel(QWidget* parent)
    : QWidget(parent)
    , m_bar(new widgets::ShareBar(this))
    , m_words(new QLabel(this))
    , m_change(new QToolButton(this))
    , m_form(new QWidget(this))
    , m_validation(new QSpinBox(m_form))
    , m_test(new QSpinBox(m_form))
    , m_seed(new QSpinBox(m_form))
    , m_stratified(new QCheckBox(tr("Same share of every class"), m_form))
    , m_redraw(new QPushButton(tr("Redraw"), m_form))
    , m_reset(new QPushButton(tr("Reset"), m_form))
{
    auto* title = new QLabel(tr("Split"), this);
    widgets::setTextRole(*title, widgets::TextRole::Heading);
    m_bar->setObjectName(QStringLiteral("splitBar"));
    m_words->setObjectName(QStringLiteral("splitWords"));
    m_words->setWordWrap(true);
    widgets::setTextRole(*m_words, widgets::TextRole::Muted);
    m_change->setObjectName(QStringLiteral("changeSplit"));
    m_change->setText(tr("Change"));
    m_change->setAccessibleName(tr("Change the split"));
    m_change->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_change->setArrowType(Qt::RightArrow);
    m_change->setCheckable(true);
    m_change->setFocusPolicy(Qt::StrongFocus);
    for (auto* share : {m_validation, m_test}) {
        share->setRange(0, kMostPercent);
        share->setSuffix(tr(" %"));
    }
    m_validation->setMinimum(1); // what a run chooses by
    m_validation->setObjectName(QStringLiteral("splitValidation"));
    m_test->setObjectName(QStringLiteral("splitTest"));
    m_seed->setObjectName(QStringLiteral("splitSeed"));
    m_seed->setRange(0, kLargestSeed);
    m_seed->setToolTip(tr("Another seed draws other samples; the same seed always the same"));
    m_stratified->setObjectName(QStringLiteral("splitStratified"));
    m_redraw->setObjectName(QStringLiteral("redrawSplit"));
    m_redraw->setToolTip(tr("Keep this split with the dataset; its next runs use it"));

    auto* head = new QHBoxLayout;
    head->addWidget(title, 1);
    head->addWidget(m_change);
    auto* form = new QFormLayout(m_form);
    form->setContentsMargins(0, 0, 0, 0);
    form->addRow(tr("Validation"), m_validation);
    form->addRow(tr("Test"), m_test);
    form->addRow(tr("Seed"), m_seed);
    form->addRow(m_stratified);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(m_reset);
    buttons->addWidget(m_redraw);
    form->addRow(buttons);
    m_form->hide();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 6, 0, 0);
    layout->addLayout(head);
    layout->addWidget(m_bar);
    layout->addWidget(m_words);
    layout->addWidget(m_form);

    connect(m_change, &QToolButton::toggled, this, [this](bool isOpen) {
        m_form->setVisible(isOpen);
        m_change->setArrowType(isOpen ? Qt::DownArrow : Qt::RightArrow);
    });
    for (auto* box : {m_validation, m_test, m_seed}) {
        connect(box, &QSpinBox::valueChanged, this, &SplitPanel::refresh);
    }
    connect(m_stratified, &QCheckBox::toggled, this, &SplitPanel::refresh);
    connect(m_reset, &QPushButton::clicked, this, [this] { fill(m_kept); });
    connect(m_redraw, &QPushButton::clicked, this, [this] { emit splitChosen(chosen()); });
}

void SplitPanel::setDataset(const DatasetSummary& summary, const SplitSpec& kept)
{
    m_summary = summary;
    m_kept = kept;
    const bool isValidationGiven = summary.givenSplit[1] > 0;
    const bool isTestGiven = summary.givenSplit[2] > 0;
    m_validation->setEnabled(!isValidationGiven);
    m_test->setEnabled(!isTestGiven);
    m_stratified->setVisible(!summary.classes.empty());
    m_change->setVisible(!(isValidationGiven && isTestGiven));
    if (isValidationGiven && isTestGiven) {
        m_change->setChecked(false);
    }
    fill(kept);
}

void SplitPanel::setEditable(bool isEditable)
{
    m_change->setEnabled(isEditable);
    if (!isEditable) {
        m_change->setChecked(false);
    }
}

SplitSpec SplitPanel::chosen() const
{
    SplitSpec split = m_kept; // a share that is no whole percent stays where nobody touched it
    const auto percentOf = [](double share) { return static_cast<int>(std::lround(100 * share)); };
    if (m_validation->value() != percentOf(m_kept.validation)) {
        split.validation = m_validation->value() / 100.0;
    }
    if (m_test->value() != percentOf(m_kept.test)) {
        split.test = m_test->value() / 100.0;
    }
    if (m_seed->value() != static_cast<int>(std::min<std::uint64_t>(m_kept.seed, kLargestSeed))) {
        split.seed = static_cast<std::uint64_t>(m_seed->value());
    }
    split.isStratified = m_stratified->isChecked();
    return split;
}

void SplitPanel::fill(const SplitSpec& split)
{
    {
        const QSignalBlocker a(m_validation);
        const QSignalBlocker b(m_test);
        const QSignalBlocker c(m_seed);
        const QSignalBlocker d(m_stratified);
        m_validation->setValue(static_cast<int>(std::lround(100 * split.validation)));
        m_test->setValue(static_cast<int>(std::lround(100 * split.test)));
        m_seed->setValue(static_cast<int>(std::min<std::uint64_t>(split.seed, kLargestSeed)));
        m_stratified->setChecked(split.isStratified);
    }
    refresh();
}

void SplitPanel::refresh()
{
    const SplitSpec split = chosen();
    const auto [training, validation, test] = sizesOf(m_summary, split);
    m_bar->setShares({
        {tr("Training"), static_cast<qint64>(training)},
        {tr("Validation"), static_cast<qint64>(validation)},
        {tr("Test"), static_cast<qint64>(test)},
    });
    const bool isValidationGiven = m_summary.givenSplit[1] > 0;
    const bool isTestGiven = m_summary.givenSplit[2] > 0;
    QStringList words;
    if (isValidationGiven || isTestGiven) {
        words << (isValidationGiven && isTestGiven ? tr("The data says so itself.")
                      : isTestGiven                ? tr("The data brings its test part.")
                                                   : tr("The data brings its validation part."));
    }
    if (!(isValidationGiven && isTestGiven)) {
        words << (m_summary.isText()                 ? tr("The end of the text is held out.")
                      : m_summary.classes.empty()    ? tr("Drawn by chance, seed %1.").arg(split.seed)
                      : split.isStratified           ? tr("Drawn class by class, seed %1.").arg(split.seed)
                                                     : tr("Drawn by chance, seed %1.").arg(split.seed));
    }
    m_words->setText(words.join(QLatin1Char(' ')));
    const bool isNew = !(split == m_kept);
    m_redraw->setEnabled(isNew && split.validation + split.test < 1);
    m_reset->setEnabled(isNew);
}

} // namespace ty::app
