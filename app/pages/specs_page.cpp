#include "app/pages/specs_page.h"

#include <utility>

#include <QAction>
#include <QDateTime>
#include <QFileInfo>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSplitter>
#include <QTabWidget>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/catalog/paths.h"
#include "app/pages/comparison_dialog.h"
#include "app/pages/spec_diagram_view.h"
#include "app/pages/spec_examples_view.h"
#include "app/pages/spec_highlighter.h"
#include "app/pages/spec_overview.h"
#include "app/pages/spec_try_view.h"
#include "app/services/all_services.h"
#include "widgets/code_editor.h"
#include "widgets/error_panel.h"
#include "widgets/splitters.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr auto kSplitterKey = "specs/splitter";
constexpr int kPauseMs = 400; // after the last key, before the text is read
constexpr int kEntryRole = Qt::UserRole;
const QString kFirst = QStringLiteral("inc1");

const QString kNewMachine = QStringLiteral(
    "MACHINE counter\n"
    "VARIABLES x : 0..5\n"
    "INITIALISATION x := 0\n"
    "OPERATIONS\n"
    "  up = PRE x < 5 THEN x := x + 1 END;\n"
    "  reset = x := 0\n"
    "END\n");

} // namespace

SpecsPage::SpecsPage(AppContext& context, QWidget* parent)
    : Page(parent)
    , m_context(context)
    , m_service(new SpecService(this))
    , m_list(new QListWidget(this))
    , m_editor(new widgets::CodeEditor(this))
    , m_fault(new widgets::ErrorPanel(this))
    , m_tabs(new QTabWidget(this))
    , m_overview(new SpecOverview(this))
    , m_diagram(new SpecDiagramView(this))
    , m_examples(new SpecExamplesView(this))
    , m_try(new SpecTryView(context, this))
    , m_title(new QLabel(this))
    , m_status(new QLabel(this))
    , m_stop(new QToolButton(this))
    , m_pause(new QTimer(this))
    , m_new(new QAction(tr("New machine"), this))
    , m_save(new QAction(tr("Save machine"), this))
    , m_results(new QAction(tr("Results table"), this))
{
    buildActions();
    layOut();
    connectService();
    m_pause->setSingleShot(true);
    m_pause->setInterval(kPauseMs);
    connect(m_pause, &QTimer::timeout, this, &SpecsPage::explore);
    connect(m_editor, &QPlainTextEdit::textChanged, this, &SpecsPage::onEdited);
    connect(m_list, &QListWidget::currentRowChanged, this, &SpecsPage::openCurrent);
    connect(m_stop, &QToolButton::clicked, m_service, &SpecService::stop);
    connect(m_overview, &SpecOverview::wayRequested, m_diagram, &SpecDiagramView::showWay);
    connect(m_overview, &SpecOverview::placeRequested, m_editor, &widgets::CodeEditor::goTo);
    connect(m_examples, &SpecExamplesView::datasetRequested, this, &SpecsPage::makeDataset);
    refresh();
}

SpecsPage::~SpecsPage() = default;

void SpecsPage::buildActions()
{
    m_new->setToolTip(tr("A small machine to begin with"));
    connect(m_new, &QAction::triggered, this, &SpecsPage::makeNew);
    m_save->setShortcut(QKeySequence::Save);
    m_save->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(m_save, &QAction::triggered, this, &SpecsPage::save);
    addAction(m_save);
    m_results->setToolTip(tr("Five learners on the examples of all machines of the starter project, as in the experiment they come from"));
    connect(m_results, &QAction::triggered, this, &SpecsPage::showResults);
    m_actions << m_new << m_save << m_results;
}

void SpecsPage::layOut()
{
    new SpecHighlighter(m_editor->document(), *m_editor);
    m_editor->setAccessibleName(tr("Text of the machine"));
    m_list->setAccessibleName(tr("Machines"));
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff); // long names are cut; the tooltip has them whole
    m_fault->hide();
    m_fault->setSeverity(widgets::ErrorPanel::Severity::Warning);
    widgets::setTextRole(*m_title, widgets::TextRole::Heading);
    widgets::setTextRole(*m_status, widgets::TextRole::Muted);
    m_stop->setText(tr("Stop"));
    m_stop->hide();
    m_tabs->addTab(m_overview, tr("Overview"));
    m_tabs->addTab(m_diagram, tr("Diagram"));
    m_tabs->addTab(m_examples, tr("Examples"));
    m_tabs->addTab(m_try, tr("Try it"));
    m_tabs->setDocumentMode(true);

    auto* writing = new QWidget(this);
    auto* column = new QVBoxLayout(writing);
    column->setContentsMargins(0, 0, 0, 0);
    auto* head = new QHBoxLayout;
    auto* save = new QToolButton(writing);
    save->setDefaultAction(m_save);
    save->setText(tr("Save"));
    head->addWidget(m_title, 1);
    head->addWidget(save);
    column->addLayout(head);
    column->addWidget(m_editor, 1);
    column->addWidget(m_fault);
    auto* foot = new QHBoxLayout;
    foot->addWidget(m_status, 1);
    foot->addWidget(m_stop);
    column->addLayout(foot);

    auto* machines = new QWidget(this);
    auto* machinesColumn = new QVBoxLayout(machines);
    machinesColumn->setContentsMargins(0, 0, 0, 0);
    machinesColumn->addWidget(m_list, 1);
    auto* results = new QPushButton(m_results->text(), machines);
    results->setToolTip(m_results->toolTip());
    connect(results, &QPushButton::clicked, m_results, &QAction::trigger);
    machinesColumn->addWidget(results);

    auto* splitter = widgets::makeSplitter(Qt::Horizontal, {machines, writing, m_tabs}, {2, 5, 6}, this);
    const auto kept = m_context.settings.layout(QLatin1String(kSplitterKey));
    if (!kept.isEmpty()) {
        splitter->restoreState(kept);
    }
    connect(splitter, &QSplitter::splitterMoved, this, [this, splitter] {
        m_context.settings.setLayout(QLatin1String(kSplitterKey), splitter->saveState());
    });
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 10, 12, 12);
    layout->addWidget(splitter);
}

