#include "app/pages/machine_console.h"

#include <QAction>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QScrollBar>
#include <QVBoxLayout>

#include "app/provisioning/boot_log.h"
#include "app/provisioning/cloud_session.h"
#include "app/provisioning/machine_script.h"
#include "app/services/activity_service.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

QPlainTextEdit* addConsole(QWidget* parent, const QString& name)
{
    auto* text = new QPlainTextEdit(parent);
    text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    text->setLineWrapMode(QPlainTextEdit::NoWrap);
    text->setAccessibleName(name);
    text->setTabChangesFocus(true);
    return text;
}

} // namespace

QString plainConsoleText(const QString& text)
{
    static const QRegularExpression codes(QStringLiteral("\x1b(\\[[0-9;?]*[ -/]*[@-~]|\\][^\x07\x1b]*(\x07|\x1b\\\\)|[@-Z\\\\-_])"));
    static const QRegularExpression controls(QStringLiteral("[\\x00-\\x08\\x0b-\\x1f\\x7f]"));
    return QString(text).replace(QStringLiteral("\r\n"), QStringLiteral("\n")).remove(codes).remove(controls);
}

MachineBootLog::MachineBootLog(MachineService& service, QWidget* parent)
    : MachinePanel(service, parent), m_state(new QLabel(this)), m_text(addConsole(this, tr("Boot log")))
{
    m_text->setReadOnly(true);
    auto* again = new QPushButton(tr("Refresh"), this);
    connect(again, &QPushButton::clicked, this, [this] { reload(); });
    auto* bar = new QHBoxLayout;
    bar->addWidget(again);
    bar->addWidget(m_state, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 4, 0, 0);
    column->addLayout(bar);
    column->addWidget(m_text, 1);
}

void MachineBootLog::forget()
{
    m_text->clear();
    m_state->setText(tr("Reading…"));
    widgets::setTextRole(*m_state, widgets::TextRole::Muted);
}

void MachineBootLog::load()
{
    ask<std::string>(
        [info = machine().info](CloudSession& session, std::stop_token stop) {
            return session.provider().consoleText(info, stop);
        },
        [this](const Result<std::string>& log) {
            widgets::setTextRole(*m_state, log ? widgets::TextRole::Muted : widgets::TextRole::Bad);
            if (!log) {
                m_state->setText(QString::fromStdString(log.error().message + ". " + log.error().advice));
                return;
            }
            const QString text = plainConsoleText(QString::fromStdString(*log));
            if (text != m_text->toPlainText()) {
                m_text->setPlainText(text);
                m_text->verticalScrollBar()->setValue(m_text->verticalScrollBar()->maximum());
            }
            m_state->setText(
                text.isEmpty() ? tr("It has not written anything yet.")
                               : tr("What it wrote on its console since it last started; the end is below."));
        });
}

MachineScript::MachineScript(MachineService& service, ActivityService& activity, QWidget* parent)
    : MachinePanel(service, parent)
    , m_activity(activity)
    , m_script(addConsole(this, tr("Commands")))
    , m_run(new QPushButton(tr("Run"), this))
    , m_state(new QLabel(this))
    , m_output(addConsole(this, tr("Output")))
{
    m_script->setPlaceholderText(tr("Commands for its shell, for example: nvidia-smi"));
    m_script->setMaximumHeight(m_script->fontMetrics().lineSpacing() * 5);
    m_output->setReadOnly(true);
    m_state->setWordWrap(true);
    auto* key = new QAction(this);
    key->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return));
    key->setShortcutContext(Qt::WidgetShortcut);
    m_script->addAction(key);
    connect(key, &QAction::triggered, this, [this] {
        if (m_run->isEnabled()) {
            run();
        }
    });
    m_run->setToolTip(tr("Ctrl+Enter"));
    connect(m_run, &QPushButton::clicked, this, &MachineScript::run);
    connect(m_script, &QPlainTextEdit::textChanged, this, [this] {
        if (hasMachine()) {
            refreshFacts();
        }
    });
    auto* bar = new QHBoxLayout;
    bar->addWidget(m_run);
    bar->addWidget(m_state, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 4, 0, 0);
    column->addWidget(m_script);
    column->addLayout(bar);
    column->addWidget(m_output, 1);
}

void MachineScript::forget()
{
    m_output->clear();
    m_isRunning = false;
    widgets::setTextRole(*m_state, widgets::TextRole::Muted);
    m_state->setText(tr("Runs as root by the provider's agent, without a login; half a minute on Azure even for a short one."));
}

void MachineScript::refreshFacts()
{
    const bool isUp = abilitiesOf(machine()).canRestart;
    m_run->setEnabled(isUp && !m_isRunning && !m_script->toPlainText().trimmed().isEmpty());
    if (!isUp && !m_isRunning) {
        m_state->setText(tr("Commands run while the machine does."));
    }
}

void MachineScript::run()
{
    m_isRunning = true;
    m_output->clear();
    widgets::setTextRole(*m_state, widgets::TextRole::Muted);
    m_state->setText(tr("Running…"));
    refreshFacts();
    const int activity = m_activity.begin(tr("Run command"), QString::fromStdString(machine().info.name), false);
    using Output = cloud::azure::ScriptOutput;
    machines().askIn<Output>(
        machine().account, this,
        [info = machine().info, script = m_script->toPlainText().toStdString()](
            CloudSession& session, std::stop_token stop) { return runScript(session.connection(), info, script, stop); },
        [this, activity, id = machine().info.id](const Result<Output>& output) {
            m_activity.finish(
                activity, output ? OperationState::Done : OperationState::Failed,
                output ? QString() : QString::fromStdString(output.error().message));
            if (!hasMachine() || machine().info.id != id) {
                return; // another machine is shown; Activity tells how it ended
            }
            m_isRunning = false;
            if (output) {
                QString text = QString::fromStdString(output->standardOutput);
                if (!output->standardError.empty()) {
                    text += tr("\n--- standard error ---\n") + QString::fromStdString(output->standardError);
                }
                m_output->setPlainText(plainConsoleText(text));
                m_state->setText(text.isEmpty() ? tr("It ended and said nothing.") : tr("It ended; the provider keeps the last 4 KiB."));
            } else {
                widgets::setTextRole(*m_state, widgets::TextRole::Bad);
                m_state->setText(QString::fromStdString(output.error().message + " " + output.error().advice));
            }
            refreshFacts();
        });
}

} // namespace ty::app
