// The fields of the form and how they stand.
#include <QCheckBox>
#include <QComboBox>
#include <QCompleter>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QSpinBox>
#include <QTableView>
#include <QVBoxLayout>

#include "app/models/size_table_model.h"
#include "app/pages/agent_keys_box.h"
#include "app/pages/data_disks_editor.h"
#include "app/pages/data_needs.h"
#include "app/pages/machine_form.h"
#include "app/pages/spot_fields.h"
#include "widgets/column_widths.h"
#include "widgets/table_look.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr int kLargestDisk = 32767;
constexpr int kOsDiskGiB = 64;
constexpr int kIdleMinutes = 15;
constexpr int kHardLimitHours = 12;
constexpr int kMostNodes = 1000;
constexpr double kMostBudget = 1'000'000;

} // namespace

QFormLayout* MachineForm::addGroup(QVBoxLayout& column, const QString& title)
{
    auto* heading = new QLabel(title, this);
    widgets::setTextRole(*heading, widgets::TextRole::Heading);
    auto* form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->setRowWrapPolicy(QFormLayout::DontWrapRows);
    column.addWidget(heading);
    column.addLayout(form);
    return form;
}

void MachineForm::addField(QFormLayout& form, const QString& label, QWidget* field, const char* name)
{
    auto* caption = new QLabel(label, this);
    caption->setBuddy(field);
    caption->setMinimumWidth(fontMetrics().averageCharWidth() * 17); // fields of all groups begin in one line
    if (field->accessibleName().isEmpty()) {
        field->setAccessibleName(QString(label).remove(QLatin1Char('&')));
    }
    auto* together = new QVBoxLayout;
    together->setSpacing(2);
    together->addWidget(field);
    auto* below = new QLabel(this);
    below->setWordWrap(true);
    below->setTextFormat(Qt::PlainText);
    below->hide();
    widgets::setTextRole(*below, widgets::TextRole::Bad);
    together->addWidget(below);
    form.addRow(caption, together);
    m_below[name] = below;
    m_forms[name] = &form;
}

void MachineForm::buildMachine(QVBoxLayout& column)
{
    auto* form = addGroup(column, tr("Machine"));
    m_account->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_account->setTextFormat(Qt::PlainText);
    addField(*form, tr("Account"), m_account, "scope");
    m_role->setWordWrap(true);
    m_role->setTextFormat(Qt::PlainText);
    m_role->hide();
    widgets::setTextRole(*m_role, widgets::TextRole::Warn);
    form->addRow(QString(), m_role);
    addField(*form, tr("For t&he data"), m_data, "data");
    connect(m_data, &DataNeeds::chosenChanged, this, &MachineForm::onData);
    connect(m_data, &DataNeeds::regionWanted, m_region, &QComboBox::setCurrentText);
    connect(m_data, &DataNeeds::sizeWanted, this, &MachineForm::setSize);
    m_purpose->addItem(tr("Anything"), static_cast<int>(Purpose::Any));
    m_purpose->addItem(tr("Training with a GPU"), static_cast<int>(Purpose::Gpu));
    m_purpose->addItem(tr("Training or data, without a GPU"), static_cast<int>(Purpose::Processors));
    m_purpose->setToolTip(tr("Chooses which sizes are listed"));
    addField(*form, tr("&Purpose"), m_purpose, "purpose");
    m_count->setRange(1, kMostNodes);
    m_count->setValue(2);
    m_count->setToolTip(tr("The first is the leader, the others are its workers. A node that nobody uses stops by "
                           "itself, as said below, and comes back when the cluster is started."));
    addField(*form, tr("N&odes"), m_count, "count");
    connect(m_purpose, &QComboBox::currentIndexChanged, this, &MachineForm::onPurpose);
    connect(m_count, &QSpinBox::valueChanged, this, &MachineForm::onChanged);
    addField(*form, tr("&Name"), m_name, "name");
    addField(*form, tr("Resource &group"), m_group, "group");
    m_group->setToolTip(tr("Made if it is not there; a machine's parts are found together in it"));
    m_region->setEditable(true);
    m_region->setInsertPolicy(QComboBox::NoInsert);
    m_region->completer()->setFilterMode(Qt::MatchContains);
    m_region->completer()->setCompletionMode(QCompleter::PopupCompletion);
    auto* place = new QWidget(this);
    auto* placeRow = new QHBoxLayout(place);
    placeRow->setContentsMargins(0, 0, 0, 0);
    placeRow->addWidget(m_region, 1);
    placeRow->addWidget(m_nearest);
    m_region->setAccessibleName(tr("Region"));
    place->setAccessibleName(tr("Region"));
    place->setFocusProxy(m_region);
    m_nearest->hide();
    m_nearest->setAutoDefault(false);
    connect(m_nearest, &QPushButton::clicked, this, [this] {
        m_region->setCurrentText(QString::fromStdString(m_basics.nearRegion->name));
    });
    addField(*form, tr("&Region"), place, "region");
    addField(*form, tr("&Zone"), m_zone, "zone");
    m_tags->setPlaceholderText(tr("owner=ada, project=digits"));
    m_tags->setToolTip(tr("Beside those by which Trainyard knows its own machines; everything of the machine bears them"));
    addField(*form, tr("Ta&gs"), m_tags, "tags");
    for (auto* line : {m_name, m_group, m_tags}) {
        connect(line, &QLineEdit::textChanged, this, &MachineForm::onChanged);
    }
    connect(m_region, &QComboBox::currentTextChanged, this, &MachineForm::onRegion);
    connect(m_zone, &QComboBox::currentIndexChanged, this, &MachineForm::onChanged);
}

