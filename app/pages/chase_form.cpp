#include "app/pages/chase_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QRadioButton>
#include <QRegularExpression>
#include <QSpinBox>
#include <QVBoxLayout>

#include "cloud/chase/gpu_choice.h"
#include "cloud/chase/region_places.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr int kMostGpus = 16;
constexpr double kMostDollars = 10'000;
constexpr double kUsualLimit = 2;
constexpr const char* kThisComputer = "127.0.0.1/32";

QStringList wordsOf(const QString& text)
{
    static const QRegularExpression between(QStringLiteral("[,;\\s]+"));
    return text.split(between, Qt::SkipEmptyParts);
}

} // namespace

ChaseForm::ChaseForm(QWidget* parent)
    : QWidget(parent)
    , m_gpu(new QComboBox(this))
    , m_gpus(new QSpinBox(this))
    , m_account(new QComboBox(this))
    , m_regions(new QLineEdit(this))
    , m_order(new QComboBox(this))
    , m_near(new QComboBox(this))
    , m_first(new QRadioButton(tr("Keep the first machine"), this))
    , m_all(new QRadioButton(tr("Try all places for the table"), this))
    , m_allowed(new QLineEdit(this))
    , m_reach(new QLabel(this))
    , m_spot(new QCheckBox(tr("Spot machines"), this))
    , m_parallel(new QSpinBox(this))
    , m_limit(new QDoubleSpinBox(this))
    , m_unknown(new QCheckBox(tr("Also where the price is unknown"), this))
    , m_blocks(new QCheckBox(tr("Also what failed lately"), this))
    , m_problem(new QLabel(this))
{
    m_gpu->setEditable(true);
    m_gpu->setInsertPolicy(QComboBox::NoInsert);
    for (const char* gpu : cloud::knownGpus()) {
        m_gpu->addItem(QString::fromLatin1(gpu));
    }
    m_gpus->setRange(1, kMostGpus);
    m_regions->setPlaceholderText(tr("all; or europe*, westus3"));
    m_order->addItem(tr("cheapest first"), QStringLiteral("price"));
    m_order->addItem(tr("nearest first"), QStringLiteral("distance"));
    m_near->setEditable(true);
    m_near->setInsertPolicy(QComboBox::NoInsert);
    m_near->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_near->setMinimumContentsLength(10);
    for (const cloud::RegionPlace& place : cloud::regionPlaces()) {
        m_near->addItem(QString::fromLatin1(place.name));
    }
    m_near->setCurrentText(QStringLiteral("westeurope"));
    m_first->setChecked(true);
    m_all->setToolTip(tr("Each machine is deleted as soon as it stands."));
    m_allowed->setPlaceholderText(QStringLiteral("203.0.113.7/32"));
    m_allowed->setToolTip(tr("The address block that may reach port 22 of the machine that is kept"));
    m_parallel->setRange(1, static_cast<int>(cloud::ChaseRequest::kMostParallel));
    m_parallel->setValue(static_cast<int>(cloud::ChaseRequest::kUsualParallel));
    m_limit->setRange(0, kMostDollars);
    m_limit->setDecimals(2);
    m_limit->setSuffix(QStringLiteral(" USD"));
    m_limit->setSpecialValueText(tr("no limit"));
    m_limit->setValue(kUsualLimit);
    m_problem->setWordWrap(true);
    widgets::setTextRole(*m_problem, widgets::TextRole::Bad);

    auto* form = new QFormLayout(this);
    form->setContentsMargins(0, 0, 0, 0);
    form->setRowWrapPolicy(QFormLayout::WrapLongRows);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    const auto add = [&](const QString& label, QWidget* field) {
        form->addRow(label, field);
        field->setAccessibleName(QString(label).remove(u'&'));
    };
    add(tr("&GPU"), m_gpu);
    add(tr("&Number"), m_gpus);
    add(tr("&Account"), m_account);
    add(tr("&Regions"), m_regions);
    add(tr("&Order"), m_order);
    add(tr("Fro&m"), m_near);
    form->addRow(m_first);
    add(tr("A&llow from"), m_allowed);
    m_reach->setWordWrap(true);
    m_reach->setTextFormat(Qt::PlainText);
    form->addRow(m_reach);
    form->addRow(m_all);
    form->addRow(m_spot);
    add(tr("At a &time"), m_parallel);
    add(tr("Spend at &most"), m_limit);
    form->addRow(m_unknown);
    form->addRow(m_blocks);
    form->addRow(m_problem);
    m_problem->hide();

    connect(m_gpu, &QComboBox::currentTextChanged, this, &ChaseForm::onChanged);
    connect(m_account, &QComboBox::currentIndexChanged, this, &ChaseForm::onChanged);
    connect(m_order, &QComboBox::currentIndexChanged, this, &ChaseForm::onChanged);
    connect(m_near, &QComboBox::currentTextChanged, this, &ChaseForm::onChanged);
    for (auto* line : {m_regions, m_allowed}) {
        connect(line, &QLineEdit::textChanged, this, &ChaseForm::onChanged);
    }
    for (auto* button : std::initializer_list<QAbstractButton*>{m_first, m_spot, m_unknown, m_blocks}) {
        connect(button, &QAbstractButton::toggled, this, &ChaseForm::onChanged);
    }
    for (auto* number : {m_gpus, m_parallel}) {
        connect(number, &QSpinBox::valueChanged, this, &ChaseForm::onChanged);
    }
    connect(m_limit, &QDoubleSpinBox::valueChanged, this, &ChaseForm::onChanged);
    setAccounts({}, false);
    onChanged();
}