void SpecsPage::connectService()
{
    connect(m_service, &SpecService::listed, this, &SpecsPage::showEntries);
    connect(m_service, &SpecService::opened, this, &SpecsPage::onOpened);
    connect(m_service, &SpecService::saved, this, &SpecsPage::onSaved);
    connect(m_service, &SpecService::fileFailed, this, [this](const QString& message, const QString& advice) {
        onSaveFailed();
        m_fault->setText(message, {}, advice);
        m_fault->show();
    });
    connect(m_service, &SpecService::progressed, this, [this](quint32 found, quint32 open) {
        setStatus(tr("%1 states found, %2 still open…").arg(locale().toString(found), locale().toString(open)), true);
    });
    connect(m_service, &SpecService::faultFound, this, [this](int line, int column, const QString& message, const QString& advice) {
        m_editor->markFault(line, column, message);
        m_fault->setText(line > 0 ? tr("Line %1, column %2: %3").arg(line).arg(column).arg(message) : message, {}, advice);
        m_fault->show();
        m_overview->clear();
        m_diagram->clear();
        m_examples->clear();
        m_try->clear();
        setStatus({}, false);
    });
    connect(m_service, &SpecService::explored, this, [this](const ExploredSpec& spec) {
        m_editor->clearFault();
        m_fault->hide();
        m_overview->setSpec(spec);
        m_diagram->setSpec(spec);
        m_examples->setSpec(spec);
        setStatus({}, false);
        if (!spec.space->isWhole) {
            m_try->clear();
        } else {
            m_service->makeExamples(spec, m_examples->settings());
        }
    });
    connect(m_service, &SpecService::examplesMade, this, [this](const SpecExamples& examples) {
        m_examples->setExamples(examples);
        m_diagram->setExamples(examples);
        m_try->setExamples(examples);
    });
    connect(m_service, &SpecService::examplesFailed, this, [this](const QString& message, const QString& advice) {
        m_examples->setFailure(advice.isEmpty() ? message : message + QLatin1Char('\n') + advice);
    });
    connect(m_examples, &SpecExamplesView::settingsChanged, this, [this] {
        if (m_examples->examples().table) {
            m_service->makeExamples(m_examples->examples().spec, m_examples->settings());
        }
    });
    connect(m_try, &SpecTryView::judgementRequested, m_service, &SpecService::judge);
    connect(m_service, &SpecService::judged, m_try, &SpecTryView::setJudgement);
    connect(m_service, &SpecService::judgeFailed, m_try, &SpecTryView::setFailure);
    connect(m_examples, &SpecExamplesView::exampleChosen, this, [this](int row) {
        m_try->showExample(static_cast<std::size_t>(row));
        m_tabs->setCurrentWidget(m_try);
    });
    connect(m_service, &SpecService::examplesWritten, this, [this](const QString& training, const QString& test) {
        DataSpec given;
        given.training = training.toStdString();
        given.test = test.toStdString();
        given.target = "Available-Transition";
        given.task = "classification";
        m_importTicket = m_context.datasets.import(given);
    });
    connect(&m_context.datasets, &DatasetService::datasetAdded, this, [this](int ticket, qint64 dataset) {
        if (ticket == m_importTicket) {
            m_importTicket = 0;
            setStatus({}, false);
            emit m_context.navigation.trainingRequested(dataset, {});
        }
    });
    connect(&m_context.datasets, &DatasetService::inspectFailed, this, [this](int ticket, const QString& message) {
        if (ticket == m_importTicket) {
            m_importTicket = 0;
            setStatus({}, false);
            m_examples->setFailure(message);
        }
    });
}

QString SpecsPage::ownFolder() const
{
    return QString::fromStdString(m_context.paths.dataFolder()) + QStringLiteral("/specs");
}

void SpecsPage::refresh()
{
    m_service->list(ownFolder());
}

