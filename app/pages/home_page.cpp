#include "app/pages/home_page.h"

#include <QFileDialog>
#include <QFrame>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

#include "app/pages/run_card.h"
#include "app/services/all_services.h"
#include "widgets/drop_well.h"
#include "widgets/theme/roles.h"
#include "widgets/tile_card.h"

namespace ty::app {

namespace {
constexpr auto kStripKey = "home/stripDismissed";
constexpr int kWidest = 1200;

QLabel* makeHeading(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    widgets::setTextRole(*label, widgets::TextRole::Heading);
    return label;
}
} // namespace

HomePage::HomePage(AppContext& context, QWidget* parent) : Page(parent), m_context(context)
{
    auto* content = new QWidget;
    auto* rows = new QVBoxLayout;
    rows->setSpacing(14);
    rows->addWidget(makeStrip());
    rows->addWidget(makeSamples());
    auto* lower = new QHBoxLayout;
    lower->setSpacing(24);
    lower->addWidget(makeOpen(), 2);
    lower->addWidget(makeContinue(), 3);
    rows->addLayout(lower, 1);
    auto* column = new QWidget(content);
    column->setMaximumWidth(kWidest);
    column->setLayout(rows);
    auto* centred = new QHBoxLayout(content);
    centred->setContentsMargins(24, 18, 24, 18);
    centred->addStretch(1);
    centred->addWidget(column, 100);
    centred->addStretch(1);

    auto* scroll = new QScrollArea(this);
    scroll->setAccessibleName(tr("Home"));
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidgetResizable(true);
    scroll->setWidget(content);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scroll);

    connect(&m_context.datasets, &DatasetService::sampleAdded, this, [this](const QString& key, qint64 id) {
        if (key == m_pendingSample) {
            m_pendingSample.clear();
            setEnabled(true);
            emit m_context.navigation.trainingRequested(id, QStringLiteral("fast"));
        }
    });
    connect(
        &m_context.datasets, &DatasetService::sampleFailed, this,
        [this](const QString& key, const QString& message, const QString& advice) {
            if (key == m_pendingSample) {
                m_pendingSample.clear();
                setEnabled(true);
                m_context.notices.error(
                    tr("The sample could not be opened."),
                    {ErrorKind::Io, message.toStdString(), advice.toStdString()});
            }
        });
    if (m_strip->isHidden()) {
        setFocusProxy(m_tiles.front().card);
    }
    connect(&m_context.digest, &RunDigestService::changed, this, &HomePage::showDigest);
    showDigest(m_context.digest.digest());
}

QWidget* HomePage::makeStrip()
{
    m_strip = new QFrame(this);
    m_strip->setObjectName(QStringLiteral("firstRunStrip"));
    widgets::makeCard(*m_strip);
    auto* layout = new QHBoxLayout(m_strip);
    auto* text = new QLabel(tr("Train your first model – about 20 seconds, no account, nothing to install."), m_strip);
    widgets::setTextRole(*text, widgets::TextRole::Strong);
    text->setWordWrap(true);
    auto* start = new QPushButton(tr("Start with Digits"), m_strip);
    widgets::makePrimary(*start);
    start->setAutoDefault(true); // so that Enter presses it outside of a dialog, too
    connect(start, &QPushButton::clicked, this, [this] { openSample(QStringLiteral("digits")); });
    setFocusProxy(start); // Enter is all a newcomer needs
    auto* dismiss = new QToolButton(m_strip);
    dismiss->setText(QStringLiteral("✕"));
    dismiss->setAutoRaise(true);
    widgets::setSpoken(*dismiss, tr("Do not show this again"));
    connect(dismiss, &QToolButton::clicked, this, [this] {
        m_context.settings.setValue(kStripKey, true);
        m_strip->hide();
    });
    layout->addWidget(text, 1);
    layout->addWidget(start);
    layout->addWidget(dismiss);
    m_strip->setVisible(!m_context.settings.value(kStripKey, false).toBool());
    return m_strip;
}

