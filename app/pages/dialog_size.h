#pragma once

class QDialog;

namespace ty::app {

/// Makes a dialog as tall as its texts want, up to the screen, once the layout has settled: a layout with texts that wrap
/// squeezes its fields rather than ask for height. It never shrinks.
void growToFit(QDialog& dialog);

} // namespace ty::app