void SpecsPage::showEntries(const std::vector<SpecEntry>& entries)
{
    m_entries = entries;
    const QSignalBlocker quiet(m_list);
    m_list->clear();
    const auto addHeading = [this](const QString& words) {
        auto* heading = new QListWidgetItem(words, m_list);
        heading->setFlags(Qt::NoItemFlags);
    };
    bool hasStarters = false;
    bool hasOwn = false;
    for (std::size_t index = 0; index < entries.size(); ++index) {
        const auto& entry = entries[index];
        if (entry.isStarter && !hasStarters) {
            hasStarters = true;
            addHeading(tr("Starter project"));
        }
        if (!entry.isStarter && !hasOwn) {
            hasOwn = true;
            addHeading(tr("Yours"));
        }
        auto* item = new QListWidgetItem(entry.name, m_list);
        item->setData(kEntryRole, static_cast<int>(index));
        item->setToolTip(entry.file);
        if (entry.file == m_current.file) {
            m_list->setCurrentItem(item);
        }
    }
    if (m_current.file.isEmpty() && m_editor->document()->isEmpty()) {
        const auto items = m_list->findItems(kFirst, Qt::MatchExactly);
        if (!items.isEmpty()) {
            m_list->setCurrentItem(items.front());
            openCurrent();
        } else {
            makeNew();
        }
    }
}

void SpecsPage::openCurrent()
{
    const auto* item = m_list->currentItem();
    if (item != nullptr && item->data(kEntryRole).isValid()) {
        openEntry(m_entries[static_cast<std::size_t>(item->data(kEntryRole).toInt())]);
    }
}

void SpecsPage::openFile(const QString& file)
{
    openEntry({QFileInfo(file).completeBaseName(), file, false});
}

void SpecsPage::openEntry(const SpecEntry& entry)
{
    m_opening = entry;
    if (m_isChanged && !m_isSaving) {
        save();
    }
    openWaiting();
}

void SpecsPage::onOpened(const SpecEntry& entry, const QString& text)
{
    m_current = entry;
    m_isLoading = true;
    m_editor->setPlainText(text);
    m_isLoading = false;
    m_isChanged = false;
    setTitle();
    explore();
}

void SpecsPage::makeNew()
{
    const QSignalBlocker quiet(m_list);
    m_list->setCurrentItem(nullptr);
    openEntry({tr("counter"), {}, false});
    m_editor->setFocus();
}

void SpecsPage::onEdited()
{
    if (m_isLoading) {
        return;
    }
    if (!m_isChanged) {
        m_isChanged = true;
        setTitle();
    }
    m_pause->start();
}

void SpecsPage::explore()
{
    m_pause->stop();
    if (m_isChanged && !m_isSaving) {
        save(); // a crash or a closed window costs what was typed in the last moment
    }
    setStatus(tr("Exploring…"), true);
    m_service->explore(m_editor->toPlainText(), m_current.name);
}

void SpecsPage::save()
{
    // What came with the program is not written over: the change becomes a machine of one's own.
    const auto file = m_current.isStarter ? QString() : m_current.file;
    m_isSaving = true;
    m_isChanged = false;
    m_service->save(file, ownFolder(), m_current.name, m_editor->toPlainText());
    setTitle();
}

void SpecsPage::onSaved(const QString& file)
{
    m_isSaving = false;
    if (m_current.file != file) {
        m_current = {QFileInfo(file).completeBaseName(), file, false};
        refresh();
    }
    setTitle();
    if (m_isChanged) {
        m_pause->start(); // typed meanwhile
    }
    openWaiting();
}

void SpecsPage::onSaveFailed()
{
    m_isChanged = m_isChanged || m_isSaving;
    m_isSaving = false;
    m_opening.reset(); // the text stays where it is safe: in the editor
    setTitle();
}

void SpecsPage::openWaiting()
{
    if (m_opening && !m_isSaving && !m_isChanged) {
        const auto entry = *std::exchange(m_opening, std::nullopt);
        if (entry.file.isEmpty()) {
            onOpened(entry, kNewMachine);
        } else {
            m_service->open(entry);
        }
    }
}

void SpecsPage::makeDataset()
{
    const auto& examples = m_examples->examples();
    if (!examples.table) {
        return;
    }
    const auto name = QString::fromStdString(examples.spec.machine->name);
    const auto stamp = QDateTime::currentDateTime().toString(QStringLiteral("yyyyMMdd-HHmmss"));
    setStatus(tr("Writing examples…"), true);
    m_service->writeExamples(examples, QStringLiteral("%1/examples/%2-%3").arg(ownFolder(), name, stamp));
}

void SpecsPage::showResults()
{
    auto* dialog = new ComparisonDialog(m_context, {}, this);
    dialog->show();
    dialog->start();
}

void SpecsPage::setStatus(const QString& words, bool isBusy)
{
    m_status->setText(words);
    m_stop->setVisible(isBusy && m_service->isBusy());
}

void SpecsPage::setTitle()
{
    m_title->setText(m_isChanged ? tr("%1 (changed)").arg(m_current.name) : m_current.name);
    m_save->setEnabled(m_isChanged || m_current.file.isEmpty());
}

} // namespace ty::app