void MachineForm::buildSize(QVBoxLayout& column)
{
    auto* form = addGroup(column, tr("Size"));
    m_size->setPlaceholderText(tr("Type to search: T4, D4s, 16 …"));
    m_size->setClearButtonEnabled(true);
    addField(*form, tr("&Size"), m_size, "size");
    m_sorted->setSourceModel(m_sizes);
    m_sorted->setSortRole(SizeTableModel::SortRole);
    m_sorted->setFilterKeyColumn(-1);
    m_sorted->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_sizeTable->setModel(m_sorted);
    widgets::setUpRows(*m_sizeTable, tr("Sizes"));
    m_sizeTable->setSelectionMode(QAbstractItemView::SingleSelection);
    m_sizeTable->verticalHeader()->setDefaultSectionSize(m_sizeTable->fontMetrics().lineSpacing() + 8);
    widgets::setColumnLetters(*m_sizeTable, {21, 6, 10, 17, 9, 10, 16, 12});
    m_sizeTable->horizontalHeader()->setSectionResizeMode(SizeTableModel::Available, QHeaderView::Stretch);
    m_sizeTable->setSortingEnabled(true);
    m_sizeTable->sortByColumn(-1, Qt::AscendingOrder);
    constexpr int kShownRows = 8;
    m_sizeTable->setFixedHeight((kShownRows + 1) * m_sizeTable->verticalHeader()->defaultSectionSize() + 8);
    column.addWidget(m_sizeTable);
    m_sizesText->setWordWrap(true);
    widgets::setTextRole(*m_sizesText, widgets::TextRole::Muted);
    column.addWidget(m_sizesText);
    buildWaysOut(column);
    column.addWidget(m_spot);
    auto* cards = new QWidget(this);
    auto* row = new QHBoxLayout(cards);
    row->setContentsMargins(0, 0, 0, 0);
    m_gpus->setRange(1, 16);
    m_gpus->setAccessibleName(tr("Number of GPUs"));
    row->addWidget(m_gpu, 1);
    row->addWidget(m_gpus);
    cards->setAccessibleName(tr("GPU"));
    m_gpu->setAccessibleName(tr("Kind of GPU"));
    auto* more = new QFormLayout;
    more->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    column.addLayout(more);
    addField(*more, tr("&GPU"), cards, "gpu");
    connect(m_gpu, &QComboBox::currentIndexChanged, this, &MachineForm::onChanged);
    connect(m_gpus, &QSpinBox::valueChanged, this, &MachineForm::onChanged);
    connect(m_size, &QLineEdit::textEdited, this, [this](const QString& text) {
        m_sorted->setFilterFixedString(text.trimmed());
    });
    connect(m_size, &QLineEdit::textChanged, this, &MachineForm::onChanged);
    connect(m_sizeTable->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& index) {
        if (!m_isFilling && index.isValid() && m_sizeTable->hasFocus()) {
            m_size->setText(index.siblingAtColumn(SizeTableModel::Name).data().toString());
        }
    });
    connect(m_sizeTable, &QTableView::clicked, this, [this](const QModelIndex& index) {
        m_size->setText(index.siblingAtColumn(SizeTableModel::Name).data().toString());
    });
    connect(m_spot, &SpotFields::changed, this, &MachineForm::onChanged);
    connect(m_spot, &SpotFields::spotToggled, this, [this](bool isSpot) {
        emit sizesWanted(m_region->currentText().trimmed(), isSpot);
    });
}

void MachineForm::buildWaysOut(QVBoxLayout& column)
{
    auto* row = new QHBoxLayout(m_waysOut);
    row->setContentsMargins(0, 0, 0, 0);
    m_otherRegion->setToolTip(tr("The nearest region in which this can be asked for"));
    m_otherSize->setToolTip(tr("The cheapest size here that has no less"));
    m_quota->setToolTip(tr("What to write to the provider, and where"));
    for (auto* button : {m_otherRegion, m_otherSize, m_quota}) {
        button->setAutoDefault(false);
        row->addWidget(button);
    }
    row->addStretch(1);
    m_waysOut->hide();
    column.addWidget(m_waysOut);
    connect(m_otherRegion, &QPushButton::clicked, this, &MachineForm::otherRegionWanted);
    connect(m_otherSize, &QPushButton::clicked, this, &MachineForm::otherSizeWanted);
    connect(m_quota, &QPushButton::clicked, this, &MachineForm::quotaWanted);
}

