#include "app/pages/dataset_detail.h"

#include <algorithm>
#include <utility>

#include <QDesktopServices>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPointer>
#include <QPushButton>
#include <QTabWidget>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/models/training_form.h"
#include "app/pages/column_editor.h"
#include "app/pages/data_export_dialog.h"
#include "app/pages/dataset_projection.h"
#include "app/pages/dataset_samples.h"
#include "app/pages/preparation_panel.h"
#include "app/pages/problem_list.h"
#include "app/services/all_services.h"
#include "app/services/reading_arguments.h"
#include "widgets/busy_bar.h"
#include "widgets/error_panel.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {
QString count(quint64 value)
{
    return QLocale().toString(static_cast<qulonglong>(value));
}

DataSpec specOf(const DatasetSummary& summary, const Json& choices)
{
    DataSpec data;
    data.training = summary.path.toStdString();
    data.fingerprint = summary.fingerprint.toStdString();
    applyChoices(choices, data);
    return data;
}
} // namespace

namespace {
constexpr int kColumnsTab = 1;
constexpr int kProjectionTab = 3;
constexpr int kPreparationTab = 4;
} // namespace

DatasetDetail::DatasetDetail(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_title(new QLabel(this))
    , m_facts(new QLabel(this))
    , m_error(new widgets::ErrorPanel(this))
    , m_busy(new widgets::BusyBar(this))
    , m_tabs(new QTabWidget(this))
    , m_samples(new DatasetSamples(context, this))
    , m_columns(new ColumnEditor(this))
    , m_apply(new QPushButton(tr("Apply"), this))
    , m_export(new QPushButton(tr("Export…"), this))
    , m_train(new QPushButton(tr("Train with this ▸"), this))
    , m_problems(new ProblemList(this))
    , m_projection(new DatasetProjection(context, this))
    , m_preparation(new PreparationPanel(context, this))
{
    widgets::setTextRole(*m_title, widgets::TextRole::Title);
    m_title->setObjectName(QStringLiteral("datasetTitle"));
    widgets::setTextRole(*m_facts, widgets::TextRole::Muted);
    m_facts->setWordWrap(true);
    m_error->hide();
    m_busy->setCancellable(false);

    auto* back = new QToolButton(this);
    back->setText(tr("‹ All datasets"));
    back->setAccessibleName(tr("Back to all datasets"));
    back->setAutoRaise(true);
    connect(back, &QToolButton::clicked, this, &DatasetDetail::backRequested);
    auto* open = new QPushButton(tr("Open folder"), this);
    connect(open, &QPushButton::clicked, this, &DatasetDetail::openFolder);
    m_export->setObjectName(QStringLiteral("exportDataset"));
    m_export->setToolTip(tr("Write the data in another form"));
    connect(m_export, &QPushButton::clicked, this, [this] { DataExportDialog::open(m_context, m_id, this); });
    m_train->setObjectName(QStringLiteral("trainWithThis"));
    widgets::makePrimary(*m_train);
    m_train->setAutoDefault(true);
    connect(m_train, &QPushButton::clicked, this, [this] { emit trainRequested(m_id); });

    connect(m_samples, &DatasetSamples::splitChosen, this, &DatasetDetail::applySplit);
    connect(m_samples, &DatasetSamples::busy, this, [this](const QString& stage) {
        stage.isEmpty() ? m_busy->setIdle() : m_busy->setBusy(stage);
    });
    connect(m_samples, &DatasetSamples::failed, this, [this](const Error& error) {
        m_error->setText(
            tr("The samples cannot be shown."), QString::fromStdString(error.message), QString::fromStdString(error.advice));
        m_error->show();
    });

    auto* columnsTab = new QWidget(this);
    auto* columnsLayout = new QVBoxLayout(columnsTab);
    columnsLayout->setContentsMargins(0, 8, 0, 0);
    columnsLayout->addWidget(m_columns, 1);
    m_apply->setObjectName(QStringLiteral("applyColumns"));
    m_apply->setEnabled(false);
    m_apply->setToolTip(tr("Read the data again with these columns"));
    auto* applyRow = new QHBoxLayout;
    applyRow->addStretch();
    applyRow->addWidget(m_apply);
    columnsLayout->addLayout(applyRow);
    connect(m_columns, &ColumnEditor::changed, m_apply, [this] { m_apply->setEnabled(m_columns->isChanged()); });
    connect(m_apply, &QPushButton::clicked, this, &DatasetDetail::applyColumns);

    m_tabs->setObjectName(QStringLiteral("datasetTabs"));
    m_tabs->setAccessibleName(tr("Parts of the dataset"));
    m_tabs->addTab(m_samples, tr("Samples"));
    m_tabs->addTab(columnsTab, tr("Columns"));
    m_tabs->addTab(m_problems, tr("Problems"));
    m_tabs->addTab(m_projection, tr("Projection"));
    m_tabs->addTab(m_preparation, tr("Preparation"));

    setFocusProxy(m_tabs);
    auto* head = new QHBoxLayout;
    auto* words = new QVBoxLayout;
    words->addWidget(m_title);
    words->addWidget(m_facts);
    head->addLayout(words, 1);
    head->addWidget(open, 0, Qt::AlignTop);
    head->addWidget(m_export, 0, Qt::AlignTop);
    head->addWidget(m_train, 0, Qt::AlignTop);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 6, 0, 0);
    layout->addWidget(back, 0, Qt::AlignLeft);
    layout->addLayout(head);
    layout->addWidget(m_error);
    layout->addWidget(m_busy);
    layout->addWidget(m_tabs, 1);

    connect(m_problems, &ProblemList::fixRequested, this, &DatasetDetail::applyFix);
    connect(m_preparation, &PreparationPanel::applyRequested, this, &DatasetDetail::applyPreparation);
    connect(m_problems, &ProblemList::copiesRequested, this, [this](bool isOtherFileAsked) {
        isOtherFileAsked ? askForOtherFile() : seekCopies({});
    });
    connect(m_busy, &widgets::BusyBar::cancelRequested, this, [this] {
        if (m_importTicket != 0) {
            m_context.datasets.cancelInspect(m_importTicket);
        }
    });
    connect(&m_context.datasets, &DatasetService::inspectProgress, this, [this](int ticket, double fraction, const QString& what) {
        if (ticket == m_importTicket && m_isSeekingCopies) {
            m_busy->setBusy(what, fraction);
        }
    });
    connect(m_problems, &ProblemList::columnsRequested, this, [this] { m_tabs->setCurrentIndex(kColumnsTab); });

    connect(&m_context.datasets, &DatasetService::datasetAdded, this, [this](int ticket, qint64 id) {
        if (ticket == m_importTicket) {
            m_importTicket = 0;
            m_areCopiesToTell = std::exchange(m_isSeekingCopies, false);
            m_busy->setCancellable(false);
            m_busy->setIdle();
            showDataset(id);
        }
    });
    connect(
        &m_context.datasets, &DatasetService::inspectFailed, this,
        [this](int ticket, const QString& message, const QString& advice) {
            if (ticket == m_importTicket) {
                m_importTicket = 0;
                m_busy->setIdle();
                m_apply->setEnabled(m_columns->isChanged());
                m_problems->setFixesEnabled(true);
                if (std::exchange(m_isSeekingCopies, false)) {
                    m_busy->setCancellable(false);
                    if (message == QLatin1String("cancelled")) {
                        return; // as the person wished
                    }
                }
                m_error->setText(m_failedStage, message, advice);
                m_error->show();
            }
        });
}

