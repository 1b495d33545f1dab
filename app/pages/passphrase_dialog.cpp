#include "app/pages/passphrase_dialog.h"

#include <utility>

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "app/pages/dialog_size.h"
#include "app/pages/error_text.h"
#include "app/services/secrets_service.h"
#include "widgets/busy_bar.h"
#include "widgets/error_panel.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr qsizetype kShortest = 8; // letters of a new passphrase

} // namespace

PassphraseDialog::PassphraseDialog(SecretsService& secrets, SecretsNeed need, QWidget* parent)
    : QDialog(parent)
    , m_secrets(secrets)
    , m_isNew(need == SecretsNeed::Choice)
    , m_passphrase(new QLineEdit(this))
    , m_again(new QLineEdit(this))
    , m_below(new QLabel(this))
    , m_isShown(new QCheckBox(tr("&Show what is typed"), this))
    , m_busy(new widgets::BusyBar(this))
    , m_error(new widgets::ErrorPanel(this))
    , m_session(nullptr)
    , m_go(nullptr)
{
    setWindowTitle(m_isNew ? tr("Keep sign-ins on this computer") : tr("Unlock the sign-ins"));
    setAttribute(Qt::WA_DeleteOnClose);
    setMinimumWidth(520);
    auto* what = new QLabel(
        m_isNew ? tr("No keychain runs here. Trainyard can keep what signs you in in a file that is encrypted with a passphrase of "
                     "yours. It is asked for once each time Trainyard starts and needs it; without it nobody can read the file, you "
                     "included.")
                : tr("What signs you in is in an encrypted file on this computer. Its passphrase is needed once until Trainyard ends."),
        this);
    what->setWordWrap(true);
    auto* form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_passphrase->setEchoMode(QLineEdit::Password);
    m_again->setEchoMode(QLineEdit::Password);
    m_passphrase->setAccessibleName(tr("Passphrase"));
    m_again->setAccessibleName(tr("Once more"));
    form->addRow(tr("&Passphrase"), m_passphrase);
    form->addRow(tr("Once &more"), m_again);
    form->setRowVisible(m_again, m_isNew);
    form->addRow(QString(), m_isShown);
    m_below->setWordWrap(true);
    widgets::setTextRole(*m_below, widgets::TextRole::Muted);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_go = buttons->addButton(m_isNew ? tr("Encrypt with it") : tr("Unlock"), QDialogButtonBox::AcceptRole);
    widgets::makePrimary(*m_go);
    m_session = buttons->addButton(tr("Only until Trainyard ends"), QDialogButtonBox::ActionRole);
    m_session->setToolTip(
        m_isNew ? tr("Nothing is written. You sign in again after the next start.")
                : tr("The file stays as it is and locked; accounts in it are signed in again for this session."));
    auto* column = new QVBoxLayout(this);
    column->setSpacing(10);
    column->addWidget(what);
    column->addLayout(form);
    column->addWidget(m_below);
    column->addStretch(1);
    column->addWidget(m_busy);
    column->addWidget(m_error);
    column->addWidget(buttons);
    m_error->hide();
    m_busy->setIdle();
    m_busy->setCancellable(false);
    connect(m_isShown, &QCheckBox::toggled, this, [this](bool isShown) {
        for (auto* line : {m_passphrase, m_again}) {
            line->setEchoMode(isShown ? QLineEdit::Normal : QLineEdit::Password);
        }
    });
    for (auto* line : {m_passphrase, m_again}) {
        connect(line, &QLineEdit::textChanged, this, &PassphraseDialog::check);
    }
    connect(buttons, &QDialogButtonBox::accepted, this, &PassphraseDialog::go);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_session, &QPushButton::clicked, this, &PassphraseDialog::keepForSession);
    check();
    m_passphrase->setFocus(Qt::OtherFocusReason);
}

void PassphraseDialog::check()
{
    const QString text = m_passphrase->text();
    QString problem;
    if (m_isNew && text.size() < kShortest) {
        problem = tr("Eight letters or more; some words are easier to keep in mind than signs.");
    } else if (m_isNew && text != m_again->text()) {
        problem = tr("Both have to be the same.");
    }
    m_below->setText(problem);
    m_below->setVisible(!problem.isEmpty());
    m_go->setEnabled(!m_busy->isBusy() && problem.isEmpty() && !text.isEmpty());
}

void PassphraseDialog::go()
{
    if (!m_go->isEnabled()) {
        return;
    }
    m_error->hide();
    m_busy->setBusy(m_isNew ? tr("Making the key…") : tr("Unlocking…"));
    check();
    m_secrets.unlock(cloud::Secret(m_passphrase->text().toStdString()), this, [this](const Result<void>& done) {
        m_busy->setIdle();
        if (done) {
            accept();
            return;
        }
        showError(*m_error, tr("The sign-ins are still locked."), done.error());
        growToFit(*this);
        m_passphrase->selectAll();
        m_passphrase->setFocus(Qt::OtherFocusReason);
        check();
    });
}

void PassphraseDialog::keepForSession()
{
    m_secrets.keepForSession();
    accept();
}

void withSecrets(
    SecretsService& secrets, QWidget* parent, std::function<void()> then, std::function<void()> otherwise)
{
    secrets.readNeed(parent, [&secrets, parent, then = std::move(then), otherwise = std::move(otherwise)](const Result<SecretsNeed>& need) {
        if (!need || *need == SecretsNeed::Nothing) {
            then(); // whoever keeps something is told why it cannot be kept
            return;
        }
        auto* dialog = new PassphraseDialog(secrets, *need, parent);
        QObject::connect(dialog, &QDialog::accepted, parent, then);
        if (otherwise) {
            QObject::connect(dialog, &QDialog::rejected, parent, otherwise);
        }
        dialog->open();
    });
}

} // namespace ty::app