void MachineForm::buildDisks(QVBoxLayout& column)
{
    auto* form = addGroup(column, tr("Image and disks"));
    m_image->setEditable(true);
    m_image->setInsertPolicy(QComboBox::NoInsert);
    addField(*form, tr("&Image"), m_image, "image");
    m_imageNotes->setWordWrap(true);
    m_imageNotes->setTextFormat(Qt::PlainText);
    widgets::setTextRole(*m_imageNotes, widgets::TextRole::Muted);
    form->addRow(QString(), m_imageNotes);
    m_osDisk->setSpecialValueText({});
    m_osDisk->setRange(1, kLargestDisk);
    m_osDisk->setValue(kOsDiskGiB);
    addField(*form, tr("System &disk"), m_osDisk, "osDisk");
    addField(*form, tr("&Kind of disk"), m_osDiskKind, "osDiskKind");
    form->addRow(QString(), m_osDiskStays);
    addField(*form, tr("Da&ta disks"), m_dataDisks, "dataDisks");
    connect(m_image, &QComboBox::currentTextChanged, this, &MachineForm::onChanged);
    connect(m_osDisk, &QSpinBox::valueChanged, this, &MachineForm::onChanged);
    connect(m_osDiskKind, &QComboBox::currentIndexChanged, this, &MachineForm::onChanged);
    connect(m_osDiskStays, &QCheckBox::toggled, this, &MachineForm::onChanged);
    connect(m_dataDisks, &DataDisksEditor::changed, this, &MachineForm::onChanged);
}

void MachineForm::buildAccess(QVBoxLayout& column)
{
    auto* form = addGroup(column, tr("Access"));
    addField(*form, tr("&User"), m_user, "user");
    m_key->setToolTip(tr("Trainyard's own key, whose private half stays on this computer. Passwords are off."));
    addField(*form, tr("SSH public k&ey"), m_key, "sshPublicKey");
    m_agentKeys->setToolTip(tr("Keys of your SSH agent: with them you come in without Trainyard, too."));
    addField(*form, tr("Your own ke&ys"), m_agentKeys, "moreKeys");
    connect(m_agentKeys, &AgentKeysBox::changed, this, &MachineForm::onChanged);
    m_publicIp->setChecked(true);
    m_publicIp->setToolTip(tr("Without a public address only machines of its own network reach it."));
    addField(*form, tr("&Public address"), m_publicIp, "publicIp");
    m_allowed->setPlaceholderText(tr("your own address, for example 203.0.113.7/32"));
    addField(*form, tr("A&llowed from"), m_allowed, "allowedFrom");
    form->addRow(QString(), m_anyone);
    for (auto* line : {m_user, m_key, m_allowed}) {
        connect(line, &QLineEdit::textChanged, this, &MachineForm::onChanged);
    }
    connect(m_publicIp, &QCheckBox::toggled, this, &MachineForm::onChanged);
    connect(m_anyone, &QCheckBox::toggled, this, [this](bool isOn) {
        m_allowed->setEnabled(!isOn);
        onChanged();
    });
}

void MachineForm::buildLimits(QVBoxLayout& column)
{
    auto* form = addGroup(column, tr("Stops by itself"));
    m_idle->setValue(kIdleMinutes);
    m_idle->setToolTip(tr("When GPU and CPU are below 5 % and no run reports; the machine sees to it itself, with this program closed"));
    addField(*form, tr("When idle &for"), m_idle, "idleMinutes");
    m_limit->setValue(kHardLimitHours);
    addField(*form, tr("At the l&atest after"), m_limit, "hardLimitHours");
    m_budget->setRange(0, kMostBudget);
    m_budget->setDecimals(2);
    m_budget->setSuffix(tr(" USD"));
    m_budget->setSpecialValueText(tr("no limit"));
    m_budget->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    m_budget->setToolTip(tr("Over its whole life, by today's list price: the machine reckons itself, and Trainyard counts what was "
                            "billed. Whichever comes first stops it."));
    addField(*form, tr("When it has c&ost"), m_budget, "budget");
    connect(m_budget, &QDoubleSpinBox::valueChanged, this, &MachineForm::onChanged);
    connect(m_idle, &QSpinBox::valueChanged, this, &MachineForm::onChanged);
    connect(m_limit, &QSpinBox::valueChanged, this, &MachineForm::onChanged);
}

} // namespace ty::app