void DatasetDetail::showColumns()
{
    m_areColumnsWanted = true;
    if (m_tabs->isTabVisible(kColumnsTab)) {
        m_tabs->setCurrentIndex(kColumnsTab); // the same dataset may not be read again
    }
}

void DatasetDetail::showDataset(qint64 id)
{
    m_id = id;
    const int request = ++m_request;
    m_error->hide();
    m_context.catalog.call(
        this, [id](catalog::Catalog& catalog) { return catalog.dataset(id); },
        [this, request](Result<catalog::DatasetRecord> record) {
            if (request != m_request) {
                return;
            }
            auto summary = record ? DatasetSummary::fromJson(record->info) : Result<DatasetSummary>(record.error());
            if (!summary) {
                m_error->setText(
                    tr("The dataset cannot be shown."), QString::fromStdString(summary.error().message),
                    QString::fromStdString(summary.error().advice));
                m_error->show();
                return;
            }
            summary->name = QString::fromStdString(record->name);
            summary->path = QString::fromStdString(record->path);
            showSummary(summary.value(), record->choices);
            if (std::exchange(m_areCopiesToTell, false)) {
                tellOfCopies(summary->problems);
            }
        });
}

void DatasetDetail::tellOfCopies(const std::vector<ProblemSummary>& problems)
{
    const auto isThere = [&](const char* kind) {
        return std::any_of(problems.begin(), problems.end(), [kind](const ProblemSummary& one) { return one.kind == QLatin1String(kind); });
    };
    if (!isThere("near-duplicates")) { // else a list that stays as it was would say nothing
        m_context.notices.toast(
            isThere("duplicates") || isThere("split-duplicates") ? tr("No further copies were found.") : tr("No copies were found."));
    }
}