void ChaseForm::setAccounts(const QList<std::pair<QString, QString>>& accounts, bool isThisComputer)
{
    const QString current = m_account->currentData().toString();
    m_account->clear();
    m_account->addItem(tr("All that are connected"), QString());
    for (const auto& [name, shown] : accounts) {
        m_account->addItem(shown, name);
    }
    m_account->setCurrentIndex(std::max(0, m_account->findData(current)));
    if (isThisComputer && m_allowed->text().isEmpty() && !m_allowed->isModified()) {
        m_allowed->setText(QString::fromLatin1(kThisComputer));
    }
}

void ChaseForm::setRequest(const cloud::ChaseRequest& request)
{
    if (request.gpu.empty()) {
        return;
    }
    m_gpu->setCurrentText(QString::fromStdString(request.gpu));
    m_gpus->setValue(static_cast<int>(request.gpus.value_or(1)));
    QStringList regions;
    for (const std::string& region : request.regions) {
        regions << QString::fromStdString(region);
    }
    m_regions->setText(regions.join(QStringLiteral(", ")));
    m_order->setCurrentIndex(std::max(0, m_order->findData(QString::fromStdString(request.order))));
    if (!request.near.empty()) {
        m_near->setCurrentText(QString::fromStdString(request.near));
    }
    (request.testsAll.value_or(false) ? m_all : m_first)->setChecked(true);
    m_spot->setChecked(request.isSpot.value_or(false));
    m_parallel->setValue(static_cast<int>(request.parallel.value_or(cloud::ChaseRequest::kUsualParallel)));
    m_limit->setValue(request.maxCost.value_or(0));
    m_unknown->setChecked(request.triesUnknownPrice.value_or(false));
    m_blocks->setChecked(request.ignoresBlocks.value_or(false));
    QStringList allowed;
    for (const std::string& block : request.machine.allowedFrom) {
        allowed << QString::fromStdString(block);
    }
    if (!allowed.isEmpty()) {
        m_allowed->setText(allowed.join(QStringLiteral(", ")));
    }
}

cloud::ChaseRequest ChaseForm::request() const
{
    cloud::ChaseRequest request;
    request.gpu = m_gpu->currentText().trimmed().toStdString();
    request.gpus = m_gpus->value();
    if (const QString account = m_account->currentData().toString(); !account.isEmpty()) {
        request.accounts = {account.toStdString()};
    }
    for (const QString& region : wordsOf(m_regions->text())) {
        request.regions.push_back(region.toStdString());
    }
    request.order = m_order->currentData().toString().toStdString();
    request.near = m_near->currentText().trimmed().toStdString();
    request.testsAll = m_all->isChecked();
    request.isSpot = m_spot->isChecked();
    request.parallel = m_parallel->value();
    if (m_limit->value() > 0) {
        request.maxCost = m_limit->value();
    }
    request.triesUnknownPrice = m_unknown->isChecked();
    request.ignoresBlocks = m_blocks->isChecked();
    if (m_first->isChecked()) {
        for (const QString& block : wordsOf(m_allowed->text())) {
            request.machine.allowedFrom.push_back(block.toStdString());
        }
    }
    return request;
}

QString ChaseForm::problem() const
{
    const auto checked = cloud::checkChase(request());
    return checked ? QString() : QString::fromStdString(checked.error().message + ". " + checked.error().advice);
}

QString ChaseForm::reachProblem() const
{
    const auto checked = cloud::checkReach(request());
    return checked ? QString() : QString::fromStdString(checked.error().message);
}

void ChaseForm::setStartNext(bool isNext)
{
    if (isNext != m_isStartNext) {
        m_isStartNext = isNext;
        showReach();
    }
}

void ChaseForm::showReach()
{
    const QString what = reachProblem();
    m_reach->setText(what);
    m_reach->setVisible(!what.isEmpty());
    // An empty field is no fault before it is needed.
    const bool isFault = m_isStartNext || !m_allowed->text().trimmed().isEmpty();
    widgets::setTextRole(*m_reach, isFault ? widgets::TextRole::Bad : widgets::TextRole::Muted);
}

void ChaseForm::focusFirst()
{
    m_gpu->setFocus(Qt::OtherFocusReason);
}

void ChaseForm::onChanged()
{
    m_near->setEnabled(m_order->currentData().toString() == QLatin1String("distance"));
    m_allowed->setEnabled(m_first->isChecked());
    const QString what = problem();
    m_problem->setText(what);
    m_problem->setVisible(!what.isEmpty());
    showReach();
    emit changed();
}

} // namespace ty::app