QWidget* HomePage::makeSamples()
{
    struct Sample {
        QString key;
        QString icon;
        QString title;
        QString sentence;
    };
    const std::vector<Sample> samples{
        {QStringLiteral("digits"), QStringLiteral("sample-digits"), tr("Digits"),
         tr("%1 handwritten digits, 8 × 8 pixels. Which digit is it?").arg(QLocale().toString(1797))},
        {QStringLiteral("iris"), QStringLiteral("sample-iris"), tr("Iris table"),
         tr("150 flowers, four measurements each. Which of three species?")},
        {QStringLiteral("spirals"), QStringLiteral("sample-spirals"), tr("Spirals"),
         tr("600 points on three wound-up arms. No straight line parts them.")},
        {QStringLiteral("tones"), QStringLiteral("sample-tones"), tr("Tones"),
         tr("800 notes as loudness in 32 bands. Which of eight notes is it?")},
    };
    auto* box = new QWidget(this);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(makeHeading(tr("Try a sample"), box));
    auto* tiles = new QHBoxLayout;
    tiles->setSpacing(12);
    for (const auto& sample : samples) {
        auto* card = new widgets::TileCard(m_context.theme.icon(sample.icon), sample.title, sample.sentence, box);
        card->setObjectName(QStringLiteral("sample-") + sample.key);
        connect(card, &QAbstractButton::clicked, this, [this, key = sample.key] { openSample(key); });
        connect(&m_context.theme, &ThemeService::themeChanged, card, [this, card, icon = sample.icon] {
            card->setIcon(m_context.theme.icon(icon));
        });
        tiles->addWidget(card, 1);
        m_tiles.push_back({sample.key, card});
    }
    layout->addLayout(tiles);
    return box;
}

QWidget* HomePage::makeOpen()
{
    auto* box = new QWidget(this);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(makeHeading(tr("Open my data"), box));
    auto* well = new widgets::DropWell(
        tr("Your data"), tr("Drop a folder of pictures, a CSV or another table here. It stays where it is."), box);
    well->setObjectName(QStringLiteral("openData"));
    connect(well, &widgets::DropWell::dropped, this, [this](const QList<QUrl>& urls) {
        QStringList paths;
        for (const auto& url : urls) {
            if (url.isLocalFile()) {
                paths << url.toLocalFile();
            }
        }
        emit m_context.navigation.importRequested(paths);
    });
    connect(well, &widgets::DropWell::datasetDropped, this, [this](const QString& id) {
        emit m_context.navigation.datasetRequested(id.toLongLong());
    });
    connect(well, &widgets::DropWell::browseRequested, this, &HomePage::browse);
    auto* folder = new QPushButton(tr("Choose a folder…"), box);
    connect(folder, &QPushButton::clicked, this, [this] {
        auto* dialog = new QFileDialog(this, tr("Import a folder of pictures, one sub-folder a class"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::Directory);
        connect(dialog, &QFileDialog::filesSelected, this, [this](const QStringList& paths) {
            emit m_context.navigation.importRequested(paths);
        });
        dialog->open();
    });
    layout->addWidget(well);
    auto* foot = new QHBoxLayout;
    foot->addWidget(folder);
    foot->addStretch();
    layout->addLayout(foot);
    layout->addStretch();
    return box;
}

QWidget* HomePage::makeContinue()
{
    auto* box = new QWidget(this);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(makeHeading(tr("Continue"), box));
    m_noRuns = new QLabel(tr("No runs yet – train a sample in 60 seconds."), box);
    m_noRuns->setWordWrap(true);
    widgets::setTextRole(*m_noRuns, widgets::TextRole::Muted);
    layout->addWidget(m_noRuns);
    m_runs = new QVBoxLayout;
    m_runs->setSpacing(6);
    layout->addLayout(m_runs);
    layout->addStretch();
    return box;
}

void HomePage::openSample(const QString& key)
{
    if (!m_pendingSample.isEmpty()) {
        return;
    }
    m_pendingSample = key;
    setEnabled(false); // a second click must not open a second sample
    m_context.datasets.addSample(key);
}

void HomePage::showDigest(const RunDigest& digest)
{
    m_noRuns->setVisible(digest.latest.empty());
    while (m_cards.size() < digest.latest.size()) {
        auto* card = new RunCard(this);
        connect(card, &QPushButton::clicked, this, [this, card] {
            emit m_context.navigation.runRequested(card->runId());
        });
        m_runs->addWidget(card);
        m_cards.push_back(card);
    }
    for (std::size_t row = 0; row < m_cards.size(); ++row) {
        const bool isUsed = row < digest.latest.size();
        m_cards[row]->setVisible(isUsed);
        if (isUsed) {
            m_cards[row]->setRun(digest.latest[row]);
        }
    }
    if (digest.total > 0) {
        m_strip->hide(); // the first model has been trained
        setFocusProxy(m_tiles.front().card);
    }
}

void HomePage::browse()
{
    auto* dialog = new QFileDialog(this, tr("Import data"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, [this](const QStringList& paths) {
        emit m_context.navigation.importRequested(paths);
    });
    dialog->open();
}

} // namespace ty::app