void DatasetDetail::showSummary(const DatasetSummary& summary, const Json& choices, Counts told)
{
    m_summary = summary;
    m_data = specOf(summary, choices);
    m_title->setText(summary.name);
    const bool isImage = summary.isImage();
    QStringList facts;
    const QString samples = count(summary.samples);
    facts << (summary.format == QLatin1String("recordings") ? tr("%1 recordings").arg(samples)
                  : isImage                                  ? tr("%1 images").arg(samples)
                  : summary.isText()                         ? tr("%1 pieces of text").arg(samples)
                  : told == Counts::Estimated                ? tr("about %1 rows").arg(samples)
                                                             : tr("%1 rows").arg(samples));
    if (summary.leftOut > 0) {
        facts << tr("%1 left out").arg(count(summary.leftOut));
    }
    if (!summary.classes.empty()) {
        facts << tr("%n class(es)", nullptr, static_cast<int>(summary.classes.size()));
    }
    facts << summary.shapeText() << summary.formatText();
    if (!isImage) {
        facts << (summary.task == QLatin1String("regression") ? tr("predicts the number %1").arg(summary.target)
                      : summary.isText()                      ? tr("foretells the next word")
                      : summary.target.isEmpty()              ? tr("no target: groups are found")
                                                              : tr("predicts the class %1").arg(summary.target));
    }
    facts << QLocale().formattedDataSize(static_cast<qint64>(summary.bytes), 1) << summary.path;
    m_facts->setText(facts.join(QStringLiteral("  ·  ")));

    m_columns->setSummary(summary);
    m_apply->setEnabled(false);
    m_tabs->setTabVisible(kColumnsTab, !isImage && !summary.isText());
    if (std::exchange(m_areColumnsWanted, false) && m_tabs->isTabVisible(kColumnsTab)) {
        m_tabs->setCurrentIndex(kColumnsTab);
    }
    m_tabs->setTabVisible(2, true);
    m_tabs->setTabVisible(kProjectionTab, !summary.isText());
    auto asItLies = m_data;
    asItLies.fixes.clear(); // samples keep the numbers that the views know
    m_projection->setDataset(asItLies, summary);
    m_train->setEnabled(true);
    m_export->setEnabled(true);
    m_problems->setProblems(summary, m_data.repairs);
    m_tabs->setTabVisible(kPreparationTab, !summary.isText());
    m_preparation->setData(summary, m_data);
    const auto steps = static_cast<int>(m_data.preparation.steps.size());
    m_tabs->setTabText(kPreparationTab, steps == 0 ? tr("Preparation") : tr("Preparation (%1)").arg(steps));
    m_tabs->setTabText(
        2, summary.problems.empty() ? tr("Problems") : tr("Problems (%1)").arg(summary.problems.size()));
    m_choices = choices;
    m_samples->setDataset(m_id, summary, m_data, choices);
}

void DatasetDetail::applySplit(const SplitSpec& split)
{
    const auto keep = [guard = QPointer<DatasetDetail>(this), context = &m_context, id = m_id](const Json& wanted) {
        context->catalog.change(
            CatalogService::Datasets, &context->catalog,
            [id, wanted](catalog::Catalog& catalog) -> Result<Json> {
                TY_TRY(const auto dataset, catalog.dataset(id));
                Json choices = dataset.choices.is_object() ? dataset.choices : Json::object();
                choices.erase("split");
                if (!wanted.is_null()) {
                    choices["split"] = wanted;
                }
                TY_CHECK(catalog.setDatasetChoices(id, choices));
                return choices;
            },
            [guard, context, id](Result<Json> choices) {
                if (!choices) {
                    context->notices.error(tr("The split could not be kept."), choices.error());
                } else if (guard && guard->m_id == id) {
                    guard->m_choices = *choices;
                    guard->m_samples->setSplit(*choices);
                }
            });
    };
    const Json before = m_choices.is_object() && m_choices.contains("split") ? m_choices["split"] : Json();
    const Json after{
        {"validation", split.validation}, {"test", split.test}, {"seed", split.seed}, {"stratified", split.isStratified}};
    m_context.notices.doUndoable(
        tr("The split of %1 was redrawn.").arg(m_summary.name), [keep, after] { keep(after); }, [keep, before] { keep(before); });
}

void DatasetDetail::applyColumns()
{
    auto spec = m_data;
    m_columns->applyTo(spec);
    m_failedStage = tr("The columns could not be changed.");
    readAgain(spec, tr("Reading the data with these columns…"));
}

