#include "app/pages/spec_examples_view.h"

#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSpinBox>
#include <QTableView>
#include <QVBoxLayout>

#include "app/models/transition_table_model.h"
#include "widgets/table_look.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {
constexpr double kPercent = 100;
}

SpecExamplesView::SpecExamplesView(QWidget* parent)
    : QWidget(parent)
    , m_model(new TransitionTableModel(this))
    , m_invalid(new QDoubleSpinBox(this))
    , m_test(new QSpinBox(this))
    , m_seed(new QSpinBox(this))
    , m_dataset(new QPushButton(tr("Make dataset"), this))
    , m_words(new QLabel(this))
{
    m_invalid->setRange(0, 100);
    m_invalid->setSingleStep(0.5);
    m_invalid->setValue(1);
    m_invalid->setToolTip(tr("Impossible transitions for each possible one"));
    m_test->setRange(0, 90);
    m_test->setSuffix(tr(" %"));
    m_test->setValue(20);
    m_test->setToolTip(tr("Part of the rows that is kept for the test"));
    m_seed->setRange(0, 999'999'999);
    m_seed->setValue(777);
    m_seed->setToolTip(tr("Of drawing the impossible transitions and of shuffling"));
    widgets::makePrimary(*m_dataset);
    widgets::setTextRole(*m_words, widgets::TextRole::Muted);
    m_words->setWordWrap(true);

    auto* form = new QFormLayout;
    form->addRow(tr("Impossible for each possible"), m_invalid);
    form->addRow(tr("Test part"), m_test);
    form->addRow(tr("Seed"), m_seed);
    auto* top = new QHBoxLayout;
    top->addLayout(form);
    top->addStretch(1);
    top->addWidget(m_dataset, 0, Qt::AlignBottom);
    auto* table = new QTableView(this);
    table->setModel(m_model);
    widgets::setUpRows(*table, tr("Examples"));
    table->setToolTip(tr("A double click tries a row"));
    connect(table, &QTableView::activated, this, [this](const QModelIndex& index) { emit exampleChosen(index.row()); });
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(top);
    layout->addWidget(m_words);
    layout->addWidget(table, 1);

    connect(m_invalid, &QDoubleSpinBox::valueChanged, this, &SpecExamplesView::settingsChanged);
    connect(m_test, &QSpinBox::valueChanged, this, &SpecExamplesView::settingsChanged);
    connect(m_seed, &QSpinBox::valueChanged, this, &SpecExamplesView::settingsChanged);
    connect(m_dataset, &QPushButton::clicked, this, &SpecExamplesView::datasetRequested);
    clear();
}

void SpecExamplesView::clear()
{
    m_model->clear();
    m_dataset->setEnabled(false);
    m_words->setText(tr("Examples are made of a machine that was explored to its end."));
}

void SpecExamplesView::setSpec(const ExploredSpec& spec)
{
    clear();
    m_words->setText(spec.space->isWhole ? tr("Making examples…") : m_words->text());
}

void SpecExamplesView::setExamples(const SpecExamples& examples)
{
    m_model->setExamples(examples);
    m_dataset->setEnabled(true);
    const auto& table = *examples.table;
    const auto rows = table.examples().size();
    const QLocale locale;
    m_words->setText(
        tr("%1 possible (Y) and %2 impossible (N) transitions; %3 rows to train on, %4 to test with. "
           "Loops of operations that return results and steps into dead ends are left out.")
            .arg(
                locale.toString(static_cast<qulonglong>(table.validCount())), locale.toString(static_cast<qulonglong>(rows - table.validCount())),
                locale.toString(static_cast<qulonglong>(table.trainingCount())),
                locale.toString(static_cast<qulonglong>(rows - table.trainingCount()))));
}

void SpecExamplesView::setFailure(const QString& message)
{
    clear();
    m_words->setText(message);
}

engine::specs::ExampleSettings SpecExamplesView::settings() const
{
    engine::specs::ExampleSettings settings;
    settings.invalidProportion = m_invalid->value();
    settings.testShare = m_test->value() / kPercent;
    settings.seed = static_cast<std::uint64_t>(m_seed->value());
    return settings;
}

const SpecExamples& SpecExamplesView::examples() const
{
    return m_model->examples();
}

} // namespace ty::app
