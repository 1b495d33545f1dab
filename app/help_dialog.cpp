#include "app/help_dialog.h"

#include <QDialogButtonBox>
#include <QTextBrowser>
#include <QVBoxLayout>

namespace ty::app {

HelpDialog::HelpDialog(QWidget* parent) : QDialog(parent)
{
    setWindowTitle(tr("First steps"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto* text = new QTextBrowser(this);
    text->setAccessibleName(tr("First steps"));
    text->setHtml(tr(
        "<h3>From data to a model</h3>"
        "<ol>"
        "<li><b>Data.</b> Choose a sample on Home, or drop a folder of pictures (one sub-folder a class) or a table "
        "(CSV, TSV, NPY, CTF, IDX) anywhere on the window.</li>"
        "<li><b>Train.</b> The Train page holds the dataset in its Training well. Pick Fast, Balanced or Best and "
        "press Train (Ctrl+Enter).</li>"
        "<li><b>Watch.</b> Both curves move while it trains. Pause, Finish now and Stop never lose what was "
        "learned.</li>"
        "<li><b>Find it again.</b> Every run is in Runs, with its settings, curves and evaluation.</li>"
        "<li><b>Use it.</b> Models lets you try the model and export it to ONNX.</li>"
        "</ol>"
        "<p>Ctrl+K finds everything. Ctrl+/ lists the keys. Deleted things stay in the Trash for 30 days; "
        "Ctrl+Z brings the last one back.</p>"
        "<p>Nothing leaves this computer: there is no account, no server and no telemetry.</p>"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(text);
    layout->addWidget(buttons);
    resize(560, 460);
}

} // namespace ty::app