void DatasetDetail::applyFix(const ProblemFix& fix)
{
    auto fixed = m_data;
    fixed.fixes["training"] = m_samples->fixes();
    const DataSpec before = fixed;
    fix.apply(fixed);
    m_failedStage = tr("The problem could not be dealt with.");
    const auto read = [guard = QPointer<DatasetDetail>(this)](const DataSpec& from, const DataSpec& spec) {
        if (guard) {
            guard->m_samples->changeFixes(from.fixes.at("training"), spec.fixes.at("training"));
            guard->readAgain(spec, tr("Reading the data with this change…"));
        }
    };
    m_context.notices.doUndoable(
        fix.done, [read, before, fixed] { read(before, fixed); }, [read, before, fixed] { read(fixed, before); });
}

void DatasetDetail::applyPreparation(const Preparation& steps)
{
    auto prepared = m_data;
    prepared.preparation = steps;
    m_failedStage = tr("The steps could not be kept.");
    const auto read = [guard = QPointer<DatasetDetail>(this)](const DataSpec& spec) {
        if (guard) {
            guard->readAgain(spec, tr("Reading the data with these steps…"));
        }
    };
    m_context.notices.doUndoable(
        tr("The preparation was changed."), [read, prepared] { read(prepared); }, [read, before = m_data] { read(before); });
}

DataSpec DatasetDetail::askedAgain(const DataSpec& spec)
{
    if (const int older = std::exchange(m_importTicket, 0); older != 0) {
        m_context.datasets.cancelInspect(older); // else it might come in last
    }
    auto asked = spec;
    asked.fixes["training"] = m_samples->fixes(); // as they are now
    asked.fingerprint.clear();                    // likewise the data
    m_apply->setEnabled(false);
    m_problems->setFixesEnabled(false);
    m_error->hide();
    m_isSeekingCopies = false;
    m_busy->setCancellable(false);
    return asked;
}

void DatasetDetail::readAgain(const DataSpec& spec, const QString& stage)
{
    const DataSpec asked = askedAgain(spec);
    m_busy->setBusy(stage);
    m_importTicket = m_context.datasets.import(asked);
}

void DatasetDetail::seekCopies(const QString& against)
{
    const DataSpec asked = askedAgain(m_data);
    m_failedStage = tr("The samples could not be compared.");
    m_isSeekingCopies = true;
    m_busy->setCancellable(true);
    m_busy->setBusy(tr("Reading the samples…"));
    m_importTicket = m_context.datasets.importSeekingCopies(asked, against);
}

void DatasetDetail::askForOtherFile()
{
    auto* dialog = new QFileDialog(this, tr("Compare %1 with").arg(m_summary.name), QFileInfo(m_summary.path).absolutePath());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileInfo(m_summary.path).isDir() ? QFileDialog::Directory : QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &DatasetDetail::seekCopies);
    dialog->open();
}

void DatasetDetail::showIncoming(const DataSpec& incoming, const QString& name)
{
    m_id = 0;
    const int request = ++m_request;
    m_error->hide();
    m_context.datasets.preview(incoming, this, [this, request, incoming, name](Result<TablePreview> preview) {
        if (request != m_request || !preview) {
            return;
        }
        auto summary = preview->summary;
        const bool isFolder = summary.format == QLatin1String("image-folder") || summary.format == QLatin1String("recordings");
        const bool isLongTable = !summary.isImage() && !summary.isText() && !preview->isComplete && !preview->rows.empty();
        if (!isFolder && !isLongTable) {
            return; // there at once
        }
        summary.name = name;
        summary.path = QString::fromStdString(incoming.training);
        summary.problems.clear();
        if (isLongTable) {
            summary.classes.clear(); // of the first rows alone
        }
        showSummary(summary, readingChoices(incoming), isLongTable ? Counts::Estimated : Counts::Known);
        m_tabs->setTabVisible(kColumnsTab, false); // they show what the whole file says
        m_tabs->setTabVisible(2, false);
        m_tabs->setTabVisible(kProjectionTab, false);
        m_projection->clear();
        m_tabs->setTabVisible(kPreparationTab, false);
        m_tabs->setCurrentIndex(0);
        m_train->setEnabled(false);
        m_export->setEnabled(false);
        emit incomingShown();
    });
}

void DatasetDetail::openFolder()
{
    const QFileInfo place(m_summary.path);
    QDesktopServices::openUrl(QUrl::fromLocalFile(place.isDir() ? place.absoluteFilePath() : place.absolutePath()));
}

} // namespace ty::app
