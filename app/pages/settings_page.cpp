#include "app/pages/settings_page.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <QCheckBox>
#include <QComboBox>
#include <QDesktopServices>
#include <QFormLayout>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QScrollArea>
#include <QUrl>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/pages/budget_card.h"
#include "app/pages/keys_editor.h"
#include "app/pages/trash_dialog.h"
#include "app/services/all_services.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {
using Choices = std::vector<std::pair<QString, QString>>; ///< value, label

QFrame* makeCard(const QString& title, QFormLayout*& form, QWidget* parent)
{
    auto* card = new QFrame(parent);
    widgets::makeCard(*card);
    auto* layout = new QVBoxLayout(card);
    auto* heading = new QLabel(title, card);
    widgets::setTextRole(*heading, widgets::TextRole::Heading);
    layout->addWidget(heading);
    form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    layout->addLayout(form);
    return card;
}

QComboBox* makeCombo(const Choices& choices, const QString& current, const QString& name, QWidget* parent)
{
    auto* combo = new QComboBox(parent);
    combo->setAccessibleName(name);
    for (const auto& [value, label] : choices) {
        combo->addItem(label, value);
    }
    combo->setCurrentIndex(std::max(0, combo->findData(current)));
    return combo;
}

QLabel* makeText(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    label->setWordWrap(true); // after the policy, to which it adds that the height follows the width
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

QPushButton* makeFolderButton(const QString& text, const std::string& folder, QWidget* parent)
{
    auto* button = new QPushButton(text, parent);
    QObject::connect(button, &QPushButton::clicked, button, [folder] {
        QDesktopServices::openUrl(QUrl::fromLocalFile(QString::fromStdString(folder)));
    });
    return button;
}
} // namespace

SettingsPage::SettingsPage(AppContext& context, QWidget* parent) : Page(parent), m_context(context)
{
    auto* content = new QWidget;
    content->setMaximumWidth(820);
    auto* cards = new QVBoxLayout(content);
    cards->setContentsMargins(24, 20, 24, 20);
    cards->setSpacing(14);
    auto* title = new QLabel(tr("Settings"), content);
    widgets::setTextRole(*title, widgets::TextRole::Title);
    cards->addWidget(title);
    QWidget* const money = new BudgetCard(m_context, this);
    for (auto* card : {makeAppearance(), makeTraining(), money, makeStorage(), makeNotices(), makeKeys(), makePrivacy(), makeAdvanced()}) {
        cards->addWidget(card);
    }
    cards->addStretch();
    auto* scroll = new QScrollArea(this);
    scroll->setAccessibleName(tr("Settings"));
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setWidget(content);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scroll);
}

QWidget* SettingsPage::makeAppearance()
{
    QFormLayout* form = nullptr;
    auto* card = makeCard(tr("Appearance"), form, this);
    auto* theme = makeCombo(
        {{QStringLiteral("system"), tr("As the desktop")},
         {QStringLiteral("light"), tr("Light")},
         {QStringLiteral("dark"), tr("Dark")},
         {QStringLiteral("contrast-black"), tr("High contrast, black")},
         {QStringLiteral("contrast-white"), tr("High contrast, white")}},
        m_context.settings.themeName(), tr("Theme"), card);
    theme->setObjectName(QStringLiteral("themeChoice"));
    connect(theme, &QComboBox::activated, this, [this, theme] {
        m_context.settings.setThemeName(theme->currentData().toString());
    });
    connect(&m_context.settings, &SettingsService::themeNameChanged, theme, [theme](const QString& name) {
        theme->setCurrentIndex(theme->findData(name));
    });
    form->addRow(tr("&Theme:"), theme);
    form->addRow(tr("Text size:"), makeText(tr("follows the desktop's font"), card));
    return card;
}

QWidget* SettingsPage::makeTraining()
{
    QFormLayout* form = nullptr;
    auto* card = makeCard(tr("Training"), form, this);
    auto* preset = makeCombo(
        {{QStringLiteral("fast"), tr("Fast")},
         {QStringLiteral("balanced"), tr("Balanced")},
         {QStringLiteral("best"), tr("Best")}},
        m_context.settings.defaultPreset(), tr("Preset of new runs"), card);
    connect(preset, &QComboBox::activated, this, [this, preset] {
        m_context.settings.setDefaultPreset(preset->currentData().toString());
    });
    form->addRow(tr("&Preset of new runs:"), preset);
    auto* device = makeCombo(
        {{QStringLiteral("auto"), tr("Automatic")}, {QStringLiteral("cpu"), tr("Processor (CPU)")}},
        m_context.settings.defaultDevice(), tr("Device of new runs"), card);
    connect(device, &QComboBox::activated, this, [this, device] {
        m_context.settings.setDefaultDevice(device->currentData().toString());
    });
    form->addRow(tr("&Device of new runs:"), device);
    return card;
}

