#include "app/pages/train_wells.h"

#include <algorithm>
#include <utility>

#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSpinBox>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/models/run_format.h"
#include "app/models/training_form.h"
#include "app/pages/error_text.h"
#include "app/services/all_services.h"
#include "widgets/drop_well.h"

namespace ty::app {

namespace {

constexpr int kDatasetsInMenu = 12;

/// What a person calls a path, or an address of a store.
QString nameOf(const QString& path)
{
    const QString name = QFileInfo(path).fileName();
    return name.isEmpty() ? path : name;
}

std::size_t at(int part)
{
    return static_cast<std::size_t>(part);
}

} // namespace

TrainWells::TrainWells(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    buildWell(kTraining, tr("Training"), tr("Drop a folder, CSV or dataset"));
    buildWell(kValidation, tr("Validation"), {});
    buildWell(kTest, tr("Testing"), {});
    m_wells[at(kTraining)]->setRequired(true);

    auto& datasets = m_context.datasets;
    connect(&datasets, &DatasetService::datasetAdded, this, [this](int ticket, qint64 datasetId) {
        if (ticket == m_ticket) {
            m_ticket = 0;
            setTraining(datasetId);
        }
    });
    connect(&datasets, &DatasetService::inspectProgress, this, [this](int ticket, double, const QString& what) {
        if (ticket == m_ticket) {
            m_wells[at(kTraining)]->setContent({}, tr("Looking at the data…"), what);
        }
    });
    connect(
        &datasets, &DatasetService::inspectFailed, this,
        [this](int ticket, const QString& message, const QString& advice) {
            if (ticket == m_ticket) {
                m_ticket = 0;
                clearTraining();
                m_wells[at(kTraining)]->setProblem(advice.isEmpty() ? message : message + QLatin1Char('\n') + advice);
            }
        });
    connect(&m_context.theme, &ThemeService::themeChanged, this, &TrainWells::showContents);
    connect(&m_context.catalog, &CatalogService::datasetsChanged, this, &TrainWells::takeNewChoices);
    refreshShares();
}

void TrainWells::buildWell(int part, const QString& title, const QString& emptyText)
{
    auto* well = new widgets::DropWell(title, emptyText, this);
    well->setAccessibleName(tr("%1 data").arg(title));
    m_wells[at(part)] = well;
    connect(well, &widgets::DropWell::dropped, this, [this, part](const QList<QUrl>& urls) {
        takePath(part, urls.constFirst().toLocalFile());
    });
    connect(well, &widgets::DropWell::addressesDropped, this, [this, part](const QStringList& addresses) {
        takePath(part, addresses.constFirst());
    });
    connect(well, &widgets::DropWell::datasetDropped, this, [this, part](const QString& id) {
        takeDataset(part, id.toLongLong());
    });
    connect(well, &widgets::DropWell::cleared, this, [this, part] {
        if (part == kTraining) {
            clearTraining();
        } else {
            showPart(part, {}, {}, {});
        }
    });
    connect(well, &widgets::DropWell::browseRequested, this, [this, part] { browse(part); });
    layout()->addWidget(well);
    if (part == kTraining) {
        return;
    }
    auto* row = new QHBoxLayout;
    auto* share = new QSpinBox(this);
    auto* label = new QLabel(part == kValidation ? tr("Hold out for validation") : tr("Hold out for testing"), this);
    label->setBuddy(share);
    share->setRange(part == kValidation ? 1 : 0, 60);
    share->setSuffix(tr(" %"));
    share->setSpecialValueText(part == kTest ? tr("nothing") : QString());
    share->setValue(part == kValidation ? 20 : 0);
    share->setAccessibleName(label->text());
    m_shares[at(part)] = share;
    connect(share, &QSpinBox::valueChanged, this, [this] {
        refreshShares();
        emit changed();
    });
    row->addWidget(label, 1);
    row->addWidget(share);
    static_cast<QVBoxLayout*>(layout())->addLayout(row);
}

void TrainWells::setTraining(qint64 datasetId)
{
    m_context.catalog.call(
        this, [datasetId](catalog::Catalog& catalog) { return catalog.dataset(datasetId); },
        [this](Result<catalog::DatasetRecord> record) {
            if (record) {
                showTraining(record.value());
            } else {
                m_wells[at(kTraining)]->setProblem(QString::fromStdString(record.error().message));
            }
        });
}

void TrainWells::showTraining(const catalog::DatasetRecord& record)
{
    auto summary = DatasetSummary::fromJson(record.info);
    if (!summary) {
        m_wells[at(kTraining)]->setProblem(QString::fromStdString(summary.error().message));
        return;
    }
    m_training = record;
    m_summary = std::move(summary).value();
    m_paths[at(kTraining)] = QString::fromStdString(record.path);
    const auto error = std::find_if(m_summary.problems.begin(), m_summary.problems.end(), [](const auto& problem) {
        return problem.severity == QLatin1String("error");
    });
    describeTraining(record);
    showContents();
    m_wells[at(kTraining)]->setProblem(error != m_summary.problems.end() ? asSentence(error->message) : QString());

    showSplit(m_restoredSplit.value_or(splitOfChoices(record.choices, record.samples, m_summary.givenSplit[2] > 0)));
    m_restoredSplit.reset();
    refreshShares();
    emit trainingChanged();
    emit changed();
}

void TrainWells::describeTraining(const catalog::DatasetRecord& record)
{
    QStringList details{tr("%1 samples").arg(countText(record.samples))};
    if (record.classes > 0 && m_areClassesTold) {
        details << tr("%n class(es)", nullptr, static_cast<int>(record.classes));
    }
    details << QString::fromStdString(record.shape);
    DataSpec chosen;
    applyChoices(record.choices, chosen);
    std::size_t corrected = 0;
    for (const auto& [part, fixes] : chosen.fixes) {
        corrected += fixes.count();
    }
    if (corrected > 0) {
        details << tr("%Ln corrected", nullptr, static_cast<int>(corrected));
    }
    m_names[at(kTraining)] = QString::fromStdString(record.name);
    m_details[at(kTraining)] = details.join(QStringLiteral(" · "));
}

void TrainWells::setClassesTold(bool areTold)
{
    if (areTold == m_areClassesTold) {
        return;
    }
    m_areClassesTold = areTold;
    if (m_training) {
        describeTraining(*m_training);
        showContents();
    }
    refreshShares();
}

void TrainWells::showSplit(const SplitSpec& split)
{
    m_splitSeed = split.seed;
    m_isSplitStratified = split.isStratified;
    const QSignalBlocker quietValidation(m_shares[at(kValidation)]);
    const QSignalBlocker quietTest(m_shares[at(kTest)]);
    m_shares[at(kValidation)]->setValue(static_cast<int>(split.validation * 100 + 0.5));
    m_shares[at(kTest)]->setValue(static_cast<int>(split.test * 100 + 0.5));
}

void TrainWells::takeNewChoices()
{
    if (!m_training) {
        return;
    }
    m_context.catalog.call(
        this, [id = m_training->id](catalog::Catalog& catalog) { return catalog.dataset(id); },
        [this](Result<catalog::DatasetRecord> record) {
            if (!record || !m_training || record->id != m_training->id || record->choices == m_training->choices) {
                return;
            }
            const auto splitOf = [this](const catalog::DatasetRecord& one) {
                return splitOfChoices(one.choices, one.samples, m_summary.givenSplit[2] > 0);
            };
            const bool isSplitNew = !(splitOf(*m_training) == splitOf(*record));
            m_training->choices = record->choices;
            describeTraining(*m_training);
            if (isSplitNew) {
                showSplit(splitOf(*record));
            }
            showContents();
            refreshShares();
            emit changed();
        });
}

void TrainWells::clearTraining()
{
    m_training.reset();
    m_summary = {};
    m_paths[at(kTraining)].clear();
    m_wells[at(kTraining)]->clearContent();
    m_wells[at(kTraining)]->setProblem({});
    refreshShares();
    emit trainingChanged();
    emit changed();
}

void TrainWells::restore(const DataSpec& source, qint64 datasetId)
{
    m_restoredSplit = source.split;
    for (const auto& [part, path] : {std::pair{kValidation, source.validation}, std::pair{kTest, source.test}}) {
        const QString file = QString::fromStdString(path);
        showPart(part, file, nameOf(file), file);
    }
    if (datasetId > 0) {
        setTraining(datasetId);
    } else {
        takePath(kTraining, QString::fromStdString(source.training));
    }
}

void TrainWells::takeDataset(int part, qint64 datasetId)
{
    if (part == kTraining) {
        setTraining(datasetId);
        return;
    }
    m_context.catalog.call(
        this, [datasetId](catalog::Catalog& catalog) { return catalog.dataset(datasetId); },
        [this, part](Result<catalog::DatasetRecord> record) {
            if (!record) {
                m_wells[at(part)]->setProblem(QString::fromStdString(record.error().message));
                return;
            }
            if (m_training && record->task != m_training->task) {
                m_wells[at(part)]->setProblem(tr("%1 is for %2, the training data for %3.")
                                                  .arg(QString::fromStdString(record->name),
                                                       QString::fromStdString(record->task),
                                                       QString::fromStdString(m_training->task)));
                return;
            }
            showPart(
                part, QString::fromStdString(record->path), QString::fromStdString(record->name),
                tr("%1 samples").arg(countText(record->samples)));
        });
}

void TrainWells::takePath(int part, const QString& path)
{
    if (path.isEmpty()) {
        return;
    }
    if (part != kTraining) {
        showPart(part, path, nameOf(path), path);
        return;
    }
    m_wells[at(part)]->setProblem({});
    m_wells[at(part)]->setContent({}, nameOf(path), tr("Looking at the data…"));
    DataSpec source;
    source.training = path.toStdString();
    const int request = ++m_request;
    m_context.datasets.completeChoices(source, this, [this, request](const DataSpec& known) {
        if (request == m_request) { // nothing else has been dropped meanwhile
            m_ticket = m_context.datasets.import(known);
        }
    });
}

void TrainWells::showPart(int part, const QString& path, const QString& name, const QString& detail)
{
    m_paths[at(part)] = path;
    m_wells[at(part)]->setProblem({});
    m_names[at(part)] = name;
    m_details[at(part)] = detail;
    if (path.isEmpty()) {
        m_wells[at(part)]->clearContent();
    }
    showContents();
    refreshShares();
    emit changed();
}

void TrainWells::showContents()
{
    const QIcon icon
        = m_context.theme.icon(m_summary.isImage() ? QStringLiteral("image") : QStringLiteral("table"));
    for (const int part : {kTraining, kValidation, kTest}) {
        if (!m_paths[at(part)].isEmpty()) {
            m_wells[at(part)]->setContent(icon, m_names[at(part)], m_details[at(part)]);
        }
    }
}

void TrainWells::browse(int part)
{
    m_context.catalog.call(
        this, [](catalog::Catalog& catalog) { return catalog.datasets(); },
        [this, part](Result<std::vector<catalog::DatasetRecord>> datasets) {
            auto* menu = new QMenu(this);
            menu->setAttribute(Qt::WA_DeleteOnClose);
            connect(menu->addAction(tr("Choose a file…")), &QAction::triggered, this, [this, part] {
                choosePath(part, false);
            });
            connect(menu->addAction(tr("Choose a folder…")), &QAction::triggered, this, [this, part] {
                choosePath(part, true);
            });
            if (datasets && !datasets->empty()) {
                menu->addSection(tr("Datasets"));
                const auto shown = std::min<std::size_t>(datasets->size(), kDatasetsInMenu);
                for (std::size_t i = 0; i < shown; ++i) {
                    const auto& record = datasets.value()[i];
                    auto* action = menu->addAction(QString::fromStdString(record.name));
                    connect(action, &QAction::triggered, this, [this, part, id = record.id] { takeDataset(part, id); });
                }
            }
            auto* well = m_wells[at(part)];
            menu->popup(well->mapToGlobal(QPoint(0, well->height())));
        });
}

void TrainWells::choosePath(int part, bool isFolder)
{
    auto* dialog = new QFileDialog(this, tr("%1 data").arg(m_wells[at(part)]->title()));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(isFolder ? QFileDialog::Directory : QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this, part](const QString& path) { takePath(part, path); });
    dialog->open();
}