QWidget* SettingsPage::makeStorage()
{
    QFormLayout* form = nullptr;
    auto* card = makeCard(tr("Storage"), form, this);
    const auto& paths = m_context.paths;
    form->addRow(tr("Catalog:"), makeText(QString::fromStdString(paths.catalogFile()), card));
    form->addRow(tr("Runs:"), makeText(QString::fromStdString(paths.runsFolder()), card));
    m_usage = makeText(tr("measuring…"), card);
    form->addRow(tr("On disk:"), m_usage);
    form->addRow(tr("Trash:"), makeText(tr("Deleted runs, models and datasets stay for 30 days."), card));
    auto* open = makeFolderButton(tr("Open the data folder"), paths.dataFolder(), card);
    auto* trash = new QPushButton(tr("Open the Trash…"), card);
    connect(trash, &QPushButton::clicked, this, [this] {
        auto* dialog = new TrashDialog(m_context, this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(open);
    buttons->addWidget(trash);
    buttons->addStretch();
    form->addRow(buttons);
    return card;
}

QWidget* SettingsPage::makeNotices()
{
    QFormLayout* form = nullptr;
    auto* card = makeCard(tr("Notifications"), form, this);
    auto* desktop = new QCheckBox(tr("Tell me on the desktop when long work has ended and I look elsewhere"), card);
    desktop->setObjectName(QStringLiteral("desktopNotices"));
    const auto key = QStringLiteral("notifications/desktop");
    desktop->setChecked(m_context.settings.value(key, true).toBool());
    connect(desktop, &QCheckBox::toggled, this, [this, key](bool isOn) { m_context.settings.setValue(key, isOn); });
    form->addRow(desktop);
    form->addRow(makeText(tr("While a run trains here, this computer does not go to sleep by itself."), card));
    return card;
}

QWidget* SettingsPage::makeKeys()
{
    QFormLayout* form = nullptr;
    auto* card = makeCard(tr("Keys"), form, this);
    form->addRow(new KeysEditor(m_context.keys, card));
    return card;
}

QWidget* SettingsPage::makePrivacy()
{
    QFormLayout* form = nullptr;
    auto* card = makeCard(tr("Privacy"), form, this);
    form->addRow(makeText(
        tr("Trainyard sends nothing: no telemetry, no crash reports, no account. Your data is read where it lies and is "
           "never copied or changed."),
        card));
    return card;
}

QWidget* SettingsPage::makeAdvanced()
{
    QFormLayout* form = nullptr;
    auto* card = makeCard(tr("Advanced"), form, this);
    const auto& paths = m_context.paths;
    auto* reset = new QPushButton(tr("Reset layout"), card);
    connect(reset, &QPushButton::clicked, this, [this] { m_context.settings.clearLayout(); });
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(makeFolderButton(tr("Open the settings folder"), paths.configFolder(), card));
    buttons->addWidget(makeFolderButton(tr("Open the log folder"), paths.stateFolder(), card));
    buttons->addWidget(reset);
    buttons->addStretch();
    form->addRow(buttons);
    return card;
}

void SettingsPage::showEvent(QShowEvent* event)
{
    Page::showEvent(event);
    measureStorage();
}

void SettingsPage::measureStorage()
{
    if (m_isMeasuring) {
        return;
    }
    m_isMeasuring = true;
    m_context.catalog.call(
        this,
        [](catalog::Catalog& catalog) -> Result<std::int64_t> {
            TY_TRY(const auto runs, catalog.runs());
            std::int64_t bytes = 0;
            for (const auto& run : runs) {
                bytes += run.bytes;
            }
            return bytes;
        },
        [this](Result<std::int64_t> bytes) {
            m_isMeasuring = false;
            m_usage->setText(
                bytes ? tr("runs use %1").arg(QLocale().formattedDataSize(bytes.value())) : tr("unknown"));
        });
}

} // namespace ty::app