void TrainWells::refreshShares()
{
    const bool isValidationGiven = !m_paths[at(kValidation)].isEmpty() || m_summary.givenSplit[1] > 0;
    const bool isTestGiven = !m_paths[at(kTest)].isEmpty() || m_summary.givenSplit[2] > 0;
    m_shares[at(kValidation)]->setEnabled(!isValidationGiven);
    m_shares[at(kTest)]->setEnabled(!isTestGiven);
    m_wells[at(kValidation)]->setEmptyText(
        m_summary.givenSplit[1] > 0
            ? tr("The data brings %1 samples").arg(countText(static_cast<qint64>(m_summary.givenSplit[1])))
            : m_summary.isText() ? tr("Automatic: the last %1 % of the text").arg(m_shares[at(kValidation)]->value())
            : (m_isSplitStratified && m_areClassesTold && !m_summary.classes.empty() ? tr("Automatic %1 %, same share of every class, seed %2") : tr("Automatic %1 % by chance, seed %2"))
                  .arg(m_shares[at(kValidation)]->value())
                  .arg(m_splitSeed));
    const int share = m_shares[at(kTest)]->value();
    m_wells[at(kTest)]->setEmptyText(
        m_summary.givenSplit[2] > 0
            ? tr("The data brings %1 samples").arg(countText(static_cast<qint64>(m_summary.givenSplit[2])))
            : share > 0 ? tr("Automatic %1 %, never seen in training").arg(share)
                        : tr("Optional: data that measures the finished model"));
}

void TrainWells::fill(DataSpec& spec) const
{
    spec.training = m_paths[at(kTraining)].toStdString();
    spec.validation = m_paths[at(kValidation)].toStdString();
    spec.test = m_paths[at(kTest)].toStdString();
    if (m_training) {
        applyChoices(m_training->choices, spec);
        spec.fingerprint = m_training->fingerprint;
    }
    spec.split.validation = m_shares[at(kValidation)]->value() / 100.0;
    spec.split.test = m_shares[at(kTest)]->isEnabled() ? m_shares[at(kTest)]->value() / 100.0 : 0.0;
    spec.split.seed = m_splitSeed;
    spec.split.isStratified = m_isSplitStratified;
}

qint64 TrainWells::trainingSamples() const
{
    if (!m_training) {
        return 0;
    }
    double share = 1;
    for (const int part : {kValidation, kTest}) {
        share -= m_shares[at(part)]->isEnabled() ? m_shares[at(part)]->value() / 100.0 : 0.0;
    }
    const auto given = static_cast<double>(m_summary.givenSplit[0]);
    const double base = given > 0 ? given : static_cast<double>(m_training->samples);
    return static_cast<qint64>(std::max(0.0, share) * base);
}

QString TrainWells::testText() const
{
    if (!m_paths[at(kTest)].isEmpty() || m_summary.givenSplit[2] > 0) {
        return tr("own test data");
    }
    const int share = m_shares[at(kTest)]->value();
    return share > 0 ? tr("%1 % held out").arg(share) : QString();
}

} // namespace ty::app
